"""The drop-box's own SQLite file: what is committed here survives whatever happens to the process."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from grader.errors import GraderError
from grader.files import close_to_others, make_folder, refuse_others

FILE = "dropbox.db"
_VERSION = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS people (
    name TEXT PRIMARY KEY,
    role TEXT NOT NULL,
    full_name TEXT NOT NULL,
    email TEXT NOT NULL,
    token_hash TEXT NOT NULL UNIQUE
);
CREATE TABLE IF NOT EXISTS sessions (
    hash TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    expires REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS uploads (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    student TEXT NOT NULL,
    file TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    size INTEGER NOT NULL,
    at TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting',
    tries INTEGER NOT NULL DEFAULT 0,
    before INTEGER NOT NULL DEFAULT -1,
    attempt INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS uploads_of_one ON uploads (student, id);
CREATE INDEX IF NOT EXISTS uploads_by_state ON uploads (state, id);
"""


class Store:
    """The file in `folder`, open. For any number of threads; other processes may write to it, too.

    Raises GraderError where it can't be used, UsageError where the folder is not one's own.
    """

    def __init__(self, folder: Path) -> None:
        make_folder(folder)
        refuse_others(folder)
        self.path = folder / FILE
        self._lock = threading.Lock()
        with self._said():
            close_to_others(self.path)
            self._db = sqlite3.connect(self.path, timeout=30, isolation_level=None, check_same_thread=False)
            version = self._db.execute("PRAGMA user_version").fetchone()[0]
            if version > _VERSION:
                raise GraderError(f"{self.path} was written by a newer grader (format {version}); update it")
            # WAL: readers see whole commits; FULL: a commit lies on the disk when it returns, so that an upload
            # which was acknowledged is never lost.
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.executescript(_SCHEMA)
            self._db.execute(f"PRAGMA user_version = {_VERSION}")

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    def rows(self, query: str, values: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        """What a query finds."""
        with self._lock, self._said():
            return self._db.execute(query, values).fetchall()

    @contextlib.contextmanager
    def together(self) -> Iterator[sqlite3.Connection]:
        """Several statements, all or none of which happen; on the disk when this ends."""
        with self._lock, self._said():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    @contextlib.contextmanager
    def _said(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise GraderError(f"{self.path}: can't be used ({error}); is the disk full?") from None
