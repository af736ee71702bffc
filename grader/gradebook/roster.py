"""A list of the class, as an LMS or a person writes it: who is who, and sometimes when each handed in.

Columns are found by their names, in several usual spellings. A Canvas gradebook and a Moodle grading worksheet are
rosters too. A student is looked up by the LMS's own number first, then by login, e-mail or name; whoever fits two lines
fits none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from pathlib import Path
from typing import Final

from grader.csvcells import head_and_lines, read_sheet, unsafe_again
from grader.errors import UsageError
from grader.gradebook.columns import Columns, columns_of
from grader.gradebook.row import Row, lines_by_person, may_be, same_name
from grader.gradebook.spelling import DIGITS_KEPT, bare, folded, is_rounded, numeral, participant
from grader.intake import Receipt
from grader.times import parse_time, why_unread

#: Which column has the number that is in the file names of a system's download.
_NUMBERS: Final = {"canvas": "canvas", "moodle": "participant"}
_NUMERIC: Final = ("canvas", "participant", "sis", "student", "login")


@dataclass(frozen=True)
class Match:
    """Where a student stands in the roster. problem: why nowhere, in words, when `row` is None; several: fits two."""

    row: Row | None
    problem: str = ""
    several: bool = False


@dataclass(frozen=True)
class Roster:
    """The lines of a roster. header: its columns as they stand there; columns: meaning → header; remarks: what a
    person should know of the file; foreign: Moodle's worksheet in another language than English.
    """

    file: str
    header: tuple[str, ...]
    columns: Mapping[str, str]
    rows: tuple[Row, ...]
    remarks: tuple[str, ...] = ()
    foreign: bool = False
    _index: dict[str, list[Row]] = field(default_factory=dict)
    _numbers: dict[tuple[str, str], list[Row]] = field(default_factory=dict)
    _groups: dict[str, list[tuple[str, Row]]] = field(default_factory=dict)
    _lines: dict[int, tuple[Row, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for row in self.rows:
            for key in dict.fromkeys(row.keys()):
                self._index.setdefault(key, []).append(row)
            for meaning in _NUMBERS.values():
                if number := participant(row.get(meaning)):
                    self._numbers.setdefault((meaning, number), []).append(row)
            if cell := row.get("group"):
                for one in dict.fromkeys([cell, *re.split("[,;]", cell)]):
                    self._groups.setdefault(bare(one), []).append((folded(one), row))
        self._lines.update(lines_by_person(self.rows))

    def lines(self, row: Row) -> tuple[Row, ...]:
        """All lines about the person of `row`, who may be in two sections; `row` is one of them."""
        return self._lines[row.line]

    def find(self, student: str, lms: Mapping[str, str]) -> Match:
        """The row of a student; `lms` as a Receipt has it.

        The LMS's number decides, but never against the name: a team's number may be another person's. A row that has
        another number is not this student's, whatever it is called.
        """
        number = _NUMBERS.get(lms.get("system", ""), "")
        wanted = lms.get("id", "") if number else ""
        numbered = self._numbers.get((number, wanted), []) if wanted else []
        fitting = [row for row in numbered if same_name(row, lms.get("name", ""), lms["system"])]
        if fitting and self._is_one(fitting):
            return Match(fitting[0])
        namesakes: list[Row] = []
        for name in (lms.get("email"), lms.get("sid"), lms.get("login"), student, lms.get("name")):
            found = self._index.get(folded(name), []) if name else []
            if wanted:
                namesakes += [row for row in found if not may_be(row, number, wanted)]
                found = [row for row in found if may_be(row, number, wanted)]
            if found:
                return self._one_of(student, found)
        for name in (lms.get("sid"), lms.get("login"), student):
            # A spreadsheet made 123 of 00123.
            found = (
                self._index.get(name.lstrip("0"), []) if name and name.isdigit() and name[0] == "0" else []
            )
            if found:
                return self._one_of(student, found)
        if namesakes:
            line = namesakes[0].line
            return Match(None, f"{student}: line {line} of {self.file} has the name, and another number")
        if numbered:
            row = numbered[0]
            problem = (
                f"{student}: line {row.line} of {self.file} has the number {wanted}, and is called {row.name}"
            )
            return Match(None, problem, several=True)
        return Match(None, f"{student}: not in {self.file}")

    def _one_of(self, student: str, found: list[Row]) -> Match:
        if self._is_one(found):
            return Match(found[0])
        lines = ", ".join(str(row.line) for row in found)
        return Match(None, f"{student}: fits several lines of {self.file} ({lines})", several=True)

    def _is_one(self, found: list[Row]) -> bool:
        return len({self._lines[row.line][0].line for row in found}) == 1

    def members(self, group: str) -> tuple[Row, ...]:
        """A row of each person whose column of groups names `group`; () where two groups may be meant."""
        members: dict[int, Row] = {}
        spelled = set()
        for spelling, row in self._groups.get(bare(group), ()) if bare(group) else ():
            spelled.add(spelling)
            members.setdefault(self._lines[row.line][0].line, row)
        return tuple(members.values()) if len(spelled) == 1 else ()

    def receipt(self, student: str, known: Receipt, zone: tzinfo | None) -> tuple[Receipt, str]:
        """`known` with the roster's time where it has one, and what is to be said of that; zone: of bare times."""
        match = self.find(student, known.lms)
        rows = self.lines(match.row) if match.row else self.members(known.lms.get("name") or student)
        if not rows:
            return known, match.problem
        texts = {row.get("submitted") for row in rows} - {"", "-"}
        if not texts:
            return known, ""
        text = " and ".join(sorted(texts))
        moment = parse_time(text, zone)
        source = f"the column {self.columns['submitted']!r} of {self.file}"
        if moment is not None:
            return Receipt(moment.isoformat(), source, "", known.lms), ""
        note = f"{source} says {text!r}: {why_unread(text)}"
        return Receipt("", source, note, known.lms), f"{student}: {note}; counted as on time"


