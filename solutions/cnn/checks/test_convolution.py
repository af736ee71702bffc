"""Checks of the chapter `convolution`: small cases worked out by hand, and what every convolution must do."""

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from grader.testing import agree, agree_integer, must_raise

SMALL = st.integers(-4, 4).map(float)
IMAGES = st.tuples(st.integers(3, 5), st.integers(3, 5)).flatmap(
    lambda shape: arrays(np.float64, shape, elements=SMALL)
)
# The same few images on every run, so that an answer changes only when the code does.
FEW = settings(
    max_examples=15,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def one_at(height: int, width: int, row: int, col: int) -> np.ndarray:
    """A kernel of zeros with a single 1: it copies the pixel under that 1."""
    kernel = np.zeros((height, width))
    kernel[row, col] = 1.0
    return kernel


@pytest.mark.exercise("output_size")
def test_sizes_by_hand(student: Any) -> None:
    """Three sizes you can count on your fingers"""
    agree_integer(student.output_size(5, 2), 4, what="output_size(5, 2)")
    agree_integer(student.output_size(7, 3, stride=2), 3, what="output_size(7, 3, stride=2)")
    agree_integer(student.output_size(4, 3, pad=1), 4, what="output_size(4, 3, pad=1)")


@pytest.mark.exercise("output_size")
def test_no_half_window(student: Any) -> None:
    """A last window that sticks out is not counted"""
    agree_integer(student.output_size(6, 3, stride=2), 2, what="output_size(6, 3, stride=2)")
    agree_integer(student.output_size(9, 2, stride=4, pad=1), 3, what="output_size(9, 2, stride=4, pad=1)")


@pytest.mark.exercise("output_size")
def test_same_size(student: Any) -> None:
    """A kernel of length K = 2P + 1 with padding P keeps the size"""
    for pad in (1, 2, 3):
        agree_integer(
            student.output_size(11, 2 * pad + 1, 1, pad), 11, what=f"output_size(11, {2 * pad + 1}, 1, {pad})"
        )


@pytest.mark.exercise("output_size")
def test_impossible_arguments(student: Any) -> None:
    """What makes no sense raises ValueError; a kernel that just fits does not"""
    agree_integer(student.output_size(3, 5, 1, 1), 1, what="output_size(3, 5, 1, 1)")
    for arguments in [(0, 1, 1, 1), (5, 0), (5, 2, 0), (5, 2, 1, -1), (3, 6, 1, 1)]:
        must_raise(ValueError, student.output_size, *arguments)


@pytest.mark.exercise("conv_at")
def test_dot_product_by_hand(student: Any) -> None:
    """A dot product by hand: 5·1 + 6·2 + 8·3 + 9·4 = 77"""
    image = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]])
    kernel = np.array([[1.0, 2.0], [3.0, 4.0]])
    agree(student.conv_at(image, kernel, 1, 1), 77.0)


@pytest.mark.exercise("conv_at")
def test_single_weight_picks_a_pixel(student: Any) -> None:
    """A kernel with a single 1 picks out the pixel under it, unflipped"""
    # Pixel (r, c) of the image holds 10·r + c.
    for row, col in [(0, 0), (1, 2), (2, 0)]:
        image = np.add.outer(10.0 * np.arange(4), np.arange(5))
        agree(
            student.conv_at(image, one_at(2, 3, 0, 2), row, col),
            10.0 * row + col + 2,
            what=f"row {row}, col {col}",
        )


@pytest.mark.exercise("conv_at")
def test_fractions_in_a_dot_product(student: Any) -> None:
    """Fractions and negative numbers: 0.5·1.5 + (-2)·0.25 + 4·(-0.5) = -1.75"""
    image = np.array([[0.5, -2.0, 4.0]])
    agree(student.conv_at(image, np.array([[1.5, 0.25, -0.5]]), 0, 0), -1.75)


@pytest.mark.exercise("conv2d_single")
def test_map_by_hand(student: Any) -> None:
    """A 2×3 feature map by hand"""
    image = np.array([[1.0, 2.0, 0.0, 1.0], [0.0, 1.0, 3.0, 1.0], [2.0, 0.0, 1.0, 2.0]])
    kernel = np.array([[1.0, 2.0], [0.0, -1.0]])
    # First row: 1+4-1, 2+0-3, 0+2-1. Second row: 0+2-0, 1+6-1, 3+2-2.
    agree(student.conv2d_single(image, kernel), [[4.0, -1.0, 1.0], [2.0, 6.0, 3.0]])


@pytest.mark.exercise("conv2d_single")
@FEW
@given(image=IMAGES, row=st.integers(0, 1), col=st.integers(0, 2))
def test_single_weight_copies(student: Any, image: np.ndarray, row: int, col: int) -> None:
    """A kernel with a single 1 copies that part of the image"""
    height, width = image.shape
    expected = image[row : row + height - 1, col : col + width - 2].copy()
    agree(student.conv2d_single(image, one_at(2, 3, row, col)), expected)


@pytest.mark.exercise("conv2d_single")
def test_constant_image(student: Any) -> None:
    """On a constant image every cell is the sum of the weights, fractions included"""
    kernel = np.array([[0.5, 1.0], [-0.25, 2.0], [1.0, -1.5]])  # the weights add up to 2.75
    agree(student.conv2d_single(np.full((4, 6), 2.0), kernel), np.full((2, 5), 5.5))


