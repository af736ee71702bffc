"""What each command does, one file a command; imported only when it runs, so that `--help` is quick.

In: the command line, parsed by for_students.py, for_instructors.py and for_authors.py. Out: an exit code, and text.
"""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import TYPE_CHECKING

from grader.errors import UsageError

if TYPE_CHECKING:
    from grader.course import Assignment, Course


def open_course(path: Path | None, near: Path | None = None) -> Course:
    """The course named on the command line, or the nearest one above `near` or the current folder."""
    from grader.course import COURSE_FILE, find_course, load_course

    if path is None:
        start = near if near is not None and near.exists() else Path.cwd()
        return load_course(find_course(start if start.is_dir() else start.parent))
    return load_course(path / COURSE_FILE if path.is_dir() else path)


def login() -> str:
    """Who is at the keyboard, as far as the system knows."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"


def open_own(
    course_path: Path | None, path: Path | None, assignment: str | None, exercise: str | None = None
) -> tuple[Course, str, Assignment, Path]:
    """For a student's commands: the course, the assignment by name and as its model, and the student's folder.

    exercise: one that has to be there.
    """
    from grader.home import find_folder, no_course

    try:
        course = open_course(course_path, near=path)
    except UsageError:
        start = path if path is not None and path.is_dir() else Path.cwd()
        raise UsageError(no_course(start)) from None
    name, model = course.assignment(assignment_near(course, assignment, path))
    if exercise is not None:
        model.find_exercise(exercise)
    return course, name, model, find_folder(course, name, path)


def assignment_of(course: Course, given: str | None, results: Path) -> str | None:
    """The assignment named on the command line, or the one that a folder of results is about."""
    # Here, so that a student's commands need not bring a database.
    from grader.gradebook import FILE_NAME, Gradebook

    if given is None and len(course.assignments) > 1 and (results / FILE_NAME).is_file():
        with Gradebook(results / FILE_NAME, create=False, course=course) as gradebook:
            found = gradebook.assignments()
        return found[0] if len(found) == 1 else None
    return given


def assignment_near(course: Course, given: str | None, path: Path | None) -> str | None:
    """The assignment named on the command line, or the one in whose folder one stands (exercises/cnn, say)."""
    if given is None and len(course.assignments) > 1:
        here = (path or Path.cwd()).resolve()
        return next((part.name for part in (here, *here.parents) if part.name in course.assignments), None)
    return given
