"""Numeric questions: one number a part, in any of the spellings in which people write numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from grader.questions.marked import Marked, said
from grader.questions.numeric_text import read_number
from grader.questions.plainyaml import Value, as_text, is_empty

if TYPE_CHECKING:
    from grader.questions.key import NumericKey

_SEPARATORS = (
    re.compile(r"\n+"),
    re.compile(r";"),
    re.compile(r"(?:,\s|\band\b|[\n;&])\s*"),
    re.compile(r"[,;\n]"),
    re.compile(r"[\s,;]+"),
)
#: Characters of an answer that are read: far more than a list of numbers has.
MOST_CHARACTERS = 4000
#: A line below "width: 16" that begins so is part of the answer, and makes a bet of it; other lines explain.
_GOES_ON = ("or", "no", "not", "maybe", "perhaps", "wait", "and")


def grade_numeric(key: NumericKey, parts: Sequence[str], points: float, value: Value) -> Marked:
    """Each part is worth the same share of the points."""
    texts, problem = texts_of_parts(value, parts)
    right, lines = 0, [problem] if problem else []
    complete = True
    for part, text in zip(parts, texts, strict=True):
        spec = key.parts[part]
        readings = read_number(text, square=spec.square)
        if is_empty(text):
            complete = False
            lines.append(f"{part}: not answered.")
        elif any(math.isclose(number, good, abs_tol=1e-9) for number in readings for good in spec.accept):
            right += 1
            lines.append(f"{part}: {said(text)} is right.")
        elif not readings:
            complete = False
            lines.append(f"{part}: {said(text)} can't be read as one number.")
        else:
            why = next((why for wrong, why in spec.wrong.items() if float(wrong) in readings), "")
            lines.append(f"{part}: {said(text)} is not right. {why}".rstrip())
    return Marked(points * right / len(parts), "\n".join(lines), complete=complete)


def texts_of_parts(value: Value, parts: Sequence[str]) -> tuple[list[str], str]:
    """The text given for each part, '' where there is none, and a remark on what fitted nowhere."""
    if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        return _by_name((pair for item in value if isinstance(item, dict) for pair in item.items()), parts)
    if isinstance(value, dict):
        return _by_name(value.items(), parts)
    if isinstance(value, str) and len(value) > MOST_CHARACTERS:
        return [""] * len(
            parts
        ), f"This is longer than {MOST_CHARACTERS} characters: write the numbers alone."
    texts = [as_text(item) for item in value] if isinstance(value, list) else _split(value, len(parts))
    if len(texts) == len(parts):
        return texts, ""
    asked = f"{len(parts)} number{'s are' if len(parts) > 1 else ' is'} asked for"
    if not texts or len(texts) > len(parts):
        note = "" if len(texts) < len(parts) else " (write 451584 rather than 451,584 in such a list)"
        return [""] * len(parts), f"{asked}, {len(texts)} found in {said(as_text(value))}{note}."
    return texts + [""] * (len(parts) - len(texts)), f"{asked}, {len(texts)} found."


def labelled_parts(text: str, parts: Sequence[str]) -> dict[str, Value] | None:
    """`part: number` lines of a text as a mapping; None where no line begins with the name of a part.

    A number may stand on the line below its label.
    """
    names = {_plain(part): part for part in parts}
    found: dict[str, str] = {}
    waiting = last = ""
    for line in text[:MOST_CHARACTERS].split("\n"):
        label, sign, rest = line.partition(":")
        name = names.get(_plain(label))
        if sign and name:
            if not is_empty(rest):
                found[name] = _both(found.get(name, ""), rest.strip())
            waiting = name if is_empty(found.setdefault(name, "")) else ""
            last = name
        elif waiting and not is_empty(line):
            found[waiting], waiting = line.strip(), ""
        elif last and _plain(line).partition(" ")[0] in _GOES_ON:
            found[last] = _both(found[last], line.strip())
    return dict(found) or None


def _by_name(entries: Iterable[tuple[str, Value]], parts: Sequence[str]) -> tuple[list[str], str]:
    given: dict[str, str] = {}
    stray = False
    for key, value in entries:
        if not is_empty(value):
            given[_plain(key)] = _both(given.get(_plain(key), ""), as_text(value))
        else:
            # `{dense weights: 451,584}` is two entries to YAML; the second has no value and would vanish in silence.
            stray |= len(key.strip()) == 3 and key.strip().isdecimal()
    texts = [given.pop(_plain(part), "") for part in parts]
    notes = [f"There is no part {said(key)}; the parts are {', '.join(parts)}." for key in given]
    if stray:
        notes.append("Inside { } a comma ends a number: write 451584 rather than 451,584.")
    return texts, " ".join(notes[:3])


def _both(before: str, text: str) -> str:
    """Two answers to one part, which are no number unless they are the same."""
    return text if before in ("", text) else f"{before}\n{text}"


def _split(text: str, count: int) -> list[str]:
    """Pieces of a text, by the first kind of separator that gives as many as are asked for."""
    text = text.strip()
    if count == 1:
        return [text]
    pieces: list[str] = []
    for separator in _SEPARATORS:
        pieces = [piece for piece in separator.split(text) if not is_empty(piece)]
        if len(pieces) == count:
            break
    return pieces


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text[:200].casefold()).strip().removeprefix("the ")
