"""A list of the class, as an LMS or a person writes it: who is who, and sometimes when each handed in.

Columns are found by their names, in several usual spellings. A Canvas gradebook and a Moodle grading worksheet are
rosters too. A student is looked up by the LMS's own number first, then by login, e-mail or name; whoever fits two lines
fits none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from pathlib import Path
from typing import Final

from grader.csvcells import read_sheet
from grader.errors import UsageError
from grader.intake import Receipt
from grader.times import parse_time

#: What a column means → how it may be called, in small letters and without anything but letters and digits.
SPELLINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "student": ("student", "submission", "entry", "folder"),
    "name": ("name", "fullname", "studentname", "displayname", "sortablename"),
    "first": ("firstname", "givenname", "givennames", "first", "forename"),
    "last": ("lastname", "surname", "familyname", "last"),
    "login": ("login", "loginid", "sislogin", "sisloginid", "username", "user", "netid", "account"),
    "sis": (
        "sis",
        "sisuserid",
        "sisid",
        "sid",
        "studentid",
        "studentnumber",
        "idnumber",
        "matriculationnumber",
    ),
    "email": ("email", "emailaddress", "mail", "emails"),
    "canvas": ("id", "canvasid", "canvasuserid", "userid"),
    "participant": ("identifier", "participant", "participantid", "participantnumber"),
    "section": ("section", "sections"),
    "group": ("group", "groups", "team", "teamname", "groupname", "gruppe", "groupe", "grupo"),
    "submitted": (
        "submitted",
        "submittedat",
        "submissiontime",
        "lastmodifiedsubmission",
        "timestamp",
        "handedin",
    ),
}
#: Columns that nobody is told by: of two, the first counts.
_OPTIONAL: Final = ("section", "group")
#: What Excel makes of a long number.
_SPOILT = re.compile(r"\d(?:[.,]\d+)?E\+\d+", re.IGNORECASE)
#: Moodle's first column in any language: a word, then the number.
_NUMBERED = re.compile(r"[^\W\d][^\d,;@]{1,30}\d{1,19}")
_IDENTIFYING: Final = ("student", "login", "sis", "email", "canvas")


@dataclass(frozen=True)
class Row:
    """One student. line: in the file, from 1; values: meaning of the column → cell; cells: header → cell, as read."""

    line: int
    values: Mapping[str, str]
    cells: Mapping[str, str]

    def get(self, meaning: str) -> str:
        """The cell of the column with that meaning; '' if there is none."""
        return self.values.get(meaning, "")

    @property
    def name(self) -> str:
        """What to call the student: the full name, or what there is."""
        full = self.get("name") or " ".join(filter(None, (self.get("first"), self.get("last"))))
        return full or self.get("student") or self.get("login") or self.get("email") or f"line {self.line}"

    @property
    def identity(self) -> tuple[str, ...]:
        """Equal for two lines about one person: everything that tells people apart is the same."""
        return tuple(
            folded(self.get(meaning)) for meaning in (*_IDENTIFYING, "participant", "name", "first", "last")
        )

    def keys(self) -> Iterator[str]:
        """Everything that the student may be known by, folded."""
        for meaning in _IDENTIFYING:
            if self.get(meaning):
                yield folded(self.get(meaning))
        first, last = self.get("first"), self.get("last")
        if first or last:
            yield from _name_keys(f"{last}, {first}")
        for meaning in ("name", "student"):
            if self.get(meaning):
                yield from _name_keys(self.get(meaning))


@dataclass(frozen=True)
class Match:
    """Where a student stands in the roster. problem: why nowhere, in words, when `row` is None; several: fits two."""

    row: Row | None
    problem: str = ""
    several: bool = False


@dataclass(frozen=True)
class Roster:
    """The rows of a roster. header: its columns as they stand there; columns: meaning → header."""

    file: str
    header: tuple[str, ...]
    columns: Mapping[str, str]
    rows: tuple[Row, ...]
    _index: dict[str, list[Row]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for row in self.rows:
            for key in dict.fromkeys(row.keys()):
                self._index.setdefault(key, []).append(row)

    def find(self, student: str, lms: Mapping[str, str]) -> Match:
        """The row of a student; `lms` as a Receipt has it."""
        number = {"canvas": "canvas", "moodle": "participant"}.get(lms.get("system", ""))
        if number and lms.get("id"):
            found = [row for row in self.rows if participant(row.get(number)) == lms["id"]]
            if len(found) == 1 and _same_name(found[0], lms.get("name", ""), lms["system"]):
                return Match(found[0])
        for name in (lms.get("email"), lms.get("sid"), lms.get("login"), student, lms.get("name")):
            found = self._index.get(folded(name), []) if name else []
            if len(found) == 1 and number and _another_number(found[0], number, lms.get("id", "")):
                line = found[0].line
                return Match(None, f"{student}: line {line} of {self.file} has the name, and another number")
            if len(found) == 1:
                return Match(found[0])
            if len(found) > 1 and len({row.identity for row in found}) == 1:
                return Match(found[0])  # one person on several lines
            if len(found) > 1:
                lines = ", ".join(str(row.line) for row in found)
                return Match(None, f"{student}: fits several lines of {self.file} ({lines})", several=True)
        return Match(None, f"{student}: not in {self.file}")

    def members(self, group: str) -> tuple[Row, ...]:
        """The rows whose column of groups says `group`."""
        return tuple(
            row for row in self.rows if row.get("group") and folded(row.get("group")) == folded(group)
        )

    def receipt(self, student: str, known: Receipt, zone: tzinfo | None) -> tuple[Receipt, str]:
        """`known` with the roster's time where it has one, and what is to be said of that; zone: of bare times."""
        match = self.find(student, known.lms)
        if match.row is None:
            return known, match.problem
        text = match.row.get("submitted")
        if text in ("", "-"):
            return known, ""
        moment = parse_time(text, zone)
        source = f"the column {self.columns['submitted']!r} of {self.file}"
        if moment is not None:
            return Receipt(moment.isoformat(), source, "", known.lms), ""
        why = (
            "is not understood as a time; write it like 2025-10-25 23:00"
            if zone is not None
            else "is no time with a zone (give `late: {timezone: ...}` in course.yaml, or write it in full)"
        )
        note = f"{source} says {text!r}, which {why}"
        return Receipt("", source, note, known.lms), f"{student}: {note}; counted as on time"


