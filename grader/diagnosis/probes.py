"""Fixed calls of each exercise that tell mistakes apart: a plain one, variations of one thing at a time, then mixtures.

All values are small whole numbers (or halves), so that results are exact and digests of them can be compared.
The same numbers come out on every machine and with every version of numpy.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.diagnosis import stacks
from grader.diagnosis.facts import FACTS
from grader.diagnosis.mixed import MOST, mixed_calls

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Probe:
    """One call: positional arguments, and what is true of it (fact → bool, the same facts for the whole exercise)."""

    args: tuple[Any, ...]
    facts: Mapping[str, bool]


def probes_of(exercise: str) -> tuple[Probe, ...]:
    """The probes of an exercise of the lesson; none for an exercise that this package does not know."""
    make, facts = _PROBES.get(exercise), FACTS.get(exercise)
    if make is None or facts is None:
        return ()
    calls = list(make())
    calls += mixed_calls(exercise, MOST - len(calls), values, distinct)
    most = max(len(args) for args in calls)
    return tuple(Probe(args, facts(*args) | {"default": len(args) < most}) for args in calls)


def values(seed: str, *shape: int, low: int = -9, high: int = 9, step: float = 1.0) -> Array:
    """Whole numbers from low to high, times `step`; the seed decides which."""
    # random() is the one generator whose numbers are promised never to change.
    source = random.Random(seed)
    count = int(np.prod(shape, dtype=int))
    drawn = [low + int(source.random() * (high - low + 1)) for _ in range(count)]
    return np.array(drawn, dtype=np.float64).reshape(shape) * step


def distinct(seed: str, *shape: int) -> Array:
    """Whole numbers of both signs, no two alike: no maximum is shared."""
    source = random.Random(seed)
    count = int(np.prod(shape, dtype=int))
    keys = [source.random() for _ in range(count)]
    order = sorted(range(count), key=keys.__getitem__)
    return (np.array(order, dtype=np.float64) - count // 2).reshape(shape)


def _output_size() -> Iterator[tuple[int, ...]]:
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


def _conv_at() -> Iterator[tuple[Any, ...]]:
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


def _conv2d_single() -> Iterator[tuple[Any, ...]]:
    for n, (h, w, kh, kw, low, step) in enumerate(_plane_cases()):
        image = values(f"single image {n}", h, w, low=low, step=step)
        yield image, values(f"single kernel {n}", kh, kw, low=low)


def _conv_matrix() -> Iterator[tuple[Any, ...]]:
    for n, (h, w, kh, kw, low, step) in enumerate(_plane_cases()):
        yield values(f"matrix kernel {n}", kh, kw, low=low, step=step), h, w


def _zero_pad() -> Iterator[tuple[Any, ...]]:
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


def _conv2d() -> Iterator[tuple[Any, ...]]:
    for n, k in enumerate(_convolutions()):
        x = values(f"conv2d x {n}", k.n, k.c, k.h, k.w, low=k.low, step=k.step)
        w = values(f"conv2d w {n}", k.f, k.c, k.kh, k.kw, low=k.low)
        b = values(f"conv2d b {n}", k.f, low=1) * (1 if k.low > 0 else -1) if k.biased else np.zeros(k.f)
        yield x, w, b, k.stride, k.pad
    x, w, b = values("conv2d x", 1, 2, 6, 5), values("conv2d w", 2, 2, 3, 2), values("conv2d b", 2, low=1)
    yield x, w, b
    yield x, w, b, 2
    yield x[:, :1], w[:1, :1], np.zeros(1)


def _conv2d_backward() -> Iterator[tuple[Any, ...]]:
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


def _maxpool() -> Iterator[tuple[Any, ...]]:
    for n, (shape, size, stride, kind) in enumerate(_pools()):
        yield _pooled(f"maxpool {n}", shape, kind), size, stride
    yield (_pooled("maxpool defaults", (1, 2, 7, 6), "mixed"),)
    yield _pooled("maxpool default stride", (1, 2, 7, 6), "mixed"), 3


def _maxpool_backward() -> Iterator[tuple[Any, ...]]:
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


def _relu() -> Iterator[tuple[Any, ...]]:
    for n, shape in enumerate(_SHAPES):
        yield (values(f"relu {n}", *shape, low=1),)
        yield (values(f"relu -{n}", *shape, low=-9),)
        yield (values(f"relu half {n}", *shape, low=-9, step=0.5),)
    yield (values("relu below", 2, 3, low=-9, high=-1),)
    yield (values("relu small", 2, 3, low=-3, high=3, step=0.25),)
    yield (values("relu large", 2, 3, low=-900, high=900),)
    yield (np.array([[0.0, -1.0], [1.0, 0.0]]),)


def _relu_backward() -> Iterator[tuple[Any, ...]]:
    for n, shape in enumerate(_SHAPES):
        for sign, (d_low, x_low) in enumerate([(1, 1), (1, -9), (-9, 1), (-9, -9)]):
            yield values(f"rb d {n} {sign}", *shape, low=d_low), values(f"rb x {n} {sign}", *shape, low=x_low)
    yield values("rb d zero", 2, 4, low=1), np.array([[0.0, 1.0, -1.0, 0.0], [2.0, 0.0, 0.0, -3.0]])
    yield values("rb d near", 2, 3, low=1), np.array([[-0.5, 0.5, -0.25], [0.75, -1.5, 0.25]])
    yield values("rb d halves", 2, 3, low=1), values("rb x halves", 2, 3, low=-3, high=-1, step=0.5)
    yield values("rb d half", 2, 4, low=-9, step=0.5), values("rb x half", 2, 4, low=-3, high=3, step=0.25)
    yield values("rb d zero2", 3, 3, low=-9), np.zeros((3, 3))


def _flatten() -> Iterator[tuple[Any, ...]]:
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


def _softmax_loss() -> Iterator[tuple[Any, ...]]:
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


_PROBES: Mapping[str, Callable[[], Iterator[tuple[Any, ...]]]] = {
    "output_size": _output_size,
    "conv_at": _conv_at,
    "conv2d_single": _conv2d_single,
    "zero_pad": _zero_pad,
    "conv2d": _conv2d,
    "relu": _relu,
    "maxpool": _maxpool,
    "flatten": _flatten,
    "edge_filters": lambda: iter([()]),
    "param_count": stacks.calls,
    "conv_matrix": _conv_matrix,
    "relu_backward": _relu_backward,
    "maxpool_backward": _maxpool_backward,
    "conv2d_backward": _conv2d_backward,
    "shape_trace": stacks.calls,
    "cnn_forward": lambda: iter([net[:2] for net in stacks.networks(values)]),
    "softmax_loss": _softmax_loss,
    "cnn_loss": lambda: stacks.networks(values),
}
