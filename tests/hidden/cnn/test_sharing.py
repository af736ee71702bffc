"""Hidden tests of the chapter `sharing`: 12 points.

`edge_filters` has many right answers, so it is judged by what the filters answer to small pictures.
"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import example, given

from grader.testing import agree, agree_integer, magnitude, real_array, require

from .strategies import UNITS, Array, Layers, image_and_kernel, probe, stacks

#: A dark side and a bright side, on pictures wide enough for a filter to lie across the edge in both ways:
#: some edge filters compare only the middle with one side.
STEPS = (np.array([0.0, 0.0, 1.0, 1.0]), np.array([3.0, 3.0, 3.0, 1.0, 1.0]))


def filters_of(student: SimpleNamespace) -> Array:
    """The student's three filters, if they are three filters."""
    got = student.edge_filters()
    filters = real_array(got)
    require(filters.shape == (3, 3, 3), f"shape {filters.shape}, expected (3, 3, 3)", got=got)
    require(bool(np.isfinite(filters).all()), "every weight must be finite", got=got)
    return filters


def answer_to(reference: SimpleNamespace, kernel: Array, picture: Array) -> float:
    """The strongest response anywhere on the picture, as a part of the largest the weights could give.

    The scale of an edge filter is the student's choice, so "no answer" is measured against its weights.
    """
    most = float(np.abs(kernel).sum()) * float(np.abs(picture).max())
    return float(np.abs(reference.conv2d_single(picture, kernel)).max()) / most if most > 0 else 0.0


def finds_changes(reference: SimpleNamespace, kernel: Array, *, left_right: bool, what: str) -> None:
    """Require an answer to changes in one direction, and none to the other direction or to plain areas."""
    mine, other = ("left–right", "top–bottom") if left_right else ("top–bottom", "left–right")
    plain = np.full((4, 5), 2.0)
    require(answer_to(reference, kernel, plain) < 1e-5, f"{what} should give 0 on a plain area", got=kernel)
    for step in STEPS:
        across = np.tile(step, (4, 1)) if left_right else np.tile(step, (4, 1)).T
        require(
            answer_to(reference, kernel, across) > 1e-3,
            f"{what} does not answer to a {mine} change",
            got=kernel,
        )
        require(
            answer_to(reference, kernel, across.T) < 1e-5,
            f"{what} should give 0 on a {other} change",
            got=kernel,
        )


@pytest.mark.exercise("edge_filters", points=1.5)
def test_vertical_edges(student: SimpleNamespace, reference: SimpleNamespace) -> None:
    """The first filter answers to a left–right change, and to nothing else"""
    finds_changes(reference, filters_of(student)[0], left_right=True, what="filter 0")


@pytest.mark.exercise("edge_filters", points=1.5)
def test_horizontal_edges(student: SimpleNamespace, reference: SimpleNamespace) -> None:
    """The second filter answers to a top–bottom change, and to nothing else"""
    finds_changes(reference, filters_of(student)[1], left_right=False, what="filter 1")


@pytest.mark.exercise("edge_filters", points=1)
def test_blur(student: SimpleNamespace, reference: SimpleNamespace) -> None:
    """The third filter is a blur: not negative, sum 1, at least four weights that are not zero"""
    blur = filters_of(student)[2]
    require(bool((blur >= -1e-9).all()), "filter 2 has a negative weight", got=blur)
    agree(blur.sum(), 1.0, tolerance=1e-5, what="sum of filter 2")
    used = int((blur > 1e-9).sum())
    require(used >= 4, f"filter 2 has {used} weights that are not zero, expected at least 4", got=blur)


@pytest.mark.exercise("param_count", points=0.75)
@given(stack=stacks(kinds=("conv",), most=1, dense=False))
@example(stack=([("conv", 5, 3, 2, 1)], (3, 9, 7)))
def test_one_convolution(
    student: SimpleNamespace, reference: SimpleNamespace, stack: tuple[Layers, tuple[int, int, int]]
) -> None:
    """One convolution: weights for every channel, and one bias a filter"""
    agree_integer(student.param_count(*stack), reference.param_count(*stack))


