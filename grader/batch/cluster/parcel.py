"""A course as one piece of bytes: what a worker needs to grade one assignment, and nothing else of the folder."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.course import COURSE_FILE, Course
from grader.errors import CourseError

#: The archive goes whole through the scheduler's memory to every worker.
_MAX_BYTES = 256 << 20
_NOT_NEEDED = ("__pycache__", ".pyc")


@dataclass(frozen=True)
class Parcel:
    """course.yaml, reference, hidden tests and handout of one assignment. Holds every secret of it.

    archive: a zip; sha256: its hex digest.
    """

    assignment: str
    archive: bytes
    sha256: str


def pack(course: Course, assignment: str) -> Parcel:
    """Read the course from disk. Raises CourseError if it is too large to be sent around."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(set(_files(course, assignment))):
            # A fixed date: the same course is the same bytes, whoever checked it out.
            entry = zipfile.ZipInfo(path.relative_to(course.root).as_posix())
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes())
    data = packed.getvalue()
    if len(data) > _MAX_BYTES:
        raise CourseError(
            f"{course.solutions(assignment)} and {course.hidden_tests(assignment)} are {len(data) >> 20} MB packed; "
            f"a cluster is sent at most {_MAX_BYTES >> 20} MB: keep large data elsewhere"
        )
    return Parcel(assignment, data, hashlib.sha256(data).hexdigest())


def unpack(parcel: Parcel, folder: Path) -> Path:
    """Write the course below `folder`; returns its course.yaml. Raises CourseError if it arrived damaged."""
    if hashlib.sha256(parcel.archive).hexdigest() != parcel.sha256:
        raise CourseError("the course arrived damaged: its SHA-256 is not the one that was sent")
    with zipfile.ZipFile(io.BytesIO(parcel.archive)) as archive:
        archive.extractall(folder)
    return folder / COURSE_FILE


def _files(course: Course, assignment: str) -> Iterator[Path]:
    yield course.root / COURSE_FILE
    handout = course.root / "exercises" / assignment  # grading looks at its stubs and its data
    for folder in (course.solutions(assignment), course.hidden_tests(assignment), handout):
        for path in folder.rglob("*"):
            if path.is_file() and not any(part.endswith(_NOT_NEEDED) for part in path.parts):
                yield path
