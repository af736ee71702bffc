"""`grader solution`."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from grader.commands import open_own
from grader.home import released_solution


def run(name: str, path: Path | None, *, course_path: Path | None, assignment: str | None) -> int:
    """Show a solution that the course has released. Returns the exit code."""
    _, _, model, folder = open_own(course_path, path, assignment)
    Console().print(released_solution(name, folder, model))
    return 0