def read_roster(path: Path) -> Roster:
    """Read a roster: CSV as spreadsheets and LMSs write it, a Moodle worksheet in any language. Raises UsageError."""
    names, lines = head_and_lines(read_sheet(path))
    if not names:
        raise UsageError(f"{path}: empty; its first line must name the columns")
    header = tuple(names)
    people = [(number, cells) for number, cells in lines if _is_student(cells)]
    columns = columns_of(path, header, [cells for _, cells in people])
    rounded = _all_rounded(columns, [cells for _, cells in people])
    rows = []
    for number, cells in people:
        cells += [""] * (len(header) - len(cells))
        values = {meaning: cells[places[0]].strip() for meaning, places in columns.places.items()}
        values = {meaning: numeral(cell) if meaning in _NUMERIC else cell for meaning, cell in values.items()}
        spoilt = {meaning: cell for meaning, cell in values.items() if _is_spoilt(meaning, cell, rounded)}
        others = [cells[place].strip() for place in columns.places.get("email", ())]
        if others:
            values["email"] = next(filter(None, others), "")
        others += [unsafe_again(cell) for cell in values.values() if unsafe_again(cell) != cell]
        by_header: dict[str, str] = {}
        for name, cell in zip(header, cells, strict=False):
            by_header.setdefault(name, cell)
        rows.append(
            Row(number, values | dict.fromkeys(spoilt, ""), by_header, tuple(filter(None, others)), spoilt)
        )
    shown = {meaning: header[places[0]] for meaning, places in columns.places.items()}
    return Roster(path.name, header, shown, tuple(rows), columns.remarks, columns.foreign)


def _is_spoilt(meaning: str, cell: str, rounded: frozenset[str]) -> bool:
    if meaning == "canvas" and cell in rounded:
        return True
    return meaning in _NUMERIC and is_rounded(cell, number=meaning in ("canvas", "participant", "sis"))


def _all_rounded(columns: Columns, lines: list[list[str]]) -> frozenset[str]:
    """The numbers in which a spreadsheet kept fifteen digits, where all long ones are so: 17000000000012300."""
    places = columns.places.get("canvas", ())[:1]
    cells = {cells[place].strip() for cells in lines for place in places if place < len(cells)}
    long = [cell for cell in cells if cell.isdigit() and len(cell) > DIGITS_KEPT]
    return frozenset(long if all(cell[DIGITS_KEPT:].strip("0") == "" for cell in long) else ())


def _is_student(cells: list[str]) -> bool:
    """Not Canvas's rows on points and on posting."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    if filled[0] == "Points Possible":
        return False
    return not all(re.match(r"(Muted|Manual Posting)", cell, re.IGNORECASE) for cell in filled)
