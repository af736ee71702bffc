"""Inputs small enough to work out by hand; the handout knows what is right on them, in digests."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np

from _numbers import SIDES, count, fills, kernels
from grader.testing import small_inputs

Arguments = Iterator[tuple[Any, ...]]

BATCHES = ((1, 1, 2, 2), (1, 1, 2, 3), (1, 1, 3, 3), (1, 1, 3, 4), (1, 2, 2, 2), (2, 1, 2, 2), (2, 2, 2, 2))
POOLED = (*BATCHES, (1, 1, 4, 4), (1, 1, 4, 5), (1, 1, 5, 5))
WINDOWS = ((2, 2), (2, 1), (1, 1), (1, 2), (3, 1), (3, 2), (3, 3), (2, 3))


@small_inputs("output_size")
def sizes() -> Arguments:
    """sizes 0 to 10, 28 and 32, kernels 0 to 6, strides 0 to 3, pads −1 to 2."""
    yield from itertools.product((*range(11), 28, 32), range(7), range(4), range(-1, 3))


@small_inputs("conv_at")
def places() -> Arguments:
    """images up to 3×4 that count 1, 2, 3, …; kernels up to 3×3 that count, too, are all ones or have a single 1 in
    the first or last corner, and 1×2, 2×1 and 2×2 ones of 1, 0 and −1; every place."""
    for image, kernel in _images():
        rows, cols = (1 + a - b for a, b in zip(image.shape, kernel.shape, strict=True))
        yield from ((image, kernel, row, col) for row in range(rows) for col in range(cols))


@small_inputs("conv2d_single")
def single() -> Arguments:
    """images up to 3×4 that count 1, 2, 3, …; kernels up to 3×3 that count, too, are all ones or have a single 1 in
    the first or last corner, and 1×2, 2×1 and 2×2 ones of 1, 0 and −1."""
    yield from _images()


def _images() -> Iterator[tuple[np.ndarray, np.ndarray]]:
    for sides in ((2, 2), (2, 3), (3, 2), (3, 3), (3, 4)):
        for kernel in kernels():
            if kernel.shape[0] <= sides[0] and kernel.shape[1] <= sides[1]:
                yield count(*sides), kernel


@small_inputs("zero_pad")
def padded() -> Arguments:
    """images up to 3×3, and batches up to 2×2×2×2 of them, with numbers that count 1, 2, 3, … or are all ones; pads 0
    to 3."""
    shapes = (*SIDES, (1, 2, 2), (2, 2, 2), (2, 1, 2), *BATCHES)
    for shape, pad in itertools.product(shapes, range(4)):
        yield count(*shape), pad
        yield np.ones(shape), pad


@small_inputs("conv2d")
def layers() -> Arguments:
    """batches up to 1×1×3×4 and 2×2×2×2 that count 1, 2, 3, …; one filter of 1×1, 1×2, 2×2 or 3×3 that counts, too,
    with bias 0 or 1, or is all ones, with bias 0; or two that count, with biases 1 and 2; strides 1 and 2, pads 0 and
    1."""
    for batch, sides, filters in itertools.product(BATCHES, ((1, 1), (1, 2), (2, 2), (3, 3)), (1, 2)):
        x, shape = count(*batch), (filters, batch[1], *sides)
        for stride, pad in ((1, 0), (2, 0), (1, 1), (2, 1)):
            if sides[0] <= batch[2] + 2 * pad and sides[1] <= batch[3] + 2 * pad:
                yield x, count(*shape), count(filters), stride, pad
                if filters == 1:
                    yield x, count(*shape), np.zeros(1), stride, pad
                    yield x, np.ones(shape), np.zeros(1), stride, pad


@small_inputs("relu")
def entries() -> Arguments:
    """rows, grids up to 3×3 and batches up to 2×2×2×2 that count 1, 2, 3, …, −1, −2, −3, …, down from above zero to
    below it, or are all ones."""
    for shape in ((1,), (2,), (3,), (4,), (5,), *SIDES, *BATCHES):
        yield from ((x,) for x in fills(*shape))


@small_inputs("maxpool")
def pools() -> Arguments:
    """batches up to 1×1×5×5 and 2×2×2×2 that count 1, 2, 3, …, −1, −2, −3, …, down from above zero to below it, or are
    all ones; sizes and strides 1 to 3."""
    for shape, (size, stride) in itertools.product(POOLED, WINDOWS):
        if size <= min(shape[2:]):
            yield from ((x, size, stride) for x in fills(*shape))


@small_inputs("flatten")
def rows() -> Arguments:
    """batches up to 1×1×5×5 and 2×2×2×2 that count 1, 2, 3, …"""
    yield from ((count(*shape),) for shape in (*POOLED, (1, 1, 1, 2), (2, 1, 1, 1), (1, 3, 1, 2), (2, 3, 1, 2)))


STARTS = ((1, 6, 8), (1, 8, 8), (1, 28, 28), (3, 32, 32))


def _stacks() -> Arguments:
    one = [("conv", *sides) for sides in itertools.product((1, 4, 8), (1, 3, 5), (1, 2), (0, 1))]
    after = (
        [],
        [("relu",)],
        [("maxpool", 2, 2)],
        [("flatten",), ("dense", 10)],
        [("relu",), ("maxpool", 2, 2), ("flatten",), ("dense", 10)],
    )
    for conv, rest, start in itertools.product(one, after, STARTS):
        yield [conv, *rest], start
    for rest, start in itertools.product(after[1:], STARTS):
        yield list(rest), start


@small_inputs("param_count")
def counted() -> Arguments:
    """a conv with 1, 4 or 8 filters of 1, 3 or 5, stride 1 or 2 and pad 0 or 1, then nothing, relu, maxpool 2 2,
    flatten and dense 10, or all of these; or the latter alone; images (1, 6, 8), (1, 8, 8), (1, 28, 28),
    (3, 32, 32)."""
    yield from _stacks()


@small_inputs("shape_trace")
def traced() -> Arguments:
    """a conv with 1, 4 or 8 filters of 1, 3 or 5, stride 1 or 2 and pad 0 or 1, then nothing, relu, maxpool 2 2,
    flatten and dense 10, or all of these; or the latter alone; images (1, 6, 8), (1, 8, 8), (1, 28, 28),
    (3, 32, 32)."""
    yield from _stacks()


@small_inputs("conv_matrix")
def matrices() -> Arguments:
    """kernels up to 2×2 that count 1, 2, 3, …, are all ones or have a single 1 in the first or last corner, and those
    of 1, 0 and −1; images up to 3×3."""
    for kernel, (height, width) in itertools.product(kernels(), SIDES):
        if max(kernel.shape) < 3 and kernel.shape[0] <= height and kernel.shape[1] <= width:
            yield kernel, height, width


@small_inputs("relu_backward")
def relu_gradients() -> Arguments:
    """x as for relu; dout that counts 1, 2, 3, … or is all ones."""
    for (x,) in entries():
        yield count(*x.shape), x
        yield np.ones(x.shape), x


@small_inputs("maxpool_backward")
def pool_gradients() -> Arguments:
    """x up to 1×1×4×5, otherwise x, size and stride as for maxpool; dout that counts 1, 2, 3, … or is all ones."""
    for x, size, stride in pools():
        if x.shape[2:] == (5, 5):
            continue
        shape = (*x.shape[:2], *((side - size) // stride + 1 for side in x.shape[2:]))
        yield count(*shape), x, size, stride
        yield np.ones(shape), x, size, stride


@small_inputs("conv2d_backward")
def conv_gradients() -> Arguments:
    """batches up to 1×1×3×3 and 2×2×2×2 that count 1, 2, 3, …; one or two filters of 1×1, 1×2 or 2×2 that count, too;
    strides 1 and 2, pads 0 and 1; dout that counts 1, 2, 3, … or is all ones."""
    batches = [shape for shape in BATCHES if shape != (1, 1, 3, 4)]
    for batch, sides, filters in itertools.product(batches, ((1, 1), (1, 2), (2, 2)), (1, 2)):
        for stride, pad in ((1, 0), (2, 0), (1, 1)):
            rows, cols = ((a + 2 * pad - b) // stride + 1 for a, b in zip(batch[2:], sides, strict=True))
            shape = (batch[0], filters, rows, cols)
            for dout in (count(*shape), np.ones(shape)):
                yield dout, count(*batch), count(filters, batch[1], *sides), stride, pad


@small_inputs("softmax_loss")
def losses() -> Arguments:
    """one or two rows of two or three scores: all 0, 1, 2, 3, …, 1 and the rest 0, or 1000 and the rest 0; every
    choice of labels. Write results with four decimals."""
    for n, classes in itertools.product((1, 2), (2, 3)):
        first = np.zeros((n, classes))
        first[:, 0] = 1.0
        for logits in (np.zeros((n, classes)), count(n, classes), first, 1000 * first):
            for labels in itertools.product(range(classes), repeat=n):
                yield logits, np.array(labels)
