"""Scores → the grading worksheet that Moodle's assignment imports.

Moodle asks for Identifier, Grade and Last modified (grade). It passes over an empty grade, and without a word over one
above the maximum, a locked one, and one that was changed in Moodle after the time in the file: so the downloaded
worksheet is the best roster, and its times go back as they came. Its feedback columns are left out, and so left alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from grader.course import Assignment
from grader.csvcells import csv_text, number
from grader.errors import UsageError
from grader.exports.pairing import Pairing, counts
from grader.gradebook import Roster, Row, participant

HEADER = (
    "Identifier", "Full name", "Email address", "Status", "Grade", "Maximum Grade", "Grade can be changed",
    "Last modified (grade)",
)  # fmt: skip
_SUBMITTED = "Submitted for grading"


def moodle_csv(pairing: Pairing, assignment: Assignment, roster: Roster | None) -> tuple[str, list[str]]:
    """The worksheet, and remarks. Raises UsageError if the worksheet's maximum is not the assignment's."""
    most = number(assignment.max_score)
    if roster is not None:
        _check_maximum(roster, most)
    if roster is not None and roster.foreign:
        return _filled_in(pairing, assignment, roster)
    rows: list[Sequence[object]] = [HEADER]
    remarks: list[str] = []
    for pair in pairing.pairs:
        result = pair.result
        grade: object = number(result.score) if counts(result) else ""
        if pair.row is not None and pair.row.get("participant"):
            rows += [_row(row, grade, most) for row in pair.rows]
            if _cell(pair.row, "Grade can be changed", "Yes").casefold() == "no":
                remarks.append(f"{pair.row.name}: Moodle has locked the grade and will pass over {grade}")
        elif roster is None and result.lms.get("system") == "moodle" and not pair.doubtful:
            identifier = f"Participant {result.lms['id']}"
            rows.append([identifier, result.lms.get("name", ""), "", _SUBMITTED, grade, most, "Yes", ""])
        else:
            remarks.append(
                f"{result.student}: Moodle's number of this student is not known, so the score {result.score:g} is not "
                "in the file; pass the worksheet that Moodle hands out as --roster (for teams, with a column `group`)"
            )
    rows += [_row(row, "", most) for row in pairing.without if row.get("participant")]
    return csv_text(rows), remarks


def _filled_in(pairing: Pairing, assignment: Assignment, roster: Roster) -> tuple[str, list[str]]:
    """A worksheet of another language with the grades filled in: its own header, its own sign for decimals.

    The grade stands right before the maximum. What comes after the two columns that follow (changeable, last changed)
    is feedback, and left out.
    """
    if "maximum" not in roster.columns:
        seen = ", ".join(roster.header[:8])
        raise UsageError(
            f"{roster.file}: a Moodle worksheet in a language that is not known ({seen} …), and its cells don't tell "
            "which column is the maximum grade: set your language in Moodle to English and download it again"
        )
    most = roster.header.index(roster.columns["maximum"])
    text = roster.rows[0].cells.get(roster.header[most], "")
    if float(text.replace(",", ".")) != number(assignment.max_score):
        raise UsageError(
            f"{roster.file}: Moodle's maximum grade (the column {roster.header[most]!r}) is {text}, this assignment "
            f"has {assignment.max_score:g} points: set it to {assignment.max_score:g} in the assignment's settings in "
            "Moodle, then download it again"
        )
    last = min(len(roster.header), most + 4)
    scores = {row.line: pair.result for pair in pairing.pairs for row in pair.rows if counts(pair.result)}
    rows: list[Sequence[object]] = [roster.header[:last]]
    for row in roster.rows:
        cells: list[object] = [row.cells.get(name, "") for name in roster.header[:last]]
        cells = ["" if cell == "-" else cell for cell in cells]
        if row.line in scores:
            grade = f"{number(scores[row.line].score):g}"
            cells[most - 1] = grade.replace(".", ",") if "," in text else grade
        rows.append(cells)
    remarks = [
        f"{pair.result.student}: not in {roster.file}, so the score {pair.result.score:g} is not in the file"
        for pair in pairing.pairs
        if pair.row is None
    ]
    return csv_text(rows), remarks


def _row(row: Row, grade: object, most: float) -> list[object]:
    return [
        f"Participant {participant(row.get('participant'))}",
        row.name if row.has_name else "",
        row.get("email"),
        _cell(row, "Status", _SUBMITTED),
        grade,
        most,
        _cell(row, "Grade can be changed", "Yes"),
        _cell(row, "Last modified (grade)", ""),
    ]


def _cell(row: Row, header: str, default: str) -> str:
    cell = row.cells.get(header, default)
    # Moodle's own sign for "never", which a spreadsheet can't run.
    return "" if cell == "-" else cell


def _check_maximum(roster: Roster, most: float) -> None:
    for row in roster.rows:
        text = row.cells.get("Maximum Grade", "").replace(",", ".")
        try:
            differs = bool(text) and float(text) != most
        except ValueError:
            differs = True
        if differs:
            raise UsageError(
                f"{roster.file}: Moodle's maximum grade is {text}, this assignment has {most:g} points: set it to "
                f"{most:g} in the assignment's settings in Moodle, then download the worksheet again"
            )
