"""Which answers are alike: by their words, each weighed by how few answers have it (TF-IDF, cosine)."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping

_WORD = re.compile(r"\w+")
#: Less than that, and two answers share no more than common words.
_LEAST = 0.3


def plain(text: str) -> str:
    """`text` without what tells no two answers apart: case, spaces, a full stop at the end."""
    return " ".join(text.casefold().split()).rstrip(".! ")


class Alike:
    """The answers to one question, by key."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        counts = {key: Counter(_WORD.findall(text.casefold())) for key, text in texts.items()}
        have = Counter(word for count in counts.values() for word in count)
        self._plain = {key: plain(text) for key, text in texts.items()}
        self._vectors = {
            key: _unit({word: n * math.log(1 + len(texts) / have[word]) for word, n in count.items()})
            for key, count in counts.items()
        }

    def same(self, key: str) -> list[str]:
        """The other answers that are `plain`ly identical to this one."""
        return [other for other, text in self._plain.items() if text == self._plain[key] and other != key]

    def near(self, key: str, most: int = 3) -> list[tuple[str, float]]:
        """The answers nearest to this one, identical ones left out, and how near (at most 1)."""
        mine = self._vectors[key]
        found = []
        seen = {self._plain[key]}
        for other, theirs in self._vectors.items():
            nearness = sum(weight * theirs.get(word, 0.0) for word, weight in mine.items())
            if nearness >= _LEAST:
                found.append((other, nearness))
        nearest: list[tuple[str, float]] = []
        for other, nearness in sorted(found, key=lambda pair: (-pair[1], pair[0])):
            if self._plain[other] not in seen and len(nearest) < most:
                seen.add(self._plain[other])
                nearest.append((other, nearness))
        return nearest


def _unit(vector: dict[str, float]) -> dict[str, float]:
    length = math.sqrt(sum(weight * weight for weight in vector.values())) or 1.0
    return {word: weight / length for word, weight in vector.items()}
