"""Comments on what code does: each is said once, and reaches everybody whose code does that, now and later."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from grader.gradebook.confirmations import now
from grader.result import Result
from grader.text import visible

LONGEST = 4000

_Write = Callable[[str, tuple[object, ...]], int]


@dataclass(frozen=True)
class Comment:
    """What was said last of code that behaves like this (`ExerciseResult.behaviour`). id: its number."""

    id: int
    exercise: str
    behaviour: str
    text: str
    who: str
    at: str


def cluster_id(exercise: str, behaviour: str) -> str:
    """A name for everything that behaves alike: the same in every run and on every machine."""
    return f"{exercise}-{hashlib.sha256(f'{exercise} {behaviour}'.encode()).hexdigest()[:6]}"


class Comments:
    """The comments of a gradebook. write: executes a statement and commits."""

    def __init__(self, db: sqlite3.Connection, write: _Write) -> None:
        self._db = db
        self._write = write

    def say(self, assignment: str, exercise: str, behaviour: str, text: str, who: str) -> None:
        """From now on this is the comment; an empty text takes it back. Earlier ones stay on record."""
        text = visible(text.strip(), LONGEST, multiline=True)
        self._write(
            "INSERT INTO comments (assignment, exercise, behaviour, comment, who, at) VALUES (?, ?, ?, ?, ?, ?)",
            (assignment, exercise, behaviour, text, visible(who.strip(), 80) or "unknown", now()),
        )

    def last(self, assignment: str) -> dict[str, Comment]:
        """Name of the cluster (`cluster_id`) → the last word on it, one that was taken back too; oldest first."""
        rows = self._db.execute(
            "SELECT id, exercise, behaviour, comment, who, at FROM comments WHERE id IN"
            " (SELECT MAX(id) FROM comments WHERE assignment = ? GROUP BY exercise, behaviour) ORDER BY id",
            (assignment,),
        )
        return {cluster_id(row[1], row[2]): Comment(*row) for row in rows}

    def give(self, result: Result) -> None:
        """Write into `result` what is said of the behaviour of its exercises."""
        failing = [exercise for exercise in result.exercises if exercise.behaviour]
        said = self.last(result.assignment) if failing else {}
        for exercise in failing:
            found = said.get(cluster_id(exercise.name, exercise.behaviour))
            exercise.comment = found.text if found else ""
