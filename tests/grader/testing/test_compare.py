"""Comparing: type, shape, finiteness, values, in that order; the first difference in words."""

from __future__ import annotations

from collections import UserList
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.errors import StudentRaised
from grader.testing.compare import (
    Mismatch,
    agree,
    agree_integer,
    agree_shapes,
    magnitude,
    must_raise,
    require,
)

GRID = np.arange(6.0).reshape(2, 3)


def message(call: Callable[..., None], *args: Any, **kwargs: Any) -> str:
    with pytest.raises(Mismatch) as caught:
        call(*args, **kwargs)
    return caught.value.message


@pytest.mark.parametrize(
    "got",
    [
        GRID,
        GRID.tolist(),
        tuple(map(tuple, GRID.tolist())),
        GRID.astype(np.float32),
        GRID.astype(int),
        np.asfortranarray(GRID),
        GRID + 1e-7,
        UserList(GRID.tolist()),
    ],
)
def test_equal_values_agree_whatever_carries_them(got: Any) -> None:
    agree(got, GRID)


@pytest.mark.parametrize(
    ("got", "expected", "words"),
    [
        (GRID.T, GRID, "shape (3, 2), expected (2, 3)"),
        (GRID[:, :2], GRID, "shape (2, 2), expected (2, 3)"),
        (GRID[None], GRID, "shape (1, 2, 3), expected (2, 3)"),
        (1.0, np.ones((2, 2)), "a single number, expected shape (2, 2)"),
        (np.zeros(0), np.ones(3), "shape (0,), expected (3,)"),
        (np.zeros((0, 3)), np.zeros((0, 4)), "shape (0, 3), expected (0, 4)"),
        ([5.0], 5.0, "shape (1,), expected a single number"),
        (None, GRID, "returned None"),
        ("text", GRID, "expected an array of real numbers"),
        ([[1, 2], [3]], GRID, "expected an array of real numbers"),
        (GRID + 0j, GRID, "expected an array of real numbers"),
        ({"a": 1}, GRID, "a dict of length 1"),
        (object(), GRID, "expected an array of real numbers"),
        (np.array([None]), np.ones(1), "expected an array of real numbers"),
        (3.0, 5.0, "got 3.0, expected 5.0"),
        (np.nan, 5.0, "must be finite"),
    ],
)
def test_the_first_thing_that_differs_is_said_in_words(got: Any, expected: Any, words: str) -> None:
    assert words in message(agree, got, expected)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_value_that_is_not_finite_never_agrees(bad: float) -> None:
    got = GRID.copy()
    got[1, 2] = bad
    said = message(agree, got, GRID)
    assert "at [1, 2]" in said
    assert "finite" in said
    # even where what is right is not finite either: whoever wants that says so
    assert message(agree, np.array([bad]), np.array([bad]))
    agree(np.array([bad, 1.0]), np.array([bad, 1.0]), finite=False)
    assert "finite here" in message(
        lambda *both: agree(*both, finite=False), np.array([1.0, bad]), np.array([bad, 1.0])
    )


def test_the_first_difference_is_the_first_in_row_major_order() -> None:
    got = GRID.copy()
    got[0, 2], got[1, 0] = 9, 9
    assert (
        message(agree, got, GRID) == "first differs at [0, 2]: got 9.0, expected 2.0 (2 of 6 values differ)"
    )


def test_a_mismatch_carries_both_values() -> None:
    with pytest.raises(Mismatch) as caught:
        agree(GRID + 1, GRID)
    np.testing.assert_array_equal(caught.value.got, GRID + 1)
    np.testing.assert_array_equal(caught.value.expected, GRID)


@pytest.mark.parametrize("scale", [1e-12, 1.0, 1e9])
def test_the_tolerance_follows_the_largest_value_expected(scale: float) -> None:
    expected = np.array([scale, 0.0])
    bound = 1e-6 * max(1.0, scale)
    agree(expected + 0.9 * bound, expected)
    assert message(agree, expected + 1.1 * bound, expected)


@settings(max_examples=50, deadline=None, database=None)
@given(
    shape=st.lists(st.integers(1, 3), min_size=1, max_size=3),
    place=st.integers(0, 26),
    by=st.sampled_from([-1.0, 1.0, 1e-3, 1e6]),
)
def test_one_wrong_value_anywhere_is_found(shape: list[int], place: int, by: float) -> None:
    expected = np.arange(float(np.prod(shape))).reshape(shape)
    agree(expected.copy(), expected)
    got = expected.copy()
    got.flat[place % got.size] += by
    where = [int(i) for i in np.unravel_index(place % got.size, got.shape)]
    assert f"at {where}" in message(agree, got, expected)


