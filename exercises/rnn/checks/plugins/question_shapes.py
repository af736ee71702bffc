"""The shapes of named arrays, a line each: `wx: (V, H)`, in letters, in numbers or in both. Each is worth the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, model_validator

from grader.course import Points
from grader.questions import Key, Kind, Marked, Value, as_text, quoted, said

Shape = tuple[int, ...]

_MOST_CHARACTERS = 4000
_MOST_LINES = 100
_MOST_DIGITS = 6
_MOST_AXES = 6
_BRACKETS = {"(": ")", "[": "]"}

_Letter = Annotated[str, Field(pattern=r"^[A-Z]$")]


class ShapesKey(Key):
    """letters: what each stands for; arrays: name → its shape; wrong: name → a wrong shape → what probably happened."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["shapes"]
    points: Points
    letters: dict[_Letter, Annotated[int, Field(gt=0)]] = Field(default_factory=dict)
    arrays: Annotated[dict[Annotated[str, Field(pattern=r"^[a-z]\w*$")], str], Field(min_length=1)]
    wrong: dict[str, dict[str, str]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _every_shape_can_be_read(self) -> ShapesKey:
        wrong = ((name, shape) for name, shapes in self.wrong.items() for shape in shapes)
        for name, shape in (*self.arrays.items(), *wrong):
            if name not in self.arrays:
                raise ValueError(f"there is no array {name}")
            if read_shape(shape, self.letters) is None:
                raise ValueError(f"{shape} is no shape")
        return self


def mark(key: ShapesKey, value: Value) -> Marked:
    """Equal points for each array. Nothing is read out of two different shapes for one."""
    given = dict[str, str]()
    notes = list[str]()
    for name, text in lines_of(value):
        if name not in key.arrays:
            notes.append(f"No array {quoted(name)} is asked for.")
        elif name in given and read_shape(given[name], key.letters) != read_shape(text, key.letters):
            given[name] = f"{given[name]} or {text}"
        else:
            given[name] = text
    if not given:
        return Marked(0, f"No line was recognised. {_ADVICE}", complete=False)
    verdicts = {name: _verdict(key, name, given.get(name, "")) for name in key.arrays}
    right = sum(verdict == "right." for verdict in verdicts.values())
    readable = [name for name in key.arrays if read_shape(given.get(name, ""), key.letters) is not None]
    feedback = [f"{name}: {verdict}" for name, verdict in verdicts.items()] + notes[:3]
    return Marked(key.points * right / len(key.arrays), "\n".join(feedback), len(readable) == len(key.arrays))


def _verdict(key: ShapesKey, name: str, text: str) -> str:
    if not text:
        return "not answered."
    shape = read_shape(text, key.letters)
    if shape is None:
        return f"{said(text)} can't be read as one shape, such as (2, 3)."
    if shape == read_shape(key.arrays[name], key.letters):
        return "right."
    why = next(
        (why for wrong, why in key.wrong.get(name, {}).items() if read_shape(wrong, key.letters) == shape), ""
    )
    return f"{said(text)} is not right. {why}".rstrip()


def lines_of(value: Value) -> Iterator[tuple[str, str]]:
    """Name and text of each line `name: text`. Other lines are passed over."""
    for line in as_text(value)[:_MOST_CHARACTERS].split("\n")[:_MOST_LINES]:
        name, sign, text = line.partition(":")
        if sign and name.strip() and text.strip():
            yield name.strip().lower(), text.strip()


def read_shape(text: str, letters: Mapping[str, int]) -> Shape | None:
    """The sides, `(27, 4H)` or `27, 4H`; a lone one may have its comma, `(H,)`. None where it is no shape."""
    text = text.strip().removesuffix(".").rstrip()
    if text[:1] in _BRACKETS:
        if text[-1] != _BRACKETS[text[0]]:
            return None
        text = text[1:-1].strip()
    sides = text.removesuffix(",").split(",")
    if len(sides) > _MOST_AXES:
        return None
    read = [_side(side.strip(), letters) for side in sides]
    return None if None in read else tuple(side for side in read if side is not None)


def _side(text: str, letters: Mapping[str, int]) -> int | None:
    """`27`, `H`, or so many of a letter: `4H`, `4·H`."""
    digits = text if text.isdigit() else text[:-1].rstrip(" *·×")
    if not digits.isascii() or len(digits) > _MOST_DIGITS:
        return None
    if digits == text:
        return int(text) if text else None
    size = letters.get(text[-1].upper())
    if size is None or (digits and not digits.isdigit()):
        return None
    return size * int(digits or "1")


_ADVICE = "Write a line for each array: its name, a colon, its shape."


def _unreadable(value: Value) -> str:
    anything = dict.fromkeys("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 1)
    readable = any(read_shape(text, anything) is not None for _, text in lines_of(value))
    return "" if readable else f"no shape was recognised. {_ADVICE}"


KIND = Kind(
    key=ShapesKey,
    mark=mark,
    points=lambda key: key.points,
    model=lambda key: "\n".join(f"{name}: {shape}" for name, shape in key.arrays.items()),
    unreadable=_unreadable,
)
