"""Numeric questions: one number a part, in any of the spellings in which people write numbers."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence

from grader.questions.key import NumericKey
from grader.questions.marked import Marked, said
from grader.questions.plainyaml import Value, as_text, is_empty

_THOUSANDS = r"[0-9]{1,3}(?:[,.'_ ][0-9]{3})+(?![0-9])"
_DECIMAL = r"[0-9]{1,30}(?:[.,][0-9]{1,30})?(?:e[+-]?[0-9]{1,3})?(?![0-9])"
_NUMBER = re.compile(rf"-?(?:{_THOUSANDS}|{_DECIMAL})")
_SEPARATORS = (r"\n+", r";", r"(?:,\s|\band\b|[\n;&])\s*", r"[,;\n]", r"[\s,;]+")
_HEDGE = re.compile(r"\b(?:or|not|between|no)\b|\?|/")


def grade_numeric(key: NumericKey, parts: Sequence[str], points: float, value: Value) -> Marked:
    """Each part is worth the same share of the points."""
    texts, problem = texts_of_parts(value, parts)
    right, lines = 0, [problem] if problem else []
    for part, text in zip(parts, texts, strict=True):
        spec = key.parts[part]
        readings = read_number(text, square=spec.square)
        if is_empty(text):
            lines.append(f"{part}: not answered.")
        elif any(math.isclose(number, good, abs_tol=1e-9) for number in readings for good in spec.accept):
            right += 1
            lines.append(f"{part}: {said(text)} is right.")
        elif not readings:
            lines.append(f"{part}: {said(text)} can't be read as one number.")
        else:
            why = next((why for wrong, why in spec.wrong.items() if float(wrong) in readings), "")
            lines.append(f"{part}: {said(text)} is not right. {why}".rstrip())
    complete = not any(is_empty(text) for text in texts)
    return Marked(points * right / len(parts), "\n".join(lines), complete=complete)


def texts_of_parts(value: Value, parts: Sequence[str]) -> tuple[list[str], str]:
    """The text given for each part, '' where there is none, and a remark on what fitted nowhere."""
    if isinstance(value, list) and any(isinstance(item, dict) for item in value):
        value = {key: text for item in value if isinstance(item, dict) for key, text in item.items()}
    if isinstance(value, dict):
        return _by_name(value, parts)
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
    found: dict[str, Value] = {}
    waiting = ""
    for line in text[:4000].split("\n"):
        label, sign, rest = line.partition(":")
        name = names.get(_plain(label))
        if sign and name:
            if is_empty(found.get(name, "")):
                found[name] = rest.strip()
            waiting = name if is_empty(found[name]) else ""
        elif waiting and not is_empty(line):
            found[waiting], waiting = line.strip(), ""
    return found or None


def read_number(text: str, *, square: bool = False) -> set[float]:
    """What a text may mean as one number; empty if it is none, or more than one.

    square: a size of an image side, for which "24 x 24" means 24. Otherwise a product or sum is worked out:
    "5 x 5" means 25. "1.234" is read both as a decimal and as a thousand and some: people write either.
    """
    text = unicodedata.normalize("NFKC", text[:200]).strip().lower().replace("−", "-")
    text = re.sub(r"[×✕*·⋅]|\bby\b", "x", text.rpartition("=")[2]).strip(" .,:;`\"'$")
    if outside := re.sub(r"\([^()]*\)", " ", text).strip():
        text = outside
    if _HEDGE.search(text):
        return set()
    numbers = _NUMBER.findall(text)
    if len(numbers) == 1:
        return _readings(numbers[0])
    rest = re.sub(r"(?<=[0-9])\s*(?:px|[a-z]{2,}\b[a-z ]*)$", "", text)
    terms = re.split(r"\s*([x+])\s*", rest)
    if len(terms) % 2 == 0 or not all(_NUMBER.fullmatch(term) for term in terms[::2]):
        return set()
    if square:
        sides = [frozenset(_readings(term)) for term in terms[::2]]
        return set(sides[0]) if terms[1::2] == ["x"] and sides[0] == sides[1] else set()
    return {_work_out(terms)}


def _work_out(terms: Sequence[str]) -> float:
    total, product = 0.0, max(_readings(terms[0]))
    for sign, term in zip(terms[1::2], terms[2::2], strict=True):
        if sign == "x":
            product *= max(_readings(term))
        else:
            total, product = total + product, max(_readings(term))
    return total + product


def _readings(number: str) -> set[float]:
    found = set()
    if re.fullmatch(rf"-?{_THOUSANDS}", number):
        found.add(float(re.sub(r"[,.'_ ]", "", number)))
    if re.fullmatch(rf"-?{_DECIMAL}", number):
        found.add(float(number.replace(",", ".")))
    return found


def _by_name(value: dict[str, Value], parts: Sequence[str]) -> tuple[list[str], str]:
    given = {_plain(key): as_text(text) for key, text in value.items() if not is_empty(text)}
    texts = [given.pop(_plain(part), "") for part in parts]
    # `{dense weights: 451,584}` is two entries to YAML; the second has no value and would vanish in silence.
    stray = [key for key, text in value.items() if is_empty(text) and re.fullmatch(r"\s*[0-9]{3}\s*", key)]
    notes = [f"There is no part {said(key)}; the parts are {', '.join(parts)}." for key in given]
    if stray:
        notes.append("Inside { } a comma ends a number: write 451584 rather than 451,584.")
    return texts, " ".join(notes[:3])


def _split(text: str, count: int) -> list[str]:
    """Pieces of a text, by the first kind of separator that gives as many as are asked for."""
    text = text.strip()
    if count == 1:
        return [text]
    pieces: list[str] = []
    for separator in _SEPARATORS:
        pieces = [piece for piece in re.split(separator, text) if not is_empty(piece)]
        if len(pieces) == count:
            break
    return pieces


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text[:200].casefold()).strip().removeprefix("the ")
