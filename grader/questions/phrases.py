"""Finding a phrase among the words of a sentence."""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass
from functools import cached_property

NOT_IN_A_WORD = r"(?<!\S)"


def word_set(text: str) -> frozenset[str]:
    """The words of a text, for lists of words that are easier to read without quotes."""
    return frozenset(text.split())


@dataclass(frozen=True)
class Sentence:
    """words: lower case, no punctuation; breaks: indices of the words that begin a new clause."""

    words: tuple[str, ...]
    breaks: frozenset[int] = frozenset()

    @cached_property
    def text(self) -> str:
        """The words, one space between two."""
        return " ".join(self.words)

    @cached_property
    def offsets(self) -> tuple[int, ...]:
        """Where each word begins in `text`."""
        at, found = 0, []
        for word in self.words:
            found.append(at)
            at += len(word) + 1
        return tuple(found)


@dataclass(frozen=True, order=True)
class Span:
    """Words start … end − 1 of a sentence."""

    start: int
    end: int


class Phrase:
    """Alternatives separated by `|`, each of one or more words; `*` at a word's end stands for any ending."""

    def __init__(self, alternatives: str) -> None:
        # Longest first, or "number" would hide "number of weights".
        parts = sorted(
            (part.strip() for part in alternatives.split("|") if part.strip()), key=len, reverse=True
        )
        if not parts:
            raise ValueError("an item needs at least one word")
        for word in (word for part in parts for word in part.split()):
            if word == "*" or "*" in word[:-1]:
                raise ValueError(f"`*` stands for any ending, so only at a word's end, not in {word!r}")
        body = "|".join(re.escape(part).replace(r"\*", r"\S*") for part in parts)
        self._pattern = re.compile(rf"{NOT_IN_A_WORD}(?:{body})(?!\S)")

    @property
    def pattern(self) -> str:
        """What is looked for, as a regular expression."""
        return self._pattern.pattern

    def find(self, sentence: Sentence) -> list[Span]:
        """Every place where one of the alternatives stands, in order."""
        offsets = sentence.offsets
        return [
            Span(bisect.bisect_right(offsets, match.start()) - 1, bisect.bisect_left(offsets, match.end()))
            for match in self._pattern.finditer(sentence.text)
        ]
