"""The layers again, at the speed of a compiled library: what the chapters compute, faster, with numpy alone.

For reading after the exercises are done, and for training on more data. The chapters' own solutions stay the
reference that grades; the tests hold both equal, number for number on whole numbers. Shapes and meaning are those of
the chapters. Three things make the difference:

- A matrix product runs many times faster than anything else here, so each layer is arranged around one.
- Memory is slower than arithmetic. The columns of im2col repeat every pixel KH·KW times; made for all images at
  once they no longer fit into the processor's cache, and are written and read at the speed of main memory.
- A numpy call on a long slice costs little more than one on a short slice: a few calls on everything beat many calls
  on one window each.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Index = tuple[slice, slice, slice, slice]

#: Bytes of columns made at once: about what stays in the cache from being written to being read.
CACHE = 2 * 1024 * 1024


# --- convolution ------------------------------------------------------------------------------------------


def conv2d(x: Array, w: Array, b: Array, stride: int = 1, pad: int = 0) -> Array:
    """A convolutional layer: x (N, C, H, W), w (F, C, KH, KW), b (F,) → (N, F, OH, OW)."""
    windows = _windows(x, w, stride, pad)
    rows, cols = windows.shape[-2:]
    maps = np.empty((len(x), len(w), rows * cols))
    weights = np.column_stack([w.reshape(len(w), -1), b])
    for some in _groups(windows):
        # Written where it belongs: a result of its own would have to be copied there.
        np.matmul(weights, _columns(windows[some]), out=maps[some])
    return maps.reshape(len(x), len(w), rows, cols)


def conv2d_backward(
    dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0
) -> tuple[Array, Array, Array]:
    """The gradients of conv2d: dout (N, F, OH, OW) → dx, dw, db with the shapes of x, w, b."""
    images, channels, height, width = x.shape
    windows = _windows(x, w, stride, pad)
    rows, cols = windows.shape[-2:]
    dmaps = dout.reshape(images, len(w), rows * cols)
    weights = w.reshape(len(w), -1)

    dweights = np.zeros((len(w), weights.shape[1] + 1))
    dpadded = np.zeros((images, channels, height + 2 * pad, width + 2 * pad))
    for some in _groups(windows):
        # Forward is weights @ columns: either factor's gradient is dmaps times the other one.
        columns = _columns(windows[some])
        dweights += (dmaps[some] @ columns.transpose(0, 2, 1)).sum(axis=0)
        # The columns have done their work. Their memory is still in the cache: their gradient goes there.
        dcolumns = np.matmul(weights.T, dmaps[some], out=columns[:, :-1])
        shares = dcolumns.reshape(windows[some].shape)
        # Back to the images, one place of the kernel at a time: no two windows see the same pixel there.
        for u, v in np.ndindex(w.shape[2:]):
            dpadded[some][_seen_at(u, v, rows, cols, stride)] += shares[:, :, u, v]
    dx = dpadded[:, :, pad : pad + height, pad : pad + width]
    return dx, dweights[:, :-1].reshape(w.shape), dweights[:, -1]


def _windows(x: Array, w: Array, stride: int, pad: int) -> Array:
    """A view (N, C, KH, KW, OH, OW) of the padded images: for each weight, the pixels that it meets."""
    images, channels, height, width = x.shape
    padded = np.zeros((images, channels, height + 2 * pad, width + 2 * pad))
    padded[:, :, pad : pad + height, pad : pad + width] = x
    rows, cols = (
        (side - kernel) // stride + 1 for side, kernel in zip(padded.shape[2:], w.shape[2:], strict=True)
    )
    # From weight to weight is one pixel in memory, from window to window `stride` of them. Small convolutions are
    # over before sliding_window_view has looked at its arguments.
    down, right = padded.strides[2:]
    return np.lib.stride_tricks.as_strided(
        padded,
        (images, channels, *w.shape[2:], rows, cols),
        (*padded.strides, stride * down, stride * right),
        writeable=False,
    )


def _columns(windows: Array) -> Array:
    """im2col of some images: (n, C·KH·KW + 1, OH·OW), one column for each window.

    The last number of a column is 1, a pixel for the bias: so the bias is one more weight, and costs no pass of its
    own.
    """
    images, channels, height, width, rows, cols = windows.shape
    columns = np.empty((images, channels * height * width + 1, rows * cols))
    columns[:, :-1].reshape(windows.shape)[...] = windows
    columns[:, -1] = 1
    return columns


def _groups(windows: Array) -> Iterator[slice]:
    """The images in groups whose columns fit into the cache; a single image where even that is too much."""
    images = max(1, CACHE // max(1, windows[:1].nbytes))
    for first in range(0, len(windows), images):
        yield slice(first, first + images)


def _seen_at(u: int, v: int, rows: int, cols: int, stride: int) -> Index:
    """Place (u, v) of every window at once, in an array (N, C, H, W): one pixel for each of rows·cols windows."""
    everything = slice(None)
    return (
        everything,
        everything,
        slice(u, u + stride * (rows - 1) + 1, stride),
        slice(v, v + stride * (cols - 1) + 1, stride),
    )


# --- max pooling ------------------------------------------------------------------------------------------


def maxpool(x: Array, size: int = 2, stride: int = 2) -> Array:
    """The maximum of every window: x (N, C, H, W) → (N, C, OH, OW)."""
    first, *others = _places(x, size, stride)
    best = x[first].astype(np.float64)
    for place in others:
        np.maximum(best, x[place], out=best)
    return best


def maxpool_backward(dout: Array, x: Array, size: int = 2, stride: int = 2) -> Array:
    """The gradient of maxpool from its input alone: the winners are looked for again. dout (N, C, OH, OW) → x's shape.

    Where the forward pass is one's own, keep the winners: `maxpool_with_winners` and `send_to_winners`.
    """
    _, winners = maxpool_with_winners(x, size, stride)
    return send_to_winners(dout, winners, x.shape)


def maxpool_with_winners(x: Array, size: int = 2, stride: int = 2) -> tuple[Array, NDArray[np.intp]]:
    """maxpool(x), and for each window where in x.ravel() its maximum stands; on a tie, the first in row-major order.

    Both are (N, C, OH, OW).
    """
    images, channels, height, width = x.shape
    first, *others = _places(x, size, stride)
    best = x[first].astype(np.float64)
    # How far each winner stands behind its window's corner, in a row-major image: (u, v) is u·width + v steps on.
    # One byte usually holds that, and eight times as many bytes as float64s are compared at once.
    steps = [u * width + v for u, v in np.ndindex(size, size)]
    small = np.min_scalar_type(steps[-1])
    behind = np.zeros(best.shape, small)
    for place, step in zip(others, steps[1:], strict=True):
        candidates = x[place]
        # Only what is really larger wins, so that of equals the first one stays. Steps grow from place to place:
        # the larger one is the later winner, and a maximum is cheaper than writing through a mask.
        np.maximum(behind, (candidates > best) * small.type(step), out=behind)
        np.maximum(best, candidates, out=best)
    corners = np.arange(height * width).reshape(1, 1, height, width)[first]
    winners = corners + np.arange(0, x.size, height * width).reshape(images, channels, 1, 1)
    winners += behind
    return best, winners


def send_to_winners(dout: Array, winners: NDArray[np.intp], shape: tuple[int, ...]) -> Array:
    """The gradient of maxpool, given its winners: dout and winners (N, C, OH, OW) → `shape`, that of x."""
    dx = np.zeros(shape)
    # Unlike dx[winners] += dout, this adds twice where overlapping windows have the same winner.
    np.add.at(dx.reshape(-1), winners.reshape(-1), dout.reshape(-1))
    return dx


def _places(x: Array, size: int, stride: int) -> list[Index]:
    """Each place of the window, row by row: where all windows see it."""
    rows, cols = ((side - size) // stride + 1 for side in x.shape[2:])
    return [_seen_at(u, v, rows, cols, stride) for u, v in np.ndindex(size, size)]
