"""Known mistakes written once more, from their names and diagnoses alone: the catalogue's code was not looked at.

They are written as a student might, with loops or lists where the catalogue may use numpy, and otherwise where it may
use loops. Each must be given its own name: a diagnosis must not depend on how a mistake is written.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

#: (exercise, name of the mistake) → function
REIMPLEMENTED: dict[tuple[str, str], Callable[..., Any]] = {}


def of(exercise: str, name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def keep(function: Callable[..., Any]) -> Callable[..., Any]:
        REIMPLEMENTED[exercise, name] = function
        return function

    return keep


def loops(x, w, b, stride, pad, *, kernel=lambda k: k, start=None):  # type: ignore[no-untyped-def]
    n, c, height, width = x.shape
    f, _, kh, kw = w.shape
    frame = np.zeros((n, c, height + 2 * pad, width + 2 * pad))
    frame[:, :, pad : pad + height, pad : pad + width] = x
    rows = (height + 2 * pad - kh) // stride + 1
    cols = (width + 2 * pad - kw) // stride + 1
    out = np.zeros((n, f, rows, cols))
    for i in range(n):
        for j in range(f):
            for r in range(rows):
                for s in range(cols):
                    top, left = (r * stride, s * stride) if start is None else start(r, s)
                    total = 0.0
                    for k in range(c):
                        total += (frame[i, k, top : top + kh, left : left + kw] * kernel(w[j, k])).sum()
                    out[i, j, r, s] = total + b[j]
    return out


@of("conv2d", "flipped-kernel")
def _(x, w, b, stride=1, pad=0):
    return loops(x, w, b, stride, pad, kernel=lambda k: np.rot90(k, 2))


@of("conv2d", "kernel-mirrored")
def _(x, w, b, stride=1, pad=0):
    return loops(x, w, b, stride, pad, kernel=np.fliplr)


@of("conv2d", "no-bias")
def _(x, w, b, stride=1, pad=0):
    return loops(x, w, [0] * len(b), stride, pad)


@of("conv2d", "bias-for-every-channel")
def _(x, w, b, stride=1, pad=0):
    maps = 0
    for k in range(x.shape[1]):
        maps = maps + loops(x[:, k : k + 1], w[:, k : k + 1], b, stride, pad)
    return maps


@of("conv2d", "first-channel-only")
def _(x, w, b, stride=1, pad=0):
    return loops(x[:, :1], w[:, :1], b, stride, pad)


@of("conv2d", "relu-inside")
def _(x, w, b, stride=1, pad=0):
    out = loops(x, w, b, stride, pad)
    return np.where(out > 0, out, 0)


@of("conv2d", "stride-ignored")
def _(x, w, b, stride=1, pad=0):
    return loops(x, w, b, 1, pad)


@of("conv2d", "window-start-without-stride")
def _(x, w, b, stride=1, pad=0):
    return loops(x, w, b, stride, pad, start=lambda r, s: (r, s))


@of("conv2d", "integer-buffer")
def _(x, w, b, stride=1, pad=0):
    return loops(x, w, b, stride, pad).astype(int)


@of("conv2d", "first-image-only")
def _(x, w, b, stride=1, pad=0):
    out = loops(x, w, b, stride, pad)
    for i in range(1, len(out)):
        out[i] = 0
    return out


@of("conv2d", "channels-last")
def _(x, w, b, stride=1, pad=0):
    return loops(x, w, b, stride, pad).transpose(0, 2, 3, 1)


@of("conv2d_single", "mean-for-sum")
def _(image, kernel):
    (h, w), (kh, kw) = image.shape, kernel.shape
    return [
        [float(np.mean(image[r : r + kh, c : c + kw] * kernel)) for c in range(w - kw + 1)]
        for r in range(h - kh + 1)
    ]


@of("conv2d_single", "map-transposed")
def _(image, kernel):
    (h, w), (kh, kw) = image.shape, kernel.shape
    columns = []
    for c in range(w - kw + 1):
        columns.append([(image[r : r + kh, c : c + kw] * kernel).sum() for r in range(h - kh + 1)])
    return np.array(columns)


@of("output_size", "rounded-up")
def _(size, kernel, stride=1, pad=0):
    room = size + 2 * pad - kernel
    if min(size, kernel, stride) < 1 or pad < 0 or room < 0:
        raise ValueError("no")
    count = 1
    while room > 0:
        room -= stride
        count += 1
    return count


@of("output_size", "pad-ignored")
def _(size, kernel, stride=1, pad=0):
    if size < 1 or kernel < 1 or stride < 1 or pad < 0 or kernel > size + 2 * pad:
        raise ValueError("no")
    return (size - kernel) // stride + 1


@of("output_size", "returns-float")
def _(size, kernel, stride=1, pad=0):
    if size < 1 or kernel < 1 or stride < 1 or pad < 0 or kernel > size + 2 * pad:
        raise ValueError("no")
    return np.floor((size + 2 * pad - kernel) / stride) + 1.0


@of("zero_pad", "minus-zero-slice")
def _(x, pad):
    out = np.zeros((*x.shape[:-2], x.shape[-2] + 2 * pad, x.shape[-1] + 2 * pad))
    out[..., pad:-pad, pad:-pad] = x
    return out


@of("maxpool", "size-used-as-stride")
def _(x, size=2, stride=2):
    n, c, h, w = x.shape
    rows, cols = (h - size) // size + 1, (w - size) // size + 1
    out = np.empty((n, c, rows, cols))
    for r in range(rows):
        for s in range(cols):
            out[:, :, r, s] = x[:, :, r * size : (r + 1) * size, s * size : (s + 1) * size].max((2, 3))
    return out


@of("maxpool", "mean-for-maximum")
def _(x, size=2, stride=2):
    n, c, h, w = x.shape
    out = np.zeros((n, c, (h - size) // stride + 1, (w - size) // stride + 1))
    for u in range(size):
        for v in range(size):
            piece = x[:, :, u : u + h - size + 1 : stride, v : v + w - size + 1 : stride]
            out += piece / (size * size)
    return out


def scattered(dout, x, size, stride, give):  # type: ignore[no-untyped-def]
    dx = np.zeros(x.shape)
    for i, j, r, s in np.ndindex(*dout.shape):
        window = np.s_[i, j, r * stride : r * stride + size, s * stride : s * stride + size]
        give(dx[window], x[window], dout[i, j, r, s])
    return dx


@of("maxpool_backward", "spread-evenly")
def _(dout, x, size=2, stride=2):
    def give(dx, window, g):
        dx += g / window.size

    return scattered(dout, x, size, stride, give)


@of("maxpool_backward", "every-tied-maximum")
def _(dout, x, size=2, stride=2):
    def give(dx, window, g):
        dx[window == window.max()] += g

    return scattered(dout, x, size, stride, give)


@of("maxpool_backward", "last-maximum-on-ties")
def _(dout, x, size=2, stride=2):
    def give(dx, window, g):
        u, v = np.argwhere(window >= window.max())[-1]
        dx[u, v] += g

    return scattered(dout, x, size, stride, give)


@of("maxpool_backward", "ones-for-gradients")
def _(dout, x, size=2, stride=2):
    def give(dx, window, g):
        dx[np.unravel_index(np.argmax(window), window.shape)] += 1

    return scattered(dout, x, size, stride, give)


@of("relu_backward", "passes-at-zero")
def _(dout, x):
    gate = np.ones(x.shape)
    gate[x < 0] = 0
    return gate * dout


@of("relu", "leaky")
def _(x):
    return np.maximum(0.01 * x, x)


@of("flatten", "column-by-column")
def _(x):
    return np.stack([np.concatenate([m.T.ravel() for m in image]) for image in x])


def gradients(dout, x, w, stride, pad):  # type: ignore[no-untyped-def]
    frame = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    dx, dw = np.zeros(frame.shape), np.zeros(w.shape)
    kh, kw = w.shape[2:]
    for i, j, r, s in np.ndindex(*dout.shape):
        window = np.s_[i, :, r * stride : r * stride + kh, s * stride : s * stride + kw]
        dx[window] += dout[i, j, r, s] * w[j]
        dw[j] += dout[i, j, r, s] * frame[window]
    h, width = x.shape[2:]
    return dx, dw, dout.sum((0, 2, 3)), np.s_[:, :, pad : pad + h, pad : pad + width]


@of("conv2d_backward", "frame-not-cropped")
def _(dout, x, w, stride=1, pad=0):
    dx, dw, db, _ = gradients(dout, x, w, stride, pad)
    return dx, dw, db


@of("conv2d_backward", "minus-zero-crop")
def _(dout, x, w, stride=1, pad=0):
    dx, dw, db, _ = gradients(dout, x, w, stride, pad)
    return dx[:, :, pad:-pad, pad:-pad], dw, db


@of("conv2d_backward", "dw-averaged")
def _(dout, x, w, stride=1, pad=0):
    dx, dw, db, inside = gradients(dout, x, w, stride, pad)
    return dx[inside], dw / x.shape[0], db


@of("conv2d_backward", "dw-flipped")
def _(dout, x, w, stride=1, pad=0):
    dx, dw, db, inside = gradients(dout, x, w, stride, pad)
    return [dx[inside], dw[:, :, ::-1, ::-1], db]


@of("softmax_loss", "gradient-not-divided")
def _(logits, labels):
    loss, rows = 0.0, []
    for row, label in zip(logits, labels, strict=True):
        p = np.exp(row - row.max())
        loss += np.log(p.sum()) - (row[label] - row.max())
        p = p / p.sum()
        p[label] -= 1
        rows.append(p)
    return loss / len(logits), rows


@of("softmax_loss", "loss-summed")
def _(logits, labels):
    loss, rows = 0.0, []
    for row, label in zip(logits, labels, strict=True):
        p = np.exp(row - row.max())
        loss += np.log(p.sum()) - (row[label] - row.max())
        p = p / p.sum()
        p[label] -= 1
        rows.append(p / len(logits))
    return loss, rows


def counted(layers, shape, *, biases=True, square=True):  # type: ignore[no-untyped-def]
    total = 0
    for kind, *rest in layers:
        if kind == "conv":
            filters, k, stride, pad = rest
            total += filters * (shape[0] * (k * k if square else k) + (1 if biases else 0))
            shape = (filters, *((side + 2 * pad - k) // stride + 1 for side in shape[1:]))
        elif kind == "maxpool":
            size, stride = rest
            shape = (shape[0], *((side - size) // stride + 1 for side in shape[1:]))
        elif kind == "flatten":
            shape = (int(np.prod(shape)),)
        elif kind == "dense":
            total += rest[0] * (shape[0] + 1)
            shape = (rest[0],)
    return total


@of("param_count", "no-biases")
def _(layers, input_shape):
    return counted(layers, input_shape, biases=False)


@of("param_count", "kernel-not-squared")
def _(layers, input_shape):
    return counted(layers, input_shape, square=False)


@of("edge_filters", "edges-swapped")
def _():
    down = np.array([[3.0, 10, 3], [0, 0, 0], [-3, -10, -3]])
    return [down, down.T, np.full((3, 3), 1 / 9)]


@of("edge_filters", "blur-not-normalised")
def _():
    across = np.array([[-1.0, 0, 1]] * 3)
    return np.stack([across, across.T, np.array([[1.0, 2, 1], [2, 4, 2], [1, 2, 1]])])


@of("conv_matrix", "matrix-transposed")
def _(kernel, height, width):
    kh, kw = kernel.shape
    columns = []
    for r in range(height - kh + 1):
        for c in range(width - kw + 1):
            picture = np.zeros((height, width))
            picture[r : r + kh, c : c + kw] = kernel
            columns.append(picture.ravel())
    return np.stack(columns, axis=1)
