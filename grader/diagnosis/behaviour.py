"""What a wrong function does on the probes, as one short text: equal texts, equal behaviour.

A word for the probes themselves, then one for each of them, with blanks between: "." where the answer is right, "!" and
a digest of the exception's name where it raises, else a digest of the answer. A digest has 24 bits, and says nothing of
a right answer.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence

from grader.diagnosis.outcomes import Outcome, digest

RIGHT, RAISED = ".", "!"


def behaviour_of(
    exercise: str, right: Mapping[str, str], outcomes: Sequence[Outcome], wrong: Sequence[bool]
) -> str:
    """The text for these outcomes, one a probe. wrong: which of them a hidden test would not let pass.

    right: part → a digest over the right answers, so that other probes never give an equal text. "" where it raises
    whatever it is asked: that is what any mistake may lead to.
    """
    if all(outcome.raised for outcome in outcomes):
        return ""
    probes = _short(exercise.encode(), *(f"{part} {mark}".encode() for part, mark in right.items()))
    words = (
        _word(exercise, number, outcome) if is_wrong else RIGHT
        for number, (outcome, is_wrong) in enumerate(zip(outcomes, wrong, strict=True))
    )
    return " ".join([probes, *words])


def _word(exercise: str, number: int, outcome: Outcome) -> str:
    if outcome.raised:
        return RAISED + _short(outcome.raised.encode())
    tokens = (outcome.token(part) for part in outcome.parts)
    return _short(f"{exercise} {number}".encode(), *tokens)


def _short(*tokens: bytes) -> str:
    return base64.urlsafe_b64encode(bytes.fromhex(digest(*tokens))[:3]).decode()
