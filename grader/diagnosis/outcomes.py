"""What came of a probe, in one canonical form: equal outcomes are equal tokens, on every machine.

Not told apart: dtype, memory order, lists and arrays, 0.0 and -0.0, differences below 1e-6 (all that rounding makes of
whole numbers, by FFT too); where results are no exact numbers, what float32 can hardly tell apart. An outcome has
parts: one, or several where a function returns several values.
"""

from __future__ import annotations

import copy
import hashlib
import math
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from grader.diagnosis.pairs import Array, Part, Probe
from grader.diagnosis.topic import Topic
from grader.errors import StudentBlocked, StudentBroke, StudentFailure, StudentMissing, StudentRaised
from grader.testing import TOLERANCE, Mismatch, real_array

#: Numbers in one part; more are looked at no further.
_MOST_NUMBERS = 100_000
#: How a plain value is written where numbers would stand.
VALUE = "the value "
#: A text that says as much as a value: which shape an array has, or which number is no integer.
_TELLING = re.compile(f"^an array of shape|is not an integer$|^{VALUE}")


@dataclass(frozen=True)
class Outcome:
    """The parts of one outcome.

    raised: the name of the exception, if there was one; coarse: the numbers are no exact ones (logarithms and the
    like), so that a token keeps only as many digits as float32 gets right.
    """

    parts: Mapping[str, Part]
    raised: str = ""
    coarse: bool = False

    @property
    def collapsed(self) -> bool:
        """Whether nothing is left of it but a word: "raised", "None", "not numbers". Many mistakes may lead there."""
        return all(isinstance(p, str) and not _TELLING.search(p) for p in self.parts.values())

    def token(self, part: str, *, strict: bool = False) -> bytes:
        """The canonical bytes of one part.

        strict: which exception was raised counts. Otherwise an exception and an empty array are the same: where a size
        comes out below 1, it depends on how a loop is written which of them one gets.
        """
        value = self.parts[part]
        if not strict and (self.raised or (not isinstance(value, str) and not value.size)):
            return b"nothing"
        if isinstance(value, str):
            return value.encode()
        step = grid(value) if self.coarse else 1e-6
        return str(value.shape).encode() + _rounded(value / step).astype("<f8").tobytes()


def grid(value: Array) -> float:
    """The distance of the numbers that inexact results are rounded to: 1e-4, or the fifth digit of the largest."""
    finite = value[np.isfinite(value)]
    largest = float(np.abs(finite).max(initial=1.0))
    # A little more than the logarithm: rounding must not decide where the largest number is a power of ten.
    return 1e-4 * 10.0 ** max(0, math.floor(math.log10(max(1.0, largest)) + 0.02))


def _rounded(value: Array) -> Array:
    # NaN in one canonical form; adding 0.0 turns -0.0 into 0.0.
    rounded = np.round(value) + 0.0
    return np.where(np.isnan(rounded), np.nan, rounded)


def agrees(mine: Part, wanted: Part) -> bool:
    """Whether two parts are the same within the tolerance of the hidden tests."""
    if isinstance(mine, str) or isinstance(wanted, str):
        return isinstance(mine, str) and isinstance(wanted, str) and mine == wanted
    bound = TOLERANCE * max(1.0, float(np.abs(wanted).max(initial=0.0)))
    return mine.shape == wanted.shape and bool((np.abs(mine - wanted) <= bound).all())


class Unanswered(Exception):
    """The student's function can't be asked at all: not written, not loaded, or its worker died."""


def ask(topic: Topic, function: Callable[..., Any], probe: Probe) -> Outcome:
    """Call `function` with copies of the probe's arguments. Raises Unanswered, and StudentTimeout passes through."""
    try:
        value = function(*copy.deepcopy(probe.args))
    except (StudentMissing, StudentBlocked, StudentBroke):
        raise Unanswered from None
    except StudentRaised as raised:
        return _raised(topic, raised.kind, raised.lineage)
    except StudentFailure:
        return _everywhere(topic, "not numbers")
    except Exception as error:
        return _raised(topic, type(error).__name__, tuple(kind.__name__ for kind in type(error).__mro__))
    return read(topic, value)


def _raised(topic: Topic, kind: str, lineage: tuple[str, ...]) -> Outcome:
    # Where an exception is asked for, any subclass of it will do.
    if topic.refuses:
        return _everywhere(topic, f"raised {topic.refuses if topic.refuses in lineage else kind}")
    return Outcome(dict.fromkeys(topic.parts, f"raised {kind}"), kind or "an exception")


def _everywhere(topic: Topic, text: str) -> Outcome:
    return Outcome(dict.fromkeys(topic.parts, text))


def read(topic: Topic, value: Any) -> Outcome:
    """A returned value as an outcome."""
    return replace(_read(topic, value), coarse=topic.inexact)


def _read(topic: Topic, value: Any) -> Outcome:
    names = topic.parts
    if value is None:
        return _everywhere(topic, "None")
    if topic.integer:
        return Outcome({"": _integer(value)})
    if topic.read is not None:
        found = topic.read(value)
        if found is not None:
            return Outcome(found)
    elif names == ("",):
        return Outcome({"": array_of(value)})
    elif isinstance(value, list | tuple) and len(value) == len(names):
        return Outcome({name: array_of(item) for name, item in zip(names, value, strict=True)})
    return _everywhere(topic, f"{_form(value)}, and should be {topic.asked}")


def _form(value: Any) -> str:
    if isinstance(value, dict):
        return "one dict"
    if isinstance(value, list | tuple):
        return f"{len(value)} values"
    array = array_of(value)
    return (
        "one value of another kind"
        if isinstance(array, str)
        else f"one {'array' if array.ndim else 'number'}"
    )


def array_of(value: Any) -> Part:
    """Numbers as an array, or in words why there are none."""
    if value is None:
        return "None"
    try:
        found = real_array(value)
    except Mismatch:
        return "not numbers"
    return found if found.size <= _MOST_NUMBERS else "far too many numbers"


def _integer(value: Any) -> Part:
    try:
        return np.array(float(operator.index(value)))
    except (TypeError, OverflowError):
        pass
    number = array_of(value)
    if isinstance(number, str):
        return number
    shown = number.tolist() if number.size < 100 else f"an array of shape {number.shape}"
    return f"{shown} is not an integer"


def digest(*tokens: bytes) -> str:
    """A short digest of tokens; where each one ends counts."""
    state = hashlib.blake2b(digest_size=10)
    for token in tokens:
        state.update(len(token).to_bytes(8, "big"))
        state.update(token)
    return state.hexdigest()
