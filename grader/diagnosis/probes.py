"""Probes: fixed calls that tell mistakes apart; how many of them count, and how one is shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from grader.diagnosis.pairs import Probe

#: Probes of an exercise on which something may be found; and those on which it is then checked.
MOST, FRESH = 60, 30
#: Values of an array that are written out; characters of a call that is shown.
_WRITTEN_OUT, _LONGEST = 40, 300


def found_on(probes: Sequence[Probe]) -> int:
    """How many of the probes, which come first, statements may be found on."""
    return sum(not probe.fresh for probe in probes)


def smallest(exercise: str, probes: Sequence[Probe]) -> Probe | None:
    """The smallest call of several; None where even that one is too long to be shown."""
    small = [p for p in probes if all(_size(arg) <= _WRITTEN_OUT for arg in p.args)]
    found = min(small, key=lambda probe: sum(_size(arg) for arg in probe.args), default=None)
    return found if found and len(call_of(exercise, found)) <= _LONGEST else None


def call_of(exercise: str, probe: Probe) -> str:
    """A call as it can be typed."""
    return f"{exercise}({', '.join(_in_words(arg) for arg in probe.args)})"


def _size(value: Any) -> int:
    if isinstance(value, dict):
        return sum(map(_size, value.values()))
    return int(value.size) if isinstance(value, np.ndarray) else 1


def _in_words(value: Any) -> str:
    return f"np.array({_nested(value.tolist())})" if isinstance(value, np.ndarray) else repr(value)


def _nested(value: Any) -> str:
    """Lists of numbers; 3.0 as `3.`, so that the array is one of floats."""
    if isinstance(value, list):
        return f"[{', '.join(map(_nested, value))}]"
    return f"{value:.0f}." if isinstance(value, float) and value == int(value) else repr(value)
