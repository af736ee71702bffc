"""Checks of the chapter `sharing`: what filters answer, counts by hand, and small matrices."""

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.testing import agree, agree_integer, real_array, require

LEFT_RIGHT = np.array([[0.0, 0.0, 9.0], [0.0, 0.0, 9.0], [0.0, 0.0, 9.0]])
EARLIER = np.array([[0.0, 9.0, 9.0], [0.0, 9.0, 9.0], [0.0, 9.0, 9.0]])
PLAIN = np.full((3, 3), 7.0)
# The same few inputs on every run, so that an answer changes only when the code does.
FEW = settings(
    max_examples=15,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def answers(student: Any, number: int) -> dict[str, float]:
    """What one of the student's filters answers to four small patches."""
    filters = real_array(student.edge_filters())
    require(filters.shape == (3, 3, 3), f"shape {filters.shape}, expected (3, 3, 3)", got=filters)
    one = filters[number]
    patches = {"plain": PLAIN, "left-right": LEFT_RIGHT, "top-bottom": LEFT_RIGHT.T}
    got = {name: float((one * patch).sum()) for name, patch in patches.items()}
    # An edge can lie between the first two columns as well; a good filter may answer to only one of the two.
    for name, patch in (("left-right", EARLIER), ("top-bottom", EARLIER.T)):
        also = float((one * patch).sum())
        got[name] = max(got[name], also, key=abs)
    return got


@pytest.mark.exercise("edge_filters")
def test_first_filter_finds_vertical_edges(student: Any) -> None:
    """edge_filters()[0] answers to a left-right change only"""
    got = answers(student, 0)
    require(abs(got["left-right"]) > 1e-3, "filter 0 gives 0 where left is dark and right is bright")
    agree(got["plain"], 0.0, what="filter 0 on nine sevens")
    agree(got["top-bottom"], 0.0, what="filter 0 where the top is dark and the bottom bright")


@pytest.mark.exercise("edge_filters")
def test_second_filter_finds_horizontal_edges(student: Any) -> None:
    """edge_filters()[1] answers to a top-bottom change only"""
    got = answers(student, 1)
    require(abs(got["top-bottom"]) > 1e-3, "filter 1 gives 0 where the top is dark and the bottom bright")
    agree(got["plain"], 0.0, what="filter 1 on nine sevens")
    agree(got["left-right"], 0.0, what="filter 1 where left is dark and right is bright")


@pytest.mark.exercise("edge_filters")
def test_third_filter_blurs(student: Any) -> None:
    """edge_filters()[2] is a mean: a plain patch of sevens stays 7"""
    agree(answers(student, 2)["plain"], 7.0, tolerance=1e-5, what="filter 2 on nine sevens")
    blur = real_array(student.edge_filters())[2]
    require(bool((blur >= -1e-9).all()), "filter 2 has a negative weight", got=blur)
    require(int((blur > 1e-9).sum()) >= 4, "filter 2 needs at least four weights that are not 0", got=blur)


@pytest.mark.exercise("param_count")
def test_convolutions_by_hand(student: Any) -> None:
    """A convolution has filters·(C·K² + 1) parameters; the next one reads its channels"""
    agree_integer(student.param_count([("conv", 4, 3, 1, 0)], (1, 28, 28)), 40)
    agree_integer(student.param_count([("conv", 2, 5, 1, 2)], (3, 8, 6)), 2 * (3 * 25 + 1))
    agree_integer(
        student.param_count([("conv", 4, 3, 1, 0), ("relu",), ("conv", 2, 1, 1, 0)], (1, 9, 9)), 40 + 10
    )


@pytest.mark.exercise("param_count")
def test_dense_layers_by_hand(student: Any) -> None:
    """A dense layer has units·(D + 1) parameters"""
    agree_integer(
        student.param_count([("flatten",), ("dense", 32), ("relu",), ("dense", 10)], (1, 28, 28)), 25450
    )
    agree_integer(
        student.param_count([("maxpool", 2, 2), ("flatten",), ("dense", 1)], (2, 5, 7)), 2 * 2 * 3 + 1
    )


@pytest.mark.exercise("param_count")
def test_whole_stack_by_hand(student: Any) -> None:
    """Stride, padding and pooling decide what is left for the dense layer"""
    layers = [("conv", 3, 3, 2, 1), ("relu",), ("maxpool", 2, 1), ("flatten",), ("dense", 6)]
    agree_integer(student.param_count(layers, (2, 5, 4)), 57 + 6 * (3 * 2 * 1 + 1))


@pytest.mark.exercise("param_count")
@FEW
@given(height=st.integers(3, 40), width=st.integers(3, 40))
def test_size_of_the_image_costs_nothing(student: Any, height: int, width: int) -> None:
    """A convolution has as many parameters on a large image as on a small one"""
    agree_integer(student.param_count([("conv", 5, 3, 1, 0), ("relu",)], (2, height, width)), 95)


@pytest.mark.exercise("conv_matrix")
def test_matrix_by_hand(student: Any) -> None:
    """The kernel [[1, 2], [3, 4]] on an image of 3×3"""
    rows = [
        [1, 2, 0, 3, 4, 0, 0, 0, 0],
        [0, 1, 2, 0, 3, 4, 0, 0, 0],
        [0, 0, 0, 1, 2, 0, 3, 4, 0],
        [0, 0, 0, 0, 1, 2, 0, 3, 4],
    ]
    agree(student.conv_matrix(np.array([[1.0, 2.0], [3.0, 4.0]]), 3, 3), np.array(rows))


@pytest.mark.exercise("conv_matrix")
def test_tall_matrix_by_hand(student: Any) -> None:
    """The kernel [[1], [2]] on an image of 3×2"""
    agree(
        student.conv_matrix(np.array([[1.0], [2.0]]), 3, 2),
        np.array([[1, 0, 2, 0, 0, 0], [0, 1, 0, 2, 0, 0], [0, 0, 1, 0, 2, 0], [0, 0, 0, 1, 0, 2]]),
    )


@pytest.mark.exercise("conv_matrix")
@FEW
@given(height=st.integers(1, 5), width=st.integers(1, 5))
def test_one_by_one_kernel(student: Any, height: int, width: int) -> None:
    """A kernel of 1×1 with weight 1 leaves every image as it is: the identity matrix"""
    agree(student.conv_matrix(np.ones((1, 1)), height, width), np.eye(height * width))


@pytest.mark.exercise("conv_matrix")
@FEW
@given(height=st.integers(2, 5), width=st.integers(3, 6))
def test_weights_are_tied(student: Any, height: int, width: int) -> None:
    """Every row holds the same weights in the same order, and zeros between them"""
    matrix = real_array(student.conv_matrix(np.array([[5.0, -1.0, 2.0], [7.0, 3.0, -4.0]]), height, width))
    wanted = ((height - 1) * (width - 2), height * width)
    require(matrix.shape == wanted, f"shape {matrix.shape}, expected {wanted}", got=matrix)
    for number, row in enumerate(matrix):
        agree(row[row != 0], np.array([5.0, -1.0, 2.0, 7.0, 3.0, -4.0]), what=f"weights in row {number}")
