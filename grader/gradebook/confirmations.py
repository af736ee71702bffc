"""Points that a person gave to an answer. Each decision is a row of its own, and the last one counts."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from grader.result import Result

_COLUMNS = "student, question, answer_sha256, score, who, at, comment, items, withdrawn"
_OF_ONE = "assignment = ? AND student = ? AND question = ? AND answer_sha256 = ?"


@dataclass(frozen=True)
class Confirmation:
    """A person's score for one answer: of whom, to which question, how many points, by whom and when.

    comment: what its student reads; items: the ids of the rubric points that were ticked; withdrawn: nobody's points
    count any more, the answer waits again.
    """

    student: str
    question: str
    answer_sha256: str
    score: float
    who: str
    at: str
    comment: str = ""
    items: tuple[str, ...] = ()
    withdrawn: bool = False

    @property
    def answer(self) -> tuple[str, str, str]:
        """Which answer it is about."""
        return self.student, self.question, self.answer_sha256


@dataclass(frozen=True)
class Given:
    """A confirmation on record, and its number there."""

    id: int
    what: Confirmation


def answer_sha256(answer: str) -> str:
    """Which answer a person gave points to: another answer needs a new look."""
    return hashlib.sha256(answer.encode("utf-8", "backslashreplace")).hexdigest()


def now() -> str:
    """The time, as confirmations have it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def write(database: sqlite3.Connection, assignment: str, said: Confirmation, after: int | None) -> int:
    """Add one; its number. after: the last on record that the person has seen, 0 for none: where another one has
    come since, nothing is written and the number is 0."""
    where = f"WHERE ? = (SELECT COALESCE(MAX(id), 0) FROM confirmations WHERE {_OF_ONE})"
    done = database.execute(
        f"INSERT INTO confirmations (assignment, {_COLUMNS}) SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?"
        f" {where if after is not None else ''}",
        (
            assignment,
            *said.answer,
            said.score,
            said.who,
            said.at,
            said.comment,
            " ".join(said.items),
            said.withdrawn,
            *((after, assignment, *said.answer) if after is not None else ()),
        ),
    )
    return int(done.lastrowid or 0) if done.rowcount else 0


def undo(database: sqlite3.Connection, assignment: str, last: Given, who: str) -> int:
    """Put back what counted before `last`; the number of that, 0 where another one has come since."""
    rows = _read(database, f"{_OF_ONE} AND id < ?", (assignment, *last.what.answer, last.id))
    before = rows[-1].what if rows else replace(last.what, score=0, comment="", items=(), withdrawn=True)
    return write(database, assignment, replace(before, who=who, at=now()), last.id)


def on_record(database: sqlite3.Connection, assignment: str, student: str | None = None) -> list[Given]:
    """Everything said of the answers of all, or of one student, oldest first."""
    if student is None:
        return _read(database, "assignment = ?", (assignment,))
    return _read(database, "assignment = ? AND student = ?", (assignment, student))


def _read(database: sqlite3.Connection, where: str, values: tuple[object, ...]) -> list[Given]:
    rows = database.execute(f"SELECT id, {_COLUMNS} FROM confirmations WHERE {where} ORDER BY id", values)
    return [
        Given(row[0], replace(Confirmation(*row[1:8]), items=tuple(row[8].split()), withdrawn=bool(row[9])))
        for row in rows
    ]


def give(result: Result, said: Mapping[tuple[str, str, str], Confirmation]) -> None:
    """Count what a person gave. said: what counts of an answer, by `Confirmation.answer`."""
    changed = False
    for question in result.questions:
        found = said.get((result.student, question.name, answer_sha256(question.answer)))
        if found and not found.withdrawn and question.provisional is not None:
            question.score, question.comment = found.score, found.comment
            question.confirmed_by, question.confirmed_at = found.who, found.at
            question.needs_manual = False
            changed = True
    if changed:
        total = sum(e.score for e in result.exercises) + sum(q.score for q in result.questions)
        result.score = int(total) if float(total).is_integer() else round(total, 4)
        result.needs_manual = any(question.needs_manual for question in result.questions)
