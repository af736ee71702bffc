"""Grading for one run of nbgrader: one warm grading process for all submissions of a converter."""

from __future__ import annotations

import weakref
from dataclasses import replace
from pathlib import Path
from typing import Any

from grader.batch import Job, LocalPool, read_handout
from grader.course import COURSE_FILE, Assignment, Course, load_course
from grader.errors import GraderError, UsageError
from grader.gradebook import count_late
from grader.intake import Bundle, Entry, collect, look, nbgrader_receipt
from grader.result import Result

_ATTRIBUTE = "_cnn_grader_session"


class GradingFailedError(GraderError):
    """The grader could not grade a submission. nbgrader marks it as failed; it never becomes a zero."""


class Session:
    """Grades submissions of one assignment, each as a whole: nbgrader asks notebook by notebook.

    What a chapter is worth depends on the student's other chapters, so the first notebook of a submission pays for
    all of it. A submission whose bytes have changed meanwhile is graded again.
    """

    def __init__(self, course: Course, name: str, *, confined: bool, released: Path) -> None:
        self.name = name
        self.assignment = course.assignments[name]
        handout = read_handout(course, name) | _notebooks(released, self.assignment)
        job = Job(course.root / COURSE_FILE, name, confined, handout)
        self._pool = LocalPool(job, jobs=1)
        self._last: tuple[str, str, Result] | None = None

    def grade(self, student: str, folder: Path) -> Result:
        """The result of what `student` has handed in, in `folder`. Raises GraderError, never gives a zero instead."""
        bundle = read_submission(student, folder, self.assignment)
        if self._last is not None and self._last[:2] == (student, bundle.sha256):
            return self._last[2]
        graded = next(iter(self._pool.run([bundle])), None)
        if graded is None or not graded.result_json:
            reason = graded.error if graded else "no result came back"
            raise GradingFailedError(f"{student} was not graded, and has no score: {reason}")
        result = count_late(Result.from_json(graded.result_json), self.assignment, bundle.receipt)
        self._last = (student, bundle.sha256, result)
        return result

    def close(self) -> None:
        """End the grading process."""
        self._pool.close()


def read_submission(student: str, folder: Path, assignment: Assignment) -> Bundle:
    """The bytes of a submission in nbgrader's `submitted/<student>/<assignment>/`, read as `grader grade` does."""
    # What lies in `submitted/` is others' business; the way to it is the instructor's own, links included.
    folder = folder.parent.parent.resolve() / folder.parent.name / folder.name
    entry = Entry(student, folder, "folder", look(folder), student, receipt=nbgrader_receipt(folder))
    bundle = collect(entry, assignment)
    return replace(bundle, student=student)


class Sessions:
    """The sessions of one nbgrader converter, made when first asked for; they end with the converter.

    Raises UsageError where course.yaml is not named, CourseError where it is wrong.
    """

    def __init__(self, converter: Any, course_path: str, *, confined: bool) -> None:
        self.course = open_course(course_path)
        self.directory = converter.coursedir
        self._confined = confined
        self._open: dict[str, Session] = {}
        weakref.finalize(converter, _close_all, self._open)

    def session(self, name: str) -> Session:
        """The one of an assignment. Raises CourseError where it can't be graded with."""
        if name not in self._open:
            released = Path(self.directory.format_path(self.directory.release_directory, ".", name))
            self._open[name] = Session(self.course, name, confined=self._confined, released=released)
        return self._open[name]


def sessions_of(converter: Any, course_path: str, *, confined: bool) -> Sessions:
    """The sessions of `converter`, kept with it: nbgrader makes new preprocessors for every notebook."""
    found = converter.__dict__.get(_ATTRIBUTE)
    if not isinstance(found, Sessions):
        found = converter.__dict__[_ATTRIBUTE] = Sessions(converter, course_path, confined=confined)
    return found


def _close_all(sessions: dict[str, Session]) -> None:
    for session in sessions.values():
        session.close()


def open_course(course_path: str) -> Course:
    """The course that nbgrader_config.py names. Raises UsageError or CourseError."""
    if not course_path:
        raise UsageError(
            "nbgrader_config.py does not say where the course is: configure(c, course='/path/to/course.yaml')"
        )
    path = Path(course_path).expanduser()
    return load_course(path / COURSE_FILE if path.is_dir() else path)


def _notebooks(folder: Path, assignment: Assignment) -> dict[str, bytes]:
    """The released notebooks: what these students were given, whatever stubs nbgrader was told to put there."""
    files = (folder / f"{chapter.name}.ipynb" for chapter in assignment.open_chapters)
    return {path.name: path.read_bytes() for path in files if path.is_file()}
