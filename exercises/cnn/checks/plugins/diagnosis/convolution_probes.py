"""Calls of the functions that convolve or pad: sizes, planes, batches, gradients."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from .numbers import values


def output_size() -> Iterator[tuple[int, ...]]:
    yield from [(5, 3, 1, 0), (1, 1, 1, 0), (7, 7, 1, 0), (6, 1, 1, 0), (9, 2, 1, 0)]
    yield from [
        (5, 3, 2, 0),
        (7, 3, 2, 0),
        (6, 3, 2, 0),
        (10, 3, 3, 0),
        (11, 3, 3, 0),
        (12, 3, 3, 0),
        (9, 4, 5, 0),
    ]
    yield from [(5, 3, 1, 1), (5, 3, 1, 2), (4, 1, 1, 3), (2, 3, 1, 1), (2, 6, 1, 2), (3, 4, 1, 1)]
    yield from [
        (5, 3, 2, 1),
        (6, 3, 2, 1),
        (7, 2, 3, 2),
        (8, 3, 3, 1),
        (28, 5, 4, 2),
        (32, 3, 2, 1),
        (3, 7, 2, 2),
    ]
    yield from [(2, 3, 1, 0), (4, 7, 1, 1), (3, 4, 2, 0), (1, 3, 2, 0), (5, 10, 3, 2), (1, 9, 2, 1)]
    yield from [
        (0, 3, 1, 2),
        (-1, 1, 1, 3),
        (0, 1, 1, 0),
        (5, 0, 1, 0),
        (5, -2, 1, 1),
        (5, 3, 0, 0),
        (5, 3, -1, 1),
    ]
    yield from [(5, 3, 1, -1), (9, 1, 2, -2), (0, 0, 0, 0), (5, 3), (6, 3, 2)]


def refused_sizes() -> list[tuple[int, ...]]:
    """More calls that must be refused, each for another reason."""
    return [(3, 4, 1, 0), (2, 9, 3, 3), (0, 2, 2, 1), (-3, 1, 1, 2), (7, 0, 2, 0), (4, -1, 1, 0), (8, 3, 0, 1),
            (6, 2, -2, 0), (7, 3, 1, -1), (12, 2, 3, -2)]  # fmt: skip


def conv_at() -> Iterator[tuple[Any, ...]]:
    cases: list[tuple[int, int, int, int, int, int, int, float]] = [
        # H, W, KH, KW, row, col, least value, step
        (4, 4, 2, 2, 0, 0, 1, 1),
        (4, 4, 1, 1, 0, 0, 1, 1),
        (4, 4, 2, 2, 1, 0, 1, 1),
        (4, 4, 2, 2, 0, 1, 1, 1),
        (4, 4, 2, 2, 1, 1, 1, 1),
        (4, 4, 2, 2, 2, 2, 1, 1),
        (4, 4, 1, 1, 3, 3, 1, 1),
        (4, 4, 4, 4, 0, 0, 1, 1),
        (3, 5, 2, 2, 0, 0, 1, 1),
        (5, 3, 2, 2, 0, 0, 1, 1),
        (4, 4, 2, 3, 0, 0, 1, 1),
        (4, 4, 3, 2, 0, 0, 1, 1),
        (4, 4, 2, 2, 0, 0, -9, 1),
        (4, 4, 2, 2, 0, 0, 1, 0.5),
        (5, 5, 3, 3, 0, 0, 1, 1),
        (5, 5, 3, 3, 2, 1, -9, 1),
        (6, 4, 2, 3, 3, 1, -9, 1),
        (4, 6, 3, 2, 1, 3, -9, 1),
        (6, 5, 3, 2, 2, 3, -9, 0.5),
        (3, 7, 3, 1, 0, 4, -9, 1),
        (7, 3, 1, 3, 5, 0, -9, 1),
        (5, 6, 1, 1, 2, 5, -9, 0.5),
    ]
    for n, (h, w, kh, kw, row, col, low, step) in enumerate(cases):
        image = values(f"conv_at image {n}", h, w, low=low, step=step)
        yield image, values(f"conv_at kernel {n}", kh, kw, low=low), row, col


def _plane_cases() -> Iterator[tuple[int, int, int, int, int, float]]:
    # H, W, KH, KW, least value, step
    yield from [
        (4, 4, 2, 2, 1, 1),
        (4, 4, 1, 1, 1, 1),
        (5, 5, 3, 3, 1, 1),
        (3, 3, 3, 3, 1, 1),
        (2, 2, 2, 2, 1, 1),
    ]
    yield from [
        (3, 5, 2, 2, 1, 1),
        (5, 3, 2, 2, 1, 1),
        (4, 4, 2, 3, 1, 1),
        (4, 4, 3, 2, 1, 1),
        (4, 4, 2, 2, -9, 1),
    ]
    yield from [
        (4, 4, 2, 2, 1, 0.5),
        (4, 4, 1, 2, 1, 1),
        (4, 4, 2, 1, 1, 1),
        (5, 4, 3, 2, -9, 1),
        (4, 6, 2, 3, -9, 1),
    ]
    yield from [
        (6, 3, 1, 3, -9, 1),
        (3, 6, 3, 1, -9, 0.5),
        (2, 7, 2, 4, -9, 1),
        (7, 2, 4, 1, -9, 1),
        (1, 5, 1, 2, -9, 1),
    ]
    yield from [(5, 1, 3, 1, -9, 0.5), (6, 5, 4, 3, -9, 1)]


def conv2d_single() -> Iterator[tuple[Any, ...]]:
    for n, (h, w, kh, kw, low, step) in enumerate(_plane_cases()):
        image = values(f"single image {n}", h, w, low=low, step=step)
        yield image, values(f"single kernel {n}", kh, kw, low=low)


def conv_matrix() -> Iterator[tuple[Any, ...]]:
    for n, (h, w, kh, kw, low, step) in enumerate(_plane_cases()):
        yield values(f"matrix kernel {n}", kh, kw, low=low, step=step), h, w


def zero_pad() -> Iterator[tuple[Any, ...]]:
    cases: list[tuple[tuple[int, ...], int, int, float]] = [
        ((3, 3), 1, 1, 1),
        ((3, 3), 0, 1, 1),
        ((3, 3), 2, 1, 1),
        ((3, 3), 3, 1, 1),
        ((2, 4), 1, 1, 1),
        ((4, 2), 1, 1, 1),
        ((1, 3, 3), 1, 1, 1),
        ((2, 3, 3), 1, 1, 1),
        ((1, 1, 3, 3), 1, 1, 1),
        ((2, 1, 3, 3), 1, 1, 1),
        ((1, 2, 3, 3), 1, 1, 1),
        ((3, 3), 1, -9, 1),
        ((3, 3), 1, 1, 0.5),
        ((1, 1), 1, 1, 1),
        ((1, 1, 1, 3, 3), 1, 1, 1),
        ((2, 3, 2, 4), 0, -9, 1),
        ((2, 3, 4, 2), 1, -9, 1),
        ((2, 2, 3, 5), 2, -9, 0.5),
        ((3, 2, 1, 4), 3, -9, 1),
        ((3, 4, 2), 2, -9, 1),
        ((2, 1, 2, 3, 4), 2, -9, 1),
    ]
    for n, (shape, pad, low, step) in enumerate(cases):
        yield values(f"zero_pad {n}", *shape, low=low, step=step), pad


@dataclass(frozen=True)
class _Conv:
    """Sizes of one convolution; `low` the least value, `step` the grid they lie on."""

    n: int = 1
    c: int = 1
    f: int = 1
    h: int = 4
    w: int = 4
    kh: int = 2
    kw: int = 2
    stride: int = 1
    pad: int = 0
    biased: bool = False
    low: int = 1
    step: float = 1.0


def _convolutions() -> Iterator[_Conv]:
    yield from [_Conv(), _Conv(kh=1, kw=1), _Conv(h=5, w=5, kh=3, kw=3), _Conv(h=2, w=2)]
    yield from [_Conv(h=6), _Conv(w=6), _Conv(kh=3), _Conv(kw=3)]
    yield from [_Conv(n=2), _Conv(n=3), _Conv(c=2), _Conv(c=3), _Conv(f=2), _Conv(f=3), _Conv(biased=True)]
    yield from [_Conv(pad=1), _Conv(pad=2), _Conv(pad=3)]
    yield from [_Conv(stride=2), _Conv(h=5, w=5, stride=3)]
    yield from [
        _Conv(h=5, w=5, stride=2),
        _Conv(h=5, stride=2),
        _Conv(w=5, stride=2),
        _Conv(h=6, w=6, stride=3),
    ]
    yield from [_Conv(low=-9), _Conv(step=0.5), _Conv(stride=2, pad=1), _Conv(c=2, f=3, biased=True)]
    yield from [_Conv(h=5, w=5, kh=3, kw=3, stride=2, pad=1, low=-9), _Conv(kh=1, kw=1, pad=2, low=-9)]
    yield from [_Conv(c=2, f=3, kh=1, kw=1), _Conv(n=2, c=3, h=3, kh=1, kw=1, stride=2, pad=1, low=-9)]
    yield from [_Conv(h=7, w=7, kh=1, kw=1, stride=3), _Conv(n=2, h=5, w=1, kh=3, kw=3, pad=1, low=-9)]
    many = {"biased": True, "low": -9}
    yield _Conv(n=2, c=3, f=4, h=7, w=5, kh=3, kw=2, stride=2, pad=1, **many)  # type: ignore[arg-type]
    yield _Conv(n=2, c=2, f=3, h=5, w=6, kh=2, kw=3, **many)  # type: ignore[arg-type]
    yield _Conv(n=3, c=2, f=2, h=4, w=6, kh=3, kw=1, stride=3, pad=2, **many)  # type: ignore[arg-type]
    yield _Conv(n=2, c=1, f=2, h=6, w=3, kh=1, kw=3, stride=2, pad=0, step=0.5, **many)  # type: ignore[arg-type]
    yield _Conv(n=2, c=2, f=2, h=4, w=4, kh=2, kw=2, stride=1, pad=1, **many)  # type: ignore[arg-type]
    yield _Conv(n=1, c=3, f=2, h=3, w=7, kh=3, kw=3, stride=1, pad=3, **many)  # type: ignore[arg-type]
    yield _Conv(n=2, c=2, f=1, h=2, w=3, kh=3, kw=4, stride=1, pad=1, **many)  # type: ignore[arg-type]


def conv2d() -> Iterator[tuple[Any, ...]]:
    for n, k in enumerate(_convolutions()):
        x = values(f"conv2d x {n}", k.n, k.c, k.h, k.w, low=k.low, step=k.step)
        w = values(f"conv2d w {n}", k.f, k.c, k.kh, k.kw, low=k.low)
        b = values(f"conv2d b {n}", k.f, low=1) * (1 if k.low > 0 else -1) if k.biased else np.zeros(k.f)
        yield x, w, b, k.stride, k.pad
    x, w, b = values("conv2d x", 1, 2, 6, 5), values("conv2d w", 2, 2, 3, 2), values("conv2d b", 2, low=1)
    yield x, w, b
    yield x, w, b, 2
    yield x[:, :1], w[:1, :1], np.zeros(1)


def conv2d_backward() -> Iterator[tuple[Any, ...]]:
    for n, k in enumerate(_convolutions()):
        if k.biased and k.c == 2 and k.low > 0:
            continue  # without a bias it says nothing that others do not
        rows, cols = ((s + 2 * k.pad - q) // k.stride + 1 for s, q in ((k.h, k.kh), (k.w, k.kw)))
        dout = values(f"backward dout {n}", k.n, k.f, rows, cols, low=k.low)
        x = values(f"backward x {n}", k.n, k.c, k.h, k.w, low=k.low, step=k.step)
        yield dout, x, values(f"backward w {n}", k.f, k.c, k.kh, k.kw, low=k.low), k.stride, k.pad
    x, w = values("backward x", 1, 2, 6, 5), values("backward w", 2, 2, 3, 2)
    yield values("backward dout", 1, 2, 4, 4), x, w
    yield values("backward dout 2", 1, 2, 2, 2), x, w, 2
