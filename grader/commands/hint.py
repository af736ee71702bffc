"""`grader hint`."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from grader.commands import open_own
from grader.course import next_hint
from grader.home import hint_panel


def run(
    exercise: str, path: Path | None, *, start_over: bool, course_path: Path | None, assignment: str | None
) -> int:
    """Show the next hint of `exercise`; after the last, the last again. Returns the exit code."""
    course, name, _, folder = open_own(course_path, path, assignment, exercise)
    hint = next_hint(exercise, folder, course.handout(name), start_over=start_over)
    Console().print(hint_panel(hint, "run the same command again"))
    return 0
