"""Probes of the exercises about whole stacks: layer lists, and small CNNs with their batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Layers = list[tuple[Any, ...]]
_Case = tuple[tuple[int, int, int, int], tuple[int, int, int, int], int, bool, int]


def calls() -> Iterator[tuple[Layers, tuple[int, int, int]]]:
    """(layers, input_shape) for shape_trace and param_count."""
    flat: Layers = [("flatten",)]
    conv: Layers = [("conv", 4, 3, 1, 0)]
    yield conv, (1, 6, 6)
    yield [("conv", 4, 1, 1, 0)], (1, 6, 6)
    yield conv, (3, 6, 6)
    yield conv, (1, 6, 9)
    yield conv, (1, 9, 6)
    yield [("conv", 5, 3, 1, 1)], (1, 6, 6)
    yield [("conv", 5, 3, 1, 2)], (2, 6, 6)
    yield [("conv", 4, 2, 2, 0)], (1, 6, 6)
    yield [("conv", 4, 3, 2, 0)], (1, 6, 6)
    yield [("relu",)], (2, 6, 6)
    yield [("maxpool", 2, 2)], (1, 6, 6)
    yield [("maxpool", 3, 3)], (3, 6, 6)
    yield [("maxpool", 2, 2)], (1, 7, 7)
    yield [("maxpool", 3, 1)], (1, 6, 6)
    yield [("maxpool", 2, 3)], (2, 8, 8)
    yield flat, (1, 3, 3)
    yield flat, (2, 3, 4)
    yield [*flat, ("dense", 7)], (1, 3, 3)
    yield [*flat, ("dense", 7), ("dense", 3)], (1, 3, 3)
    yield [*flat, ("dense", 7), ("relu",), ("dense", 3)], (2, 3, 4)
    yield [*flat, ("dense", 30)], (1, 2, 2)
    yield [*conv, ("relu",)], (1, 6, 6)
    yield [*conv, ("conv", 6, 3, 1, 0)], (1, 6, 6)
    yield [*conv, ("conv", 6, 2, 1, 1), ("conv", 3, 2, 1, 0)], (2, 6, 7)
    yield [*conv, *flat, ("dense", 5)], (1, 6, 6)
    yield [("conv", 3, 3, 2, 1), *flat, ("dense", 5)], (1, 6, 8)
    yield [("maxpool", 2, 2), *flat, ("dense", 5)], (1, 7, 8)
    yield [("maxpool", 3, 2), *flat, ("dense", 5)], (2, 8, 6)
    yield [*conv, ("relu",), ("maxpool", 2, 2), ("conv", 6, 2, 1, 0)], (2, 9, 7)
    yield [("maxpool", 2, 3), ("conv", 3, 2, 1, 2), *flat, ("dense", 4)], (2, 9, 13)
    yield (
        [("conv", 4, 3, 2, 1), ("relu",), ("maxpool", 3, 2), *flat, ("dense", 7), ("relu",), ("dense", 5)],
        (3, 14, 9),
    )
    yield (
        [("conv", 2, 5, 1, 2), ("maxpool", 2, 2), ("conv", 8, 3, 3, 0), ("relu",), *flat, ("dense", 10)],
        (1, 12, 17),
    )


def networks(values: Callable[..., Array]) -> Iterator[tuple[dict[str, Array], Array, NDArray[np.int64]]]:
    """(params, x, labels): weights are multiples of powers of two, so that the logits are exact."""
    # Images (N, C, H, W), filters of the four convolutions, classes, with biases, and which draw: one on which no
    # gradient vanishes, and no ReLU and no pool is decided by rounding.
    cases: list[_Case] = [
        ((1, 1, 16, 16), (1, 1, 1, 1), 2, False, 2),
        ((2, 1, 16, 16), (1, 1, 1, 1), 2, False, 35),
        ((1, 2, 16, 16), (1, 1, 1, 1), 2, False, 0),
        ((1, 1, 16, 16), (2, 1, 2, 2), 2, False, 2),
        ((1, 1, 16, 16), (1, 1, 1, 1), 4, False, 62),
        ((1, 1, 16, 16), (1, 1, 1, 1), 2, True, 85),
        ((1, 1, 16, 20), (1, 1, 1, 1), 2, False, 1),
        ((1, 1, 20, 16), (1, 1, 1, 1), 2, False, 15),
        ((1, 1, 17, 19), (1, 1, 1, 1), 2, False, 25),
        ((3, 2, 18, 21), (2, 3, 2, 3), 3, True, 111),
        ((2, 1, 19, 16), (3, 2, 2, 1), 4, True, 210),
        ((2, 1, 20, 24), (1, 1, 1, 2), 2, True, 4),
    ]
    yield from _drawn("net", cases, values)


def fresh_networks(
    values: Callable[..., Array],
) -> Iterator[tuple[dict[str, Array], Array, NDArray[np.int64]]]:
    """More of them, on which nothing is found."""
    cases: list[_Case] = [
        ((1, 1, 17, 16), (1, 2, 1, 1), 3, True, 1),
        ((2, 2, 16, 18), (2, 1, 1, 2), 2, False, 1),
        ((3, 1, 16, 17), (1, 1, 2, 1), 2, True, 1),
        ((1, 3, 21, 18), (1, 1, 1, 2), 5, True, 1),
        ((2, 1, 18, 18), (1, 2, 2, 1), 3, False, 2),
    ]
    yield from _drawn("fresh net", cases, values)


def _drawn(
    kind: str, cases: list[_Case], values: Callable[..., Array]
) -> Iterator[tuple[dict[str, Array], Array, NDArray[np.int64]]]:
    for n, (shape, filters, classes, biased, draw) in enumerate(cases):
        name = f"{kind} {n} {draw}"
        params: dict[str, Array] = {}
        channels, height, width = shape[1:]
        for k, f in enumerate(filters, start=1):
            params[f"w{k}"] = values(f"{name} w{k}", f, channels, 3, 3, low=-40, high=50) / 64
            params[f"b{k}"] = values(f"{name} b{k}", f, low=-6, high=9) / 4 if biased else np.zeros(f)
            channels = f
        places = ((height - 4) // 2 - 4) // 2 * (((width - 4) // 2 - 4) // 2)
        params["w5"] = values(f"{name} w5", channels * places, classes, low=-4, high=4) / 16
        params["b5"] = values(f"{name} b5", classes, low=-3, high=3) / 2 if biased else np.zeros(classes)
        x = values(f"{name} x", *shape, low=-2, high=4)
        yield params, x, values(f"{name} labels", shape[0], low=0, high=classes - 1).astype(np.int64)
