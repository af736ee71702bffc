"""What a wrong function does on the probes, as one short text: equal texts, equal behaviour.

A word for each probe, with blanks between: "." where the answer is right, "!" and a digest of the exception's name
where it raises, else a digest of the answer. A digest has 24 bits, and says nothing of a right answer.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence

from grader.diagnosis.outcomes import Outcome, digest

RIGHT, RAISED = ".", "!"
#: Probes of which a text is made; no exercise has as many.
_MOST = 400


def behaviour_of(exercise: str, outcomes: Sequence[Outcome], wrong: Sequence[bool]) -> str:
    """The text for these outcomes, one a probe. wrong: which of them a hidden test would not let pass.

    "" where it raises whatever it is asked: that is what any mistake may lead to.
    """
    if all(outcome.raised for outcome in outcomes):
        return ""
    return " ".join(
        _word(exercise, number, outcome) if is_wrong else RIGHT
        for number, (outcome, is_wrong) in enumerate(zip(outcomes[:_MOST], wrong, strict=False))
    )


def _word(exercise: str, number: int, outcome: Outcome) -> str:
    if outcome.raised:
        return RAISED + _short(outcome.raised.encode())
    tokens = (outcome.token(part) for part in outcome.parts)
    return _short(f"{exercise} {number}".encode(), *tokens)


def _short(*tokens: bytes) -> str:
    return base64.urlsafe_b64encode(bytes.fromhex(digest(*tokens))[:3]).decode()
