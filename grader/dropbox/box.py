"""The folder of a drop-box: dropbox.db, uploads/ and results/, the folder of results of every other command."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

from grader.course import Assignment, Course
from grader.dropbox.people import People
from grader.dropbox.store import Store
from grader.dropbox.uploads import Room, Uploads
from grader.files import make_folder
from grader.gradebook import FILE_NAME, Gradebook


class Box:
    """An open drop-box for one assignment of a course. A context manager. Raises GraderError, UsageError."""

    def __init__(self, folder: Path, course: Course, name: str, room: Room | None = None) -> None:
        self.course, self.name = course, name
        self.folder, self.results = folder, folder / "results"
        self._store = Store(folder)
        make_folder(self.results)
        self.people = People(self._store)
        self.uploads = Uploads(self._store, folder, room or Room(), self.assignment.attempts.limit)

    def __enter__(self) -> Box:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._store.close()

    @property
    def assignment(self) -> Assignment:
        return self.course.assignments[self.name]

    def gradebook(self) -> Gradebook:
        """The gradebook of the results, opened for one use."""
        return Gradebook(self.results / FILE_NAME, course=self.course)