@pytest.mark.exercise("conv2d_single")
def test_edge_is_found_anywhere(student: Any) -> None:
    """Shift the image, and the feature map shifts: an edge is found wherever it lies"""
    kernel = np.array([[-1.0, 1.0], [-1.0, 1.0]])
    for col in (1, 2, 4):
        image = np.zeros((3, 6))
        image[:, col:] = 5.0
        expected = np.zeros((2, 5))
        expected[:, col - 1] = 10.0
        agree(student.conv2d_single(image, kernel), expected, what=f"edge at column {col}")


@pytest.mark.exercise("zero_pad")
def test_frame_by_hand(student: Any) -> None:
    """A frame of zeros around a 2×3 image"""
    expected = [
        [0.0, 0.0, 0.0, 0.0, 0.0],
        [0.0, 1.0, 2.0, 3.0, 0.0],
        [0.0, 4.0, 5.0, 6.0, 0.0],
        [0.0, 0.0, 0.0, 0.0, 0.0],
    ]
    agree(student.zero_pad(np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), 1), expected)


@pytest.mark.exercise("zero_pad")
def test_batch_keeps_its_images_and_channels(student: Any) -> None:
    """Only height and width grow: (2, 3, 1, 2) becomes (2, 3, 5, 6)"""
    x = np.arange(1.0, 13.0).reshape(2, 3, 1, 2)
    expected = np.zeros((2, 3, 5, 6))
    expected[:, :, 2:3, 2:4] = x
    agree(student.zero_pad(x, 2), expected)


@pytest.mark.exercise("zero_pad")
def test_no_frame(student: Any) -> None:
    """pad = 0 changes nothing"""
    agree(student.zero_pad(np.array([[[1.0, -2.0], [0.5, 4.0]]]), 0), [[[1.0, -2.0], [0.5, 4.0]]])


@pytest.mark.exercise("conv2d")
def test_layer_by_hand(student: Any) -> None:
    """Two images, two channels, two filters, two biases, by hand"""
    # 1×2 images and 1×2 filters: every map is a single number, the sum of four products and the bias.
    x = np.array([[[[1.0, 2.0]], [[3.0, 4.0]]], [[[0.0, 1.0]], [[-1.0, 2.0]]]])
    w = np.array([[[[1.0, 0.0]], [[0.0, 1.0]]], [[[2.0, 1.0]], [[-1.0, -3.0]]]])
    b = np.array([10.0, 0.5])
    # Image 0: 1+4+10 and 2+2-3-12+0.5. Image 1: 0+2+10 and 0+1+1-6+0.5.
    agree(student.conv2d(x, w, b), [[[[15.0]], [[-10.5]]], [[[12.0]], [[-3.5]]]])


@pytest.mark.exercise("conv2d")
def test_border_by_hand(student: Any) -> None:
    """Stride 2 and padding 1 by hand: the zeros around the image count"""
    x = np.array([[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]]])
    w = np.array([[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]]])
    # The padded image is 4×5. The four windows start at rows 0 and 2 and at columns 0 and 2.
    # Of each window only these products of weight and pixel are not zero:
    top = [5.0 * 1.0 + 6.0 * 2.0, 4.0 * 2.0 + 5.0 * 3.0]
    bottom = [2.0 * 4.0 + 3.0 * 5.0, 1.0 * 5.0 + 2.0 * 6.0]
    agree(student.conv2d(x, w, np.zeros(1), stride=2, pad=1), [[[top, bottom]]])


@pytest.mark.exercise("conv2d")
def test_stride_skips(student: Any) -> None:
    """With stride 2 a filter with a single 1 copies every second pixel; what sticks out is dropped"""
    x = np.arange(35.0).reshape(1, 1, 5, 7)
    expected = x[:, :, 1:5:2, 0:6:2].copy()
    agree(student.conv2d(x, one_at(2, 2, 1, 0)[None, None], np.zeros(1), stride=2), expected)


@pytest.mark.exercise("conv2d")
def test_zeros_move_in(student: Any) -> None:
    """A 3×3 filter with a single 1 and padding 1 shifts the image; zeros move in"""
    image = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    down_right = [[0.0, 0.0, 0.0], [0.0, 1.0, 2.0]]
    agree(
        student.conv2d(image[None, None].copy(), one_at(3, 3, 1, 1)[None, None], np.zeros(1), pad=1),
        [[image]],
    )
    agree(
        student.conv2d(image[None, None].copy(), one_at(3, 3, 0, 0)[None, None], np.zeros(1), pad=1),
        [[down_right]],
    )


@pytest.mark.exercise("conv2d")
@FEW
@given(image=IMAGES)
def test_filters_see_every_channel(student: Any, image: np.ndarray) -> None:
    """Channels are added up, each filter gives its own map, each image its own result"""
    x = np.stack([np.stack([image, 10.0 * image]), np.stack([-image, image + 1.0])])  # (2, 2, H, W)
    w = np.array([[1.0, 1.0], [2.0, 0.0], [0.0, -1.0]]).reshape(3, 2, 1, 1)
    expected = np.stack(
        [
            np.stack([11.0 * image, 2.0 * image, -10.0 * image]),
            np.stack([np.ones_like(image), -2.0 * image, -image - 1.0]),
        ]
    )
    bias = np.array([0.0, 100.0, -0.5])
    agree(student.conv2d(x, w, bias), expected + np.array([0.0, 100.0, -0.5]).reshape(3, 1, 1))