def test_parts_are_compared_one_by_one_and_named() -> None:
    agree([GRID, 2.0], (GRID, 2.0))
    assert message(agree, (GRID, 3.0), (GRID, 2.0), what="dx, db").startswith("db: got 3.0")
    assert message(agree, (GRID, 3.0), (GRID, 2.0)).startswith("part 1: ")
    assert "1 value(s), expected 2" in message(agree, GRID, (GRID, 2.0))
    assert "3 value(s), expected 2" in message(agree, [1, 2, 3], (GRID, 2.0))
    assert "returned None" in message(agree, None, (GRID, 2.0))


@pytest.mark.parametrize("got", [5, np.int8(5), np.uint64(5), np.array(5)])
def test_whatever_is_an_integer_counts_as_one(got: Any) -> None:
    agree_integer(got, 5)


@pytest.mark.parametrize(
    ("got", "words"),
    [
        (4, "got 4, expected 5"),
        (5.0, "float 5.0"),
        ("5", "str"),
        (None, "None"),
        ([5], "list"),
        (np.float64(5), "5"),
    ],
)
def test_what_is_not_that_integer_is_said(got: Any, words: str) -> None:
    assert words in message(agree_integer, got, 5)


def test_shapes_are_compared_entry_by_entry() -> None:
    agree_shapes([(1, 2), [3]], [(1, 2), (3,)])
    agree_shapes(((np.int64(1),),), [(1,)])
    for got in (None, 5, [(1, 2)], [(1, 2), (4,)], [(1, 2), 3], [(1, 2), ("3",)], [(1, 2), (3.0,)], "ab"):
        assert message(agree_shapes, got, [(1, 2), (3,)])


def test_require_says_what_does_not_hold() -> None:
    require(True, "never said")
    assert message(require, False, "the map moves") == "the map moves"


def test_the_right_error_must_be_raised() -> None:
    def raising(error: BaseException) -> Callable[[], None]:
        def function() -> None:
            raise error

        return function

    must_raise(ValueError, raising(ValueError("here")))
    must_raise(ValueError, raising(StudentRaised("Own", "", lineage=("Own", "ValueError", "Exception"))))
    assert "raised KeyError, expected ValueError" in message(
        must_raise, ValueError, raising(StudentRaised("KeyError", "", lineage=("KeyError", "Exception")))
    )
    assert "expected ValueError to be raised" in message(must_raise, ValueError, lambda: 3)
    # what a class is called proves nothing where another module's class has that name
    assert message(
        must_raise, ValueError, raising(StudentRaised("ValueErrors", "", lineage=("ValueErrors",)))
    )


@pytest.mark.parametrize("unit", [1.0, 0.137, 142857.1, 1.3e-6])
def test_with_the_scale_of_its_numbers_single_precision_agrees_and_nothing_coarser(unit: float) -> None:
    rng = np.random.default_rng(3)
    x, w = unit * rng.integers(-7, 8, (200, 27)), 0.37 * rng.integers(-7, 8, 27)
    right, scale = x @ w, magnitude(x, w, terms=27)
    agree(x.astype(np.float32) @ w.astype(np.float32), right, scale=scale)
    agree(np.array([sum(row * w) for row in x[:, ::-1]]), x[:, ::-1] @ w, scale=scale)
    for wrong in (right * (1 + 2**-11), right * 1.001, right + 1e-4 * scale):
        assert "differ" in message(agree, wrong, right, scale=scale)


def test_small_numbers_want_a_scale() -> None:
    small = np.array([1e-7, -2e-7])
    agree(np.zeros(2), small)
    assert "got 0.0, expected 1e-07" in message(agree, np.zeros(2), small, scale=magnitude(small))


def test_what_cancelled_is_measured_by_its_terms() -> None:
    x = np.array([142857.1, -142857.1])
    assert "differs" in message(agree, np.array([0.003]), np.array([0.0]))
    agree(np.array([0.003]), np.array([0.0]), scale=magnitude(x))


def test_the_parts_of_a_tuple_have_scales_of_their_own() -> None:
    right = (np.array([1e-6]), np.array([1e6]))
    agree((np.array([1e-6]), np.array([1e6 + 0.1])), right, scale=(1e-6, 1e6))
    wrong = (np.array([1.1e-6]), np.array([1e6]))
    agree(wrong, right)
    assert message(agree, wrong, right, scale=(1e-6, 1e6), what="dx, dw").startswith("dx: first differs")


def test_the_magnitude_of_nothing_and_of_numbers() -> None:
    assert magnitude(np.array([-3.0, 2.0]), 4.0) == 12.0
    assert magnitude(np.array([-3.0, 2.0]), 4.0, terms=5) == 60.0
    assert magnitude(np.zeros((0, 2))) == 0.0
