"""nbgrader's gradebook, opened from outside of nbgrader."""

from __future__ import annotations

import contextlib
import os
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from grader.errors import GraderError, UsageError

_SQLITE = "sqlite:///"


@contextlib.contextmanager
def opened(db_url: str, *, create: bool = False) -> Iterator[Any]:
    """nbgrader's Gradebook at `db_url`. create: make an SQLite file that is not there.

    Raises GraderError without the extra `nbgrader`, UsageError where there is no such database.
    """
    try:
        from nbgrader.api import Gradebook
        from sqlalchemy.exc import SAWarning, SQLAlchemyError
    except ImportError as error:
        raise GraderError(f"this needs {error.name}: pip install 'cnn-grader[nbgrader]'") from None
    if not create and db_url.startswith(_SQLITE) and not Path(db_url.removeprefix(_SQLITE)).is_file():
        raise UsageError(f"--db {db_url}: no database is there")
    with warnings.catch_warnings():
        # nbgrader's own, on every submission that it adds
        warnings.simplefilter("ignore", SAWarning)
        try:
            with _own_programs_on_path():
                gradebook = Gradebook(db_url)
        except SQLAlchemyError as error:
            raise UsageError(f"--db {db_url}: can't be opened: {error}") from None
        with gradebook:
            yield gradebook


def folder_of(db_url: str) -> Path:
    """The folder of an SQLite database. Raises UsageError for another kind."""
    if not db_url.startswith(_SQLITE):
        raise UsageError(f"--db {db_url}: say where nbgrader's course folder is, with --course-dir")
    return Path(db_url.removeprefix(_SQLITE)).parent


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
