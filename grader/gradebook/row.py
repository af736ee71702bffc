"""One line of a roster; whether two lines, or a line and a file, are one person's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from grader.gradebook.spelling import bare, folded, may_be_rounded, name_keys, participant, same_words

IDENTIFYING: Final = ("student", "login", "sis", "email", "canvas")
_TWO_LETTERS: Final = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "oe", "å": "aa", "æ": "ae"}
)
_IDS: Final = ("canvas", "participant", "login", "sis", "email")


@dataclass(frozen=True)
class Row:
    """One line on a student. line: in the file, from 1; values: meaning of the column → cell; cells: header → cell, as
    read; others: what else the student is known by (a second e-mail address); spoilt: meaning → what a spreadsheet
    made of a number, whose value is '' then.
    """

    line: int
    values: Mapping[str, str]
    cells: Mapping[str, str]
    others: tuple[str, ...] = ()
    spoilt: Mapping[str, str] = field(default_factory=dict)

    def get(self, meaning: str) -> str:
        """The cell of the column with that meaning; '' if there is none."""
        return self.values.get(meaning, "")

    @property
    def has_name(self) -> bool:
        """Whether the person's own name stands here."""
        return any(self.get(meaning) for meaning in ("name", "first", "last", "student"))

    @property
    def name(self) -> str:
        """What to call the student: the full name, or what there is."""
        full = self.get("name") or " ".join(filter(None, (self.get("first"), self.get("last"))))
        return full or self.get("student") or self.get("login") or self.get("email") or f"line {self.line}"

    def keys(self) -> Iterator[str]:
        """Everything that the student may be known by, folded."""
        for key in (*(self.get(meaning) for meaning in IDENTIFYING), *self.others):
            if key:
                yield folded(key)
        first, last = self.get("first"), self.get("last")
        if first or last:
            yield from name_keys(f"{last}, {first}")
        for meaning in ("name", "student"):
            if self.get(meaning):
                yield from name_keys(self.get(meaning))

    def with_values(self, values: Mapping[str, str]) -> Row:
        """This line with other cells for these meanings."""
        return replace(self, values={**self.values, **values})

    def without(self, meaning: str) -> Row:
        """This line less a cell that a spreadsheet has spoilt."""
        spoilt = {**self.spoilt, meaning: self.get(meaning)}
        return replace(self, values={**self.values, meaning: ""}, spoilt=spoilt)


def same_name(row: Row, name: str, system: str) -> bool:
    """Whether the name in a download can be this row's: a group's number, which is no person's, may be the same."""
    if not name or not row.has_name:
        return True
    if system == "moodle" and re.fullmatch(r"participant \d+", folded(name)):
        return True  # marked anonymously: the number is the whole name
    if system == "canvas":
        if folded(name) == "anon":
            return True
        return "_" not in name and _in_canvas_s_files(row, bare(name))
    return same_words(name, row.name)


def _in_canvas_s_files(row: Row, name: str) -> bool:
    """Whether `name` is how Canvas writes this row's: letters alone, the last name first; no group is called so.

    Letters with accents may be plain there, written with two letters, or missing. Who married or shortened the name has
    a part of it still.
    """
    whole = list(row.keys())
    plain = {bare(key.translate(letters)) for key in whole for letters in (_TWO_LETTERS, {})}
    plain |= {re.sub(r"[\W_]|[^\x00-\x7f]", "", key) for key in whole}
    if name in plain or not name.isascii():
        return True
    parts = [part for part in map(bare, re.split(r"[\s,]+", row.name)) if len(part) > 1]
    last, *first = parts if "," in row.name else [*parts[-1:], *parts[:-1]]
    ends = name.startswith(last) or any(name.endswith(part) for part in first)
    return sum(part in name for part in parts) > 1 or (ends and name not in parts)


def may_be(row: Row, meaning: str, number: str) -> bool:
    """Whether a row can stand for the number that the LMS gives: it has that, none, or what was rounded from it."""
    own = participant(row.get(meaning))
    if rounded := row.spoilt.get(meaning):
        return number.isdigit() and may_be_rounded(rounded, number)
    if own == number or not own.isdigit() or not number.isdigit():
        return True
    return may_be_rounded(own, number)


def lines_by_person(rows: Sequence[Row]) -> dict[int, tuple[Row, ...]]:
    """Line → all lines about the same person: an id in common, none that differs, and names that don't differ."""
    people: list[list[Row]] = []
    by_id: dict[tuple[str, str], list[list[Row]]] = {}
    for row in rows:
        ids = [(meaning, folded(row.get(meaning))) for meaning in _IDS if row.get(meaning)]
        near = (person for one in ids for person in by_id.get(one, []))
        person = next((person for person in near if all(_is_one(row, other) for other in person)), None)
        if person is None:
            people.append(person := [])
        person.append(row)
        for one in ids:
            if not any(known is person for known in by_id.setdefault(one, [])):
                by_id[one].append(person)
    return {row.line: tuple(person) for person in people for row in person}


def _is_one(row: Row, other: Row) -> bool:
    pairs = [(folded(row.get(meaning)), folded(other.get(meaning))) for meaning in _IDS]
    pairs = [(own, others) for own, others in pairs if own and others]
    names = not (row.has_name and other.has_name) or same_words(row.name, other.name)
    return bool(pairs) and all(own == others for own, others in pairs) and names
