"""Which folder is meant: the one with a student's chapters, and the one with the checks that belong to it.

Most first errors are about this, so every message looks around and says which folder it is, or what to do.
"""

from __future__ import annotations

import contextlib
import re
import shlex
import zipfile
from collections.abc import Iterator
from pathlib import Path

from grader.course import COURSE_FILE, Assignment, Course
from grader.errors import UsageError
from grader.intake import ANSWERS, EXAMPLES, chapter_files, is_clutter, meant_by

CHECKS_FOLDER = "checks"
_DEEPEST = 3
_MOST_FOLDERS = 500
_MOST_BYTES = 2**20
_SHOWN = 5


def find_folder(course: Course, assignment: str, path: Path | None) -> Path:
    """The folder of chapters to check: `path`, or where one stands, or the course's own handout."""
    model = course.assignments[assignment]
    names = f"{', '.join(f'{chapter.name}.py' for chapter in model.open_chapters)}, or the same as .ipynb"
    if path is not None:
        folder = path.parent if path.is_file() else path
        if not folder.exists():
            raise UsageError(_not_there(path, course, assignment))
        if not _holds_any(folder, model):
            raise UsageError(f"{folder} has none of the chapters ({names}){_instead(folder)}")
        return folder
    for folder in (Path.cwd(), course.handout(assignment)):
        if _holds_any(folder, model):
            return folder
    here = course.handout(assignment)
    raise UsageError(f"none of the chapters is in {here} ({names}){_instead(here)}")


def no_course(start: Path) -> str:
    """What to say where neither `start` nor a folder above it belongs to a course."""
    below = list(_exercises_below(start))
    if len(below) == 1:
        return (
            f"your exercise is not in {start} but in {below[0]}: {_cd(below[0])}, then run the command again"
        )
    if below:
        listed = ", ".join(str(folder) for folder in below[:_SHOWN])
        return f"your exercise is not in {start}; it may be one of {listed}: go into it (cd) and run the command again"
    for file in sorted(start.glob("*.zip"))[:_SHOWN]:
        with contextlib.suppress(OSError, zipfile.BadZipFile), zipfile.ZipFile(file) as archive:
            if any(name.rpartition("/")[2] == COURSE_FILE for name in archive.namelist()):
                return f"{file.name} has your exercise, still packed: unpack it, go into its folder (cd), and try again"
    if any(start.glob("*.py")) or any(start.glob("*.ipynb")):
        return (
            f"{COURSE_FILE} is missing in {start}: it belongs beside your chapters, and so does the folder "
            f"{CHECKS_FOLDER}. Unpack the zip again, and copy your own files into the new folder"
        )
    return (
        f"no exercise ({COURSE_FILE}) in {start} or above it: go into the folder that you unpacked (cd), or name "
        f"it behind the command. A course elsewhere: --course FILE"
    )


def checks_folder(course: Course, assignment: str, folder: Path) -> Path:
    """Where the visible checks are: in the student's own folder, or in the course's handout."""
    for candidate in (folder / CHECKS_FOLDER, course.handout(assignment) / CHECKS_FOLDER):
        if candidate.is_dir():
            return candidate
    raise UsageError(f"{folder / CHECKS_FOLDER} is missing: unpack the exercise again, it belongs to it")


def _holds_any(folder: Path, model: Assignment) -> bool:
    """Whether a chapter is there: by its name, one that is read for it (`Pooling (1).py`), or a function."""
    chapters = [name for name in chapter_files(model) if name not in (ANSWERS, EXAMPLES)]
    try:
        files = [path for path in folder.iterdir() if path.is_file()]
    except OSError:
        return False
    return any((meant_by(path.name, chapters) or path.name) in chapters for path in files) or any(
        definitions_in(path) & model.chapter_of().keys() for path in files if path.suffix in (".py", ".ipynb")
    )


def definitions_in(path: Path) -> set[str]:
    """The names of the functions that a file seems to define; none where it can't be read."""
    try:
        with path.open("rb") as file:
            names = re.findall(rb"(?:def|class) (\w{1,100})[(:]", file.read(_MOST_BYTES))
    except OSError:
        return set()
    return {name.decode("ascii", "replace") for name in names}


def _not_there(path: Path, course: Course, assignment: str) -> str:
    known = course.assignments[assignment].chapter_of()
    if str(path) in known:
        return f"{path} is an exercise, not a folder: grader check -e {path}"
    return f"{path} is not there; give the folder with your chapters, or go into it and leave the path out"


def _instead(folder: Path) -> str:
    """Where the chapters may be, or which files stand in their place."""
    below = [found for found in _exercises_below(folder) if found.resolve() != folder.resolve()]
    if below:
        return f"; your exercise may be in {below[0]}: {_cd(below[0])}"
    others = (
        sorted(path.name for path in folder.iterdir() if path.suffix in (".py", ".ipynb"))
        if folder.is_dir()
        else []
    )
    if others:
        listed = ", ".join(others[:_SHOWN]) + (", …" if len(others) > _SHOWN else "")
        return f"; these are there: {listed}. Give your chapters their names back"
    return "; unpack the exercise again, and copy your own files into the new folder"


def _exercises_below(start: Path) -> Iterator[Path]:
    """Folders that were handed out: course.yaml, or chapters' checks, and not too far below."""
    level, looked_at = [start], 0
    for _ in range(_DEEPEST + 1):
        below: list[Path] = []
        for folder in level:
            if (folder / COURSE_FILE).is_file() and (folder / CHECKS_FOLDER).is_dir():
                yield folder
                continue
            with contextlib.suppress(OSError):
                for path in sorted(folder.iterdir()):
                    looked_at += 1
                    if looked_at > _MOST_FOLDERS:
                        return
                    if path.is_dir() and not path.is_symlink() and not is_clutter(path.name):
                        below += [] if path.name.startswith(".") else [path]
        level = below


def _cd(folder: Path) -> str:
    here = Path.cwd()
    resolved = folder.resolve()
    shown = resolved.relative_to(here) if resolved.is_relative_to(here) else folder
    return f"`cd {shlex.quote(str(shown))}`"
