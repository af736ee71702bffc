"""Comparing what a student returned with what is right, and saying the first difference in words.

The order is fixed: type, shape, finiteness, values. `numpy.allclose` alone would broadcast, accept empty
arrays and let NaN slip through. Used by hidden tests and by the visible checks alike.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.errors import StudentRaised
from grader.wall import Kept

#: Eight roundings of float32, relative to the magnitude that a result was summed from: what single precision and any
#: order of summation stay within, and nothing coarser.
TOLERANCE = 1e-6

Scale = float | tuple[float, ...]


class Mismatch(AssertionError):
    """A student's result is not what was asked for.

    Carries the two values, so that feedback can draw them, beside the message a student reads.
    """

    def __init__(self, message: str, *, got: object = None, expected: object = None) -> None:
        super().__init__(message)
        self.message = message
        self.got = got
        self.expected = expected


def agree(
    got: object,
    expected: object,
    *,
    tolerance: float = TOLERANCE,
    scale: Scale = 1.0,
    finite: bool = True,
    what: str = "",
) -> None:
    """Require that `got` has the shape and, within `tolerance`, the values of `expected`.

    got: whatever the student returned; anything `np.asarray` turns into real numbers is welcome.
    expected: array or number; a tuple of them is compared part by part. Complex numbers are welcome where it has
        some.
    tolerance: allowed |got - expected|, relative to the larger of `scale` and the largest |expected|.
    scale: how large the numbers are that the result was summed from, some of which may have cancelled; a tuple where
        the parts of a tuple differ. The default suits whole numbers; others want `magnitude`.
    finite: every value must be; with False NaN and infinities must stand just where `expected` has them.
    what: names the part in the message, e.g. "dx".
    Raises Mismatch with the first difference in words.
    """
    if isinstance(expected, tuple):
        _agree_parts(got, expected, tolerance, scale, finite, what)
        return
    assert not isinstance(scale, tuple), "a tuple of scales is for a tuple that is expected"
    label = f"{what}: " if what else ""
    right = np.asarray(expected)
    right = right.astype(np.complex128 if right.dtype.kind == "c" else np.float64)
    values: NDArray[Any] = real_array(got, what=what, expected=expected, or_complex=right.dtype.kind == "c")
    if values.shape != right.shape:
        wanted = right.shape if values.shape and right.shape else _form(right.shape)
        raise Mismatch(f"{label}{_form(values.shape)}, expected {wanted}", got=got, expected=expected)
    ordinary = np.isfinite(right) | finite
    strange = ordinary & ~np.isfinite(values)
    if strange.any():
        where = _first(strange)
        raise Mismatch(
            f"{label}{_show(values[where])} at {_index(where)}, expected {_show(right[where])}: "
            f"every value must be finite{'' if ordinary.all() else ' here'}",
            got=got,
            expected=expected,
        )
    # One bound for all values: an FFT leaves the noise of the largest everywhere.
    bound = tolerance * max(scale, _largest(right[np.isfinite(right)]))
    with np.errstate(invalid="ignore"):
        near = np.abs(values - right) <= bound
    wrong = ~np.where(ordinary, near, (values == right) | (np.isnan(values) & np.isnan(right)))
    if wrong.any():
        where = _first(wrong)
        message = (
            f"got {_show(values[where])}, expected {_show(right[where])}"
            if right.ndim == 0
            else f"first differs at {_index(where)}: got {_show(values[where])}, expected {_show(right[where])}"
            + _how_many(int(wrong.sum()), wrong.size)
        )
        raise Mismatch(label + message, got=got, expected=expected)


def magnitude(*factors: object, terms: int = 1) -> float:
    """How large a sum of `terms` products can be, each of one number of each array: a `scale` for `agree`.

    `magnitude(x)` where numbers are only moved or compared, `magnitude(image, kernel, terms=kernel.size)` for a dot
    product with the kernel. Rounding grows with the sum of the absolute values, whatever cancels in the end.
    """
    return terms * math.prod(_largest(values) for values in factors)


def agree_integer(got: object, expected: int, *, what: str = "") -> None:
    """Require the integer `expected`; anything `operator.index` accepts counts as an integer."""
    label = f"{what}: " if what else ""
    try:
        value = operator.index(got)  # type: ignore[arg-type]
    except TypeError:
        raise Mismatch(
            f"{label}got {described(got)}, expected the integer {expected}", got=got, expected=expected
        ) from None
    if value != expected:
        raise Mismatch(f"{label}got {value}, expected {expected}", got=value, expected=expected)


def agree_shapes(got: object, expected: list[tuple[int, ...]]) -> None:
    """Require a list (or tuple) of shapes, each a tuple (or list) of integers."""
    if not isinstance(got, list | tuple):
        raise Mismatch(f"got {described(got)}, expected a list of shapes", got=got, expected=expected)
    if len(got) != len(expected):
        raise Mismatch(
            f"{len(got)} shapes, expected {len(expected)}: one for each layer", got=got, expected=expected
        )
    for number, (mine, right) in enumerate(zip(got, expected, strict=True)):
        try:
            shape = tuple(operator.index(side) for side in mine)
        except TypeError:
            raise Mismatch(
                f"entry {number} is {described(mine)}, expected the shape {right}", got=got, expected=expected
            ) from None
        if shape != right:
            raise Mismatch(f"entry {number} is {shape}, expected {right}", got=got, expected=expected)


def require(condition: bool, message: str, *, got: object = None, expected: object = None) -> None:
    """Require a property; `message` says in the lesson's words what does not hold."""
    if not condition:
        raise Mismatch(message, got=got, expected=expected)


