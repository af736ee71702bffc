"""Scores → the CSV that Canvas's gradebook imports.

Canvas finds a student by ID, else by SIS ids, else by the exact name, and asks where it finds nobody. An empty cell
would wipe out a score that stands in Canvas, so a student without a score has no row: Canvas leaves those alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.course import Assignment
from grader.csvcells import csv_text, number
from grader.exports.pairing import Pair, Pairing, counts
from grader.gradebook import Roster, folded

HEADER = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
# A column of Canvas's own export: the assignment's title and its number.
_COLUMN = re.compile(r"(.+) \((\d+)\)")


def canvas_csv(
    pairing: Pairing, assignment: Assignment, roster: Roster | None, column: str | None = None
) -> tuple[str, list[str]]:
    """The CSV, and remarks. column: the assignment's column as Canvas's export has it, "Title (123)"."""
    remarks: list[str] = []
    title = column or _column_of(assignment, roster)
    if not _COLUMN.fullmatch(title):
        remarks.append(
            f"no number of a Canvas assignment is known: Canvas looks for one called {title!r}, or offers to make it; "
            'take the column from Canvas\'s own export: --column "Title (123)", or that export as --roster'
        )
    rows: list[Sequence[object]] = [
        [*HEADER, title],
        ["    Points Possible", "", "", "", "", number(assignment.max_score)],
    ]
    for pair in pairing.pairs:
        if not counts(pair.result) or pair.doubtful:
            continue
        person = _person(pair)
        if pair.row is not None and not any(person[1:4]):
            remarks.append(
                f"{person[0]}: no number and no login is known (spreadsheets round long numbers: export the gradebook "
                f"from Canvas again), so Canvas has only the name to go by"
            )
        rows.append([*person, number(pair.result.score)])
    return csv_text(rows), remarks


def _column_of(assignment: Assignment, roster: Roster | None) -> str:
    for name in roster.header if roster else ():
        match = _COLUMN.fullmatch(name)
        if match and folded(match[1]) == folded(assignment.title):
            return name
    return assignment.title


def _person(pair: Pair) -> list[str]:
    lms, row = pair.result.lms, pair.row
    if row is None:
        # People's names in Canvas's files have no underscore; a group's number must not pass for a person's.
        is_person = lms.get("system") == "canvas" and "_" not in lms.get("name", "")
        return [pair.result.student, lms.get("id", "") if is_person else "", "", "", ""]
    # A spreadsheet may have spoilt the number; the files that Canvas handed out have it, too.
    own = lms.get("id", "") if lms.get("system") == "canvas" and not row.get("group") else ""
    return [row.name, row.get("canvas") or own, row.get("sis"), row.get("login"), row.get("section")]
