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
from numpy.typing import NDArray

from grader.diagnosis.edges import properties
from grader.diagnosis.probes import Probe
from grader.errors import StudentBlocked, StudentBroke, StudentFailure, StudentMissing, StudentRaised
from grader.testing import TOLERANCE, Mismatch, real_array

Array = NDArray[np.float64]
#: An array, or in words what stands in its place: "raised IndexError", "None", "not numbers".
Part = Array | str

_GRADIENTS = tuple(f"{letter}{k}" for k in range(1, 6) for letter in "wb")
#: What the exercises return; one array where nothing is said. The part "" is the whole result.
PARTS: Mapping[str, tuple[str, ...]] = {
    "conv2d_backward": ("dx", "dw", "db"),
    "softmax_loss": ("loss", "dlogits"),
    "cnn_loss": ("loss", *_GRADIENTS),
}
_ASKED = {
    "conv2d_backward": "three values: dx, dw, db",
    "softmax_loss": "two values: loss, dlogits",
    "cnn_loss": "two values: loss, grads",
}
#: Numbers in one part; more are looked at no further.
_MOST_NUMBERS = 100_000
_INEXACT = ("cnn_forward", "softmax_loss", "cnn_loss")
#: A text that says as much as a value: which shape three filters have, or which number is no integer.
_TELLING = re.compile("^an array of shape|is not an integer$")
INTEGERS = ("output_size", "param_count")


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


def parts_of(exercise: str) -> tuple[str, ...]:
    """The names of the parts of an exercise's result; ("",) for a single one."""
    return PARTS.get(exercise, ("",))


class Unanswered(Exception):
    """The student's function can't be asked at all: not written, not loaded, or its worker died."""


def ask(exercise: str, function: Callable[..., Any], probe: Probe) -> Outcome:
    """Call `function` with copies of the probe's arguments. Raises Unanswered, and StudentTimeout passes through."""
    try:
        value = function(*copy.deepcopy(probe.args))
    except (StudentMissing, StudentBlocked, StudentBroke):
        raise Unanswered from None
    except StudentRaised as raised:
        return _raised(exercise, raised.kind, raised.lineage)
    except StudentFailure:
        return _everywhere(exercise, "not numbers")
    except Exception as error:
        return _raised(exercise, type(error).__name__, tuple(kind.__name__ for kind in type(error).__mro__))
    return read(exercise, value)


def _raised(exercise: str, kind: str, lineage: tuple[str, ...]) -> Outcome:
    # Only output_size is asked for an exception, and any subclass of it will do.
    if exercise == "output_size":
        return _everywhere(exercise, "raised ValueError" if "ValueError" in lineage else f"raised {kind}")
    return Outcome(dict.fromkeys(parts_of(exercise), f"raised {kind}"), kind or "an exception")


def _everywhere(exercise: str, text: str) -> Outcome:
    return Outcome(dict.fromkeys(parts_of(exercise), text))


def read(exercise: str, value: Any) -> Outcome:
    """A returned value as an outcome."""
    return replace(_read(exercise, value), coarse=exercise in _INEXACT)


def _read(exercise: str, value: Any) -> Outcome:
    names = parts_of(exercise)
    if value is None:
        return _everywhere(exercise, "None")
    if exercise in INTEGERS:
        return Outcome({"": _integer(value)})
    if exercise == "shape_trace":
        return Outcome({"": _shapes(value)})
    if exercise == "edge_filters":
        return Outcome({"": properties(value)})
    if names == ("",):
        return Outcome({"": _array(value)})
    if exercise == "cnn_loss":
        if isinstance(value, list | tuple) and len(value) == 2 and isinstance(value[1], dict):
            found = {"loss": value[0], **{str(key): item for key, item in value[1].items()}}
            return Outcome({name: _array(found[name]) if name in found else "missing" for name in names})
    elif isinstance(value, list | tuple) and len(value) == len(names):
        return Outcome({name: _array(item) for name, item in zip(names, value, strict=True)})
    return _everywhere(exercise, f"{_form(value)}, and should be {_ASKED[exercise]}")


def _form(value: Any) -> str:
    if isinstance(value, dict):
        return "one dict"
    if isinstance(value, list | tuple):
        return f"{len(value)} values"
    array = _array(value)
    return (
        "one value of another kind"
        if isinstance(array, str)
        else f"one {'array' if array.ndim else 'number'}"
    )


def _array(value: Any) -> Part:
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
    number = _array(value)
    if isinstance(number, str):
        return number
    shown = number.tolist() if number.size < 100 else f"an array of shape {number.shape}"
    return f"{shown} is not an integer"


def _shapes(value: Any) -> Part:
    """Shapes as one row of numbers: the length of each, then its sides."""
    try:
        shapes = [tuple(operator.index(side) for side in shape) for shape in value]
    except TypeError:
        return "not shapes"
    return np.array([float(n) for shape in shapes for n in (len(shape), *shape)])


def digest(*tokens: bytes) -> str:
    """A short digest of tokens; where each one ends counts."""
    state = hashlib.blake2b(digest_size=10)
    for token in tokens:
        state.update(len(token).to_bytes(8, "big"))
        state.update(token)
    return state.hexdigest()
