"""`grader examples`."""

from __future__ import annotations

import sys
from pathlib import Path

from grader.commands import open_own
from grader.home import checks_folder, example_text, judge_own, read_folder
from grader.text import wrapped


def run(exercise: str | None, path: Path | None, *, course_path: Path | None, assignment: str | None) -> int:
    """Say what is known of the examples in a folder. Returns the exit code: 0 where nothing has to be mended."""
    course, name, model, folder = open_own(course_path, path, assignment, exercise)
    checks = checks_folder(course, name, folder)
    judged = judge_own(read_folder(folder, model, checks).submission, model, checks, exercise)
    for line in example_text(judged, model, checks, exercise):
        print(wrapped(line, sys.stdout))
    return 0 if judged.right else 1
