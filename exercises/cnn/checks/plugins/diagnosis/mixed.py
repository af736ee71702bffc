"""More probes, of sizes thrown together: what was true of every hand-made probe by chance is seldom true of these."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Values = Callable[..., Array]


class _Dice:
    """Whole numbers that are the same on every machine."""

    def __init__(self, seed: str) -> None:
        self._source = random.Random(seed)

    def __call__(self, low: int, high: int) -> int:
        # random() is the one generator whose numbers are promised never to change.
        return low + int(self._source.random() * (high - low + 1))


def mixed_calls(
    exercise: str, numbers: Iterable[int], values: Values, distinct: Values
) -> Iterator[tuple[Any, ...]]:
    """Calls of an exercise with several things varied at once, by their numbers; none for exercises that need none."""
    make = _MIXED.get(exercise)
    for number in numbers if make else ():
        assert make is not None
        name = f"mixed {exercise} {number}"
        yield make(name, _Dice(name), values, distinct)


def _plane(dice: _Dice) -> tuple[int, int, int, int]:
    kh, kw = dice(1, 3), dice(1, 3)
    return kh + dice(0, 4), kw + dice(0, 4), kh, kw


def _output_size(name: str, dice: _Dice, values: Values, distinct: Values) -> tuple[Any, ...]:
    kernel, stride, pad = dice(1, 7), dice(1, 4), dice(0, 3)
    return max(1, kernel - 2 * pad) + dice(0, 12), kernel, stride, pad


def _conv_at(name: str, dice: _Dice, values: Values, distinct: Values) -> tuple[Any, ...]:
    h, w, kh, kw = _plane(dice)
    return values(name, h, w), values(name + "k", kh, kw), dice(0, h - kh), dice(0, w - kw)


def _conv2d_single(name: str, dice: _Dice, values: Values, distinct: Values) -> tuple[Any, ...]:
    h, w, kh, kw = _plane(dice)
    return values(name, h, w), values(name + "k", kh, kw)


def _conv_matrix(name: str, dice: _Dice, values: Values, distinct: Values) -> tuple[Any, ...]:
    h, w, kh, kw = _plane(dice)
    return values(name, kh, kw), h, w


def _zero_pad(name: str, dice: _Dice, values: Values, distinct: Values) -> tuple[Any, ...]:
    shape = [dice(1, 4) for _ in range(dice(2, 5))]
    return values(name, *shape), dice(0, 3)


def _conv_sizes(dice: _Dice) -> tuple[int, ...]:
    kh, kw, stride, pad = dice(1, 3), dice(1, 3), dice(1, 3), dice(0, 2)
    h, w = max(1, kh - 2 * pad) + dice(0, 4), max(1, kw - 2 * pad) + dice(0, 4)
    return dice(1, 3), dice(1, 3), dice(1, 3), h, w, kh, kw, stride, pad


def _conv2d(name: str, dice: _Dice, values: Values, distinct: Values) -> tuple[Any, ...]:
    n, c, f, h, w, kh, kw, stride, pad = _conv_sizes(dice)
    bias = values(name + "b", f) * dice(0, 1)
    return values(name + "x", n, c, h, w), values(name + "w", f, c, kh, kw), bias, stride, pad


def _conv2d_backward(name: str, dice: _Dice, values: Values, distinct: Values) -> tuple[Any, ...]:
    n, c, f, h, w, kh, kw, stride, pad = _conv_sizes(dice)
    rows, cols = (h + 2 * pad - kh) // stride + 1, (w + 2 * pad - kw) // stride + 1
    x, weights = values(name + "x", n, c, h, w), values(name + "w", f, c, kh, kw)
    return values(name + "d", n, f, rows, cols), x, weights, stride, pad


def _pool(name: str, dice: _Dice, values: Values, distinct: Values) -> tuple[Any, int, int]:
    size, stride = dice(1, 3), dice(1, 3)
    shape = dice(1, 3), dice(1, 3), size + dice(0, 4), size + dice(0, 4)
    x = values(name, *shape, low=-1, high=1) if dice(0, 2) == 0 else distinct(name, *shape) + dice(-9, 9)
    return x, size, stride


def _maxpool_backward(name: str, dice: _Dice, values: Values, distinct: Values) -> tuple[Any, ...]:
    x, size, stride = _pool(name, dice, values, distinct)
    rows, cols = (x.shape[2] - size) // stride + 1, (x.shape[3] - size) // stride + 1
    return values(name + "d", *x.shape[:2], rows, cols), x, size, stride


def _stack(name: str, dice: _Dice, values: Values, distinct: Values) -> tuple[Any, ...]:
    shape = dice(1, 3), dice(2, 12), dice(2, 12)
    sides, layers = list(shape[1:]), []
    for _ in range(dice(0, 3)):
        kernel, stride = dice(1, min(3, *sides)), dice(1, 3)
        pad = dice(0, 2)
        kind: tuple[Any, ...] = ("conv", dice(1, 5), kernel, stride, pad)
        if dice(0, 2) == 0:
            kind, pad = ("maxpool", kernel, stride), 0
        layers.append(kind)
        sides = [(side + 2 * pad - kernel) // stride + 1 for side in sides]
        if dice(0, 3) == 0:
            layers.append(("relu",))
    if dice(0, 3) or not layers:
        layers.append(("flatten",))
        layers += [("dense", dice(1, 30)) for _ in range(dice(0, 2))]
    return layers, shape


def _relu(name: str, dice: _Dice, values: Values, distinct: Values) -> tuple[Any, ...]:
    return (values(name, *[dice(1, 4) for _ in range(dice(1, 4))], low=-3, high=3),)


def _relu_backward(name: str, dice: _Dice, values: Values, distinct: Values) -> tuple[Any, ...]:
    shape = [dice(1, 4) for _ in range(dice(1, 4))]
    return values(name, *shape), values(name + "x", *shape, low=-3, high=3)


def _flatten(name: str, dice: _Dice, values: Values, distinct: Values) -> tuple[Any, ...]:
    return (values(name, dice(1, 4), dice(1, 4), dice(1, 4), dice(1, 4)),)


def _softmax_loss(name: str, dice: _Dice, values: Values, distinct: Values) -> tuple[Any, ...]:
    rows, classes, scale = dice(1, 4), dice(2, 5), (1, 3, 100)[dice(0, 2)]
    labels = np.array([dice(0, classes - 1) for _ in range(rows)])
    return values(name, rows, classes, low=-4, high=4, step=scale), labels


_MIXED: Mapping[str, Callable[..., tuple[Any, ...]]] = {
    "output_size": _output_size,
    "conv_at": _conv_at,
    "conv2d_single": _conv2d_single,
    "conv_matrix": _conv_matrix,
    "zero_pad": _zero_pad,
    "conv2d": _conv2d,
    "conv2d_backward": _conv2d_backward,
    "maxpool": _pool,
    "maxpool_backward": _maxpool_backward,
    "param_count": _stack,
    "shape_trace": _stack,
    "relu": _relu,
    "relu_backward": _relu_backward,
    "flatten": _flatten,
    "softmax_loss": _softmax_loss,
}
