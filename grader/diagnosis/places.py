"""At which places of a result are the wrong numbers?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.diagnosis.pairs import Array, Pair, Relation, equal, plural

Mask = NDArray[np.bool_]

_EDGE = "Follow your code at the edge: which numbers does it take there?"
_MOVES = "What changes from one place to the next?"


@dataclass(frozen=True)
class Place:
    """A set of places of a result, by the right result."""

    code: str
    words: str
    hint: str
    mask: Callable[[Array], Mask]


def _at(index: Any) -> Callable[[Array], Mask]:
    def mask(right: Array) -> Mask:
        found = np.zeros(right.shape, bool)
        found[index] = True
        return found

    return mask


def _not(index: Any) -> Callable[[Array], Mask]:
    return lambda right: ~_at(index)(right)


def _border(right: Array) -> Mask:
    return _not((..., slice(1, -1), slice(1, -1)))(right)


_PLANES = (
    Place("last-row", "in the last row", _EDGE, _at((..., -1, slice(None)))),
    Place("last-column", "in the last column", _EDGE, _at((..., -1))),
    Place("first-row", "in the first row", _EDGE, _at((..., 0, slice(None)))),
    Place("first-column", "in the first column", _EDGE, _at((..., 0))),
    Place("border", "in the outermost rows and columns", _EDGE, _border),
    Place(
        "not-first-row", "below the first row, which is right each time", _MOVES, _not((..., 0, slice(None)))
    ),
    Place("not-first-column", "right of the first column, which is right each time", _MOVES, _not((..., 0))),
)
SIGNS = (
    Place("negative", "where it should be negative", "Where is a sign cut off?", lambda r: r < 0),
    Place("positive", "where it should be above 0", "What happens to numbers above 0?", lambda r: r > 0),
    Place("zero", "where it should be 0", "What is left there, and why?", lambda r: r == 0),
)


def places_of(axes: tuple[str, ...]) -> Iterator[Place]:
    """The places that make sense for a result with these axes."""
    yield from SIGNS
    if axes[:1]:
        look = f"Is the {axes[0]}'s index used everywhere?"
        yield Place("not-first-0", f"after the first {axes[0]}", look, _not((0,)))
        yield Place("not-last-0", f"before the last {axes[0]}", look, _not((-1,)))
    if axes[2:]:
        look = f"Is the {axes[1]}'s index used everywhere?"
        yield Place("not-first-1", f"after the first {axes[1]}", look, _not((slice(None), 0)))
        yield Place("not-last-1", f"before the last {axes[1]}", look, _not((slice(None), -1)))
    if axes[-2:] == ("row", "column"):
        yield from _PLANES


def place_relation(pairs: Sequence[Pair], axes: tuple[str, ...]) -> Relation | None:
    """The narrowest set of places that holds all wrong numbers, where two results at least have others, too."""
    wrong = [pair.wrong for pair in pairs]
    best: tuple[float, Place] | None = None
    for place in places_of(axes):
        masks = [place.mask(pair.right) for pair in pairs]
        if any((bad & ~mask).any() for bad, mask in zip(wrong, masks, strict=True)):
            continue
        if sum(not mask.all() for mask in masks) < 2:
            continue
        share = float(np.mean([mask.mean() for mask in masks]))
        if best is None or share < best[0] - 1e-9:
            best = share, place
    if best is None:
        return None
    place = best[1]
    return Relation(f"at:{place.code}", f"has wrong numbers only {place.words}", place.hint)


def alike_relation(pairs: Sequence[Pair], axes: tuple[str, ...]) -> Relation | None:
    """Items along an axis that should differ and do not."""
    for axis, name in enumerate(axes[:2] if len(axes) > 2 else axes[:1]):
        more = [pair for pair in pairs if pair.right.shape[axis] > 1 and not _same(pair.right, axis)]
        if len(more) >= 2 and all(_same(pair.array, axis) for pair in more):
            says = f"is the same for all {plural(name)}"
            return Relation(f"alike:{axis}", says, f"Where does the {name}'s index belong?")
    return None


def _same(array: Array, axis: int) -> bool:
    return equal(array, np.take(array, [0], axis=axis))
