"""What the columns of a roster mean: by their names; in Moodle's worksheet of another language by order and cells."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from grader.errors import UsageError

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
#: Two columns of one kind refuse no file: the first is shown, and an e-mail address is looked for in each.
_MAY_REPEAT: Final = ("section", "group", "submitted", "email")
#: Moodle's first column in any language: a word, the same in every line, then the number.
_NUMBERED = re.compile(r"([^\W\d][^\d,;@]{1,30})\d{1,19}")
_PLAIN_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
#: Moodle's words where its order does not say enough.
_MAXIMUM: Final = (
    "maximumgrade",
    "bestwertung",
    "notemaximale",
    "calificaciónmáxima",
    "notamáxima",
    "punteggiomassimo",
)
#: Where the maximum may stand at the earliest beside a name: identifier, name, status, grade, maximum.
_SHORTEST: Final = 4
_HANDED_IN: Final = (
    "zuletztgeändertabgabe", "dernièremodificationtravailremis", "dernièremodificationremise",
    "últimamodificaciónentrega", "últimamodificaciónenvío",
)  # fmt: skip


@dataclass(frozen=True)
class Columns:
    """places: meaning → where its columns are, from 0; remarks: what a person should know of them.

    foreign: it is Moodle's worksheet in another language than English; `maximum` is then a meaning too, if it can be
    told, and the grade stands right before it.
    """

    places: Mapping[str, tuple[int, ...]]
    foreign: bool = False
    remarks: tuple[str, ...] = ()


def columns_of(path: Path, header: Sequence[str], lines: Sequence[Sequence[str]]) -> Columns:
    """lines: the cells below the header. Raises UsageError if no column, or two, say who is meant."""
    if worksheet := _worksheet(header, lines):
        return Columns({meaning: (place,) for meaning, place in worksheet.items()}, foreign=True)
    places: dict[str, tuple[int, ...]] = {}
    remarks = []
    for place, name in enumerate(header):
        plain = _plain(name)
        meaning = next((meaning for meaning, spellings in SPELLINGS.items() if plain in spellings), None)
        if meaning is None:
            continue
        if meaning not in places:
            places[meaning] = (place,)
            continue
        first = header[places[meaning][0]]
        if meaning not in _MAY_REPEAT:
            raise UsageError(f"{path}: the columns {first!r} and {name!r} mean the same; keep one")
        places[meaning] += (place,)
        if meaning != "section":
            used = "both are looked at" if meaning == "email" else "the first one counts"
            remarks.append(f"{path.name}: the columns {first!r} and {name!r} mean the same; {used}")
    if not {"student", "name", "last", "login", "sis", "email", "canvas", "participant"} & places.keys():
        seen = ", ".join(filter(None, header))[:200]
        raise UsageError(
            f"{path}: no column says who is meant; call one `student`, `name`, `login` or `email` (found: {seen})"
        )
    return Columns(places, remarks=tuple(remarks))


def _plain(name: str) -> str:
    return re.sub(r"[\W_]", "", name.casefold())


def _worksheet(header: Sequence[str], lines: Sequence[Sequence[str]]) -> dict[str, int]:
    """The columns of Moodle's worksheet by their order, where its language is not English; {} if it is none.

    Identifier, full name, e-mail address, status …: the order is the same in every language.
    """
    known = {spelling for spellings in SPELLINGS.values() for spelling in spellings} - {"id"}
    if len(header) < 5 or not lines or _plain(header[0]) in known:
        return {}
    words = {
        match[1] if match else "" for match in (_NUMBERED.fullmatch(cells[0].strip()) for cells in lines)
    }
    if len(words) != 1 or "" in words or not all(len(cells) >= 5 for cells in lines):
        return {}
    maximum = _maximum_at(header, lines)
    columns = {"participant": 0}
    if not maximum or maximum >= _SHORTEST:  # marked anonymously, there are no names
        columns["name"] = 1
        if any("@" in cells[2] for cells in lines):
            columns["email"] = 2
    for place, name in enumerate(header[1:], start=1):
        if _plain(name) in SPELLINGS["group"]:
            columns.setdefault("group", place)
        elif _plain(name) in _HANDED_IN:
            columns.setdefault("submitted", place)
    if maximum:
        columns["maximum"] = maximum
    return columns


def _maximum_at(header: Sequence[str], lines: Sequence[Sequence[str]]) -> int:
    """Where the maximum grade stands; 0 if that can't be told.

    It is one number for everybody. Before it stands a grade, or nothing; after it a word, whether the grade can be
    changed. By that it is known from a grade that everybody has.
    """

    def column(place: int) -> set[str]:
        return {cells[place].strip() if place < len(cells) else "" for cells in lines}

    found = []
    for place in range(2, len(header) - 1):
        cells, before, after = column(place), column(place - 1), column(place + 1)
        if len(cells) != 1 or not _PLAIN_NUMBER.fullmatch(most := next(iter(cells))):
            continue
        grades = before - {"", "-"}
        if not all(_PLAIN_NUMBER.fullmatch(cell) and _value(cell) <= _value(most) for cell in grades):
            continue
        if _plain(header[place]) in _MAXIMUM:
            return place
        if len(after) <= 2 and all(re.fullmatch(r"[^\W\d]+(?: [^\W\d]+)*", cell) for cell in after):
            found.append(place)
    return found[0] if len(found) == 1 else 0


def _value(cell: str) -> float:
    return float(cell.replace(",", "."))
