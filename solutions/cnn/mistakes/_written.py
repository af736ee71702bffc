"""Layers as students write them, window by window: what happens at the edge happens as numpy has it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

Array = np.ndarray
Places = Sequence[int]


def count(side: int, kernel: int, stride: int, pad: int = 0) -> int:
    """The output size, and nothing refused."""
    return (side + 2 * pad - kernel) // stride + 1


def steps(places: int, stride: int) -> Places:
    """Where so many windows begin."""
    return [place * stride for place in range(places)]


def convolve_at(
    padded: Array, w: Array, b: Array, tops: Places, lefts: Places, size: tuple[int, int], *, cut: bool = False
) -> Array:
    """Windows of `size` that begin at tops × lefts. cut: where one sticks out, the filter is cut, too."""
    out = np.zeros((len(padded), len(w), len(tops), len(lefts)))
    for i, top in enumerate(tops):
        for j, left in enumerate(lefts):
            window = padded[:, :, top : top + size[0], left : left + size[1]]
            filters = w[:, :, : window.shape[2], : window.shape[3]] if cut else w
            for f, one in enumerate(filters):
                out[:, f, i, j] = (window * one).sum(axis=(1, 2, 3)) + b[f]
    return out


def pool_at(x: Array, tops: Places, lefts: Places, size: int) -> Array:
    """The maxima of windows that begin at tops × lefts, cut where they stick out."""
    out = np.zeros((*x.shape[:2], len(tops), len(lefts)))
    for i, top in enumerate(tops):
        for j, left in enumerate(lefts):
            out[:, :, i, j] = x[:, :, top : top + size, left : left + size].max(axis=(2, 3))
    return out


def gradients_at(
    dout: Array, padded: Array, w: Array, places: Iterable[tuple[int, int, int, int]]
) -> tuple[Array, Array, Array]:
    """(gradient of the padded image, dw, db); places: (i, j, top, left) of each window."""
    dpadded, dw = np.zeros(padded.shape), np.zeros(w.shape)
    kh, kw = w.shape[2:]
    for i, j, top, left in places:
        at = np.s_[:, :, top : top + kh, left : left + kw]
        for f in range(len(w)):
            shares = dout[:, f, i, j][:, None, None, None]
            dw[f] += (shares * padded[at]).sum(axis=0)
            dpadded[at] += shares * w[f]
    return dpadded, dw, dout.sum(axis=(0, 2, 3))


def pool_gradient_at(
    dout: Array, x: Array, places: Iterable[tuple[int, int, int, int]], size: int, *, ties: str = "first"
) -> Array:
    """dx; places: (i, j, top, left) of each window."""
    dx = np.zeros(x.shape)
    for i, j, top, left in places:
        for n, c in np.ndindex(*x.shape[:2]):
            window = x[n, c, top : top + size, left : left + size]
            dx[n, c, top : top + size, left : left + size] += dout[n, c, i, j] * winners(window, ties)
    return dx


def winners(window: Array, ties: str) -> Array:
    """A mask of the maximum: the first one, or all that tie."""
    if ties == "all":
        return np.asarray(window == window.max())
    mask = np.zeros(window.shape)
    mask.ravel()[window.argmax()] = 1
    return mask
