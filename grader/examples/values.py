"""Arguments and results in one plain form, and when a result counts as the expected one.

Plain: numbers (as float), text, and lists and mappings of these; an array is the nested lists that one would write by
hand. A result is compared in steps of a thousandth of 1, or of the power of ten below its largest number where that
is larger: four decimals written by hand are enough, and a wrong whole number is never taken for the right one.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

#: Numbers are floats, booleans too.
Plain: TypeAlias = "float | str | list[Plain] | dict[str, Plain] | None"

#: Where the steps begin. For each right result the first is taken of those that keep it farthest from a border.
OFFSETS = (0.5, 0.25, 0.75, 0.0, 0.375, 0.625, 0.125, 0.875)
#: In steps: as near to the right number is always right. A number rounded to four decimals is nearer.
NEAR = 0.1
#: No array of more axes is written by hand.
_DEEPEST = 8
#: An exception that was raised, as a plain result.
RAISES = "raises "


class NotPlain(ValueError):
    """A value that no example can have. Its text says what it is."""


def plain(value: Any, depth: int = 0) -> Plain:
    """`value` in plain form. Raises NotPlain."""
    if depth > _DEEPEST:
        raise NotPlain("lists stand too deep in each other")
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, type) and issubclass(value, BaseException):
        return RAISES + value.__name__
    if isinstance(value, bool | int | float):
        try:
            return float(value) + 0.0
        except OverflowError:
            raise NotPlain("a number is too large") from None
    if isinstance(value, list | tuple):
        return [plain(item, depth + 1) for item in value]
    if isinstance(value, Mapping):
        return {str(key): plain(item, depth + 1) for key, item in value.items()}
    if hasattr(value, "tolist"):  # numpy's, without importing it
        if value.dtype.kind in "biuf" and value.ndim <= _DEEPEST:
            found: Plain = (value + 0.0).tolist()
            return found
        return plain(value.tolist(), depth + 1)
    raise NotPlain(f"a {type(value).__name__} can't be compared")


def numbers_in(value: Plain) -> Iterator[float]:
    """All numbers of a plain value."""
    if isinstance(value, float):
        yield value
    elif isinstance(value, list | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from numbers_in(item)


def shape_of(value: Plain) -> tuple[int, ...] | None:
    """The shape of nested lists of numbers; None for what is no array."""
    if isinstance(value, float):
        return ()
    if not isinstance(value, list) or not value:
        return None
    first, *others = (shape_of(item) for item in value)
    return None if first is None or any(other != first for other in others) else (len(value), *first)


def canonical(value: Plain) -> bytes:
    """The same bytes for the same plain value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def step_of(value: Plain) -> float:
    """The step in which the numbers of a result are compared."""
    largest = max((abs(number) for number in numbers_in(value) if math.isfinite(number)), default=0.0)
    # A little more than the logarithm: rounding must not decide where the largest number is a power of ten.
    return min(1.0, 1e-3 * 10.0 ** max(0, math.floor(math.log10(max(1.0, largest)) + 0.02)))


def in_steps(value: Plain, offset: float) -> bytes:
    """The result with each number as the step it lies in: what is put into a digest."""
    step = step_of(value)

    def stepped(part: Plain) -> Any:
        if isinstance(part, float):
            return math.floor(part / step + offset) if math.isfinite(part) else str(part)
        if isinstance(part, list):
            return [stepped(item) for item in part]
        return {k: stepped(item) for k, item in part.items()} if isinstance(part, dict) else part

    return json.dumps(stepped(value), sort_keys=True, separators=(",", ":")).encode()


def best_offset(value: Plain) -> tuple[int, float]:
    """(number of the offset, how far from a border it keeps every number of a right result, in steps)."""
    step = step_of(value)
    numbers = [number / step for number in numbers_in(value) if math.isfinite(number)]

    def margin(offset: float) -> float:
        parts = ((number + offset) % 1.0 for number in numbers)
        return min((min(part, 1 - part) for part in parts), default=0.5)

    margins = [margin(offset) for offset in OFFSETS]
    # Not for the last bits: they differ between machines.
    best = max(round(found, 6) for found in margins)
    number = next(n for n, found in enumerate(margins) if round(found, 6) == best)
    return number, margins[number]


class Right:
    """A right result, ready to be compared with many."""

    def __init__(self, value: Plain) -> None:
        self.value = value
        self.offset, self.margin = best_offset(value)
        self._step = step_of(value)
        self._steps = in_steps(value, OFFSETS[self.offset])

    def agrees(self, got: Plain) -> bool:
        """Whether `got` counts as right: in the same steps, or nearer than NEAR everywhere."""
        if got == self.value:
            return True
        # First what is quick: within one step is whatever lies in the same step.
        return _near(got, self.value, self._step) and (
            in_steps(got, OFFSETS[self.offset]) == self._steps or _near(got, self.value, NEAR * self._step)
        )


def _near(got: Plain, right: Plain, bound: float) -> bool:
    if isinstance(got, float) and isinstance(right, float):
        return abs(got - right) <= bound
    if isinstance(got, list) and isinstance(right, list):
        return len(got) == len(right) and all(
            _near(mine, wanted, bound) for mine, wanted in zip(got, right, strict=True)
        )
    if isinstance(got, dict) and isinstance(right, dict):
        return got.keys() == right.keys() and all(_near(got[key], right[key], bound) for key in right)
    return got == right and not isinstance(got, float)
