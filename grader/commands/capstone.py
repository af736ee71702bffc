"""`grader capstone`: what an assignment claims of its last part, measured again by the assignment's own script."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from grader.commands import open_course
from grader.errors import CourseError

SCRIPT = "capstone_aims.py"


def run(options: Sequence[str], *, course_path: Path | None = None, assignment: str | None = None) -> int:
    """Run the script with `options`; what it returns. Raises CourseError where the assignment has none."""
    course = open_course(course_path)
    script = course.solutions(course.assignment(assignment)[0]) / SCRIPT
    if not script.is_file():
        raise CourseError(f"{script} is missing: nothing is measured of this assignment's capstone")
    return subprocess.run([sys.executable, str(script), *options], check=False).returncode
