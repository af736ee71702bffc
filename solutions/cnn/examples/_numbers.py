"""Arrays that one can work with by hand."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

Array = np.ndarray

SIDES = ((1, 1), (1, 2), (2, 1), (2, 2), (2, 3), (3, 2), (3, 3))


def count(*shape: int) -> Array:
    """1, 2, 3, … row by row."""
    return np.arange(1.0, np.prod(shape) + 1).reshape(shape)


def kernels() -> Iterator[Array]:
    """Counting, all ones, a single 1, and a few that everybody writes."""
    for sides in SIDES:
        yield count(*sides)
        if sides != (1, 1):
            yield np.ones(sides)
            for place in (0, -1):
                single = np.zeros(sides)
                single.flat[place] = 1.0
                yield single
    for rows in ([[1, -1]], [[-1, 1]], [[1], [-1]], [[-1], [1]], [[1, 0], [0, 1]], [[0, 1], [1, 0]], [[1, 0], [0, -1]]):
        yield np.array(rows, dtype=np.float64)


def fills(*shape: int) -> Iterator[Array]:
    """Counting up, the same below zero, from above zero to below it, and all ones."""
    up = count(*shape)
    yield up
    yield -up
    yield np.ones(shape)
    if up.size > 1:
        yield (up.size + 1) // 2 - up
