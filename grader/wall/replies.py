"""What a worker sends → typed replies. The one place where a reply is looked at; whatever fits no form is refused.

Every field is checked for its exact type and cut to its size before anything is compared, formatted or printed: an
array in place of a number has its own `==`, a thousand of them in place of a text are minutes of `repr`.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal, TypeAlias, TypeGuard, get_args

import numpy as np

from grader.errors import Frame, StudentBroke, StudentRaised
from grader.text import visible
from grader.worker.wire import WireError, decode

#: Characters of a text that are looked at; honest workers send less.
_MOST_TEXT = 2000
_MOST_PROBLEMS, _MOST_SLOW, _MOST_STATEMENTS, _MOST_LINEAGE = 80, 200, 1_000_000, 10
_MOST_FRAMES = 12
_MOST_LINE = 10_000_000
_KINDS = frozenset(["syntax", "syntax here"])
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{6,16}")

#: What an answer says.
Content: TypeAlias = "Returned | Held | NotCalled | Raised"
Why: TypeAlias = Literal["missing", "lost", "blocked", "unsupported"]
_WHY: dict[str, Why] = {why: why for why in get_args(Why)}


@dataclass(frozen=True)
class Returned:
    """A call returned.

    value: plain data; changed: whether an argument is different afterwards; overwritten: whether an earlier result is.
    """

    value: Any
    changed: bool
    overwritten: bool = False


@dataclass(frozen=True)
class Held:
    """A call gave an object, which stays in the worker under the number that the grader has given it."""


@dataclass(frozen=True)
class NotCalled:
    """There was no value to send. text: short and safe to show."""

    why: Why
    text: str


@dataclass(frozen=True)
class Raised:
    """A call raised. All of it is text that the student's process chose, short and safe to show."""

    kind: str
    text: str
    lineage: tuple[str, ...]
    file: str
    line: int | None
    frames: tuple[Frame, ...] = ()

    def failure(self) -> StudentRaised:
        """What a test meets."""
        return StudentRaised(
            self.kind, self.text, lineage=self.lineage, file=self.file, line=self.line, frames=self.frames
        )


@dataclass(frozen=True)
class Answer:
    """The reply to one call. printed: how much was printed by then, as the worker says."""

    content: Content
    printed: int


@dataclass(frozen=True)
class Unread:
    """The answer to one of many calls, as it came: bytes, not looked at before they are asked for."""

    header: bytes
    body: bytes

    @cached_property
    def digest(self) -> bytes:
        """The same for the same answer."""
        mark = hashlib.sha256(len(self.header).to_bytes(8, "big"))
        mark.update(self.header)
        mark.update(self.body)
        return mark.digest()

    def content(self) -> Content:
        """What it says, made anew each time. Raises StudentBroke for any other form."""
        try:
            return _content(_mapping(decode(self.header, self.body)))
        except WireError as error:
            raise StudentBroke(f"broke the protocol: {error}") from None


@dataclass(frozen=True)
class Question:
    """What a worker asks in the middle of a call."""

    name: str
    args: list[Any]
    kwargs: dict[str, Any]


@dataclass(frozen=True)
class Problem:
    """What went wrong while a chapter was loaded. column, end_column: of a syntax error, from 1."""

    chapter: str
    file: str
    kind: str
    message: str
    line: int | None
    column: int | None = None
    end_column: int | None = None


@dataclass(frozen=True)
class Loaded:
    """Chapters were loaded. slow: (chapter, number of a statement) that took long."""

    problems: tuple[Problem, ...]
    slow: tuple[tuple[str, int], ...]


def envelope(frame: object, number: str) -> dict[str, Any]:
    """The fields of a reply to request `number`. Raises StudentBroke for anything else."""
    if type(frame) is not dict or type(frame.get("id")) is not str or frame["id"] != number:
        raise StudentBroke("broke the protocol: not the reply to this call")
    return frame


def answer(fields: Mapping[str, Any], number: int | None = None) -> Answer:
    """The reply to a call; `number`: which of many. Raises StudentBroke for any other form."""
    if number is not None and not (type(fields.get("n")) is int and fields["n"] == number):
        raise StudentBroke("broke the protocol: not the reply to this call")
    return Answer(_content(fields), _printed(fields))


def together(fields: Mapping[str, Any]) -> int:
    """The reply before many answers: how much was printed by then. Raises StudentBroke where none follow."""
    if fields.get("together") is not True:
        raise StudentBroke("broke the protocol: not the replies to these calls")
    return _printed(fields)


def question(asked: object) -> Question:
    """What is asked in the middle of a call."""
    fields = _mapping(asked)
    name, args, kwargs = fields.get("name"), fields.get("args"), fields.get("kwargs")
    if type(name) is not str or type(args) is not list or not _named(kwargs):
        raise _wrong_form()
    return Question(name, args, kwargs)


