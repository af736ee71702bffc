"""The course as an nbgrader course: nbgrader's own commands work on it, and students get no solution."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook
from nbgrader_classroom import NAME, UNTOUCHED, cell_of, copied

from grader.commands.export_course import run as export_course
from grader.course.models import Course, load_course
from grader.errors import CourseError
from grader.intake.notebook import parse_notebook, trimmed
from grader.platforms.nbgrader.course import source_files


def test_students_get_notebooks_support_files_and_no_solution(released: Any, course: Course) -> None:
    release = released.folder / "release" / NAME
    files = {path.relative_to(release).as_posix() for path in release.rglob("*") if path.is_file()}
    chapters = [chapter.name for chapter in course.assignments[NAME].open_chapters]
    assert {f"{chapter}.ipynb" for chapter in chapters} <= files
    assert {"course.yaml", "capstone.py", "data/digits.npz", "figure.html"} <= files
    assert {f"checks/test_{chapter}.py" for chapter in chapters} <= files
    assert not files & {f"{chapter}.py" for chapter in chapters}
    assert not files & {"answers.yaml", "key.yaml"}
    for path in release.rglob("*"):
        if path.is_file():
            assert b"BEGIN SOLUTION" not in path.read_bytes()


def test_released_answer_cells_are_empty_as_in_the_handout(released: Any, course: Course) -> None:
    for chapter in course.assignments[NAME].open_chapters:
        release = released.folder / "release" / NAME / f"{chapter.name}.ipynb"
        ours = parse_notebook((course.handout(NAME) / f"{chapter.name}.ipynb").read_bytes()).answers
        theirs = parse_notebook(release.read_bytes()).answers
        assert [(name, trimmed(text)) for name, text in theirs] == [
            (name, trimmed(text)) for name, text in ours
        ]


def test_nbgraders_gradebook_knows_all_points(released: Any, course: Course) -> None:
    with Gradebook(released.db) as gradebook:
        notebooks = gradebook.find_assignment(NAME).notebooks
        assert sum(notebook.max_score for notebook in notebooks) == course.assignments[NAME].max_score


@pytest.mark.slow
def test_nbgrader_validates_the_solution_and_has_nothing_to_remark(released: Any) -> None:
    said = released.run("validate", "source/cnn/pooling.ipynb")
    assert "passes all the tests" in said
    assert "ValidateApp | WARNING" not in said


@pytest.mark.slow
def test_nbgrader_does_not_validate_the_stub(released: Any) -> None:
    assert "VALIDATION FAILED ON 5 CELL(S)" in released.run("validate", "release/cnn/pooling.ipynb")


@pytest.mark.slow
def test_plain_nbgrader_gives_the_untouched_release_nothing(released: Any, tmp_path: Path) -> None:
    nbgrader = copied(released, tmp_path / "course")
    (nbgrader.folder / "nbgrader_config.py").write_text("c = get_config()\n")
    nbgrader.submit(UNTOUCHED, {"pooling": nbgrader.released("pooling")})
    nbgrader.run("autograde", NAME, f"--student={UNTOUCHED}", "--create")
    with Gradebook(nbgrader.db) as gradebook:
        grades = gradebook.find_submission_notebook("pooling", NAME, UNTOUCHED).grades
        assert {(grade.auto_score, grade.needs_manual_grade) for grade in grades} == {(0.0, False)}
    page = nbgrader.notebook("autograded", UNTOUCHED, "pooling")
    assert cell_of(page, "check-relu")["outputs"][-1]["output_type"] == "error"


@pytest.mark.slow  # five kernels
def test_plain_nbgrader_gives_the_whole_untouched_release_nothing(
    released: Any, course: Course, tmp_path: Path
) -> None:
    nbgrader = copied(released, tmp_path / "course")
    (nbgrader.folder / "nbgrader_config.py").write_text("c = get_config()\n")
    chapters = [chapter.name for chapter in course.assignments[NAME].open_chapters]
    nbgrader.submit(UNTOUCHED, {chapter: nbgrader.released(chapter) for chapter in chapters})
    nbgrader.run("autograde", NAME, f"--student={UNTOUCHED}", "--create")
    with Gradebook(nbgrader.db) as gradebook:
        assert len(gradebook.find_submission(NAME, UNTOUCHED).notebooks) == len(chapters) == 5
        assert gradebook.find_submission(NAME, UNTOUCHED).score == 0


@pytest.mark.slow
def test_zip_collect_takes_what_an_lms_hands_out(released: Any, tmp_path: Path) -> None:
    nbgrader = copied(released, tmp_path / "course")
    archive = nbgrader.folder / "downloaded" / NAME / "archive"
    archive.mkdir(parents=True)
    with zipfile.ZipFile(archive / "notebooks.zip", "w") as file:
        file.write(
            nbgrader.folder / "release" / NAME / "pooling.ipynb",
            "lisbet_attempt_2026-03-02-10-30-00_pooling.ipynb",
        )
    pattern = r".*?(?P<student_id>[a-z]+)_attempt_(?P<timestamp>[0-9\-]+)_(?P<file_id>.+)"
    nbgrader.run("zip_collect", NAME, "--force", f"--FileNameCollectorPlugin.named_regexp={pattern}")
    assert (nbgrader.folder / "submitted" / "lisbet" / NAME / "pooling.ipynb").is_file()


def test_exporting_again_leaves_the_configuration_alone(
    course: Course, tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.platforms.nbgrader.source_files", lambda course, name: {"a/b.txt": b"new"})
    (tmp_path / "nbgrader_config.py").write_text("mine = True\n")
    assert export_course(tmp_path, course.root / "course.yaml", NAME) == 0
    assert (tmp_path / "nbgrader_config.py").read_text() == "mine = True\n"
    assert (tmp_path / "source" / NAME / "a" / "b.txt").read_bytes() == b"new"
    assert "configure(c, course=" in capsys.readouterr().out
    assert export_course(tmp_path, course.root / "course.yaml", None) == 0
    assert {path.name for path in (tmp_path / "source").iterdir()} == set(course.assignments)


def test_a_solution_outside_of_functions_is_refused(course: Course, tmp_path: Path) -> None:
    for part in ("course.yaml", "solutions"):
        original = course.root / part
        (shutil.copytree if original.is_dir() else shutil.copy)(original, tmp_path / part)
    chapter = tmp_path / "solutions" / NAME / "pooling.py"
    helper = "\n# %%\n### BEGIN SOLUTION\ndef _helper():\n    return 1\n### END SOLUTION\n"
    chapter.write_text(chapter.read_text(encoding="utf-8") + helper, encoding="utf-8")
    with pytest.raises(CourseError, match=r"pooling\.py: a solution stands outside"):
        source_files(load_course(tmp_path / "course.yaml"), NAME)
