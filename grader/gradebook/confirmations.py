"""Points that a person gave to an answer."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from grader.result import Result


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


def give(result: Result, given: Mapping[tuple[str, str], tuple[float, str, str]]) -> None:
    """Count what a person gave. given: (question, sha256 of the very answer) → score, who, when."""
    changed = False
    for question in result.questions:
        found = given.get((question.name, answer_sha256(question.answer)))
        if found and question.provisional is not None:
            question.score, question.confirmed_by, question.confirmed_at = found
            question.needs_manual = False
            changed = True
    if changed:
        total = sum(e.score for e in result.exercises) + sum(q.score for q in result.questions)
        result.score = int(total) if float(total).is_integer() else round(total, 4)
        result.needs_manual = any(question.needs_manual for question in result.questions)
