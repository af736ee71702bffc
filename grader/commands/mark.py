"""`grader mark`."""

from __future__ import annotations

import sys
from pathlib import Path

from grader.batch import Summary, finish, mend_files
from grader.commands import assignment_of, login, open_course
from grader.course import Course
from grader.errors import GraderError, UsageError
from grader.files import only_run
from grader.gradebook import FILE_NAME, Gradebook
from grader.text import visible


def run(
    results: Path,
    *,
    assignment: str | None,
    port: int,
    browser: bool,
    who: str | None,
    course_path: Path | None,
) -> int:
    """Serve the page for marking until Ctrl+C, then write the students' pages. Returns the exit code."""
    try:
        from grader.marking import Desk, serve
    except ImportError as error:
        raise UsageError(
            f"the page for marking needs {error.name}: pip install 'cnn-grader[mark]' (grader answers works without)"
        ) from None
    if not results.is_dir():
        raise UsageError(f"{results} is not a folder; give the folder that `grader grade` wrote")
    course = open_course(course_path)
    name, _ = course.assignment(assignment_of(course, assignment, results))
    person = visible((who or login()).strip(), 80) or "unknown"
    desk = Desk(results, course, name, lambda: write_pages(results, course, name))

    def announce(address: str) -> None:
        print(
            f"{address}\nOnly on this machine, marked as {person}. Every answer is saved at once; Ctrl+C ends.",
            flush=True,
        )

    serve(desk, person, port=port, browser=browser, announce=announce)
    return pages_written(results, course, name, "All points are saved.")


def pages_written(results: Path, course: Course, name: str, saved: str) -> int:
    """Write the pages and say so. Returns the exit code: where that fails, what was `saved` is said first."""
    try:
        print(write_pages(results, course, name))
    except GraderError as error:
        print(f"{saved} The students' pages are as they were: {error}", file=sys.stderr)
        return 1
    return 0


def write_pages(results: Path, course: Course, name: str) -> str:
    """Bring every student's files, the table and the report up to the gradebook; says so.

    All students, not those of this session: one that was killed may have left pages behind.
    """
    model = course.assignments[name]
    with only_run(results), Gradebook(results / FILE_NAME, create=False, course=course) as gradebook:
        written = sum(mend_files(results, result, model) for result in gradebook.results(name))
        finish(gradebook, name, model, results, set(), Summary())
    return f"{written} students' pages written, the others were up to date; report.html and grades.csv too"
