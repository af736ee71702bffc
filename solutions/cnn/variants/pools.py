"""Right variants: maxpool and maxpool_backward."""

from __future__ import annotations

import numpy as np

from _views import Array, patches, sides, strided
from grader.testing import variant


@variant("maxpool", name="loops")
def loops(x: Array, size: int = 2, stride: int = 2) -> Array:
    result = np.zeros((*x.shape[:2], *sides(x, size, size, stride)))
    for n, k, r, c in np.ndindex(result.shape):
        top, left = r * stride, c * stride
        result[n, k, r, c] = x[n, k, top : top + size, left : left + size].max()
    return result


@variant("maxpool", name="comparing-one-by-one")
def comparing_one_by_one(x: Array, size: int = 2, stride: int = 2) -> Array:
    result = np.full((*x.shape[:2], *sides(x, size, size, stride)), -np.inf)
    for n, k, r, c in np.ndindex(result.shape):
        for i in range(size):
            for j in range(size):
                value = x[n, k, r * stride + i, c * stride + j]
                if value > result[n, k, r, c]:
                    result[n, k, r, c] = value
    return result


@variant("maxpool", name="view-and-max")
def view_and_max(x: Array, size: int = 2, stride: int = 2) -> Array:
    return patches(x, size, size, stride).max(axis=(4, 5))


@variant("maxpool", name="byte-steps")
def byte_steps(x: Array, size: int = 2, stride: int = 2) -> Array:
    return np.amax(strided(x, size, size, stride), axis=(-1, -2))


@variant("maxpool", name="one-axis-at-a-time")
def one_axis_at_a_time(x: Array, size: int = 2, stride: int = 2) -> Array:
    down = np.lib.stride_tricks.sliding_window_view(x, size, axis=2)[:, :, ::stride].max(axis=-1)
    return np.lib.stride_tricks.sliding_window_view(down, size, axis=3)[:, :, :, ::stride].max(axis=-1)


@variant("maxpool", name="shift-and-maximum")
def shift_and_maximum(x: Array, size: int = 2, stride: int = 2) -> Array:
    rows, cols = sides(x, size, size, stride)
    result = None
    for i, j in np.ndindex(size, size):
        part = x[:, :, i : i + stride * rows : stride, j : j + stride * cols : stride][:, :, :rows, :cols]
        result = part if result is None else np.maximum(result, part)
    return result


@variant("maxpool", name="sorted-windows")
def sorted_windows(x: Array, size: int = 2, stride: int = 2) -> Array:
    windows = patches(x, size, size, stride)
    return np.sort(windows.reshape(*windows.shape[:4], -1), axis=-1)[..., -1]


@variant("maxpool", name="argmax-and-take")
def argmax_and_take(x: Array, size: int = 2, stride: int = 2) -> Array:
    windows = patches(x, size, size, stride)
    flat = windows.reshape(*windows.shape[:4], -1)
    return np.take_along_axis(flat, flat.argmax(axis=-1)[..., None], axis=-1)[..., 0]


@variant("maxpool", name="pure-lists")
def pure_lists(x: Array, size: int = 2, stride: int = 2) -> list:
    rows, cols = sides(x, size, size, stride)

    def pooled(plane: list) -> list:
        return [
            [max(max(line[c * stride :][:size]) for line in plane[r * stride :][:size]) for c in range(cols)]
            for r in range(rows)
        ]

    return [[pooled(plane) for plane in image] for image in x.tolist()]


@variant("maxpool", name="float32-buffer")
def float32_buffer(x: Array, size: int = 2, stride: int = 2) -> Array:
    return view_and_max(x.astype(np.float32), size, stride)


@variant("maxpool", name="minimum-of-the-negative")
def minimum_of_the_negative(x: Array, size: int = 2, stride: int = 2) -> Array:
    return -patches(-np.asfortranarray(x), size, size, stride).min(axis=(-2, -1))


def winners(x: Array, size: int, stride: int) -> tuple[Array, Array]:
    """Row and column, inside its window, of each window's first maximum."""
    windows = patches(x, size, size, stride)
    return np.divmod(windows.reshape(*windows.shape[:4], -1).argmax(axis=-1), size)


@variant("maxpool_backward", name="loops-and-argmax")
def loops_and_argmax(dout: Array, x: Array, size: int = 2, stride: int = 2) -> Array:
    dx = np.zeros(x.shape)
    for n, k, r, c in np.ndindex(dout.shape):
        top, left = r * stride, c * stride
        window = x[n, k, top : top + size, left : left + size]
        i, j = np.unravel_index(np.argmax(window), window.shape)
        dx[n, k, top + i, left + j] += dout[n, k, r, c]
    return dx


