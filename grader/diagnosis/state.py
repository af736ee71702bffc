"""Does the same call give the same answer twice?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from grader.diagnosis.alike import marked
from grader.diagnosis.outcomes import Outcome, ask
from grader.diagnosis.topic import Topic
from grader.result import Diagnosis

#: So many calls are asked a second time.
_AGAIN = 3


def answers_vary(topic: Topic, function: Callable[..., Any], outcomes: Sequence[Outcome]) -> Diagnosis | None:
    """What to say of a function that answers differently when a few calls are made once more; None if it does not.

    Raises as `ask` does.
    """
    probes = topic.probes
    again = range(0, len(probes), max(1, len(probes) // _AGAIN))[:_AGAIN]
    first = marked([outcomes[number] for number in again])
    second = marked([ask(topic, function, probes[number]) for number in again])
    different = sum(one.exactly != other.exactly for one, other in zip(first, second, strict=True))
    if not different:
        return None
    return Diagnosis(
        mistake="state",
        says=f"{different} of {len(again)} calls that were made twice, with the same arguments, gave another answer "
        "the second time: something is kept from call to call, or random.",
        hint="Is an array made once and used by every call: outside the function, or as a default argument? "
        "Make it anew in each call.",
        kind="observation",
    )