@pytest.mark.exercise("param_count", points=0.5)
@given(stack=stacks(dense=False))
@example(stack=([("conv", 4, 3, 1, 0), ("relu",), ("maxpool", 2, 2), ("conv", 6, 2, 1, 0)], (2, 9, 7)))
def test_many_convolutions(
    student: SimpleNamespace, reference: SimpleNamespace, stack: tuple[Layers, tuple[int, int, int]]
) -> None:
    """Several layers: each convolution reads the channels of the one before"""
    agree_integer(student.param_count(*stack), reference.param_count(*stack))


@pytest.mark.exercise("param_count", points=1.25)
@given(stack=stacks(kinds=("relu",), most=2))
@example(stack=([("relu",), ("flatten",), ("dense", 7), ("relu",), ("dense", 5)], (3, 4, 6)))
def test_dense_layers(
    student: SimpleNamespace, reference: SimpleNamespace, stack: tuple[Layers, tuple[int, int, int]]
) -> None:
    """Dense layers, without a convolution: a weight for every input, and one bias a unit"""
    agree_integer(student.param_count(*stack), reference.param_count(*stack))


@pytest.mark.exercise("param_count", points=0.5)
@given(stack=stacks())
@example(
    stack=(
        [
            ("conv", 4, 3, 2, 1),
            ("relu",),
            ("maxpool", 3, 2),
            ("flatten",),
            ("dense", 7),
            ("relu",),
            ("dense", 5),
        ],
        (3, 14, 9),
    )
)
@example(stack=([("maxpool", 2, 3), ("conv", 3, 2, 1, 2), ("flatten",), ("dense", 4)], (2, 9, 13)))
def test_down_to_the_dense_layers(
    student: SimpleNamespace, reference: SimpleNamespace, stack: tuple[Layers, tuple[int, int, int]]
) -> None:
    """Whole stacks: a dense layer counts what stride, padding and pooling left over"""
    agree_integer(student.param_count(*stack), reference.param_count(*stack))


@pytest.mark.exercise("conv_matrix", points=2)
@given(pair=image_and_kernel(one_row=True))
@example(pair=(probe(1, 5), probe(1, 3)))
def test_matrix_of_one_row(
    student: SimpleNamespace, reference: SimpleNamespace, pair: tuple[Array, Array]
) -> None:
    """Image and kernel with a single row: each row of the matrix is the one above, moved by one"""
    image, kernel = pair
    agree(student.conv_matrix(kernel, *image.shape), reference.conv_matrix(kernel, *image.shape))


@pytest.mark.exercise("conv_matrix", points=2)
@given(pair=image_and_kernel(square=True))
@example(pair=(probe(4, 4), probe(3, 3)))
def test_matrix_square(
    student: SimpleNamespace, reference: SimpleNamespace, pair: tuple[Array, Array]
) -> None:
    """A square kernel on a square image"""
    image, kernel = pair
    agree(student.conv_matrix(kernel, *image.shape), reference.conv_matrix(kernel, *image.shape))


@pytest.mark.exercise("conv_matrix", points=1)
@given(pair=image_and_kernel(units=True))
@example(pair=(probe(5, 4), probe(2, 3)))
@example(pair=(probe(3, 5), probe(3, 1) / 2))
@example(pair=(probe(3, 3), probe(2, 2) * UNITS[0]))
@example(pair=(probe(3, 3), probe(2, 2) * UNITS[1]))
@example(pair=(probe(3, 3), probe(2, 2) * UNITS[2]))
def test_matrix_convolves(
    student: SimpleNamespace, reference: SimpleNamespace, pair: tuple[Array, Array]
) -> None:
    """Any shape, any numbers: the matrix times the flattened image is the flattened feature map"""
    image, kernel = pair
    feature_map = reference.conv2d_single(image, kernel).ravel()
    matrix = real_array(student.conv_matrix(kernel, height=image.shape[0], width=image.shape[1]))
    wanted = (feature_map.size, image.size)
    require(matrix.shape == wanted, f"shape {matrix.shape}, expected {wanted}", got=matrix)
    agree(
        matrix @ image.ravel(),
        feature_map,
        scale=magnitude(image, kernel, terms=kernel.size),
        what="matrix @ image.ravel()",
    )
