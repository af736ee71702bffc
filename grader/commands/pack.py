"""`grader pack`."""

from __future__ import annotations

from pathlib import Path

from grader.commands import open_own
from grader.feedback import Screen
from grader.home import checks_folder, default_zip, pack, packed_text


def run(path: Path | None, out: Path | None, *, course_path: Path | None, assignment: str | None) -> int:
    """Pack a student's folder and print the receipt. Returns the exit code."""
    course, name, model, folder = open_own(course_path, path, assignment)
    packed = pack(name, model, folder, checks_folder(course, name, folder), out or default_zip(folder, name))
    console = Screen(highlight=False)
    for line in packed_text(packed):
        console.print(line)
    return 0
