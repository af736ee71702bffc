"""Gradebooks of version 0.1, in which a namesake could take somebody's row, and one person could have two.

Every attempt goes to whom the LMS's number in its receipt says. What that was stands in the record of people.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from grader.gradebook.confirmations import answer_sha256
from grader.gradebook.identity import Identity, identity_of

#: Who says so, in the record of people.
GRADER = "grader"
_SAYS = {
    "joined": "{0} and {1} are one person, in one row now, {1}",
    "parted": "{0} and {1} are two people, in a row each now",
}


@dataclass
class _Person:
    identity: Identity
    names: dict[str, list[str]] = field(default_factory=dict)
    """Name → the submissions under it, in order."""


def part_namesakes(database: sqlite3.Connection) -> list[str]:
    """Give each person of the gradebook one row of their own; what was done, in words. Raises sqlite3.Error."""
    assignments = database.execute("SELECT DISTINCT assignment FROM receipts").fetchall()
    return [line for (assignment,) in assignments for line in _part(database, assignment)]


def move(database: sqlite3.Connection, assignment: str, student: str, shas: Iterable[str], new: str) -> None:
    """Put these submissions of `student`, and what people said of their answers, under `new`."""
    shas = list(shas)
    said = database.execute(
        "SELECT question, answer_sha256, score, who, at, comment, items, withdrawn FROM confirmations"
        " WHERE assignment = ? AND student = ? ORDER BY id",
        (assignment, student),
    ).fetchall()
    for sha in shas:
        for table in ("attempts", "receipts"):
            database.execute(
                f"UPDATE OR REPLACE {table} SET student = ? WHERE assignment = ? AND student = ?"
                " AND submission_sha256 = ?",
                (new, assignment, student, sha),
            )
    # Points go with an answer. Two may have given the same one: then both have them.
    theirs, left = (_answers(database, assignment, name) for name in (new, student))
    for question, answer, *rest in said:
        if (question, answer) in theirs:
            database.execute(
                "INSERT INTO confirmations (assignment, student, question, answer_sha256, score, who, at, comment,"
                " items, withdrawn) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (assignment, new, question, answer, *rest),
            )
            if (question, answer) not in left:
                database.execute(
                    "DELETE FROM confirmations WHERE assignment = ? AND student = ? AND question = ?"
                    " AND answer_sha256 = ?",
                    (assignment, student, question, answer),
                )


def unnumbered(database: sqlite3.Connection, assignment: str, student: str) -> list[str]:
    """The submissions of `student` of which no LMS's number is known."""
    rows = database.execute(
        "SELECT DISTINCT a.submission_sha256, COALESCE(r.lms, '{}') FROM attempts a LEFT JOIN receipts r"
        " ON r.assignment = a.assignment AND r.student = a.student AND r.submission_sha256 = a.submission_sha256"
        " WHERE a.assignment = ? AND a.student = ?",
        (assignment, student),
    )
    return [sha for sha, lms in rows.fetchall() if identity_of(json.loads(lms)) is None]


def _answers(database: sqlite3.Connection, assignment: str, student: str) -> set[tuple[str, str]]:
    rows = database.execute(
        "SELECT result FROM attempts WHERE assignment = ? AND student = ?", (assignment, student)
    )
    questions = [question for (text,) in rows for question in json.loads(text).get("questions", ())]
    return {(question["name"], answer_sha256(question.get("answer", ""))) for question in questions}


def _part(database: sqlite3.Connection, assignment: str) -> list[str]:
    remarks = []
    people: list[_Person] = []
    by_number: dict[tuple[str, str], list[_Person]] = {}
    owner: dict[str, _Person] = {}
    rows = database.execute(
        "SELECT r.student, r.submission_sha256, r.lms, COALESCE(MIN(a.id), 1 << 60) AS first FROM receipts r"
        " LEFT JOIN attempts a ON a.assignment = r.assignment AND a.student = r.student"
        " AND a.submission_sha256 = r.submission_sha256 WHERE r.assignment = ?"
        " GROUP BY r.rowid ORDER BY first, r.rowid",
        (assignment,),
    ).fetchall()
    for student, sha, lms, _ in rows:
        identity = identity_of(json.loads(lms))
        if identity is None:
            continue
        near = by_number.setdefault((identity.system, identity.number), [])
        person = next((person for person in near if person.identity.is_same(identity)), None)
        if person is None:
            person = _Person(identity)
            near.append(person)
            people.append(person)
        person.names.setdefault(student, []).append(sha)
        # Whoever had a name first keeps it.
        owner.setdefault(student, person)
    taken = {
        name
        for (name,) in database.execute(
            "SELECT DISTINCT student FROM attempts WHERE assignment = ?", (assignment,)
        )
    }
    for person in people:
        own = next((name for name in person.names if owner[name] is person), "")
        if not own:
            own = f"{next(iter(person.names))} ({person.identity.number})"
            while own in taken:
                own += "~"
            taken.add(own)
        for name, shas in person.names.items():
            if name != own:
                move(database, assignment, name, shas, own)
                why = f"number {person.identity.number} of {person.identity.system}, in a gradebook of version 0.1"
                what = "joined" if owner[name] is person else "parted"
                _note(database, assignment, name, what, own, why)
                remarks.append(f"{assignment}: {_SAYS[what].format(name, own)} ({why})")
    for name in owner:
        if unnumbered(database, assignment, name):
            why = (
                f"work without a number and work of number {owner[name].identity.number} stand under this name; if "
                f"that is two people: grader people RESULTS --split {name!r} NEW"
            )
            _note(database, assignment, name, "doubtful", "", why)
            remarks.append(f"{assignment}: {name}: {why}")
    return remarks


def _note(
    database: sqlite3.Connection, assignment: str, student: str, action: str, new: str, why: str
) -> None:
    database.execute(
        "INSERT INTO people (assignment, student, action, new, who, at, reason) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (assignment, student, action, new, GRADER, datetime.now(UTC).isoformat(timespec="seconds"), why),
    )
