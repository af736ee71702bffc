"""What the mistakes in conv2d_backward share: the pass with loops, in two steps."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

Array = np.ndarray


def places(dout: Array, stride: int) -> Iterator[tuple[int, int, int, int, float]]:
    """(n, f, top, left, gradient) for every output."""
    for n, f, i, j in np.ndindex(dout.shape):
        yield n, f, i * stride, j * stride, dout[n, f, i, j]


def weight_gradient(dout: Array, padded: Array, w: Array, stride: int) -> Array:
    """dw: every patch, weighted by the gradient of its output."""
    rows, cols = w.shape[2:]
    windows = np.lib.stride_tricks.sliding_window_view(padded, (rows, cols), axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride][:, :, : dout.shape[2], : dout.shape[3]]
    return np.einsum("nfrs,ncrsij->fcij", dout[:, :, : windows.shape[2], : windows.shape[3]], windows)


def padded_gradient(dout: Array, shape: tuple[int, ...], w: Array, stride: int) -> Array:
    """The gradient of the padded image: every output sends its gradient, times the kernel, to its patch."""
    rows, cols = w.shape[2:]
    result = np.zeros(shape)
    for n, f, top, left, gradient in places(dout, stride):
        patch = result[n, :, top : top + rows, left : left + cols]
        patch += gradient * w[f][:, : patch.shape[1], : patch.shape[2]]
    return result


def cropped(padded: Array, x: Array, pad: int) -> Array:
    """The padded gradient without the frame, in x's shape."""
    return padded[:, :, pad : pad + x.shape[2], pad : pad + x.shape[3]]


def framed(x: Array, pad: int) -> Array:
    """Images with a frame of zeros."""
    return np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))


def input_gradient(dout: Array, x: Array, w: Array, stride: int, pad: int) -> Array:
    """dx, as it should be."""
    return cropped(padded_gradient(dout, framed(x, pad).shape, w, stride), x, pad)


def all_three(dout: Array, x: Array, w: Array, stride: int, pad: int) -> tuple[Array, Array, Array]:
    """(dx, dw, db), as they should be."""
    dw = weight_gradient(dout, framed(x, pad), w, stride)
    return input_gradient(dout, x, w, stride, pad), dw, dout.sum(axis=(0, 2, 3))
