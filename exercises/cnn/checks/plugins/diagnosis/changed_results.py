"""Results altered: shifted, turned, cut, scaled, summed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from grader.diagnosis import ORDER, Variant, result


def results() -> Iterator[Variant]:
    """Changes of an array that is returned."""
    yield result(
        "negated", "has every sign reversed", "Look for a minus sign too many or too few.", np.negative
    )
    yield result("no-signs", "has lost its signs", "Where does a sign get lost?", np.abs)
    yield result(
        "clipped", "is right but for 0 in place of every negative number",
        "A ReLU, or a maximum that starts at 0, does not belong here.", lambda a: np.maximum(a, 0),
    )  # fmt: skip
    yield result(
        "whole",
        "has lost its fractions",
        "Is the result kept in an array of integers? Make it one of floats.",
        np.trunc,
    )
    yield result("squared", "is the square of what it should be", "Is something multiplied twice?", np.square)
    yield result(
        "zeros",
        "holds nothing but zeros",
        "Is the array that you fill the one that you return?",
        np.zeros_like,
    )
    yield result("ones", "holds nothing but ones", "Compare the formula with your code.", np.ones_like)


def maps() -> Iterator[Variant]:
    """Changes of a returned array whose last two axes are height and width."""
    yield from results()
    exchanged = "Rows come before columns: which index is which in your result?"
    yield result(
        "transposed",
        "is right but for rows and columns exchanged",
        exchanged,
        lambda a: np.swapaxes(a, -1, -2),
    )
    yield result(
        "reshaped", "holds the right numbers in the right order, in a shape with rows and columns exchanged",
        exchanged, lambda a: a.reshape(*a.shape[:-2], a.shape[-1], a.shape[-2]),
    )  # fmt: skip
    for words, axes in {"up-down": (-2,), "left-right": (-1,), "both ways": (-2, -1)}.items():
        yield result(
            f"flipped-{words.replace(' ', '-')}", f"is right but flipped {words}",
            "Does an index run backwards?", partial(np.flip, axis=axes),
        )  # fmt: skip
    edges = {
        "last-row-0": (-1, "row"),
        "last-col-0": (-1, "col"),
        "first-row-0": (0, "row"),
        "first-col-0": (0, "col"),
    }
    for code, (index, axis) in edges.items():
        where = f"{'last' if index else 'first'} {'row' if axis == 'row' else 'column'}"
        yield result(
            code, f"is right but for zeros in the {where}",
            "Do your loops reach the first and the last place?",
            partial(_emptied, index=index, axis=axis),
        )  # fmt: skip
    for code, rows, cols in (("no-last-row", 1, 0), ("no-last-col", 0, 1), ("no-last-row-and-col", 1, 1)):
        words = {(1, 0): "row", (0, 1): "column"}.get((rows, cols), "row and column")
        yield result(
            code, f"is right but lacks the last {words}", "How many places has the window? Count the last one, too.",
            partial(_cut, rows=rows, cols=cols),
        )  # fmt: skip


def _cut(a: Any, rows: int, cols: int) -> Any:
    return a[..., : a.shape[-2] - rows, : a.shape[-1] - cols]


def _plus(number: Any, by: int) -> Any:
    return int(number) + by


def _emptied(a: Any, index: int, axis: str) -> Any:
    a = np.array(a)
    if axis == "row":
        a[..., index, :] = 0
    else:
        a[..., index] = 0
    return a


def batched_maps() -> Iterator[Variant]:
    yield from maps()
    yield result(
        "axes-01", "is right but for its first two axes exchanged", ORDER, lambda a: np.swapaxes(a, 0, 1)
    )
    yield result(
        "channels-last", "is right but has the channels last", ORDER, lambda a: np.moveaxis(a, 1, -1)
    )
    yield result(
        "first-only", "is right for the first image and 0 for all others",
        "Does the loop over images go on after the first?", _first_only,
    )  # fmt: skip
    yield result("summed-images", "adds up all images", "Images of a batch do not mix.", _summed)


def _first_only(a: Any) -> Any:
    kept = np.zeros_like(a)
    kept[:1] = a[:1]
    return kept


def _summed(a: Any) -> Any:
    return np.broadcast_to(a.sum(axis=0, keepdims=True), a.shape)


def numbers() -> Iterator[Variant]:
    """Changes of a whole number that is returned."""
    for by in (1, -1):
        yield result(
            f"{by:+d}", f"is always one too {'large' if by > 0 else 'small'}",
            "Count a small case by hand: is the last place counted, and only once?", partial(_plus, by=by),
        )  # fmt: skip
    yield result(
        "float", "is right but not an integer", "Divide with //, or make it an int at the end.", float
    )
