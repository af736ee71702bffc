"""`grader check`."""

from __future__ import annotations

import sys
from pathlib import Path

from rich.console import Console

from grader.cli import print_json
from grader.commands import open_course
from grader.feedback.checks import check_text
from grader.selfcheck import find_folder, self_check


def run(
    path: Path | None,
    exercise: str | None,
    *,
    as_json: bool,
    course_path: Path | None,
    assignment: str | None,
) -> int:
    """Check a folder and print what was found. Returns the exit code."""
    course = open_course(course_path, near=path)
    name, model = course.assignment(assignment)
    if exercise is not None:
        model.find_exercise(exercise)
    folder = find_folder(course, name, path)
    console = Console(stderr=True)
    with console.status("checking …") as status:
        if not sys.stderr.isatty():
            status.stop()

        def progress(done: int, total: int, current: str) -> None:
            status.update(f"checking {done}/{total} {current}")

        report = self_check(course, name, folder, only=exercise, progress=progress)
    if as_json:
        print_json(report.to_data())
    else:
        out = Console()
        for part in check_text(report, model, width=min(out.width, 100)):
            out.print(part)
    return 0 if report.all_passed else 1
