"""`grader package`."""

from __future__ import annotations

from pathlib import Path

from grader.commands import open_course
from grader.errors import UsageError
from grader.files import write_bytes
from grader.platforms import PACKAGES


def run(file: Path, system: str, *, assignment: str | None, course_path: Path | None) -> int:
    """Write the zip. Returns the exit code."""
    if system not in PACKAGES:
        raise UsageError(f"--for {system}: there are packages for {', '.join(PACKAGES)}")
    course = open_course(course_path)
    name, _ = course.assignment(assignment)
    write_bytes(file, PACKAGES[system].zip(course, name))
    print(f"{file}: holds the hidden tests and the reference; {PACKAGES[system].then}")
    return 0
