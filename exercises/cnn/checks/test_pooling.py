"""Checks of the chapter `pooling`: small cases worked out by hand, and what these layers must always do."""

from typing import Any

import numpy as np
import pytest

from grader.testing import agree


@pytest.mark.exercise("relu")
def test_relu_by_hand(student: Any) -> None:
    """Negative numbers become 0, the others stay, fractions too"""
    agree(student.relu(np.array([[-3.0, 0.5, 0.0], [7.0, -0.25, 2.0]])), [[0.0, 0.5, 0.0], [7.0, 0.0, 2.0]])


@pytest.mark.exercise("relu")
def test_relu_keeps_the_shape(student: Any) -> None:
    """The shape stays, whatever it is"""
    agree(student.relu(np.array([1.0, -1.0])), [1.0, 0.0])
    agree(student.relu(np.full((2, 3, 2, 1), -4.0)), np.zeros((2, 3, 2, 1)))
    agree(student.relu(np.full((2, 3, 2, 1), 4.0)), np.full((2, 3, 2, 1), 4.0))


@pytest.mark.exercise("maxpool")
def test_quarters_by_hand(student: Any) -> None:
    """2×2 windows with stride 2, by hand"""
    x = np.array([[[[1.0, 2.0, 0.0, 7.0], [6.0, 3.0, 5.0, 1.0]]]])
    agree(student.maxpool(x), [[[[6.0, 7.0]]]])


@pytest.mark.exercise("maxpool")
def test_negative_window(student: Any) -> None:
    """Where every number is negative, the maximum is negative too"""
    x = np.array([[[[-5.0, -2.0], [-3.0, -9.0]]]])
    agree(student.maxpool(x), [[[[-2.0]]]])


@pytest.mark.exercise("maxpool")
def test_images_and_channels_are_pooled_apart(student: Any) -> None:
    """Each image and each channel on its own"""
    # Every map holds its own number in one corner and less elsewhere.
    x = np.full((2, 3, 2, 2), -1.0)
    x[:, :, 1, 0] = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
    agree(student.maxpool(x), [[[[1.0]], [[2.0]], [[3.0]]], [[[4.0]], [[5.0]], [[6.0]]]])


@pytest.mark.exercise("maxpool")
def test_odd_sides(student: Any) -> None:
    """A 3×5 map: the last row and the last column fit into no window"""
    x = np.array([[[[1.0, 2.0, 3.0, 4.0, 99.0], [5.0, 6.0, 7.0, 8.5, 99.0], [99.0, 99.0, 99.0, 99.0, 99.0]]]])
    agree(student.maxpool(x), [[[[6.0, 8.5]]]])


@pytest.mark.exercise("maxpool")
def test_size_is_not_stride(student: Any) -> None:
    """Windows that overlap (size 3, stride 1) and windows with gaps (size 2, stride 3)"""
    rows = [
        [1.0, 9.0, 2.0, 0.0, 3.0],
        [4.0, 0.0, 8.0, 1.0, 0.0],
        [0.0, 5.0, 1.0, 7.0, 6.0],
        [2.0, 3.0, 0.0, 1.0, 4.0],
    ]
    agree(
        student.maxpool(np.array([[rows]]), size=3, stride=1),
        [[[[9.0, 9.0, 8.0], [8.0, 8.0, 8.0]]]],
        what="overlap",
    )
    agree(student.maxpool(np.array([[rows]]), size=2, stride=3), [[[[9.0, 3.0]]]], what="gaps")


@pytest.mark.exercise("flatten")
def test_rows_by_hand(student: Any) -> None:
    """Two images with two channels of 1×3: one row for each image, channel after channel"""
    x = np.array([[[[1.0, 2.0, 3.0]], [[4.0, 5.0, 6.0]]], [[[7.0, 8.0, 9.0]], [[10.0, 11.0, 12.0]]]])
    agree(student.flatten(x), [[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [7.0, 8.0, 9.0, 10.0, 11.0, 12.0]])


@pytest.mark.exercise("flatten")
def test_row_by_row(student: Any) -> None:
    """A map is read row by row"""
    x = np.array([[[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]], [[[6.0, 5.0], [4.0, 3.0], [2.0, 1.0]]]])
    agree(student.flatten(x), [[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [6.0, 5.0, 4.0, 3.0, 2.0, 1.0]])


@pytest.mark.exercise("flatten")
def test_single_image_keeps_its_batch_axis(student: Any) -> None:
    """One image gives one row: shape (1, 4), not (4,)"""
    agree(student.flatten(np.array([[[[1.0, 2.5]], [[3.0, 4.0]]]])), [[1.0, 2.5, 3.0, 4.0]])
