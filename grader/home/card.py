"""A live check, and how it shows itself: as a card in a notebook, and the same as plain text.

What draws is imported when something is drawn: importing `check` stays light.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

from grader.result import Diagnosis, ExerciseResult, ExerciseStatus, Picture, TestResult

if TYPE_CHECKING:
    from jinja2 import Environment

    from grader.feedback import Badge, Printed

_WIDTH = 88
_PRINTED_CHARS = 4000
_PRINTED_LINES = 40

Status = Literal["passed", "failed", "not started", "blocked"]


@dataclass(frozen=True)
class LiveCheck:
    """How one exercise stands in this kernel; a notebook shows it as a card, anything else as text.

    tests: the visible checks in order; needs: prerequisites that do not pass; printed: what the code printed;
    diagnosis: what the mistake looks like; pictures: what a working function makes of something to look at.
    """

    exercise: str
    status: Status
    tests: tuple[TestResult, ...]
    needs: tuple[str, ...] = ()
    message: str = ""
    printed: str = ""
    remarks: tuple[str, ...] = ()
    diagnosis: Diagnosis | None = None
    pictures: tuple[Picture, ...] = ()

    @property
    def passed(self) -> int:
        """How many checks pass."""
        return sum(test.outcome == "passed" for test in self.tests)

    @property
    def summary(self) -> str:
        """One line: what a traceback would say."""
        if self.status == "passed":
            return f"{self.exercise}: all {len(self.tests)} checks pass"
        if self.status == "not started":
            return f"{self.exercise}: {self.message}"
        does = "does" if len(self.needs) == 1 else "do"
        waits = f"; it needs {', '.join(self.needs)}, which {does} not pass yet" if self.needs else ""
        return f"{self.exercise}: {self.passed} of {len(self.tests)} checks pass{waits}"

    def __repr__(self) -> str:
        return card_text(self)

    def _repr_html_(self) -> str:
        return card_html(self)

    def _ipython_display_(self) -> None:
        """Shown beside the cell, not as its value: nbgrader takes a cell's value for a number of points."""
        from IPython.display import display

        display({"text/plain": repr(self), "text/html": self._repr_html_()}, raw=True)  # type: ignore[no-untyped-call]


def card_html(found: LiveCheck) -> str:
    """A fragment that brings its own styles and touches nothing else of the page it stands in."""
    from grader.feedback import first_failing, seen_in

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
    from rich.console import Console

    from grader.feedback import exercise_text

    result = _as_result(found)
    out = io.StringIO()
    # Rich would notice the notebook and write HTML of its own.
    console = Console(file=out, width=_WIDTH, color_system=None, force_jupyter=False, force_terminal=False)
    if result.status not in ("passed", "missing"):
        console.print(exercise_text(result, width=_WIDTH))
    lines = [line.rstrip() for line in out.getvalue().splitlines()]
    return "\n".join([f"{_mark(found, result).sign} {found.summary}", *lines[1:]])


def _mark(found: LiveCheck, result: ExerciseResult) -> Badge:
    from grader.feedback import Badge, badge

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


def _printed(found: LiveCheck) -> Printed:
    from grader.feedback import printed_parts

    return printed_parts(found.printed, _PRINTED_LINES, _PRINTED_CHARS)


@cache
def _environment() -> Environment:
    from grader.feedback import environment

    return environment()
