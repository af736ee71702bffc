"""Hidden tests of the chapter `backward`: 20 points.

Gradients are compared with the slopes of the reference's *forward* pass, so that a backward pass that fits a
wrong forward pass gains nothing. Only where a maximum is tied, and has no slope, does the reference decide.
"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from grader.testing import agree, magnitude, require

from .strategies import (
    ANY_UNIT,
    HALVES,
    NOT_NEGATIVE,
    UNITS,
    Array,
    ConvGradient,
    PoolGradient,
    conv_gradients,
    distinct,
    filled,
    pool_gradients,
    probe,
)

NONE, ONE, TWO = st.just(0), st.just(1), st.just(2)
NOT_ZERO = st.sampled_from((-3.0, -2.0, -0.5, 0.5, 1.0, 4.0))
#: To be taken times a unit: stride and padding, small enough to cost nothing.
SMALL = ConvGradient(probe(1, 2, 2, 3), probe(1, 2, 3, 4), probe(2, 2, 2, 2), 2, 1)
SHAPES = st.lists(st.integers(1, 4), min_size=1, max_size=4)


@st.composite
def relu_gradients(
    draw: st.DrawFn, values: st.SearchStrategy[float], gradients: st.SearchStrategy[float] = HALVES
) -> tuple[Array, Array]:
    """dout and x of one shape, each in a unit."""
    shape = draw(SHAPES)
    dout, x = draw(filled(*shape, values=gradients)), draw(filled(*shape, values=values))
    return dout * draw(ANY_UNIT), x * draw(ANY_UNIT)


def slopes_of_maxpool(reference: SimpleNamespace, call: PoolGradient) -> Array:
    """dx by central differences: exact, as long as the numbers in x are further apart than 2h."""
    h = 0.25 * call.unit
    n, c, height, width = call.x.shape
    # Every place is moved in all images and channels at once (none of them sees another), all places in one call.
    moved = h * np.eye(height * width).reshape(-1, 1, 1, height, width)
    up, down = (
        reference.maxpool(x.reshape(-1, c, height, width), call.size, call.stride)
        for x in (call.x + moved, call.x - moved)
    )
    slopes = ((up - down) / (2 * h)).reshape(-1, *call.dout.shape) * call.dout
    return slopes.sum(axis=(3, 4)).transpose(1, 2, 0).reshape(n, c, height, width)


def slopes_of_conv2d(reference: SimpleNamespace, call: ConvGradient) -> tuple[Array, Array, Array]:
    """dx, dw and db by the forward pass alone: it is linear, so its answers to unit arrays are its slopes."""
    f, *filter_shape = call.w.shape
    count, size = int(np.prod(call.x.shape[1:])), int(np.prod(filter_shape))
    pixels = np.eye(count).reshape(count, *call.x.shape[1:])
    answers = reference.conv2d(pixels, call.w, np.zeros(f), call.stride, call.pad)
    dx = np.tensordot(call.dout, answers, axes=((1, 2, 3), (1, 2, 3))).reshape(call.x.shape)
    taps = np.eye(size).reshape(size, *filter_shape)
    maps = reference.conv2d(call.x, taps, np.zeros(size), call.stride, call.pad)
    dw = np.tensordot(call.dout, maps, axes=((0, 2, 3), (0, 2, 3))).reshape(call.w.shape)
    return dx, dw, call.dout.sum(axis=(0, 2, 3))


def part(got: object, number: int) -> object:
    """One of the three arrays that conv2d_backward returns, whatever the other two are."""
    require(isinstance(got, list | tuple) and len(got) == 3, "expected three arrays: dx, dw, db", got=got)
    assert isinstance(got, list | tuple)
    return got[number]


@pytest.mark.exercise("relu_backward", points=1)
@given(pair=relu_gradients(NOT_ZERO))
@example(pair=(probe(2, 3, 4, 3), -2 * probe(2, 3, 4, 3) + 1))
@example(pair=(np.array([-3.0, -4.0, 5.0]), np.array([2.0, -1.0, -1.0])))
@example(pair=(probe(5) * UNITS[0], -probe(5) * UNITS[2] + UNITS[2] / 2))
@example(pair=(probe(5) * UNITS[1], probe(5) * UNITS[0] + UNITS[0] / 2))
@example(pair=(probe(5) * UNITS[2], probe(5) * UNITS[1] + UNITS[1] / 2))
def test_gate(student: SimpleNamespace, reference: SimpleNamespace, pair: tuple[Array, Array]) -> None:
    """The gradient passes where x is positive and stops where x is negative, however large or small"""
    agree(student.relu_backward(*pair), reference.relu_backward(*pair), scale=magnitude(pair[0]))


@pytest.mark.exercise("relu_backward", points=1)
@given(pair=relu_gradients(st.integers(-1, 1).map(float), NOT_NEGATIVE))
@example(pair=(np.array([3.0, 4.0, 5.0]), np.array([2.0, 0.0, -1.0])))
def test_gate_at_zero(
    student: SimpleNamespace, reference: SimpleNamespace, pair: tuple[Array, Array]
) -> None:
    """It also stops where x is exactly 0 (gradients that are not negative)"""
    agree(student.relu_backward(*pair), reference.relu_backward(*pair), scale=magnitude(pair[0]))


@pytest.mark.exercise("maxpool_backward", points=3)
@given(call=pool_gradients(sizes=TWO, strides=TWO, ragged=False))
@example(call=PoolGradient(probe(2, 3, 3, 2), distinct((2, 3, 6, 4)), 2, 2))
def test_pool_gradient(student: SimpleNamespace, reference: SimpleNamespace, call: PoolGradient) -> None:
    """Windows of 2×2 with stride 2: all of the gradient goes to the maximum"""
    agree(student.maxpool_backward(call.dout, call.x), slopes_of_maxpool(reference, call))


@pytest.mark.exercise("maxpool_backward", points=1.5)
@given(call=pool_gradients(sizes=st.just(3), strides=st.integers(1, 2), ragged=False, one_image=True))
@example(call=PoolGradient(probe(1, 2, 5, 4), distinct((1, 2, 7, 6)), 3, 1))
@example(call=PoolGradient(probe(1, 2, 3, 2), distinct((1, 2, 7, 5), step=1), 3, 2))
def test_overlapping_windows(
    student: SimpleNamespace, reference: SimpleNamespace, call: PoolGradient
) -> None:
    """Windows that overlap: a maximum of several windows collects from each"""
    agree(student.maxpool_backward(*call.args), slopes_of_maxpool(reference, call))


@pytest.mark.exercise("maxpool_backward", points=1)
@given(call=pool_gradients(sizes=st.integers(1, 2), strides=st.integers(2, 3), units=True))
@example(call=PoolGradient(probe(2, 2, 2, 3), distinct((2, 2, 6, 8)), 2, 3))
@example(call=PoolGradient(probe(1, 2, 3, 2), distinct((1, 2, 7, 5)), 2, 2))
@example(call=PoolGradient(probe(1, 2, 1, 2), distinct((1, 2, 3, 4)), 2, 2).times(UNITS[0]))
@example(call=PoolGradient(probe(1, 2, 1, 2), distinct((1, 2, 3, 4)), 2, 2).times(UNITS[1]))
@example(call=PoolGradient(probe(1, 2, 1, 2), distinct((1, 2, 3, 4)), 2, 2).times(UNITS[2]))
def test_gaps_and_ragged_edges(
    student: SimpleNamespace, reference: SimpleNamespace, call: PoolGradient
) -> None:
    """Numbers between windows or beyond the last one get 0, and dx keeps x's shape"""
    agree(
        student.maxpool_backward(call.dout, call.x, size=call.size, stride=call.stride),
        slopes_of_maxpool(reference, call),
        scale=magnitude(call.dout),
    )


