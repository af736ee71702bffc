"""Hidden tests of the chapter `convolution`: 28 points.

Each test is about one thing and avoids what is special elsewhere (no bias in the test of strides, one channel in the
test of padding, squares where the batch is tested, no padding in some and a padding of 1 in others), so that one
mistake does not cost the whole exercise; the last test puts everything together, with numbers of any size.
"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from grader.testing import agree, agree_integer, magnitude, must_raise

from .strategies import (
    NOT_NEGATIVE,
    PART,
    UNITS,
    Array,
    Conv,
    batches,
    convs,
    image_and_kernel,
    in_units,
    places,
    probe,
    sides,
)

NO_BIAS = st.just(0.0)
ONE = st.just(1)
NONE = st.just(0)
#: To be taken times a unit: one call with every option, small enough to cost nothing.
SMALL = Conv(probe(1, 2, 3, 4), probe(2, 2, 2, 2), np.array([2.0, -3.0]), 2, 1)


@pytest.mark.exercise("output_size", points=1)
@given(kernel=st.integers(1, 9), more=st.integers(1, 30))
@example(kernel=5, more=23)
def test_plain_size(student: SimpleNamespace, reference: SimpleNamespace, kernel: int, more: int) -> None:
    """Stride 1 and no padding, both left at their defaults"""
    agree_integer(student.output_size(kernel + more, kernel), reference.output_size(kernel + more, kernel))


@pytest.mark.exercise("output_size", points=0.75)
@given(size=st.integers(1, 20), kernel=st.integers(1, 7), pad=st.integers(1, 3))
@example(size=5, kernel=3, pad=1)
@example(size=2, kernel=4, pad=2)
def test_size_with_padding(
    student: SimpleNamespace, reference: SimpleNamespace, size: int, kernel: int, pad: int
) -> None:
    """Padding on both sides, with stride 1; a kernel may be longer than the side without it"""
    kernel = min(kernel, size + 2 * pad - 1)
    agree_integer(student.output_size(size, kernel, pad=pad), reference.output_size(size, kernel, 1, pad))


@pytest.mark.exercise("output_size", points=1)
@given(side=sides())
@example(side=(8, 3, 2, 2))
@example(side=(7, 2, 4, 1))
@example(side=(100_003, 7, 2, 3))
def test_size_with_stride_and_padding(
    student: SimpleNamespace, reference: SimpleNamespace, side: tuple[int, int, int, int]
) -> None:
    """Stride and padding together, also where the stride does not divide evenly"""
    size, kernel, stride, pad = side
    agree_integer(student.output_size(size, kernel, stride=stride, pad=pad), reference.output_size(*side))


@pytest.mark.exercise("output_size", points=0.5)
@given(which=st.integers(0, 3), below=st.integers(1, 3))
@example(which=0, below=1)
@example(which=1, below=1)
@example(which=2, below=1)
@example(which=3, below=1)
def test_arguments_out_of_range(
    student: SimpleNamespace, reference: SimpleNamespace, which: int, below: int
) -> None:
    """Below the smallest value allowed: ValueError; at it: a size"""
    agree_integer(student.output_size(1, 1, 1, 1), reference.output_size(1, 1, 1, 1))
    # There is room for the kernel in any case, so that only the argument out of range is wrong.
    arguments = [1, 1, 1, 4] if which < 3 else [9, 1, 1, 0]
    arguments[which] -= below
    must_raise(ValueError, student.output_size, *arguments)


@pytest.mark.exercise("output_size", points=0.75)
@given(size=st.integers(1, 9), stride=st.integers(1, 3), more=st.integers(1, 4))
@example(size=3, stride=1, more=1)
@example(size=2, stride=3, more=2)
def test_kernel_too_long(
    student: SimpleNamespace, reference: SimpleNamespace, size: int, stride: int, more: int
) -> None:
    """A kernel as long as the side fits once; a longer one is a ValueError"""
    agree_integer(student.output_size(size, size, stride), reference.output_size(size, size, stride))
    must_raise(ValueError, student.output_size, size, size + more, stride)


@pytest.mark.exercise("conv_at", points=1.25)
@given(pair=image_and_kernel(square=True, values=NOT_NEGATIVE))
@example(pair=(probe(4, 4) + 5, probe(3, 3) + 5))
def test_first_patch(student: SimpleNamespace, reference: SimpleNamespace, pair: tuple[Array, Array]) -> None:
    """The patch in the top-left corner, image and kernel square, no number negative"""
    agree(student.conv_at(*pair, 0, 0), reference.conv_at(*pair, 0, 0))


@pytest.mark.exercise("conv_at", points=0.75)
@given(place=places())
@example(place=(probe(5, 7), probe(2, 2), 1, 3))
@example(place=(probe(6, 4), probe(3, 3), 3, 1))
def test_any_patch(
    student: SimpleNamespace, reference: SimpleNamespace, place: tuple[Array, Array, int, int]
) -> None:
    """A patch anywhere, on images that are not square"""
    agree(student.conv_at(*place), reference.conv_at(*place))


@pytest.mark.exercise("conv_at", points=1)
@given(pair=image_and_kernel(units=True))
@example(pair=(probe(5, 7), probe(2, 3)))
@example(pair=(probe(6, 4) / 2, probe(3, 2)))
@example(pair=(probe(4, 3) * UNITS[0], probe(2, 3) * PART))
@example(pair=(probe(4, 3) * UNITS[1], probe(2, 3) * PART))
@example(pair=(probe(4, 3) * UNITS[2], probe(2, 3) * PART))
def test_patch_of_any_shape(
    student: SimpleNamespace, reference: SimpleNamespace, pair: tuple[Array, Array]
) -> None:
    """Kernels that are not square, and fractions, large and small numbers"""
    agree(
        student.conv_at(*pair, 0, 0),
        reference.conv_at(*pair, 0, 0),
        scale=magnitude(*pair, terms=pair[1].size),
    )


@pytest.mark.exercise("conv2d_single", points=2)
@given(pair=image_and_kernel(square=True))
@example(pair=(probe(5, 5), probe(3, 3)))
def test_square_map(student: SimpleNamespace, reference: SimpleNamespace, pair: tuple[Array, Array]) -> None:
    """A square image and a square kernel"""
    agree(student.conv2d_single(*pair), reference.conv2d_single(*pair))


@pytest.mark.exercise("conv2d_single", points=3)
@given(pair=image_and_kernel())
@example(pair=(probe(7, 5), probe(3, 2)))
@example(pair=(probe(4, 6), probe(1, 3)))
def test_map_of_any_shape(
    student: SimpleNamespace, reference: SimpleNamespace, pair: tuple[Array, Array]
) -> None:
    """Images and kernels of any shape, square or not"""
    agree(student.conv2d_single(*pair), reference.conv2d_single(*pair))


@pytest.mark.exercise("conv2d_single", points=1)
@given(pair=image_and_kernel(square=True, units=True))
@example(pair=(probe(4, 4) / 2, probe(2, 2) / 2))
@example(pair=(probe(3, 3) * UNITS[0], probe(2, 2) * PART))
@example(pair=(probe(3, 3) * UNITS[1], probe(2, 2) * PART))
@example(pair=(probe(3, 3) * UNITS[2], probe(2, 2) * PART))
def test_map_of_fractions(
    student: SimpleNamespace, reference: SimpleNamespace, pair: tuple[Array, Array]
) -> None:
    """Fractions stay fractions; large and small numbers, too"""
    agree(
        student.conv2d_single(*pair),
        reference.conv2d_single(*pair),
        scale=magnitude(*pair, terms=pair[1].size),
    )


@pytest.mark.exercise("zero_pad", points=1.25)
@given(x=batches(least=1, most=4), pad=st.integers(1, 3))
@example(x=probe(2, 3, 4, 3), pad=2)
def test_pad_batch(student: SimpleNamespace, reference: SimpleNamespace, x: Array, pad: int) -> None:
    """A batch of images grows in height and width, on both sides, and nowhere else"""
    agree(student.zero_pad(x, pad), reference.zero_pad(x, pad))


@pytest.mark.exercise("zero_pad", points=1)
@given(
    x=in_units(st.lists(st.integers(1, 3), min_size=2, max_size=5).map(tuple)),
    pad=st.integers(1, 3),
)
@example(x=probe(3, 4), pad=1)
@example(x=probe(2, 4, 3) / 2, pad=1)
@example(x=probe(2, 3) * UNITS[0], pad=1)
@example(x=probe(2, 3) * UNITS[1], pad=1)
@example(x=probe(2, 3) * UNITS[2], pad=1)
def test_pad_any_axes(student: SimpleNamespace, reference: SimpleNamespace, x: Array, pad: int) -> None:
    """Arrays with two or more axes, any numbers in them: only the last two grow"""
    agree(student.zero_pad(x, pad), reference.zero_pad(x, pad), scale=magnitude(x))


@pytest.mark.exercise("zero_pad", points=0.75)
@given(x=batches(least=1, most=4))
@example(x=probe(1, 2, 3, 4))
def test_pad_zero(student: SimpleNamespace, reference: SimpleNamespace, x: Array) -> None:
    """pad = 0 adds nothing, pad = 1 one line on every side"""
    for pad in (0, 1):
        agree(student.zero_pad(x, pad), reference.zero_pad(x, pad))


@pytest.mark.exercise("conv2d", points=1.5)
@given(conv=convs(single=True, strides=ONE, pads=NONE, biases=NO_BIAS))
@example(conv=Conv(probe(1, 1, 6, 5), probe(1, 1, 3, 2), np.zeros(1), 1, 0))
def test_one_filter_on_one_channel(student: SimpleNamespace, reference: SimpleNamespace, conv: Conv) -> None:
    """One image, one channel, one filter, of any shape: the sliding dot product"""
    agree(student.conv2d(conv.x, conv.w, conv.b), reference.conv2d(*conv.args))


@pytest.mark.exercise("conv2d", points=3.5)
@given(conv=convs(strides=ONE, pads=NONE, biases=NO_BIAS, square=True))
@example(conv=Conv(probe(2, 3, 5, 5), probe(4, 3, 3, 3), np.zeros(4), 1, 0))
def test_images_channels_and_filters(
    student: SimpleNamespace, reference: SimpleNamespace, conv: Conv
) -> None:
    """Every image of the batch, all channels added up, one map for each filter (square ones)"""
    agree(student.conv2d(*conv.args), reference.conv2d(*conv.args))


@pytest.mark.exercise("conv2d", points=1.5)
@given(conv=convs(strides=ONE, pads=ONE, kernels=ONE, square=True))
@example(conv=Conv(probe(2, 3, 3, 3), probe(4, 3, 1, 1), np.array([5.0, -2.0, 3.0, 7.0]), 1, 1))
def test_bias(student: SimpleNamespace, reference: SimpleNamespace, conv: Conv) -> None:
    """The bias of each filter is added to its map, once, border and all (filters of 1×1, a padding of 1)"""
    agree(student.conv2d(*conv.args), reference.conv2d(*conv.args))


@pytest.mark.exercise("conv2d", points=2)
@given(conv=convs(single=True, strides=st.integers(2, 3), pads=ONE, biases=NO_BIAS, kernels=st.just(3)))
@example(conv=Conv(probe(1, 1, 8, 7), probe(1, 1, 3, 3), np.zeros(1), 2, 1))
@example(conv=Conv(probe(1, 1, 6, 9), probe(1, 1, 3, 3), np.zeros(1), 3, 1))
def test_stride(student: SimpleNamespace, reference: SimpleNamespace, conv: Conv) -> None:
    """A stride of 2 or 3, also where it does not divide evenly (filters of 3×3, a padding of 1)"""
    got = student.conv2d(conv.x, conv.w, conv.b, stride=conv.stride, pad=conv.pad)
    agree(got, reference.conv2d(*conv.args))


@pytest.mark.exercise("conv2d", points=1.5)
@given(conv=convs(single=True, strides=ONE, pads=st.integers(1, 2), biases=NO_BIAS))
@example(conv=Conv(probe(1, 1, 4, 3), probe(1, 1, 3, 2), np.zeros(1), 1, 2))
@example(conv=Conv(probe(1, 1, 3, 5), probe(1, 1, 2, 3), np.zeros(1), 1, 1))
def test_padding(student: SimpleNamespace, reference: SimpleNamespace, conv: Conv) -> None:
    """A padding of 1 or 2: zeros on all four sides"""
    agree(student.conv2d(conv.x, conv.w, conv.b, pad=conv.pad), reference.conv2d(*conv.args))


@pytest.mark.exercise("conv2d", points=2)
@given(conv=convs(units=True))
@example(conv=Conv(probe(2, 3, 7, 5), probe(4, 3, 3, 2), np.array([3.0, -1.5, 5.0, 2.0]), 2, 1))
@example(conv=Conv(probe(2, 3, 7, 5) / 2, probe(4, 3, 3, 2), np.array([3.0, -1.5, 5.0, 2.0]), 2, 2))
@example(conv=SMALL.times(UNITS[0]))
@example(conv=SMALL.times(UNITS[1]))
@example(conv=SMALL.times(UNITS[2]))
def test_everything_at_once(student: SimpleNamespace, reference: SimpleNamespace, conv: Conv) -> None:
    """Stride, padding and bias together, not square, with fractions, large and small numbers"""
    scale = magnitude(conv.x, conv.w, terms=conv.w[0].size) + magnitude(conv.b)
    agree(student.conv2d(*conv.args), reference.conv2d(*conv.args), scale=scale)
