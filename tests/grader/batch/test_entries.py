"""What is not a class of this assignment is refused before anything is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.batch.entries import assignment_in
from grader.batch.run import Options, grade_class
from grader.course.models import Assignment, Course
from grader.errors import UsageError

from ..conftest import GOOD, TinyCourse, write_tree


def with_another(tiny: TinyCourse) -> Course:
    other = Assignment.model_validate(
        {
            "title": "Other",
            "chapters": [
                {
                    "name": "gamma",
                    "title": "Gamma",
                    "minutes": 1,
                    "exercises": [{"name": "third", "points": 1}],
                }
            ],
        }
    )
    return tiny.course.model_copy(update={"assignments": {**tiny.course.assignments, "other": other}})


@pytest.mark.parametrize(
    "files", [{"ada/gamma.py": "def third(): return 3\n"}, {"ada/my work.py": "def third(): return 3\n"}]
)
def test_even_one_submission_of_another_assignment_is_refused(
    files: dict[str, str], tiny: TinyCourse, tmp_path: Path
) -> None:
    write_tree(tmp_path / "in", files)
    with pytest.raises(UsageError, match="they fit other: --assignment other"):
        grade_class(with_another(tiny), "tiny", tmp_path / "in", tmp_path / "out", Options(jobs=1))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["alpha.py", "alpha.ipynb", "answers.yaml"])
def test_one_person_s_own_folder_is_no_class(name: str, tiny: TinyCourse, tmp_path: Path) -> None:
    write_tree(tmp_path / "in", {name: GOOD["alpha"] if name.endswith("py") else "{}"})
    with pytest.raises(UsageError, match=f"{name} lies right in this folder"):
        grade_class(tiny.course, "tiny", tmp_path / "in", tmp_path / "out", Options(jobs=1))


def test_one_person_who_handed_in_something_else_is_told_so(tiny: TinyCourse, tmp_path: Path) -> None:
    write_tree(tmp_path / "in", {"ada/essay.docx": "x"})
    summary = grade_class(tiny.course, "tiny", tmp_path / "in", tmp_path / "out", Options(jobs=1))
    assert summary.statuses == {"unreadable": 1}


def test_of_several_assignments_the_submissions_say_which_is_meant(tiny: TinyCourse, tmp_path: Path) -> None:
    course = with_another(tiny)
    for folder, file in {
        "one/ada": "alpha",
        "one/bob": "x",
        "two/ada": "gamma",
        "both/ada": "beta",
        "none/ada": "x",
    }.items():
        write_tree(tmp_path / folder, {f"{file}.py": "x = 1\n"})
    write_tree(tmp_path / "both" / "bob", {"gamma.py": "x = 1\n"})
    write_tree(tmp_path / "one" / "bob", {"answers.yaml": "why: so\n"})
    names = ("one", "two", "both", "none", "nowhere")
    found = {name: assignment_in(course, tmp_path / name) for name in names}
    assert found == {"one": "tiny", "two": "other", "both": None, "none": None, "nowhere": None}
    assert assignment_in(tiny.course, tmp_path / "one") is None
