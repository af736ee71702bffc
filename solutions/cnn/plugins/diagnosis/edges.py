"""What three filters answer to: `edge_filters` has many right answers, so their behaviour stands for them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.testing import Mismatch, real_array

Array = NDArray[np.float64]

_STEPS = ((0.0, 0.0, 1.0, 1.0), (3.0, 3.0, 3.0, 1.0, 1.0))


def properties(value: Any) -> Array | str:
    """The behaviour of three filters (3, 3, 3) as rows of small numbers, or in words why there is none.

    Rows 0 and 1: answers to a plain area, to a left–right change, to a top–bottom change; how filter 1 is like filter 0
    (0 for filter 0; 0 not, 1 the same, 2 mirrored or negated). Row 2: no weight below zero; its sum (0 about 0, 1 is
    1, 2 almost 1, 3 another); weights not zero, 4 for more; 0.
    """
    try:
        filters = real_array(value)
    except Mismatch:
        return "not numbers"
    if filters.shape != (3, 3, 3):
        return f"an array of shape {filters.shape}"
    if not np.isfinite(filters).all():
        return "not finite"
    first, second, blur = filters
    total = float(blur.sum())
    near = 1 if abs(total - 1) <= 1e-5 else 0 if abs(total) <= 1e-5 else 2 if abs(total - 1) < 0.5 else 3
    return np.array(
        [
            [*_answers(first), 0],
            [*_answers(second), _likeness(first, second)],
            [(blur >= -1e-9).all(), near, min(4, int((np.abs(blur) > 1e-9).sum())), 0],
        ],
        dtype=np.float64,
    )


def _likeness(first: Array, second: Array) -> int:
    if np.allclose(first, second):
        return 1
    mirrored = (-first, first[::-1], first[:, ::-1], -first[::-1], -first[:, ::-1])
    return 2 if any(np.allclose(second, other) for other in mirrored) else 0


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


def in_words(rows: Array) -> list[str]:
    """What is wrong with filters of these properties, a sentence each."""
    found = []
    for number, (mine, other) in enumerate((("left–right", "top–bottom"), ("top–bottom", "left–right"))):
        plain, across, along, _ = rows[number]
        answers = (across, along) if number == 0 else (along, across)
        if not answers[0]:
            found.append(f"Filter {number} does not answer to a {mine} change.")
        if answers[1]:
            found.append(f"Filter {number} answers to a {other} change, too.")
        if plain:
            found.append(f"Filter {number} answers to a plain area: its weights do not add up to 0.")
    not_negative, total, used, _ = rows[2]
    if not not_negative:
        found.append("Filter 2 has a negative weight.")
    if total != 1:
        found.append("The weights of filter 2 do not add up to 1.")
    if used < 4:
        found.append(f"Filter 2 has only {used:.0f} weights that are not zero.")
    return found
