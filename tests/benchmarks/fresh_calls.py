"""Random valid calls of every exercise, drawn with numpy alone: for examining diagnoses on inputs that no probe is."""

from __future__ import annotations

from typing import Any

import numpy as np

Rng = np.random.Generator


def whole(rng: Rng, *shape: int, low: int = -6, high: int = 6) -> np.ndarray:
    """Whole numbers; sometimes only positive ones, sometimes halves."""
    kind = rng.integers(0, 4)
    drawn = rng.integers(1 if kind == 0 else low, high + 1, shape).astype(float)
    return drawn / 2 if kind == 1 else drawn


def conv_sizes(rng: Rng) -> tuple[int, ...]:
    """n, c, f, h, w, kh, kw, stride, pad with at least one window."""
    n, c, f, kh, kw = (int(rng.integers(1, 4)) for _ in range(5))
    if rng.random() < 0.4:
        kw = kh
    stride, pad = int(rng.integers(1, 4)), int(rng.integers(0, 3))
    h = max(1, kh - 2 * pad) + int(rng.integers(0, 5))
    w = max(1, kw - 2 * pad) + int(rng.integers(0, 5))
    if rng.random() < 0.3 and kh == kw:
        w = h
    return n, c, f, h, w, kh, kw, stride, pad


def pool_sizes(rng: Rng) -> tuple[int, ...]:
    """n, c, h, w, size, stride with at least one window."""
    n, c, size, stride = (int(rng.integers(1, 4)) for _ in range(4))
    h, w = size + int(rng.integers(0, 5)), size + int(rng.integers(0, 5))
    return n, c, h, h if rng.random() < 0.3 else w, size, stride


def spread(rng: Rng, *shape: int) -> np.ndarray:
    """Distinct numbers, or (one time in three) many ties."""
    if rng.random() < 1 / 3:
        return rng.integers(-2, 2, shape).astype(float)
    count = int(np.prod(shape))
    return (rng.permutation(count) - rng.integers(0, count + 1)).astype(float).reshape(shape)


def stack(rng: Rng) -> tuple[list[tuple[Any, ...]], tuple[int, int, int]]:
    c, h, w = int(rng.integers(1, 4)), int(rng.integers(5, 13)), int(rng.integers(5, 13))
    if rng.random() < 0.3:
        w = h
    layers: list[tuple[Any, ...]] = []
    sides = [h, w]
    for kind in rng.choice(["conv", "relu", "maxpool"], int(rng.integers(0, 4))):
        if kind == "relu":
            layers.append(("relu",))
            continue
        pad = int(rng.integers(0, 3)) if kind == "conv" else 0
        k, s = int(rng.integers(1, min(3, *sides) + 1)), int(rng.integers(1, 4))
        sides = [(side + 2 * pad - k) // s + 1 for side in sides]
        layers.append(("conv", int(rng.integers(1, 6)), k, s, pad) if kind == "conv" else ("maxpool", k, s))
    if rng.random() < 0.7 or not layers:
        layers.append(("flatten",))
        for _ in range(int(rng.integers(0, 3))):
            layers.append(("dense", int(rng.integers(1, 9))))
    return layers, (c, h, w)


def network(rng: Rng) -> tuple[Any, ...]:
    n, c = int(rng.integers(1, 3)), int(rng.integers(1, 3))
    h, w = int(rng.integers(16, 22)), int(rng.integers(16, 26))
    classes, params, channels = int(rng.integers(2, 4)), {}, c
    for k in range(1, 5):
        f = int(rng.integers(1, 4))
        params[f"w{k}"] = rng.normal(0.06, 0.4, (f, channels, 3, 3))
        params[f"b{k}"] = rng.normal(0.2, 0.5, f) * (rng.random() < 0.7)
        channels = f
    places = ((h - 4) // 2 - 4) // 2 * (((w - 4) // 2 - 4) // 2)
    params["w5"] = rng.normal(0, 0.3, (channels * places, classes))
    params["b5"] = rng.normal(0, 0.5, classes)
    return params, rng.normal(0.3, 1, (n, c, h, w)), rng.integers(0, classes, n)


def call(exercise: str, rng: Rng) -> tuple[Any, ...]:
    """Positional arguments of one call."""
    if exercise == "output_size":
        if rng.random() < 0.3:
            bounds = ((-2, 6), (-1, 9), (-1, 4), (-1, 3))
            return tuple(int(rng.integers(low, high)) for low, high in bounds)
        kernel, stride, pad = int(rng.integers(1, 8)), int(rng.integers(1, 5)), int(rng.integers(0, 4))
        return max(1, kernel - 2 * pad) + int(rng.integers(0, 13)), kernel, stride, pad
    if exercise in ("conv_at", "conv2d_single", "conv_matrix"):
        _, _, _, h, w, kh, kw, _, _ = conv_sizes(rng)
        h, w = max(h, kh), max(w, kw)
        image, kernel = whole(rng, h, w), whole(rng, kh, kw)
        if exercise == "conv_matrix":
            return kernel, h, w
        if exercise == "conv2d_single":
            return image, kernel
        return image, kernel, int(rng.integers(0, h - kh + 1)), int(rng.integers(0, w - kw + 1))
    if exercise == "zero_pad":
        shape = tuple(int(rng.integers(1, 5)) for _ in range(int(rng.integers(2, 6))))
        return whole(rng, *shape), int(rng.integers(0, 4))
    if exercise in ("conv2d", "conv2d_backward"):
        n, c, f, h, w, kh, kw, stride, pad = conv_sizes(rng)
        x, filters = whole(rng, n, c, h, w), whole(rng, f, c, kh, kw)
        given = (stride, pad) if rng.random() < 0.9 or (h < kh or w < kw) else ()
        if not given:
            stride, pad = 1, 0
        if exercise == "conv2d":
            return x, filters, whole(rng, f) * (rng.random() < 0.7), *given
        oh, ow = (h + 2 * pad - kh) // stride + 1, (w + 2 * pad - kw) // stride + 1
        return whole(rng, n, f, oh, ow), x, filters, *given
    if exercise in ("maxpool", "maxpool_backward"):
        n, c, h, w, size, stride = pool_sizes(rng)
        x = spread(rng, n, c, h, w)
        if exercise == "maxpool":
            return x, size, stride
        return whole(rng, n, c, (h - size) // stride + 1, (w - size) // stride + 1), x, size, stride
    if exercise in ("relu", "relu_backward", "flatten"):
        ndim = 4 if exercise == "flatten" else int(rng.integers(1, 5))
        shape = tuple(int(rng.integers(1, 5)) for _ in range(ndim))
        first = whole(rng, *shape)
        return (first, whole(rng, *shape, low=-2, high=2)) if exercise == "relu_backward" else (first,)
    if exercise in ("param_count", "shape_trace"):
        return stack(rng)
    if exercise == "softmax_loss":
        n, classes = int(rng.integers(1, 5)), int(rng.integers(2, 6))
        scale = float(rng.choice([1, 3, 1000]))
        return rng.normal(0, scale, (n, classes)).round(1), rng.integers(0, classes, n)
    if exercise == "cnn_forward":
        return network(rng)[:2]
    if exercise == "cnn_loss":
        return network(rng)
    return ()
