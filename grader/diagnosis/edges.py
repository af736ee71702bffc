"""What three filters answer to: `edge_filters` has many right answers, so their behaviour stands for them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.compare import Mismatch, real_array

Array = NDArray[np.float64]

_STEPS = ((0.0, 0.0, 1.0, 1.0), (3.0, 3.0, 3.0, 1.0, 1.0))
#: Five yes-or-no answers for each filter, in the order of `properties`.
EDGE_ANSWERS = ("plain", "left-right", "top-bottom")


def properties(value: Any) -> Array | str:
    """The behaviour of three filters (3, 3, 3) as rows of 0 and 1, or in words why there is none.

    Rows 0 and 1: answers to a plain area, to a left–right change, to a top–bottom change (one of them is enough).
    Row 2: no weight below zero, sum 1, at least four weights not zero.
    """
    try:
        filters = real_array(value)
    except Mismatch:
        return "not numbers"
    if filters.shape != (3, 3, 3):
        return f"shape {filters.shape}"
    if not np.isfinite(filters).all():
        return "not finite"
    rows = [_answers(kernel) for kernel in filters[:2]]
    blur = filters[2]
    rows.append([(blur >= -1e-9).all(), abs(blur.sum() - 1) <= 1e-5, (blur > 1e-9).sum() >= 4])
    return np.array(rows, dtype=np.float64)


def _answers(kernel: Array) -> list[bool]:
    plain = np.full((4, 5), 2.0)
    across = [np.tile(step, (4, 1)) for step in _STEPS]
    return [
        _strongest(kernel, plain) >= 1e-5,
        min(_strongest(kernel, picture) for picture in across) >= 1e-5,
        min(_strongest(kernel, picture.T) for picture in across) >= 1e-5,
    ]


def _strongest(kernel: Array, picture: Array) -> float:
    """The largest response anywhere, as a part of the most that these weights could give."""
    most = float(np.abs(kernel).sum()) * float(np.abs(picture).max())
    windows = np.lib.stride_tricks.sliding_window_view(picture, kernel.shape)
    return float(np.abs((windows * kernel).sum(axis=(2, 3))).max()) / most if most > 0 else 0.0
