"""Scores → the CSV that Canvas's gradebook imports.

Canvas finds a student by ID, else by SIS ids, else by the exact name, and asks where it finds nobody. An empty cell
would wipe out a score that stands in Canvas, so a student without a score has no row: Canvas leaves those alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.course import Assignment
from grader.csvcells import csv_text, number
from grader.exports.pair import Pair
from grader.exports.pairing import Pairing, counts
from grader.gradebook import Roster, Row, folded

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
        lines = [(row, _person(pair, row)) for row in pair.rows or (None,)]
        known = [person for row, person in lines if row is None or any(person[1:4])]
        if not known and pair.row is not None:
            what = f"{pair.row.name}: no number and no login is known"
            if pair.row.spoilt:
                cell = next(iter(pair.row.spoilt.values()))
                remarks.append(
                    f"{what} (a spreadsheet made {cell} of it), so the score {pair.result.score:g} is not in the file; "
                    "pass the gradebook as Canvas exports it, not saved again"
                )
                continue
            remarks.append(
                f"{what}, so Canvas has only the name to go by; its own export as --roster has more"
            )
        rows += [[*person, number(pair.result.score)] for person in known or [person for _, person in lines]]
    return csv_text(rows), remarks


def _column_of(assignment: Assignment, roster: Roster | None) -> str:
    for name in roster.header if roster else ():
        match = _COLUMN.fullmatch(name)
        if match and folded(match[1]) == folded(assignment.title):
            return name
    return assignment.title


def _person(pair: Pair, row: Row | None) -> list[str]:
    lms = pair.result.lms
    own = lms.get("id", "") if lms.get("system") == "canvas" and not pair.member else ""
    if row is None:
        # People's names in Canvas's files have no underscore; a group's number must not pass for a person's.
        return [pair.result.student, own if "_" not in lms.get("name", "") else "", "", "", ""]
    # The files that Canvas handed out have the number, too; a spreadsheet can't have touched it there.
    return [row.name, own or row.get("canvas"), row.get("sis"), row.get("login"), row.get("section")]