def read_roster(path: Path) -> Roster:
    """Read a roster: CSV as spreadsheets and LMSs write it, a Moodle worksheet in any language. Raises UsageError."""
    lines = read_sheet(path)
    if not lines:
        raise UsageError(f"{path}: empty; its first line must name the columns")
    header = tuple(cell.strip() for cell in lines[0])
    columns = _worksheet_columns(header, lines[1:]) or _columns(path, header)
    rows = []
    for number, cells in enumerate(lines[1:], start=2):
        if _is_student(cells):
            by_header = dict(zip(header, cells, strict=False))
            values = {
                meaning: _unspoilt(by_header.get(name, "").strip()) for meaning, name in columns.items()
            }
            rows.append(Row(number, values, by_header))
    return Roster(path.name, header, columns, tuple(rows))


def _another_number(row: Row, meaning: str, number: str) -> bool:
    """Whether a row has a number of its own that is not `number`: then a name that fits is a namesake's."""
    own = participant(row.get(meaning))
    return own.isdigit() and number.isdigit() and own != number


def _same_name(row: Row, name: str, system: str) -> bool:
    """Whether the name in a download can be this row's: a group's number, which is no person's, may be the same."""
    if not name or row.name.startswith("line "):
        return True
    if system == "canvas":
        return "_" not in name  # people's names have none in Canvas's files; Canvas's number decides, then
    if re.fullmatch(r"participant \d+", folded(name)):
        return True  # marked anonymously: the number is the whole name
    words, own = set(folded(name).split()), set(folded(row.name).replace(",", " ").split())
    return words == own or (len(words & own) > 1 and (words <= own or own <= words))


def participant(cell: str) -> str:
    """The number in Moodle's "Participant 123"; any other cell as it is."""
    match = re.fullmatch(r"\D*?(\d+)", cell.strip())
    return match[1] if match else cell.strip()


def folded(text: str) -> str:
    """`text` so that spellings of one name are equal: case, width and blanks don't count."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _name_keys(name: str) -> Iterator[str]:
    """Ways to write a name: as it is, first name first, and as Canvas puts it in file names ("doejane")."""
    yield folded(name)
    last, comma, first = name.partition(",")
    if comma:
        yield folded(f"{first} {last}")
        yield re.sub(r"[\W]", "", folded(name))
    else:
        *firsts, last = folded(name).split() or [""]
        yield re.sub(r"[\W]", "", last + "".join(firsts))


def _unspoilt(cell: str) -> str:
    """A cell, or '' where a spreadsheet has rounded the number in it: 1.7E+16 is nobody."""
    return "" if _SPOILT.fullmatch(cell) else cell


def _worksheet_columns(header: tuple[str, ...], lines: list[list[str]]) -> dict[str, str]:
    """The columns of Moodle's worksheet by their order, where its language is not English; {} if it is none.

    Identifier, full name, e-mail address, status …: the order is the same in every language.
    """
    plain = re.sub(r"[\W_]", "", header[0].casefold())
    rows = [cells for cells in lines if any(cells)]
    if plain in SPELLINGS["participant"] or len(header) < 5 or not rows:
        return {}
    if not all(len(cells) >= 5 and _NUMBERED.fullmatch(cells[0].strip()) for cells in rows):
        return {}
    columns = {"participant": header[0], "name": header[1]}
    if any("@" in cells[2] for cells in rows):
        columns["email"] = header[2]
    for name in header[3:]:
        if re.sub(r"[\W_]", "", name.casefold()) in SPELLINGS["group"]:
            columns.setdefault("group", name)
    return columns


def _columns(path: Path, header: Iterable[str]) -> dict[str, str]:
    columns: dict[str, str] = {}
    for name in header:
        plain = re.sub(r"[\W_]", "", name.casefold())
        meaning = next((meaning for meaning, spellings in SPELLINGS.items() if plain in spellings), None)
        if meaning in _OPTIONAL and meaning in columns:
            continue
        if meaning and meaning in columns:
            raise UsageError(f"{path}: the columns {columns[meaning]!r} and {name!r} mean the same; keep one")
        if meaning:
            columns[meaning] = name
    if not {"student", "name", "last", "login", "sis", "email", "canvas", "participant"} & columns.keys():
        raise UsageError(
            f"{path}: no column says who is meant; call one `student`, `name`, `login` or `email`"
        )
    return columns


def _is_student(cells: list[str]) -> bool:
    """Not Canvas's rows on points and on posting, nor an empty line."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    if not filled or filled[0] == "Points Possible":
        return False
    return not all(re.match(r"(Muted|Manual Posting)", cell, re.IGNORECASE) for cell in filled)
