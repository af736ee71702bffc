"""Right variants: the short exercises."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np

from _views import Array, framed
from grader.testing import variant

Layers = list[tuple[Any, ...]]


@variant("output_size", name="counting-starts")
def counting_starts(size: int, kernel: int, stride: int = 1, pad: int = 0) -> int:
    if min(size, kernel, stride) < 1 or pad < 0:
        raise ValueError("out of range")
    starts = len(range(0, size + 2 * pad - kernel + 1, stride))
    if not starts:
        raise ValueError("the kernel does not fit")
    return starts


@variant("output_size", name="math-floor")
def math_floor(size: int, kernel: int, stride: int = 1, pad: int = 0) -> int:
    for value, least in ((size, 1), (kernel, 1), (stride, 1), (pad, 0)):
        if value < least:
            raise ValueError(f"{value} is below {least}")
    if kernel > size + 2 * pad:
        raise ValueError
    return math.floor((size + 2 * pad - kernel) / stride) + 1


@variant("output_size", name="numpy-integer")
def numpy_integer(size: int, kernel: int, stride: int = 1, pad: int = 0) -> Any:
    class DoesNotFit(ValueError):
        """An error of the student's own."""

    if size < 1 or kernel < 1 or stride < 1 or pad < 0 or kernel > size + 2 * pad:
        raise DoesNotFit("no window fits")
    return np.int32((size + 2 * pad - kernel + stride) // stride)


@variant("zero_pad", name="buffer-and-slice")
def buffer_and_slice(x: Array, pad: int) -> Array:
    return framed(x, pad)


@variant("zero_pad", name="concatenated")
def concatenated(x: Array, pad: int) -> Array:
    band = np.zeros((*x.shape[:-2], pad, x.shape[-1]))
    tall = np.concatenate([band, x, band], axis=-2)
    side = np.zeros((*tall.shape[:-1], pad))
    return np.concatenate([side, tall, side], axis=-1)


@variant("zero_pad", name="ring-by-ring")
def ring_by_ring(x: Array, pad: int) -> Array:
    for _ in range(pad):
        x = np.pad(x, [(0, 0)] * (x.ndim - 2) + [(1, 1), (1, 1)])
    return x


@variant("zero_pad", name="lists-of-float32")
def lists_of_float32(x: Array, pad: int) -> list:
    return framed(x, pad).astype(np.float32).tolist()


@variant("relu", name="where")
def relu_where(x: Array) -> Array:
    return np.where(x > 0, x, 0)


@variant("relu", name="in-place")
def relu_in_place(x: Array) -> Array:
    x[x < 0] = 0
    return x


@variant("relu", name="half-sum")
def relu_half_sum(x: Array) -> Array:
    return (x + np.abs(x)) / 2


@variant("relu", name="vectorised-max")
def relu_vectorised(x: Array) -> Array:
    return np.vectorize(lambda value: max(value, 0.0), otypes=[float])(x)


@variant("flatten", name="ravel-each")
def ravel_each(x: Array) -> list[Array]:
    return [image.ravel() for image in x]


@variant("flatten", name="product-of-sides")
def product_of_sides(x: Array) -> Array:
    return np.reshape(x, (x.shape[0], math.prod(x.shape[1:])))


@variant("flatten", name="lists-chained")
def lists_chained(x: Array) -> list[list[float]]:
    chain = itertools.chain.from_iterable
    return [list(chain(chain(image))) for image in x.tolist()]


@variant("flatten", name="column-major-memory")
def column_major_memory(x: Array) -> Array:
    return np.asfortranarray(x).reshape(len(x), -1)


@variant("edge_filters", name="prewitt-lists")
def prewitt_lists() -> list:
    rows = [[-1, 0, 1]] * 3
    return [rows, [list(column) for column in zip(*rows, strict=True)], [[1 / 9] * 3] * 3]


@variant("edge_filters", name="tiny-and-huge-float32")
def tiny_and_huge() -> Array:
    sobel = np.outer([1, 2, 1], [1, 0, -1])
    gauss = np.outer([1, 2, 1], [1, 2, 1]) / 16
    return np.stack([sobel * 1e-3, sobel.T * 1e4, gauss]).astype(np.float32)


@variant("edge_filters", name="two-pixels")
def two_pixels() -> tuple[Array, Array, Array]:
    across = np.array([[0.0, 0.0, 0.0], [-1.0, 1.0, 0.0], [0.0, 0.0, 0.0]])
    blur = np.array([[0.25, 0.25, 0.0], [0.25, 0.25, 0.0], [0.0, 0.0, 0.0]])
    return across, across.T, blur


@variant("edge_filters", name="second-derivative")
def second_derivative() -> Array:
    line = np.outer([1, 1, 1], [1, -2, 1]).astype(float)
    plus = np.array([[0, 0.2, 0], [0.2, 0.2, 0.2], [0, 0.2, 0]])
    return np.stack([line, line.T, plus])


def side_after(side: int, kernel: int, stride: int, pad: int = 0) -> int:
    return 1 + (side + pad + pad - kernel) // stride


@variant("param_count", name="if-chain")
def if_chain(layers: Layers, input_shape: tuple[int, int, int]) -> int:
    c, h, w = input_shape
    total = 0
    for layer in layers:
        kind = layer[0]
        if kind == "conv":
            f, k, s, p = layer[1:]
            total += f * c * k * k + f
            c, h, w = f, side_after(h, k, s, p), side_after(w, k, s, p)
        elif kind == "maxpool":
            h, w = side_after(h, *layer[1:]), side_after(w, *layer[1:])
        elif kind == "flatten":
            c, h, w = c * h * w, 1, 1
        elif kind == "dense":
            total += (c + 1) * layer[1]
            c = layer[1]
    return total


@variant("param_count", name="shapes-of-arrays")
def shapes_of_arrays(layers: Layers, input_shape: tuple[int, int, int]) -> Any:
    sizes, shape = [0], list(input_shape)
    for kind, *numbers in layers:
        if kind == "conv":
            f, k, s, p = numbers
            sizes += [np.prod((f, shape[0], k, k)), f]
            shape = [f, *(side_after(side, k, s, p) for side in shape[1:])]
        elif kind == "maxpool":
            shape[1:] = [side_after(side, *numbers) for side in shape[1:]]
        elif kind == "flatten":
            shape = [math.prod(shape)]
        elif kind == "dense":
            sizes += [np.prod((shape[0], numbers[0])), numbers[0]]
            shape = numbers
    return np.sum(sizes, dtype=np.int64)


@variant("param_count", name="recursive")
def recursive(layers: Layers, input_shape: tuple[int, ...]) -> int:
    if not layers:
        return 0
    (kind, *numbers), rest = layers[0], layers[1:]
    if kind == "conv":
        f, k, s, p = numbers
        after = (f, *(side_after(side, k, s, p) for side in input_shape[1:]))
        return f * (input_shape[0] * k * k + 1) + recursive(rest, after)
    if kind == "maxpool":
        return recursive(rest, (input_shape[0], *(side_after(side, *numbers) for side in input_shape[1:])))
    if kind == "flatten":
        return recursive(rest, (math.prod(input_shape),))
    if kind == "dense":
        return numbers[0] * (input_shape[0] + 1) + recursive(rest, tuple(numbers))
    return recursive(rest, input_shape)


@variant("shape_trace", name="tuple-of-lists")
def tuple_of_lists(layers: Layers, input_shape: tuple[int, int, int]) -> tuple:
    shape, trace = list(input_shape), []
    for kind, *numbers in layers:
        if kind == "conv":
            f, k, s, p = numbers
            shape = [np.int64(f), *(np.int64(side_after(side, k, s, p)) for side in shape[1:])]
        elif kind == "maxpool":
            shape = [shape[0], *(side_after(side, *numbers) for side in shape[1:])]
        elif kind == "flatten":
            shape = [math.prod(shape)]
        elif kind == "dense":
            shape = list(numbers)
        trace.append(shape)
    return tuple(trace)


@variant("shape_trace", name="table-of-functions")
def table_of_functions(layers: Layers, input_shape: tuple[int, int, int]) -> list:
    table = {
        "conv": lambda s, f, k, t, p: (f, side_after(s[1], k, t, p), side_after(s[2], k, t, p)),
        "maxpool": lambda s, k, t: (s[0], side_after(s[1], k, t), side_after(s[2], k, t)),
        "flatten": lambda s: (s[0] * s[1] * s[2],),
        "dense": lambda s, units: (units,),
        "relu": lambda s: s,
    }
    steps = itertools.accumulate(
        layers, lambda s, layer: table[layer[0]](s, *layer[1:]), initial=tuple(input_shape)
    )
    return list(steps)[1:]


@variant("shape_trace", name="empty-arrays")
def empty_arrays(layers: Layers, input_shape: tuple[int, int, int]) -> list:
    x, trace = np.empty(input_shape), []
    for kind, *numbers in layers:
        if kind in ("conv", "maxpool"):
            k, s, p = numbers[1:] if kind == "conv" else (*numbers, 0)
            sides = (side_after(side, k, s, p) for side in x.shape[1:])
            x = np.empty((numbers[0] if kind == "conv" else x.shape[0], *sides))
        elif kind == "flatten":
            x = x.reshape(-1)
        elif kind == "dense":
            x = np.empty(numbers)
        trace.append(x.shape)
    return trace
