"""Points that a person gave to an answer."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Confirmation:
    """A person's score for one answer: of whom, to which question, how many points, by whom and when."""

    student: str
    question: str
    answer_sha256: str
    score: float
    who: str
    at: str


def answer_sha256(answer: str) -> str:
    """Which answer a person gave points to: another answer needs a new look."""
    return hashlib.sha256(answer.encode("utf-8", "backslashreplace")).hexdigest()