@pytest.mark.exercise("maxpool_backward", points=1.5)
@given(call=pool_gradients(sizes=TWO, strides=TWO, ragged=False, tied=True, one_image=True))
@example(
    call=PoolGradient(
        np.array([[[[5.0, 7.0, 3.0]]]]),
        np.array([[[[0.0, 3.0, 2.0, 2.0, -1.0, -1.0], [3.0, 0.0, 2.0, 1.0, -1.0, -1.0]]]]),
        2,
        2,
    )
)
def test_ties(student: SimpleNamespace, reference: SimpleNamespace, call: PoolGradient) -> None:
    """On a tie the first maximum in row-major order gets the gradient, the others nothing"""
    agree(student.maxpool_backward(call.dout, call.x), reference.maxpool_backward(*call.args))


@pytest.mark.exercise("conv2d_backward", points=1)
@given(call=conv_gradients())
@example(call=ConvGradient(probe(2, 4, 4, 3), probe(2, 3, 7, 5), probe(4, 3, 3, 2), 2, 1))
def test_bias_gradient(student: SimpleNamespace, reference: SimpleNamespace, call: ConvGradient) -> None:
    """db: the sum over images and places, one number for each filter"""
    db = part(student.conv2d_backward(*call.args), 2)
    agree(db, slopes_of_conv2d(reference, call)[2], what="db")


@pytest.mark.exercise("conv2d_backward", points=1.5)
@given(call=conv_gradients(strides=ONE, pads=NONE))
@example(call=ConvGradient(probe(2, 3, 4, 4), probe(2, 2, 5, 6), probe(3, 2, 2, 3), 1, 0))
def test_weight_gradient(student: SimpleNamespace, reference: SimpleNamespace, call: ConvGradient) -> None:
    """dw with stride 1 and no padding: summed over places and over images"""
    dw = part(student.conv2d_backward(call.dout, call.x, call.w), 1)
    agree(dw, slopes_of_conv2d(reference, call)[1], what="dw")


@pytest.mark.exercise("conv2d_backward", points=1.5)
@given(call=conv_gradients(strides=ONE, pads=NONE))
@example(call=ConvGradient(probe(2, 3, 4, 4), probe(2, 2, 5, 6), probe(3, 2, 2, 3), 1, 0))
def test_input_gradient(student: SimpleNamespace, reference: SimpleNamespace, call: ConvGradient) -> None:
    """dx with stride 1 and no padding: patches that overlap add up"""
    dx = part(student.conv2d_backward(call.dout, call.x, call.w), 0)
    agree(dx, slopes_of_conv2d(reference, call)[0], what="dx")


