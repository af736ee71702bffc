"""`grader grade --preview`: what it says is what grading then does, and nothing is written before."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.batch.preview import what_would_change
from grader.batch.run import Options, grade_class
from grader.errors import GraderError
from grader.grading.grader import Grader
from grader.wall.launcher import can_fork_workers

from ..conftest import BETA, COURSE, HIDDEN_BETA
from .test_batch import GOOD, HALF, WRONG, Here, read_result

#: The course now clips at 1.
CHANGED = {
    "solutions/tiny/beta.py": BETA.replace("np.maximum(x, 0)", "np.maximum(x, 1)"),
    "tests/hidden/tiny/test_beta.py": HIDDEN_BETA.replace("[0.0, 2.0])", "[1.0, 2.0])"),
}


def photograph(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {str(p): (p.stat().st_mtime_ns, p.read_bytes()) for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture
def graded(tmp_path: Path, write_class: Callable[..., Path], grader: Grader, tiny: Any) -> Path:
    write_class(tmp_path / "class", ada=GOOD, bob=HALF, eve=WRONG)
    grade_class(tiny.course, "tiny", tmp_path / "class", tmp_path / "out", Options(jobs=1), Here(grader))
    return tmp_path / "out"


def test_what_is_said_is_what_happens(graded: Path, tmp_path: Path, make_course: Any) -> None:
    changed = make_course(CHANGED).course
    before = photograph(graded)
    with Grader(changed, "tiny", confined=can_fork_workers()) as grader:
        run = (changed, "tiny", tmp_path / "class", graded, Options(jobs=1), Here(grader))
        found = what_would_change(*run)
        assert photograph(graded) == before
        assert found.compared == 3
        assert [(one.student, one.before, one.after) for one in found.differences] == [("ada", 10, 9)]
        assert list(found.differences[0].why) == [
            "clip: 0 of 1 points, 1 before (“Negative values become 0” does not pass now)."
        ]
        assert (found.down, found.new, found.reasons()) == (1, [], [("clip", 1)])
        grade_class(*run)
    assert [read_result(graded, student).score for student in ("ada", "bob", "eve")] == [9, 5, 9]
    ada = read_result(graded, "ada")
    assert ada.regraded is not None
    assert (ada.regraded.before, ada.regraded.changed) == (10, list(found.differences[0].why))
    page = (graded / "ada" / "feedback.html").read_text(encoding="utf-8")
    assert "10 points before, 9 now" in page
    assert "does not pass now" in page
    assert read_result(graded, "bob").regraded is None


def test_another_policy_is_a_change_too(
    graded: Path, tmp_path: Path, write_class: Any, tiny: Any, grader: Grader, make_course: Any
) -> None:
    write_class(tmp_path / "second", ada=HALF, zoe=GOOD)
    grade_class(tiny.course, "tiny", tmp_path / "second", graded, Options(jobs=1), Here(grader))
    assert read_result(graded, "ada").score == 5
    best = make_course(
        course=COURSE.replace("    title:", "    attempts: {counts: best}\n    title:", 1)
    ).course
    assert best.assignments["tiny"].attempts.counts == "best"
    here = Here(grader)
    found = what_would_change(best, "tiny", tmp_path / "second", graded, Options(jobs=1), here)
    assert [(one.student, one.before, one.after) for one in found.differences] == [("ada", 5, 10)]
    assert found.differences[0].why[0] == "Another submission counts."
    grade_class(best, "tiny", tmp_path / "second", graded, Options(jobs=1), Here(grader))
    assert read_result(graded, "ada").score == 10
    page = (graded / "ada" / "feedback.html").read_text(encoding="utf-8")
    assert "Submission 1 of 2 counts: the best one does." in page
    report = (graded / "report.html").read_text(encoding="utf-8")
    assert "2 submissions" in report
    assert "← counts" in report


def test_there_must_be_something_to_compare_with(
    tmp_path: Path, write_class: Any, tiny: Any, grader: Grader
) -> None:
    write_class(tmp_path / "class", ada=GOOD)
    with pytest.raises(GraderError, match="no results to compare with"):
        what_would_change(
            tiny.course, "tiny", tmp_path / "class", tmp_path / "out", Options(jobs=1), Here(grader)
        )
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_the_command_says_who_and_why(graded: Path, tmp_path: Path, cli: Any, make_course: Any) -> None:
    changed = make_course(CHANGED)
    ran = cli("grade", tmp_path / "class", "--out", graded, "--preview", "--course", changed.root)
    assert ran.code == 0, ran.err
    assert "1 of 3 changes, 1 of them down. Nothing was written." in ran.out
    assert "clip: 1" in ran.out
    assert json.loads((graded / "ada" / "result.json").read_text())["score"] == 10
