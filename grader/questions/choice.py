"""Choice questions: a letter, or the text of an option."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from grader.questions.key import ChoiceKey
from grader.questions.marked import Marked, said
from grader.questions.plainyaml import Value, as_text

_LETTER = re.compile(
    r"\W*(?:(?:the )?(?:answer|option|letter)(?: is)?\W*)?([a-z])(?:\s*[.):,–—-].*|\W*)", re.DOTALL
)


def grade_choice(key: ChoiceKey, options: Mapping[str, str], points: float, value: Value) -> Marked:
    """All points for the right letter, none for another one or for several."""
    text = as_text(value)
    letter = read_choice(text, options)
    if letter is None:
        return Marked(0, f"{said(text)} is none of the letters {', '.join(options)}.")
    if letter == key.answer:
        return Marked(points, f"{letter} is right.")
    return Marked(0, f"{letter} is not right. {key.remarks.get(letter, '')}".rstrip())


def read_choice(text: str, options: Mapping[str, str]) -> str | None:
    """The letter that was meant: "c", "(C)", "c) because …", or the option's own text. None if none, or several."""
    text = unicodedata.normalize("NFKC", text[:2000]).strip().lower()
    by_text = [letter for letter, option in options.items() if _squeezed(option) == _squeezed(text)]
    if len(by_text) == 1:
        return by_text[0]
    match = _LETTER.fullmatch(text)
    if not match or match[1] not in options:
        return None
    # "a, c" and "b or c" are bets on two letters.
    if re.fullmatch(r"\W*[a-z]\W*(?:\W+(?:or|and)?\W*[a-z]\W*)+", text):
        return None
    return match[1]


def _squeezed(text: str) -> str:
    return re.sub(r"[^\w(),;]+", "", unicodedata.normalize("NFKC", text).lower())
