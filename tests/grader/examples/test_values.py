"""When a result written by hand counts as the right one."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from grader.examples.values import NotPlain, Right, canonical, plain


def test_arrays_lists_and_tuples_of_the_same_numbers_are_one() -> None:
    forms = [
        np.array([[1.0, -0.0]]),
        np.array([[1, 0]]),
        [[1, 0]],
        ((1.0, 0),),
        np.array([[1, 0]], dtype=np.float32),
    ]
    assert len({canonical(plain(form)) for form in forms}) == 1


@pytest.mark.parametrize("value", [object(), 1j, np.array([1j]), {1, 2}])
def test_what_no_example_can_have_is_refused(value: object) -> None:
    with pytest.raises(NotPlain):
        plain(value)


def test_lists_in_lists_without_end_are_refused() -> None:
    endless: list[object] = []
    endless.append(endless)
    with pytest.raises(NotPlain, match="too deep"):
        plain(endless)


@pytest.mark.parametrize(
    ("right", "written"),
    [
        (math.log(2), 0.6931),
        (1 / 3, 0.3333),
        (-2 / 3, -0.6667),
        ([1.5, 2.25], [1.5, 2.25]),
        (4.0, 4.0),
        ([[0.1 + 0.2]], [[0.3]]),
        ([9.9999, 0.0], [10.0, 0.0]),
    ],
)
def test_four_decimals_are_enough(right: object, written: object) -> None:
    assert Right(plain(right)).agrees(plain(written))


@pytest.mark.parametrize(
    ("right", "written"),
    [
        (4, 5),
        (6810, 6811),
        (123456, 123457),
        (1.0, 1.5),
        ([1, 2], [1, 2, 0]),
        ([1, 2], [[1, 2]]),
        ([1, 2], 1),
        (4, None),
        (4, "raises ValueError"),
        ([1.0, math.nan], [1.0, 2.0]),
        (0.25, 0.26),
    ],
)
def test_a_wrong_result_never_counts(right: object, written: object) -> None:
    assert not Right(plain(right)).agrees(plain(written))
    assert not Right(plain(written)).agrees(plain(right))


FEW = settings(max_examples=200, deadline=None, database=None, derandomize=True)


@FEW
@given(arrays(np.float64, array_shapes(max_dims=3, max_side=3), elements=st.floats(-200, 200)))
def test_the_right_result_rounded_by_hand_counts(values: np.ndarray) -> None:
    assert Right(plain(values)).agrees(plain(np.round(values, 4)))


@FEW
@given(arrays(np.float64, array_shapes(max_dims=3, max_side=3), elements=st.integers(-9, 9)), st.data())
def test_one_whole_number_amiss_never_counts(values: np.ndarray, data: st.DataObject) -> None:
    wrong = values.copy()
    wrong.flat[data.draw(st.integers(0, values.size - 1))] += data.draw(st.sampled_from((-1, 1, 3)))
    assert not Right(plain(values)).agrees(plain(wrong))
