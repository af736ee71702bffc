"""What was expected beside what came: the same drawings, with the differing places of both marked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.feedback.grids import (
    MAX_SIDE,
    Drawing,
    Index,
    Mark,
    draw,
    draw_arguments,
    largest_of,
)
from grader.feedback.packed import literal, number
from grader.result import TestResult
from grader.testing import TOLERANCE, is_array, parts_of, unpack
from grader.text import visible

_TEXT_LIMIT = 400
_RAISED = re.compile(r"[A-Za-z_][\w.]* raised")


@dataclass(frozen=True)
class Pair:
    """What was expected beside what came; either may be missing."""

    expected: Drawing | None
    got: Drawing | None

    @property
    def columns(self) -> int:
        """Columns of the wider of the two, as drawn."""
        drawings = [drawing for drawing in (self.expected, self.got) if drawing]
        return max((len(plane.columns) for drawing in drawings for plane in drawing.planes), default=0)

    @property
    def differs(self) -> bool:
        """Whether the two are drawn as different: in a value, in shape, or in kind."""
        if self.expected is None or self.got is None:
            return self.expected is not self.got
        mine, right = self.got, self.expected
        return mine.differs or mine.shape_differs or (mine.shape, mine.text) != (right.shape, right.text)


@dataclass(frozen=True)
class Seen:
    """A failing call as pictures: arguments that fit a line, arrays, and expected beside got."""

    plain: list[tuple[str, str]]
    arguments: list[Drawing]
    pairs: list[Pair]


def seen_in(test: TestResult, *, max_side: int = MAX_SIDE) -> Seen | None:
    """The pictures of one test's evidence; None where it has none."""
    found = test.evidence
    if found is None:
        return None
    # Where the call gave no value, the evidence repeats the message: that is shown already.
    got = None if test.message and found.got == test.message else found.got
    pairs = draw_pairs(found.expected, got, found.first_difference, max_side=max_side)
    plain, drawings = draw_arguments(found.arguments, max_side=max_side, outlines=found.outlines)
    return Seen(
        plain, drawings, [pair for pair in pairs if pair.expected is not None or pair.got is not None]
    )


def draw_pairs(
    expected: Any, got: Any, first_difference: Sequence[int] | None = None, *, max_side: int = MAX_SIDE
) -> list[Pair]:
    """Expected beside got, with the differing elements of both marked.

    A tuple of arrays, or a mapping, gives a pair for each of its parts that differ.
    """
    right, mine = parts_of(expected), parts_of(got)
    if right is not None and mine is not None and list(right) == list(mine):
        pairs = [_pair(f" · {name}", right[name], mine[name], None, max_side) for name in right]
        differing = [pair for pair in pairs if pair.differs]
        if differing:
            return differing
    return [_pair("", expected, got, first_difference, max_side)]


def _pair(
    suffix: str, expected: Any, got: Any, first_difference: Sequence[int] | None, max_side: int
) -> Pair:
    names = f"expected{suffix}", f"got{suffix}"
    right, mine = unpack(expected), unpack(got)
    # A list of numbers is drawn as an array only beside an array: `[3, 4]` reads better as it is.
    if right is None or mine is None or not (is_array(expected) or is_array(got) or right.ndim == 0):
        return Pair(_alone(names[0], expected, max_side), _alone(names[1], got, max_side, other=expected))
    if right.shape != mine.shape:
        return Pair(
            draw(names[0], right if right.ndim else expected, max_side=max_side, shape_differs=True),
            draw(names[1], mine if mine.ndim else got, max_side=max_side, shape_differs=True),
        )
    wrong = _differing(mine, right)
    where: list[Index] = [tuple(int(i) for i in index) for index in np.argwhere(wrong)]
    first = tuple(first_difference or ())
    if first not in where:
        first = where[0] if where else ()
    marks: dict[Index, Mark] = {index: "first" if index == first else "differs" for index in where}
    digits = _digits(mine[wrong], right[wrong])
    scale = max(largest_of(right), 1e-300)
    home = first if where else None
    right_value: Any = right if right.ndim else expected
    mine_value: Any = mine if mine.ndim else got
    return Pair(
        draw(names[0], right_value, marks=marks, first=home, digits=digits, max_side=max_side, largest=scale),
        draw(names[1], mine_value, marks=marks, first=home, digits=digits, max_side=max_side, largest=scale),
    )


def _alone(label: str, value: Any, max_side: int, other: Any = None) -> Drawing | None:
    if value is None:
        # No value where one was expected: the call raised, or never came back. The message says which.
        return Drawing(label, text="no value") if other is not None else None
    if isinstance(value, str) and _RAISED.fullmatch(value):
        return Drawing(label, text=visible(value, _TEXT_LIMIT))
    if is_array(value):
        return draw(label, value, max_side=max_side)
    return Drawing(label, text=literal(value))


def _differing(mine: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Where the two differ by the same bound as `compare.agree`; NaN and infinities always differ."""
    finite = right[np.isfinite(right)]
    bound = TOLERANCE * max(1.0, float(np.abs(finite).max(initial=0.0)))
    with np.errstate(invalid="ignore"):
        return ~(np.abs(mine - right) <= bound)


def _digits(mine: NDArray[np.float64], right: NDArray[np.float64]) -> int:
    """The fewest digits with which no differing pair looks equal."""
    for digits in (4, 7, 12):
        if all(
            number(float(a), digits) != number(float(b), digits) for a, b in zip(mine, right, strict=True)
        ):
            return digits
    return 17
