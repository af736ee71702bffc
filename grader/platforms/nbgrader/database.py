"""nbgrader's gradebook, opened from outside of nbgrader."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from grader.course import Assignment
from grader.errors import GraderError, UsageError

_SQLITE = "sqlite:///"
#: A table that nbgrader has had since its first version.
_TABLE = "submitted_assignment"
_AGAIN = "run grader export-course and nbgrader generate_assignment"


@contextlib.contextmanager
def opened(db_url: str) -> Iterator[Any]:
    """nbgrader's Gradebook at `db_url`.

    Raises GraderError without the extra `nbgrader`, UsageError where no database of nbgrader's is there. What the
    database itself raises in the block becomes a GraderError.
    """
    try:
        from nbgrader.api import Gradebook
        from sqlalchemy.exc import SAWarning, SQLAlchemyError
    except ImportError as error:
        raise GraderError(f"this needs {error.name}: pip install 'cnn-grader[nbgrader]'") from None
    _look(db_url)
    with warnings.catch_warnings():
        # nbgrader's own, on every submission that it adds
        warnings.simplefilter("ignore", SAWarning)
        try:
            with _own_programs_on_path():
                gradebook = Gradebook(db_url)
        except ImportError as error:
            raise UsageError(f"{db_url}: databases of this kind need the package {error.name}") from None
        except SQLAlchemyError as error:
            raise UsageError(f"{db_url} can't be opened: {_reason(error)}") from None
        with gradebook:
            try:
                yield gradebook
            except SQLAlchemyError as error:
                raise GraderError(
                    f"{db_url}: {_reason(error)}; where nbgrader is newer than its database: nbgrader db upgrade"
                ) from None


def folder_of(db_url: str) -> Path:
    """The folder of an SQLite database. Raises UsageError for another kind."""
    if not db_url.startswith(_SQLITE):
        _look(db_url)
        raise UsageError(f"{db_url} is no file: say where nbgrader's course folder is, with --course-dir")
    return Path(db_url.removeprefix(_SQLITE)).parent


def course_folder(db_url: str, course_dir: Path | None) -> Path:
    """nbgrader's course folder: `course_dir`, or the database's own. Raises UsageError where it is none."""
    if course_dir is not None and not course_dir.is_dir():
        raise UsageError(f"--course-dir {course_dir} is not a folder")
    return course_dir or folder_of(db_url)


def check_notebooks(gradebook: Any, name: str, assignment: Assignment, db_url: str) -> None:
    """Raises GraderError where nbgrader does not have the assignment, or has other notebooks in it."""
    from nbgrader.api import MissingEntry

    try:
        known = {notebook.name for notebook in gradebook.find_assignment(name).notebooks}
    except MissingEntry:
        others = ", ".join(sorted(other.name for other in gradebook.assignments)) or "none"
        raise GraderError(f"{db_url} has no assignment {name} (it has: {others}): {_AGAIN}") from None
    wanted = {chapter.name for chapter in assignment.open_chapters}
    if known != wanted:
        raise GraderError(
            f"nbgrader's {name} has the notebooks {', '.join(sorted(known)) or 'none'}, the course "
            f"{', '.join(sorted(wanted))}: {_AGAIN}"
        )


def misfit(error: Exception) -> GraderError:
    """What to say where nbgrader lacks a cell that the course has."""
    return GraderError(f"nbgrader's gradebook does not fit the course ({error}): {_AGAIN}")


def _look(db_url: str) -> None:
    """Raises UsageError before nbgrader makes its tables in a file that is not its own, such as the kit's gradebook."""
    if "://" not in db_url:
        raise UsageError(f"{db_url} is no database's address; that of a file is sqlite:///{db_url}")
    if not db_url.startswith(_SQLITE):
        return
    path = Path(db_url.removeprefix(_SQLITE))
    if not path.is_file():
        raise UsageError(f"{db_url}: no database is there; nbgrader generate_assignment makes it")
    try:
        with contextlib.closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
            query = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
            found = database.execute(query, (_TABLE,)).fetchone()
    except sqlite3.Error as error:
        raise UsageError(f"{db_url} can't be read: {error}") from None
    if found is None:
        raise UsageError(f"{db_url} is not nbgrader's; its gradebook.db stands in nbgrader's course folder")


def _reason(error: Exception) -> str:
    """One line of what SQLAlchemy spreads over several."""
    return str(getattr(error, "orig", None) or error).split("\n")[0]


@contextlib.contextmanager
def _own_programs_on_path() -> Iterator[None]:
    """nbgrader calls alembic by its name, which stands beside this Python whether or not the environment is active."""
    before = os.environ.get("PATH")
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), before or os.defpath])
    try:
        yield
    finally:
        if before is None:
            del os.environ["PATH"]
        else:
            os.environ["PATH"] = before