@variant("maxpool_backward", name="comparing-one-by-one")
def searching(dout: Array, x: Array, size: int = 2, stride: int = 2) -> Array:
    dx = np.zeros_like(x)
    for n, k, r, c in np.ndindex(dout.shape):
        best, place = -np.inf, (0, 0)
        for i in range(r * stride, r * stride + size):
            for j in range(c * stride, c * stride + size):
                if x[n, k, i, j] > best:
                    best, place = x[n, k, i, j], (i, j)
        dx[(n, k, *place)] += dout[n, k, r, c]
    return dx


@variant("maxpool_backward", name="add-at")
def add_at(dout: Array, x: Array, size: int = 2, stride: int = 2) -> Array:
    i, j = winners(x, size, stride)
    n, k, r, c = np.indices(dout.shape, sparse=True)
    dx = np.zeros(x.shape)
    np.add.at(dx, (n, k, r * stride + i, c * stride + j), dout)
    return dx


@variant("maxpool_backward", name="bincount")
def bincount(dout: Array, x: Array, size: int = 2, stride: int = 2) -> Array:
    i, j = winners(x, size, stride)
    n, k, r, c = np.indices(dout.shape, sparse=True)
    flat = np.ravel_multi_index(np.broadcast_arrays(n, k, r * stride + i, c * stride + j), x.shape)
    return np.bincount(flat.ravel(), weights=dout.ravel(), minlength=x.size).reshape(x.shape)


@variant("maxpool_backward", name="masks-by-place")
def masks_by_place(dout: Array, x: Array, size: int = 2, stride: int = 2) -> Array:
    rows, cols = dout.shape[2:]
    dx, best = np.zeros(x.shape), view_and_max(x, size, stride)
    open_windows = np.ones(dout.shape, dtype=bool)
    for i, j in np.ndindex(size, size):
        part = (Ellipsis, slice(i, i + stride * rows, stride), slice(j, j + stride * cols, stride))
        hit = open_windows & (x[part] == best)
        dx[part] += np.where(hit, dout, 0.0)
        open_windows &= ~hit
    return dx


@variant("maxpool_backward", name="one-hot-windows")
def one_hot_windows(dout: Array, x: Array, size: int = 2, stride: int = 2) -> Array:
    i, j = winners(x, size, stride)
    chosen = np.eye(size * size)[i * size + j].reshape(*dout.shape, size, size) * dout[..., None, None]
    dx = np.zeros(x.shape)
    for r, c in np.ndindex(dout.shape[2:]):
        top, left = r * stride, c * stride
        dx[:, :, top : top + size, left : left + size] += chosen[:, :, r, c]
    return dx


@variant("maxpool_backward", name="writable-view")
def writable_view(dout: Array, x: Array, size: int = 2, stride: int = 2) -> Array:
    dx = np.zeros(x.shape)
    views = np.lib.stride_tricks.sliding_window_view(dx, (size, size), axis=(2, 3), writeable=True)
    i, j = winners(x, size, stride)
    for n, k, r, c in np.ndindex(dout.shape):
        views[n, k, r * stride, c * stride, i[n, k, r, c], j[n, k, r, c]] += dout[n, k, r, c]
    return dx


@variant("maxpool_backward", name="float32-buffer")
def float32_gradient(dout: Array, x: Array, size: int = 2, stride: int = 2) -> Array:
    return loops_and_argmax(dout, x, size, stride).astype(np.float32)


@variant("maxpool_backward", name="pure-lists")
def gradient_of_lists(dout: Array, x: Array, size: int = 2, stride: int = 2) -> list:
    result = [[[[0.0] * x.shape[3] for _ in range(x.shape[2])] for _ in plane] for plane in x]
    for n, k, r, c in np.ndindex(dout.shape):
        places = [(r * stride + i, c * stride + j) for i in range(size) for j in range(size)]
        down, across = max(places, key=lambda place: x[(n, k, *place)])
        result[n][k][down][across] += float(dout[n, k, r, c])
    return result


@variant("maxpool_backward", name="backwards-through-the-windows")
def from_the_last_window(dout: Array, x: Array, size: int = 2, stride: int = 2) -> Array:
    dx = np.zeros(x.shape[::-1]).T
    for place in reversed(list(np.ndindex(dout.shape))):
        n, k, r, c = place
        window = x[n, k, r * stride : r * stride + size, c * stride : c * stride + size]
        i, j = np.argwhere(window == window.max())[0]
        dx[n, k, r * stride + i, c * stride + j] += dout[place]
    return dx
