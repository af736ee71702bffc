"""When the class was graded, so that a report can say what the last run brought."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime

_Write = Callable[[str, tuple[object, ...]], int]


@dataclass(frozen=True)
class LastRun:
    """The last run that graded something. Attempts numbered above `before` are its own.

    at, previous: when it and the one before it began (ISO 8601; '': none on record); gone: students with results who
    were not among its submissions.
    """

    before: int
    at: str
    previous: str
    gone: tuple[str, ...]


class Runs:
    """The runs of a gradebook. write: executes a statement and commits."""

    def __init__(self, db: sqlite3.Connection, write: _Write) -> None:
        self._db = db
        self._write = write

    def begin(self, assignment: str) -> None:
        """A run begins, or one goes on that was killed or stopped."""
        open_one = "SELECT 1 FROM runs WHERE assignment = ? AND ended = 0"
        if not self._db.execute(open_one, (assignment,)).fetchone():
            now = datetime.now(UTC).isoformat(timespec="seconds")
            self._write(
                "INSERT INTO runs (assignment, at, before)"
                " SELECT ?, ?, COALESCE(MAX(id), 0) FROM attempts WHERE assignment = ?",
                (assignment, now, assignment),
            )

    def end(self, assignment: str, gone: Collection[str]) -> None:
        """It ends. One that graded nothing new is forgotten, less who was `gone`."""
        self._write(
            "DELETE FROM runs WHERE assignment = ? AND ended = 0 AND before >="
            " (SELECT COALESCE(MAX(id), 0) FROM attempts WHERE assignment = ?)",
            (assignment, assignment),
        )
        self._write(
            "UPDATE runs SET ended = 1, gone = ? WHERE id = (SELECT MAX(id) FROM runs WHERE assignment = ?)",
            (json.dumps(sorted(gone)), assignment),
        )

    def last(self, assignment: str) -> LastRun | None:
        """The last one that graded something; None in a gradebook from before runs were kept."""
        rows = self._db.execute(
            "SELECT before, at, gone FROM runs WHERE assignment = ? ORDER BY id DESC LIMIT 2", (assignment,)
        ).fetchall()
        if not rows:
            return None
        before, at, gone = rows[0]
        return LastRun(before, at, rows[1][1] if len(rows) > 1 else "", tuple(json.loads(gone)))

    def graded_since(self, assignment: str, before: int) -> list[tuple[str, bool]]:
        """Who has attempts above `before`, and whether for the first time; by name."""
        rows = self._db.execute(
            "SELECT student, MIN(id) > ? FROM attempts WHERE assignment = ? GROUP BY student"
            " HAVING MAX(id) > ? ORDER BY student",
            (before, assignment, before),
        )
        return [(student, bool(new)) for student, new in rows]