@pytest.mark.exercise("conv2d_backward", points=1.25, examples=20)
@given(call=conv_gradients(strides=ONE, pads=st.integers(1, 2), one_image=True))
@example(call=ConvGradient(probe(1, 2, 6, 6), probe(1, 2, 4, 5), probe(2, 2, 3, 4), 1, 2))
@example(call=ConvGradient(probe(1, 2, 4, 6), probe(1, 1, 4, 5), probe(2, 1, 3, 2), 1, 1))
def test_weight_gradient_with_padding(
    student: SimpleNamespace, reference: SimpleNamespace, call: ConvGradient
) -> None:
    """dw with padding: weights met zeros, too (one image)"""
    dw = part(student.conv2d_backward(call.dout, call.x, call.w, pad=call.pad), 1)
    agree(dw, slopes_of_conv2d(reference, call)[1], what="dw")


@pytest.mark.exercise("conv2d_backward", points=1.25, examples=20)
@given(call=conv_gradients(strides=ONE, pads=st.integers(1, 2), one_image=True))
@example(call=ConvGradient(probe(1, 2, 6, 6), probe(1, 2, 4, 5), probe(2, 2, 3, 4), 1, 2))
@example(call=ConvGradient(probe(1, 2, 4, 6), probe(1, 1, 4, 5), probe(2, 1, 3, 2), 1, 1))
def test_input_gradient_with_padding(
    student: SimpleNamespace, reference: SimpleNamespace, call: ConvGradient
) -> None:
    """dx with padding has x's shape, without the border (one image)"""
    dx = part(student.conv2d_backward(call.dout, call.x, call.w, pad=call.pad), 0)
    agree(dx, slopes_of_conv2d(reference, call)[0], what="dx")


@pytest.mark.exercise("conv2d_backward", points=1.25, examples=20)
@given(call=conv_gradients(strides=st.integers(2, 3), pads=NONE, one_image=True))
@example(call=ConvGradient(probe(1, 3, 3, 2), probe(1, 2, 8, 7), probe(3, 2, 3, 4), 2, 0))
@example(call=ConvGradient(probe(1, 2, 3, 2), probe(1, 2, 9, 6), probe(2, 2, 2, 2), 3, 0))
def test_weight_gradient_with_stride(
    student: SimpleNamespace, reference: SimpleNamespace, call: ConvGradient
) -> None:
    """dw with a stride of 2 or 3, also where it does not divide evenly (one image)"""
    dw = part(student.conv2d_backward(call.dout, call.x, call.w, stride=call.stride), 1)
    agree(dw, slopes_of_conv2d(reference, call)[1], what="dw")


@pytest.mark.exercise("conv2d_backward", points=1.25, examples=20)
@given(call=conv_gradients(strides=st.integers(2, 3), pads=NONE, one_image=True))
@example(call=ConvGradient(probe(1, 3, 3, 2), probe(1, 2, 8, 7), probe(3, 2, 3, 4), 2, 0))
@example(call=ConvGradient(probe(1, 2, 3, 2), probe(1, 2, 9, 6), probe(2, 2, 2, 2), 3, 0))
def test_input_gradient_with_stride(
    student: SimpleNamespace, reference: SimpleNamespace, call: ConvGradient
) -> None:
    """dx with a stride of 2 or 3 has x's shape, also where it does not divide evenly (one image)"""
    dx = part(student.conv2d_backward(call.dout, call.x, call.w, stride=call.stride), 0)
    agree(dx, slopes_of_conv2d(reference, call)[0], what="dx")


@pytest.mark.exercise("conv2d_backward", points=2)
@given(call=conv_gradients(units=True))
@example(call=ConvGradient(probe(2, 4, 4, 3) / 2, probe(2, 3, 7, 5), probe(4, 3, 3, 2) / 2, 2, 1))
@example(call=ConvGradient(probe(2, 4, 5, 4) / 2, probe(2, 3, 7, 5), probe(4, 3, 3, 2) / 2, 2, 2))
@example(call=SMALL.times(UNITS[0]))
@example(call=SMALL.times(UNITS[1]))
@example(call=SMALL.times(UNITS[2]))
def test_all_gradients(student: SimpleNamespace, reference: SimpleNamespace, call: ConvGradient) -> None:
    """dx, dw and db with any stride and padding, not square, with fractions, large and small numbers"""
    # dx adds up a patch of every filter, dw and db every place of every image.
    patch, places = call.w[:, 0].size, call.dout[:, 0].size
    scale = (
        magnitude(call.dout, call.w, terms=patch),
        magnitude(call.dout, call.x, terms=places),
        magnitude(call.dout, terms=places),
    )
    agree(
        student.conv2d_backward(*call.args), slopes_of_conv2d(reference, call), scale=scale, what="dx, dw, db"
    )
