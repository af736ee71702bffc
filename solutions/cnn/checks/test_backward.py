"""Checks of the chapter `backward`: small gradients by hand, and what every gradient must do."""

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.testing import agree, real_array, require

# The same few inputs on every run, so that an answer changes only when the code does.
FEW = settings(
    max_examples=15,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def numbers(*shape: int) -> np.ndarray:
    """A fixed array of small whole numbers without symmetry."""
    return ((5.0 * np.arange(np.prod(shape)) + 2.0) % 13.0 - 6.0).reshape(shape)


def three(got: object) -> tuple[Any, Any, Any]:
    """dx, dw and db as arrays."""
    require(isinstance(got, list | tuple) and len(got) == 3, "expected three arrays: dx, dw, db", got=got)
    assert isinstance(got, list | tuple)
    return real_array(got[0], what="dx"), real_array(got[1], what="dw"), real_array(got[2], what="db")


@pytest.mark.exercise("relu_backward")
def test_relu_gate_by_hand(student: Any) -> None:
    """The gradient passes where x is above 0, whatever its own sign"""
    dout = np.array([[5.0, 7.0, 6.0], [-4.0, -3.0, -2.0]])
    x = np.array([[3.0, -1.0, 2.0], [1.0, -2.0, 0.5]])
    agree(student.relu_backward(dout, x), np.array([[5.0, 0.0, 6.0], [-4.0, 0.0, -2.0]]))


@pytest.mark.exercise("relu_backward")
def test_relu_gate_at_zero(student: Any) -> None:
    """Where x is exactly 0 nothing passes"""
    agree(student.relu_backward(np.array([5.0, 8.0]), np.array([0.0, 1.0])), np.array([0.0, 8.0]))


@pytest.mark.exercise("maxpool_backward")
def test_pool_gradient_by_hand(student: Any) -> None:
    """2×2 windows: the maximum gets all of its window's gradient"""
    x = np.array([[[[1.0, 5.0, -2.0, -7.0], [3.0, 4.0, -8.0, -6.0]]]])
    dx = np.array([[[[0.0, 10.0, 20.0, 0.0], [0.0, 0.0, 0.0, 0.0]]]])
    agree(student.maxpool_backward(np.array([[[[10.0, 20.0]]]]), x), dx)


@pytest.mark.exercise("maxpool_backward")
def test_overlap_by_hand(student: Any) -> None:
    """Size 2, stride 1: the 9 wins both windows and collects 3 + 5"""
    x = np.array([[[[1.0, 9.0, 2.0], [0.0, 3.0, 4.0]]]])
    dx = np.array([[[[0.0, 8.0, 0.0], [0.0, 0.0, 0.0]]]])
    agree(student.maxpool_backward(np.array([[[[3.0, 5.0]]]]), x, 2, 1), dx)


@pytest.mark.exercise("maxpool_backward")
def test_tie_by_hand(student: Any) -> None:
    """On a tie the first in row-major order gets it: right of the top row before left of the bottom row"""
    x = np.array([[[[1.0, 4.0], [4.0, 4.0]]]])
    agree(student.maxpool_backward(np.array([[[[6.0]]]]), x), np.array([[[[0.0, 6.0], [0.0, 0.0]]]]))


@pytest.mark.exercise("maxpool_backward")
@FEW
@given(height=st.integers(2, 7), width=st.integers(2, 7), stride=st.integers(1, 3))
def test_nothing_gets_lost(student: Any, height: int, width: int, stride: int) -> None:
    """dx has x's shape, and all gradients of an image add up to what came in"""
    x = numbers(2, 3, height, width)
    dout = numbers(2, 3, (height - 2) // stride + 1, (width - 2) // stride + 1) + 3
    dx = real_array(student.maxpool_backward(dout, x, 2, stride))
    require(dx.shape == x.shape, f"shape {dx.shape}, expected {x.shape}", got=dx)
    agree(dx.sum(axis=(2, 3)), dout.sum(axis=(2, 3)), what="sum of dx over each map")


@pytest.mark.exercise("maxpool_backward")
@FEW
@given(row=st.integers(0, 1), col=st.integers(0, 2), size=st.integers(1, 2))
def test_one_window(student: Any, row: int, col: int, size: int) -> None:
    """Stride 3, the gradient of one window only: it stays inside that window"""
    x, dout = numbers(1, 1, 6, 9), np.zeros((1, 1, 2, 3))
    dout[0, 0, row, col] = 4.0
    dx = real_array(student.maxpool_backward(dout, x, size, 3))
    require(dx.shape == x.shape, f"shape {dx.shape}, expected {x.shape}", got=dx)
    window = dx[0, 0, 3 * row : 3 * row + size, 3 * col : 3 * col + size]
    agree(window.sum(), 4.0, what=f"sum of dx inside window ({row}, {col})")
    agree(np.abs(dx).sum(), 4.0, what="sum of |dx|")


@pytest.mark.exercise("conv2d_backward")
def test_small_convolution_by_hand(student: Any) -> None:
    """One 3×3 image, one 2×2 filter, stride 1, no padding"""
    x = np.arange(1.0, 10.0).reshape(1, 1, 3, 3)
    w = np.array([[[[1.0, 2.0], [3.0, 4.0]]]])
    dx = np.array([[[[1.0, 2.0, 0.0], [3.0, 14.0, 20.0], [0.0, 30.0, 40.0]]]])
    dw = np.array([[[[51.0, 62.0], [84.0, 95.0]]]])
    got = student.conv2d_backward(np.array([[[[1.0, 0.0], [0.0, 10.0]]]]), x, w)
    agree(got, (dx, dw, np.array([11.0])), what="dx, dw, db")


@pytest.mark.exercise("conv2d_backward")
def test_padding_by_hand(student: Any) -> None:
    """A row of two pixels with padding 1: the border is cut off again"""
    x = np.array([[[[5.0, 6.0]]]])
    w = np.array([[[[0.0, 0.0, 0.0], [1.0, 2.0, 3.0], [0.0, 0.0, 0.0]]]])
    dx = np.array([[[[1 * 2.0 + 10 * 1.0, 1 * 3.0 + 10 * 2.0]]]])
    dw = np.array([[[[0.0, 0.0, 0.0], [50.0, 65.0, 6.0], [0.0, 0.0, 0.0]]]])
    got = student.conv2d_backward(np.array([[[[1.0, 10.0]]]]), x, w, 1, 1)
    agree(got, (dx, dw, np.array([11.0])), what="dx, dw, db")


@pytest.mark.exercise("conv2d_backward")
@FEW
@given(height=st.integers(3, 7), width=st.integers(2, 6), stride=st.integers(1, 3), pad=st.integers(0, 1))
def test_shapes_fit(student: Any, height: int, width: int, stride: int, pad: int) -> None:
    """dx, dw, db have the shapes of x, w, b, also where the stride does not divide evenly"""
    x, w = numbers(2, 3, height, width), numbers(4, 3, 3, 2)
    dout = numbers(2, 4, (height + 2 * pad - 3) // stride + 1, (width + 2 * pad - 2) // stride + 1)
    dx, dw, db = three(student.conv2d_backward(dout, x, w, stride, pad))
    for name, got, right in (("dx", dx, x.shape), ("dw", dw, w.shape), ("db", db, (4,))):
        require(got.shape == right, f"{name}: shape {got.shape}, expected {right}", got=got)


@pytest.mark.exercise("conv2d_backward")
@FEW
@given(image=st.integers(0, 1), filt=st.integers(0, 2), row=st.integers(0, 1), col=st.integers(0, 2))
def test_one_output(student: Any, image: int, filt: int, row: int, col: int) -> None:
    """The gradient of one output only, stride 2: its patch goes to dw, its filter to dx, 1 to db"""
    x, w, dout = numbers(2, 2, 5, 8), numbers(3, 2, 3, 2), np.zeros((2, 3, 2, 4))
    dout[image, filt, row, col] = 1.0
    dx, dw, db = np.zeros(x.shape), np.zeros(w.shape), np.zeros(3)
    patch = (image, slice(None), slice(2 * row, 2 * row + 3), slice(2 * col, 2 * col + 2))
    dx[patch], dw[filt], db[filt] = w[filt], x[patch], 1.0
    agree(student.conv2d_backward(dout, x, w, 2, 0), (dx, dw, db), what="dx, dw, db")


@pytest.mark.exercise("conv2d_backward")
@FEW
@given(stride=st.integers(1, 3), pad=st.integers(0, 2))
def test_x_and_w_tell_the_same(student: Any, stride: int, pad: int) -> None:
    """The sum of x·dx equals the sum of w·dw: every product of a pixel and a weight is in both, once"""
    x, w = numbers(2, 2, 6, 7), numbers(3, 2, 2, 3)
    dout = numbers(2, 3, (6 + 2 * pad - 2) // stride + 1, (7 + 2 * pad - 3) // stride + 1)
    dx, dw, _ = three(student.conv2d_backward(dout, x, w, stride, pad))
    for name, got, right in (("dx", dx, x.shape), ("dw", dw, w.shape)):
        require(got.shape == right, f"{name}: shape {got.shape}, expected {right}", got=got)
    require(bool(dx.any()), "dx is zero everywhere", got=dx)
    agree((x * dx).sum(), (w * dw).sum(), what="sum of x·dx")
