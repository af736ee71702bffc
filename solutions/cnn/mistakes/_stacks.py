"""What the mistakes in counting parameters and tracing shapes share: a walk through a stack of layers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from grader.testing import StyleDecides

Shape = tuple[int, ...]
Size = Callable[[int, int, int, int], int]


def rounded_down(side: int, kernel: int, stride: int, pad: int) -> int:
    return (side + 2 * pad - kernel) // stride + 1


def rounded_up(side: int, kernel: int, stride: int, pad: int) -> int:
    return -(-(side + 2 * pad - kernel) // stride) + 1


def without_pad(side: int, kernel: int, stride: int, pad: int) -> int:
    return (side - kernel) // stride + 1


def without_stride(side: int, kernel: int, stride: int, pad: int) -> int:
    return side + 2 * pad - kernel + 1


def stride_is_size(side: int, kernel: int, stride: int, pad: int) -> int:
    return (side - kernel) // kernel + 1


def unchanged(side: int, kernel: int, stride: int, pad: int) -> int:
    return side


def walk(
    layers: list[tuple[Any, ...]],
    input_shape: Shape,
    *,
    conv: Size = rounded_down,
    pool: Size = rounded_down,
    square: bool = False,
    channels_follow: bool = True,
    flat_channels: bool = True,
) -> Iterator[tuple[tuple[Any, ...], Shape, Shape]]:
    """(layer, shape before, shape after) for each layer; the keywords are what a mistake changes."""
    shape = tuple(input_shape)
    for layer in layers:
        before = shape
        match layer:
            case ("conv", filters, kernel, stride, pad):
                rows, cols = (conv(side, kernel, stride, pad) for side in shape[1:])
                shape = (filters if channels_follow else shape[0], rows, rows if square else cols)
            case ("maxpool", size, stride):
                rows, cols = (pool(side, size, stride, 0) for side in shape[1:])
                shape = (shape[0], rows, rows if square else cols)
            case ("flatten",):
                shape = ((shape[0] if flat_channels else 1) * shape[1] * shape[2],)
            case ("dense", units):
                shape = (units,)
        if min(shape) < 1:
            raise StyleDecides
        yield layer, before, shape
