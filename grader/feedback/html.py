"""Result → one self-contained page: no script, no network, everything a student wrote escaped."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from grader.course import Assignment
from grader.feedback import view
from grader.feedback.compared import seen_in
from grader.feedback.disclosure import reveal, reveal_all
from grader.feedback.pictures import drawn
from grader.feedback.printed import Printed, printed_parts
from grader.result import ExerciseResult, Result
from grader.text import visible

TEMPLATES = Path(__file__).parent / "templates"

_PRINTED_CHARS = 4000
_PRINTED_LINES = 120


def feedback_html(result: Result, assignment: Assignment, *, student_view: bool = True) -> str:
    """The page of one result.

    student_view: apply `assignment.reveal`, and leave out the grader's own troubles; False shows all.
    """
    shown = reveal(result, assignment) if student_view else reveal_all(result)
    chapters = view.chapters_of(shown, assignment)
    page = _environment().get_template("feedback.html")
    return page.render(
        result=shown,
        assignment=assignment,
        kind=view.kind_of(shown),
        chapters=chapters,
        next=view.next_exercise(chapters),
        late=view.late_text(shown),
        student_view=student_view,
        level=assignment.reveal if student_view else "example",
        provisional=[q for q in shown.questions if q.needs_manual],
        seconds=_seconds,
        evidence=seen_in,
        printed=_printed,
        day=_day,
        first_failing=view.first_failing,
    )


def _day(moment: str) -> str:
    """Of an ISO 8601 time: " on 2026-03-01"; nothing where there is none."""
    return f" on {moment[:10]}" if moment else ""


def environment(*folders: Path) -> Environment:
    """A Jinja environment in which no text reaches the page unescaped or with control characters in it."""
    env = Environment(
        loader=FileSystemLoader([*folders, TEMPLATES]),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_safe,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.globals.update(badge=view.badge)
    env.filters.update(points=view.points, visible=visible, drawn=drawn)
    return env


@cache
def _environment() -> Environment:
    return environment()


def _safe(value: Any) -> Any:
    """Applied to everything a template prints: what someone forgot to clean comes out clean as well."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return visible(value, 20_000, multiline=True)


def _printed(exercise: ExerciseResult) -> Printed:
    return printed_parts(exercise.printed, _PRINTED_LINES, _PRINTED_CHARS)


def _seconds(exercise: ExerciseResult) -> str:
    return f"{sum(test.seconds for test in exercise.tests):.1f} s"
