"""Where on a student's machine chapters and visible checks lie."""

from __future__ import annotations

from pathlib import Path

from grader.course import Course
from grader.errors import UsageError

CHECKS_FOLDER = "checks"


def find_folder(course: Course, assignment: str, path: Path | None) -> Path:
    """The folder of chapters to check: `path`, or where one stands, or the course's own handout."""
    chapters = [chapter.name for chapter in course.assignments[assignment].chapters]

    def holds_chapters(folder: Path) -> bool:
        return any(
            (folder / f"{name}{suffix}").is_file() for name in chapters for suffix in (".py", ".ipynb")
        )

    if path is not None:
        folder = path.parent if path.is_file() else path
        if not folder.exists():
            raise UsageError(f"{path} is not there; give the folder with your {chapters[0]}.py")
        if not holds_chapters(folder):
            raise UsageError(f"{folder} has none of the chapters ({', '.join(f'{n}.py' for n in chapters)})")
        return folder
    for folder in (Path.cwd(), course.handout(assignment)):
        if holds_chapters(folder):
            return folder
    raise UsageError("no chapters here: go into your exercise folder, or give its path: grader check PATH")


def checks_folder(course: Course, assignment: str, folder: Path) -> Path:
    """The folder of visible checks: beside the chapters, or in the handout. Raises UsageError."""
    for candidate in (folder / CHECKS_FOLDER, course.handout(assignment) / CHECKS_FOLDER):
        if candidate.is_dir():
            return candidate
    raise UsageError(f"{folder / CHECKS_FOLDER} is missing: unpack the exercise again, it belongs to it")
