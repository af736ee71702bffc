"""Numbers for probes: the same on every machine and with every version of numpy."""

from __future__ import annotations

import random

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def values(seed: str, *shape: int, low: int = -9, high: int = 9, step: float = 1.0) -> Array:
    """Whole numbers from low to high, times `step`; the seed decides which."""
    # random() is the one generator whose numbers are promised never to change.
    source = random.Random(seed)
    count = int(np.prod(shape, dtype=int))
    drawn = [low + int(source.random() * (high - low + 1)) for _ in range(count)]
    return np.array(drawn, dtype=np.float64).reshape(shape) * step


def distinct(seed: str, *shape: int) -> Array:
    """Whole numbers of both signs, no two alike: no maximum is shared."""
    source = random.Random(seed)
    count = int(np.prod(shape, dtype=int))
    keys = [source.random() for _ in range(count)]
    order = sorted(range(count), key=keys.__getitem__)
    return (np.array(order, dtype=np.float64) - count // 2).reshape(shape)
