"""The last lines of a self-check say what to do next, whatever was asked for, and nothing that is not so."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from grader.course.hints import Hint, next_hint
from grader.course.models import load_course
from grader.home import hint_panel
from grader.home.besides import Besides
from grader.home.report import CheckReport, CheckStatus, ExerciseCheck
from grader.home.terminal import check_text
from grader.questions import Overview

ROOT = Path(__file__).parents[3]


@pytest.fixture
def tiny_assignment(tiny: Any) -> Any:
    return tiny.course.assignments["tiny"]


def one(name: str, status: CheckStatus, **more: Any) -> ExerciseCheck:
    return ExerciseCheck(name, "alpha" if name in ("double", "total") else "beta", status, 0, 2, **more)


def said(assignment: Any, *exercises: ExerciseCheck, besides: Besides | None = None) -> str:
    report = CheckReport("tiny", Path(), assignment.open_chapters, exercises, (), besides)
    console = Console(width=200, record=True, file=io.StringIO())
    for part in check_text(report, assignment, width=200):
        console.print(part)
    return console.export_text()


def test_what_was_written_and_fails_is_explained_before_what_is_not_begun(tiny_assignment: Any) -> None:
    text = said(tiny_assignment, one("double", "not started"), one("total", "failed"))
    assert "Mend total" in text
    assert "Write double" not in text


def test_one_exercise_that_passes_reaches_no_checkpoint_and_claims_nothing_of_others(
    tiny_assignment: Any,
) -> None:
    text = said(tiny_assignment, one("double", "passed"))
    assert "checkpoint" not in text
    assert "All visible checks" not in text
    assert "double passes" in text
    assert "`grader check` says what is next" in text


def test_one_exercise_that_waits_says_for_which(tiny_assignment: Any) -> None:
    text = said(tiny_assignment, one("scaled", "blocked", needs=("double",)))
    assert "`grader check -e double`" in text
    assert "Nothing passes" not in text


def test_when_all_pass_what_is_left_is_said(tiny_assignment: Any) -> None:
    all_of_them = [one(name, "passed") for name in ("double", "total", "scaled", "clip")]
    questions = Overview(total=3, unanswered=("a", "b"))
    text = said(tiny_assignment, *all_of_them, besides=Besides(questions, capstone="to run"))
    assert "Next: 2 questions to answer, then `python capstone.py`, then `grader pack`." in text


def test_a_remark_is_told_of_what_passes_and_called_free_only_there(tiny_assignment: Any) -> None:
    assert "changes its argument (costs no points)" in said(
        tiny_assignment, one("double", "passed", remarks=("double changes its argument",))
    )
    text = said(tiny_assignment, one("double", "failed", remarks=("double never returns a value",)))
    assert "never returns a value" in text
    assert "costs no points" not in text


def test_a_chapter_asked_for_as_an_exercise_is_told_apart(tiny_assignment: Any) -> None:
    with pytest.raises(Exception, match="'alpha' is a chapter; its exercises are double, total"):
        tiny_assignment.find_exercise("alpha")


def preformatted(text: str) -> list[str]:
    return [line[4:].rstrip() for line in text.split("\n") if line.startswith("    ") and line.strip()]


def hints(exercise: str, folder: Path) -> Iterator[Hint]:
    """All of an exercise, in order, as a student asks for them."""
    handout = ROOT / "exercises" / "cnn"
    hint = next_hint(exercise, folder, handout)
    yield hint
    while hint.more:
        hint = next_hint(exercise, folder, handout)
        yield hint


def test_no_table_in_a_hint_is_torn_apart_on_eighty_columns(tmp_path: Path) -> None:
    course = load_course(ROOT / "course.yaml")
    tables = 0
    for _, exercise in course.assignments["cnn"].exercises():
        for hint in hints(exercise.name, tmp_path):
            console = Console(width=80, record=True, file=io.StringIO())
            console.print(hint_panel(hint, "again"))
            text = console.export_text()
            for line in preformatted(hint.text):
                tables += 1
                assert line in text, (exercise.name, line)
    assert tables > 30