def loaded(fields: Mapping[str, Any]) -> Loaded:
    """The reply to loading. Entries of a wrong form are left out: they would cost nobody but the submission itself."""
    if fields.get("loaded") is not True:
        raise StudentBroke("broke the protocol: an unexpected reply to loading")
    problems = tuple(
        Problem(
            chapter=_text(entry.get("chapter")),
            file=_short(entry.get("file"), 80),
            kind=kind if type(kind := entry.get("kind")) is str and kind in _KINDS else "error",
            message=_short(entry.get("message"), 300),
            line=_line(entry.get("line")),
            column=_line(entry.get("column")),
            end_column=_line(entry.get("end_column")),
        )
        for entry in _items(fields.get("problems"), _MOST_PROBLEMS)
        if type(entry) is dict
    )
    slow = tuple(
        (pair[0], pair[1])
        for pair in _items(fields.get("slow"), _MOST_SLOW)
        if type(pair) is list and len(pair) == 2 and type(pair[0]) is str and len(pair[0]) <= 100
        if type(pair[1]) is int and 0 <= pair[1] < _MOST_STATEMENTS
    )
    return Loaded(problems, slow)


def layers(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The layers of the wall that a worker found in force, asked for before anything of a student was sent to it."""
    found = _mapping(fields.get("layers"))
    return {name: value for name, value in found.items() if type(value) in (bool, int)}


def _printed(fields: Mapping[str, Any]) -> int:
    printed = fields.get("printed")
    if type(printed) is not int or not 0 <= printed < 1 << 40:
        raise _wrong_form()
    return printed


def _content(fields: Mapping[str, Any]) -> Content:
    keys = fields.keys() - {"id", "n", "printed"}
    if keys == {"value", "changed"} and type(fields["changed"]) is list:
        places = [place for place in fields["changed"] if type(place) is int]
        return Returned(fields["value"], any(place >= 0 for place in places), -1 in places)
    if len(keys) == 1:
        (key,) = keys
        if key == "held" and fields[key] is True:
            return Held()
        if key == "raised":
            return _raised(_mapping(fields[key]))
        if (why := _WHY.get(key)) and type(fields[key]) is str:
            return NotCalled(why, _short(fields[key], 300))
    raise _wrong_form()


def _raised(fields: Mapping[str, Any]) -> Raised:
    return Raised(
        kind=_short(fields.get("kind"), 80),
        text=visible(stable(_text(fields.get("text"))), 300),
        lineage=tuple(_text(name)[:100] for name in _items(fields.get("lineage"), _MOST_LINEAGE)),
        file=_short(fields.get("file"), 80),
        line=_line(fields.get("line")),
        frames=tuple(
            Frame(entry[0], *entry[1:])
            for entry in _items(fields.get("frames"), _MOST_FRAMES)
            if type(entry) is list and len(entry) == 5 and type(entry[0]) is str and len(entry[0]) <= 200
            if all(type(number) is int and -1 <= number < _MOST_LINE for number in entry[1:])
        ),
    )


def _named(value: object) -> TypeGuard[dict[str, Any]]:
    """Whether it is a dict of keyword arguments: a key of another kind would stop the call."""
    return type(value) is dict and all(type(key) is str for key in value)


def _mapping(value: object) -> dict[str, Any]:
    if type(value) is not dict:
        raise _wrong_form()
    return value


def _items(value: object, most: int) -> list[Any]:
    return value[:most] if type(value) is list else []


def _text(value: object) -> str:
    return value[:_MOST_TEXT] if type(value) is str else ""


def _short(value: object, most: int) -> str:
    return visible(_text(value), most)


def _line(value: object) -> int | None:
    return value if type(value) is int and 0 < value < _MOST_LINE else None


def _wrong_form() -> StudentBroke:
    return StudentBroke("broke the protocol: a reply of the wrong form")


def stable(text: str) -> str:
    """`text` without memory addresses and without paths of this machine.

    Both differ from run to run or from machine to machine, and the paths are nobody's business.
    """
    for path in _own_paths():
        text = text.replace(path, "…")
    return _ADDRESS.sub("0x…", text)


@cache
def _own_paths() -> tuple[str, ...]:
    """Where Python, numpy and this package lie, the longest first."""
    home = Path(__file__).resolve().parents[2]
    found = {
        str(home),
        sys.prefix,
        sys.base_prefix,
        str(Path(np.__file__).parents[1]),
        str(Path(sys.prefix).resolve()),
    }
    return tuple(sorted((path for path in found if len(path) > 4), key=len, reverse=True))
