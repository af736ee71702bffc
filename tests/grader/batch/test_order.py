"""What probably takes long is graded first; and no endless loop is waited for more often than a verdict needs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from grader.batch.order import longest_first
from grader.batch.run import Options, grade_class
from grader.course.models import Assignment, load_course
from grader.errors import StudentTimeout
from grader.gradebook.database import Gradebook
from grader.intake import discover
from grader.result import ExerciseResult, Result
from grader.wall.launcher import can_fork_workers
from grader.wall.student import Student

from ..conftest import GOOD, TinyCourse, write_tree

ENDLESS = GOOD["alpha"].replace(
    "    return np.asarray(x)", "    while True:\n        pass\n    return np.asarray(x)"
)


@pytest.fixture
def assignment(tiny: TinyCourse) -> Assignment:
    return load_course(tiny.root / "course.yaml").assignments["tiny"]


def test_a_loop_that_may_not_end_goes_first(tmp_path: Path, assignment: Assignment) -> None:
    files = {f"{name}/alpha.py": GOOD["alpha"] for name in ("ada", "bob", "eve")}
    write_tree(tmp_path, files | {"eve/alpha.py": ENDLESS, "zoe/alpha.py": "x = 1 # awhile\n"})
    entries = discover(tmp_path, "tiny", assignment).entries
    assert [entry.student for entry in longest_first(entries, {})] == ["eve", "ada", "bob", "zoe"]
    known = {"zoe": 50.0, "eve": 0.3}
    assert [entry.student for entry in longest_first(entries, known)] == ["zoe", "ada", "bob", "eve"]


def test_the_order_comes_from_the_last_run(tmp_path: Path, tiny: TinyCourse) -> None:
    write_tree(tmp_path / "class", {f"{name}/alpha.py": GOOD["alpha"] for name in ("ada", "bob")})
    options = Options(jobs=1, confined=can_fork_workers())
    out = tmp_path / "out"
    grade_class(tiny.course, "tiny", tmp_path / "class", out, options)
    with Gradebook(out / "gradebook.db") as book:
        known = book.seconds("tiny")
    assert known.keys() == {"ada", "bob"}
    assert all(0 < seconds < 60 for seconds in known.values())


def test_a_folder_that_can_not_be_read_is_no_obstacle(tmp_path: Path, assignment: Assignment) -> None:
    (tmp_path / "ada" / "alpha.py").mkdir(parents=True)
    (tmp_path / "bob").mkdir()
    (tmp_path / "bob" / "alpha.py").symlink_to("/dev/zero")
    entries = discover(tmp_path, "tiny", assignment).entries
    assert len(longest_first(entries, {})) == len(entries)


@pytest.mark.slow
def test_what_needs_an_endless_function_does_not_wait_for_it(
    grade: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[str] = []
    reply_to = Student._reply_to

    def noted(student: Student, call: object) -> object:
        try:
            return reply_to(student, call)  # type: ignore[arg-type]
        except StudentTimeout:
            waited.append(student._exercise)
            raise

    monkeypatch.setattr(Student, "_reply_to", noted)
    found = {exercise.name: exercise for exercise in grade(alpha=ENDLESS).exercises}
    assert found["double"].status == "timeout"
    assert found["scaled"].status == "passed"
    assert found["scaled"].answered == ["double"]
    assert found["clip"].answered == []
    assert set(waited) == {"double"}


@pytest.mark.slow
def test_what_does_not_call_the_endless_function_is_graded_as_submitted(grade: Callable[..., Result]) -> None:
    beta = GOOD["beta"].replace("double(x) * factor / 2", "np.asarray(x) * factor")
    found = {e.name: e for e in grade(alpha=ENDLESS, beta=beta).exercises}
    assert _standing(found["scaled"]) == ("passed", "", [])


@pytest.mark.slow
def test_work_that_is_right_with_its_own_endless_helper_only_gets_the_better_score(
    grade: Callable[..., Result],
) -> None:
    # with double answered by the grader, what it is asked with fails; as submitted, double is never reached
    beta = GOOD["beta"].replace(
        "    return double(x) * factor / 2",
        "    if 'answered' in repr(double):\n        return double(None)\n    return np.asarray(x) * factor",
    )
    assert _standing({e.name: e for e in grade(alpha=ENDLESS, beta=beta).exercises}["scaled"])[0] == "passed"


def _standing(exercise: ExerciseResult) -> tuple[str, str, list[str]]:
    return exercise.status, exercise.message, exercise.answered
