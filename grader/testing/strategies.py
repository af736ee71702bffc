"""Inputs for hidden tests, ready-made: numbers such as tell a right function from one that rounds, clips or forgets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

#: Whole numbers are multiplied with one of these: fractions that are no multiples of a power of two, numbers up to
#: 1e6, numbers down to 1e-7.
_UNITS = (0.137, 142857.1, 1.3e-7)
#: More of them positive, so that few inputs are enough to meet a large positive result.
_LEAST, _MOST = -5, 15


def numbers() -> SearchStrategy[float]:
    """Fractions, large and small numbers, of both signs, and zero."""
    from hypothesis import strategies as st

    return st.builds(_times, st.sampled_from(_UNITS), st.integers(_LEAST, _MOST))


def number_lists(least: int = 1, most: int = 6) -> SearchStrategy[list[float]]:
    """Lists of `least` to `most` such numbers, those of one list of one size."""
    from hypothesis import strategies as st

    whole = st.lists(st.integers(_LEAST, _MOST), min_size=least, max_size=most)
    return st.builds(_all_times, st.sampled_from(_UNITS), whole)


def _times(unit: float, number: int) -> float:
    return unit * number


def _all_times(unit: float, values: list[int]) -> list[Any]:
    return [unit * value for value in values]
