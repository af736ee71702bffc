"""`grader package`."""

from __future__ import annotations

from pathlib import Path

from grader.commands import open_course
from grader.errors import UsageError
from grader.files import write_bytes
from grader.platforms import gradescope_zip


def run(file: Path, system: str, *, assignment: str | None, course_path: Path | None) -> int:
    """Write the zip. Returns the exit code."""
    if system != "gradescope":
        raise UsageError(f"--for {system}: only gradescope runs autograders of this kind")
    course = open_course(course_path)
    name, _ = course.assignment(assignment)
    write_bytes(file, gradescope_zip(course, name))
    print(f"{file}: holds the hidden tests and the reference; upload it, and hand it to nobody")
    return 0