def must_raise(error: type[Exception], function: Callable[..., object], *args: Any, **kwargs: Any) -> None:
    """Require that the student's `function` raises `error` (or a subclass) for these arguments."""
    name = error.__name__
    wanted = f"{name} raised"
    try:
        got = function(*args, **kwargs)
    except StudentRaised as raised:
        if name not in raised.lineage:
            raise Mismatch(
                f"raised {raised.kind}, expected {name}", got=f"{raised.kind} raised", expected=wanted
            ) from None
        return
    except error:  # the function runs in this process: the reference, or a student's own plain pytest run
        return
    raise Mismatch(f"returned {described(got)}, expected {name} to be raised", got=got, expected=wanted)


def real_array(
    got: object, *, what: str = "", expected: object = None, or_complex: bool = False
) -> NDArray[np.float64]:
    """`got` as a float64 array, or Mismatch where it is None, text, ragged, complex or otherwise not real.

    or_complex: complex numbers are welcome, too, and an array of them comes back.
    """
    label = f"{what}: " if what else ""
    if got is None:
        raise Mismatch(f"{label}returned None: is a `return` missing?", got=got, expected=expected)
    try:
        values = np.asarray(got)
        if values.dtype.kind not in ("biufc" if or_complex else "biuf"):
            raise TypeError
        return values.astype(np.complex128 if or_complex else np.float64)
    except (TypeError, ValueError, OverflowError):
        numbers = "numbers" if or_complex else "real numbers"
        raise Mismatch(
            f"{label}got {described(got)}, expected an array of {numbers}", got=got, expected=expected
        ) from None


def _agree_parts(
    got: object, expected: tuple[object, ...], tolerance: float, scale: Scale, finite: bool, what: str
) -> None:
    if got is None:
        raise Mismatch("returned None: is a `return` missing?", got=got, expected=expected)
    if not isinstance(got, list | tuple) or len(got) != len(expected):
        count = len(got) if isinstance(got, list | tuple) else 1
        raise Mismatch(f"returned {count} value(s), expected {len(expected)}", got=got, expected=expected)
    names = [name.strip() for name in what.split(",")] if what else []
    scales = scale if isinstance(scale, tuple) else (scale,) * len(expected)
    for number, (mine, right, large) in enumerate(zip(got, expected, scales, strict=True)):
        name = names[number] if number < len(names) else f"part {number}"
        agree(mine, right, tolerance=tolerance, scale=large, finite=finite, what=name)


def _largest(values: object) -> float:
    numbers = np.asarray(values)
    kind = np.complex128 if numbers.dtype.kind == "c" else np.float64
    return float(np.abs(numbers.astype(kind)).max(initial=0.0))


def _first(mask: NDArray[np.bool_]) -> tuple[int, ...]:
    return tuple(int(i) for i in np.unravel_index(int(np.argmax(mask)), mask.shape))


def _form(shape: tuple[int, ...]) -> str:
    """A shape, in words where Python would write `()`."""
    return f"shape {shape}" if shape else "a single number"


def _index(where: tuple[int, ...]) -> str:
    return str(list(where)) if where else "the value"


def _show(value: object) -> str:
    if isinstance(value, complex):
        return f"{value:.10g}"
    return repr(float(f"{float(value):.10g}"))  # type: ignore[arg-type]


def _how_many(wrong: int, total: int) -> str:
    return "" if total < 2 else f" ({wrong} of {total} values differ)"


def described(value: object) -> str:
    """A value in a few words."""
    if type(value) is Kept:
        return "an object, a function or a generator"
    if value is None:
        return "None (is a `return` missing?)"
    if isinstance(value, np.ndarray):
        return f"an array of {value.dtype} with {_form(value.shape)}"
    if isinstance(value, bool | int | float | complex):
        return f"{type(value).__name__} {value!r}"[:60]
    if isinstance(value, list | tuple | dict | str):
        return f"a {type(value).__name__} of length {len(value)}"
    return f"a {type(value).__name__}"
