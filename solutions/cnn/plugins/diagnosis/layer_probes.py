"""Calls of the other layers: pooling, ReLU, flatten and the loss, forward and backward."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from .numbers import Array, distinct, values


def _pools() -> Iterator[tuple[tuple[int, int, int, int], int, int, str]]:
    plain, below, halves, tied = "positive", "negative", "halves", "tied"
    # (N, C, H, W), size, stride, values
    yield from [((1, 1, 4, 4), 2, 2, plain), ((1, 1, 6, 6), 3, 3, plain), ((1, 1, 3, 3), 1, 1, plain)]
    yield from [((1, 1, 4, 6), 2, 2, plain), ((1, 1, 6, 4), 2, 2, plain), ((1, 1, 2, 2), 2, 2, plain)]
    yield from [((2, 1, 4, 4), 2, 2, plain), ((1, 2, 4, 4), 2, 2, plain), ((1, 3, 4, 4), 2, 2, plain)]
    yield from [((1, 1, 5, 5), 2, 2, plain), ((1, 1, 5, 4), 2, 2, plain), ((1, 1, 4, 5), 2, 2, plain)]
    yield from [((1, 1, 4, 4), 2, 1, plain), ((1, 1, 5, 5), 3, 1, plain), ((1, 1, 5, 5), 3, 2, plain)]
    yield from [((1, 1, 5, 5), 2, 3, plain), ((1, 1, 5, 5), 1, 2, plain), ((1, 1, 4, 4), 1, 3, plain)]
    yield from [((1, 1, 4, 4), 2, 2, below), ((1, 1, 4, 4), 2, 2, "mixed"), ((1, 1, 4, 4), 2, 2, halves)]
    yield from [((1, 1, 4, 4), 2, 2, tied), ((1, 1, 4, 4), 2, 1, tied), ((1, 1, 6, 6), 3, 3, tied)]
    yield from [((2, 3, 7, 5), 3, 2, "mixed"), ((2, 2, 5, 7), 2, 1, below), ((3, 2, 6, 8), 2, 3, "mixed")]
    yield from [((2, 1, 8, 5), 4, 2, "mixed"), ((1, 2, 5, 8), 3, 3, halves), ((2, 2, 6, 7), 2, 2, below)]
    yield from [((2, 2, 4, 5), 1, 2, "mixed"), ((1, 2, 3, 4), 1, 1, tied), ((1, 1, 7, 5), 1, 3, "mixed")]
    yield from [((1, 1, 3, 3), 1, 1, halves), ((2, 3, 3, 6), 2, 1, halves)]
    yield from [((1, 2, 6, 7), 2, 3, below), ((1, 2, 7, 5), 2, 3, "mixed")]
    yield from [((2, 2, 5, 6), 3, 1, tied), ((2, 3, 6, 5), 2, 2, tied), ((1, 2, 7, 4), 2, 4, "mixed")]


def _pooled(name: str, shape: tuple[int, ...], kind: str) -> Array:
    if kind == "tied":
        return values(name, *shape, low=-1, high=0)
    x = distinct(name, *shape)
    if kind == "mixed":
        return x
    if kind == "negative":
        return x - np.prod(shape)
    return (x + np.prod(shape)) * (0.5 if kind == "halves" else 1.0)


def maxpool() -> Iterator[tuple[Any, ...]]:
    for n, (shape, size, stride, kind) in enumerate(_pools()):
        yield _pooled(f"maxpool {n}", shape, kind), size, stride
    yield (_pooled("maxpool defaults", (1, 2, 7, 6), "mixed"),)
    yield _pooled("maxpool default stride", (1, 2, 7, 6), "mixed"), 3


def maxpool_backward() -> Iterator[tuple[Any, ...]]:
    for n, (shape, size, stride, kind) in enumerate(_pools()):
        rows, cols = ((side - size) // stride + 1 for side in shape[2:])
        dout = values(f"pool dout {n}", *shape[:2], rows, cols, low=1 if kind == "positive" else -9)
        yield dout * (0.5 if kind == "halves" else 1.0), _pooled(f"pool x {n}", shape, kind), size, stride
    yield values("pool dout defaults", 1, 2, 3, 3), _pooled("pool x defaults", (1, 2, 7, 6), "mixed")
    yield values("pool dout stride", 1, 2, 3, 2), _pooled("pool x stride", (1, 2, 7, 6), "mixed"), 3


_SHAPES: tuple[tuple[int, ...], ...] = (
    (1, 1, 2, 2),
    (4,),
    (2, 3),
    (2, 1, 3, 3),
    (1, 2, 3, 3),
    (2, 3, 3, 2),
    (1, 1, 2, 4),
)


def relu() -> Iterator[tuple[Any, ...]]:
    for n, shape in enumerate(_SHAPES):
        yield (values(f"relu {n}", *shape, low=1),)
        yield (values(f"relu -{n}", *shape, low=-9),)
        yield (values(f"relu half {n}", *shape, low=-9, step=0.5),)
    yield (values("relu below", 2, 3, low=-9, high=-1),)
    yield (values("relu small", 2, 3, low=-3, high=3, step=0.25),)
    yield (values("relu large", 2, 3, low=-900, high=900),)
    yield (np.array([[0.0, -1.0], [1.0, 0.0]]),)


def relu_backward() -> Iterator[tuple[Any, ...]]:
    for n, shape in enumerate(_SHAPES):
        for sign, (d_low, x_low) in enumerate([(1, 1), (1, -9), (-9, 1), (-9, -9)]):
            yield values(f"rb d {n} {sign}", *shape, low=d_low), values(f"rb x {n} {sign}", *shape, low=x_low)
    yield values("rb d zero", 2, 4, low=1), np.array([[0.0, 1.0, -1.0, 0.0], [2.0, 0.0, 0.0, -3.0]])
    yield values("rb d near", 2, 3, low=1), np.array([[-0.5, 0.5, -0.25], [0.75, -1.5, 0.25]])
    yield values("rb d halves", 2, 3, low=1), values("rb x halves", 2, 3, low=-3, high=-1, step=0.5)
    yield values("rb d half", 2, 4, low=-9, step=0.5), values("rb x half", 2, 4, low=-3, high=3, step=0.25)
    yield values("rb d zero2", 3, 3, low=-9), np.zeros((3, 3))


def flatten() -> Iterator[tuple[Any, ...]]:
    shapes = [
        (1, 1, 2, 2),
        (2, 1, 2, 2),
        (1, 2, 2, 2),
        (1, 1, 2, 3),
        (1, 1, 3, 2),
        (1, 3, 1, 1),
        (3, 1, 1, 1),
    ]
    shapes += [
        (1, 1, 1, 4),
        (1, 1, 4, 1),
        (2, 2, 2, 2),
        (3, 3, 3, 3),
        (2, 3, 4, 5),
        (3, 2, 5, 4),
        (4, 1, 2, 3),
    ]
    for n, shape in enumerate(shapes):
        yield (values(f"flatten {n}", *shape, low=1 if n < 7 else -9),)
    yield (values("flatten half", 2, 2, 3, 2, step=0.5),)


def softmax_loss() -> Iterator[tuple[Any, ...]]:
    # Rows, classes, least and greatest logit, step, right classes
    cases: list[tuple[int, int, int, int, float, list[int]]] = [
        (1, 2, 0, 3, 1, [0]),
        (1, 2, 0, 3, 1, [1]),
        (1, 3, 0, 3, 1, [2]),
        (1, 5, 0, 3, 1, [3]),
        (2, 2, 0, 3, 1, [0, 1]),
        (2, 2, 0, 3, 1, [1, 1]),
        (3, 3, 0, 3, 1, [1, 2, 0]),
        (4, 3, 0, 3, 1, [2, 2, 1, 0]),
        (3, 5, 0, 3, 1, [4, 0, 2]),
        (1, 3, -5, -1, 1, [1]),
        (1, 3, -3, 3, 1, [0]),
        (1, 3, -3, 3, 0.5, [2]),
        (2, 4, -5, 5, 0.5, [3, 0]),
        (5, 2, -4, 4, 1, [0, 1, 1, 0, 1]),
        (1, 3, 1000, 1003, 1, [1]),
        (1, 3, -1003, -1000, 1, [2]),
        (2, 3, -900, 900, 1, [0, 1]),
        (3, 4, 700, 2000, 1, [2, 0, 3]),
    ]
    for n, (rows, classes, low, high, step, labels) in enumerate(cases):
        yield values(f"softmax {n}", rows, classes, low=low, high=high, step=step), np.array(labels)
    yield np.array([[1000.0, 1001.0, 999.0], [-1000.0, -1002.0, -999.0]]), np.array([0, 1])
    yield np.array([[0.0, 2.0], [3000.0, 3001.0], [-2000.0, -2003.0]]), np.array([1, 0, 0])
