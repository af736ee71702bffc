"""What several right variants share: patches as a view, and a frame of zeros."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import as_strided, sliding_window_view

Array = np.ndarray


def framed(x: Array, pad: int) -> Array:
    """Images with a frame of zeros around the last two axes."""
    height, width = x.shape[-2:]
    result = np.zeros((*x.shape[:-2], height + 2 * pad, width + 2 * pad))
    result[..., pad : pad + height, pad : pad + width] = x
    return result


def patches(x: Array, rows: int, cols: int, stride: int) -> Array:
    """(N, C, OH, OW, rows, cols), a view without a copy."""
    return sliding_window_view(x, (rows, cols), axis=(2, 3))[:, :, ::stride, ::stride]


def strided(x: Array, rows: int, cols: int, stride: int) -> Array:
    """The same patches by byte steps alone."""
    n, c, height, width = x.shape
    a, b, down, across = x.strides
    shape = (n, c, (height - rows) // stride + 1, (width - cols) // stride + 1, rows, cols)
    return as_strided(x, shape, (a, b, down * stride, across * stride, down, across), writeable=False)


def sides(x: Array, rows: int, cols: int, stride: int) -> tuple[int, int]:
    """OH and OW."""
    return (x.shape[-2] - rows) // stride + 1, (x.shape[-1] - cols) // stride + 1
