"""A live check → a card for a notebook, and the same as plain text."""

from __future__ import annotations

import io
from functools import cache

from jinja2 import Environment
from rich.console import Console

from grader.feedback import Badge, badge, environment, exercise_text, first_failing, seen_in
from grader.home.notebook_check import LiveCheck
from grader.result import ExerciseResult, ExerciseStatus
from grader.text import first_lines, visible

_WIDTH = 88
_PRINTED_CHARS = 4000
_PRINTED_LINES = 40


def card_html(found: LiveCheck) -> str:
    """A fragment that brings its own styles and touches nothing else of the page it stands in."""
    result = _as_result(found)
    return (
        _environment()
        .get_template("check.html")
        .render(
            found=found,
            exercise=result,
            mark=_mark(found, result),
            explained=first_failing(result),
            evidence=seen_in,
            printed=_printed(found),
            seconds=sum(test.seconds for test in found.tests),
        )
    )


def card_text(found: LiveCheck) -> str:
    """Plain text, no colour: for front ends that show no HTML, and for a terminal."""
    result = _as_result(found)
    out = io.StringIO()
    # Rich would notice the notebook and write HTML of its own.
    console = Console(file=out, width=_WIDTH, color_system=None, force_jupyter=False, force_terminal=False)
    if result.status not in ("passed", "missing"):
        console.print(exercise_text(result, width=_WIDTH))
    lines = [line.rstrip() for line in out.getvalue().splitlines()]
    return "\n".join([f"{_mark(found, result).sign} {found.summary}", *lines[1:]])


def _mark(found: LiveCheck, result: ExerciseResult) -> Badge:
    return Badge("…", "waits for another", "part") if found.needs else badge(result.status)


def _as_result(found: LiveCheck) -> ExerciseResult:
    """What the renderers of graded exercises take; a check is worth nothing, so its points stay out of sight."""
    partly: ExerciseStatus = "partly" if found.passed else "failed"
    states: dict[str, ExerciseStatus] = {"passed": "passed", "not started": "missing", "blocked": "blocked"}
    return ExerciseResult(
        name=found.exercise,
        score=found.passed,
        max_score=len(found.tests),
        status=states.get(found.status, partly),
        tests=list(found.tests),
        message=found.message,
        printed=found.printed,
        remarks=list(found.remarks),
        diagnosis=found.diagnosis,
        pictures=list(found.pictures),
    )


def _printed(found: LiveCheck) -> str:
    return visible(first_lines(found.printed, _PRINTED_LINES), _PRINTED_CHARS, multiline=True)


@cache
def _environment() -> Environment:
    return environment()
