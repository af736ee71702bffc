"""Hidden tests of the chapter `sequences`: 11 points."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from grader.testing import agree

from .strategies import SEEDS, Ids, part

#: What text_windows and pad_batch return.
WINDOWS, BATCH = "inputs, targets", "ids, mask"


@st.composite
def hot(
    draw: st.DrawFn, shapes: st.SearchStrategy[tuple[int, ...]], *, spare: bool = False
) -> tuple[Ids, int]:
    """Calls of one_hot. spare: the largest ids do not occur; else the last one does."""
    shape, size = draw(shapes), draw(st.integers(5, 7))
    rng = np.random.default_rng(draw(SEEDS))
    ids = rng.integers(0, size, shape)
    if not spare:
        ids.flat[rng.integers(ids.size)] = size - 1
    return ids, size + 3 * spare


@st.composite
def texts(
    draw: st.DrawFn, *, rest: st.SearchStrategy[int], windows: st.SearchStrategy[int]
) -> tuple[Ids, int]:
    """Calls of text_windows. rest: how many ids are left at the end, as far as the window is longer."""
    length = draw(st.integers(2, 4))
    count = draw(windows) * length + 1 + min(draw(rest), length - 1)
    return np.random.default_rng(draw(SEEDS)).integers(0, 40, count), length


def batches(*, least: int = 1, first: int = 1, sequences: int = 2) -> st.SearchStrategy[list[list[int]]]:
    """Calls of pad_batch. least: of a sequence's length; first: the smallest id; sequences: how many, at least."""
    one = st.lists(st.integers(first, 9), min_size=least, max_size=5)
    return st.lists(one, min_size=sequences, max_size=4).filter(lambda batch: any(batch))


@pytest.mark.exercise("one_hot", points=1.25)
@given(call=hot(st.tuples(st.integers(1, 4))))
@example(call=(np.array([2, 0, 1, 2]), 3))
def test_rows(student: SimpleNamespace, reference: SimpleNamespace, call: tuple[Ids, int]) -> None:
    """A row of ids: each becomes a row with a single 1"""
    agree(student.one_hot(*call), reference.one_hot(*call))


@pytest.mark.exercise("one_hot", points=1)
@given(call=hot(st.tuples(st.integers(1, 3), st.integers(1, 4))))
@example(call=(np.array([[2, 0, 4, 1], [4, 4, 3, 0]]), 5))
def test_batch_of_rows(student: SimpleNamespace, reference: SimpleNamespace, call: tuple[Ids, int]) -> None:
    """A batch (N, T) becomes (N, T, V)"""
    agree(student.one_hot(*call), reference.one_hot(*call))


@pytest.mark.exercise("one_hot", points=0.75)
@given(call=hot(st.lists(st.integers(1, 3), min_size=1, max_size=3).map(tuple), spare=True))
@example(call=(np.array([[[0, 1], [1, 0], [0, 0]]]), 4))
@example(call=(np.array([0]), 1))
def test_ids_that_do_not_occur(
    student: SimpleNamespace, reference: SimpleNamespace, call: tuple[Ids, int]
) -> None:
    """V is the size that is given, also where the last ids do not occur; ids with one, two or three axes"""
    agree(student.one_hot(*call), reference.one_hot(*call))


@pytest.mark.exercise("text_windows", points=1.25)
@given(call=texts(rest=st.just(0), windows=st.integers(2, 3)))
@example(call=(np.array([5, 6, 7, 8, 9, 3, 1]), 3))
@example(call=(np.array([70001, 4, 300, 2999, 5]), 2))
def test_inputs(student: SimpleNamespace, reference: SimpleNamespace, call: tuple[Ids, int]) -> None:
    """The inputs, where the text is used up"""
    agree(part(student.text_windows(*call), 0, WINDOWS), reference.text_windows(*call)[0], what="inputs")


@pytest.mark.exercise("text_windows", points=1.25)
@given(call=texts(rest=st.just(0), windows=st.integers(2, 3)))
@example(call=(np.array([5, 6, 7, 8, 9, 3, 1]), 3))
@example(call=(np.array([4, 70001, 300, 2999, 5]), 2))
def test_targets(student: SimpleNamespace, reference: SimpleNamespace, call: tuple[Ids, int]) -> None:
    """The targets: what comes one place later"""
    agree(part(student.text_windows(*call), 1, WINDOWS), reference.text_windows(*call)[1], what="targets")


@pytest.mark.exercise("text_windows", points=1)
@given(call=texts(rest=st.integers(1, 3), windows=st.integers(2, 3)))
@example(call=(np.arange(8) * 11, 3))
@example(call=(np.arange(8) * 11, 4))
@example(call=(np.arange(5) * 9, 1))
def test_rest(student: SimpleNamespace, reference: SimpleNamespace, call: tuple[Ids, int]) -> None:
    """What is too short for a window at the end is left out, from the inputs and from the targets"""
    agree(student.text_windows(*call), reference.text_windows(*call), what=WINDOWS)


@pytest.mark.exercise("text_windows", points=0.5)
@given(call=texts(rest=st.integers(0, 2), windows=st.just(0)))
@example(call=(np.array([3, 1, 4]), 3))
@example(call=(np.array([3]), 2))
@example(call=(np.array([3]), 1))
def test_text_too_short(student: SimpleNamespace, reference: SimpleNamespace, call: tuple[Ids, int]) -> None:
    """A text too short for one window with its targets: no windows, shape (0, T)"""
    agree(student.text_windows(*call), reference.text_windows(*call), what=WINDOWS)


@pytest.mark.exercise("pad_batch", points=1.25)
@given(batch=batches())
@example(batch=[[4, 2, 7, 1], [5], [6, 3]])
@example(batch=[[70001], [300, 2999]])
def test_padded_ids(student: SimpleNamespace, reference: SimpleNamespace, batch: list[list[int]]) -> None:
    """The ids: each sequence, then zeros up to the longest one's length"""
    agree(part(student.pad_batch(batch), 0, BATCH), reference.pad_batch(batch)[0], what="ids")


@pytest.mark.exercise("pad_batch", points=1.25)
@given(batch=batches())
@example(batch=[[4, 2, 7, 1], [5], [6, 3]])
def test_mask(student: SimpleNamespace, reference: SimpleNamespace, batch: list[list[int]]) -> None:
    """The mask: 1 where a sequence has an id, 0 behind it"""
    agree(part(student.pad_batch(batch), 1, BATCH), reference.pad_batch(batch)[1], what="mask")


@pytest.mark.exercise("pad_batch", points=0.75)
@given(batch=batches(first=0).filter(lambda batch: any(0 in row for row in batch)))
@example(batch=[[0, 2, 0], [0]])
def test_id_zero(student: SimpleNamespace, reference: SimpleNamespace, batch: list[list[int]]) -> None:
    """The mask at the id 0: an id like any other, so its place is real"""
    agree(part(student.pad_batch(batch), 1, BATCH), reference.pad_batch(batch)[1], what="mask")


@pytest.mark.exercise("pad_batch", points=0.75)
@given(batch=batches(least=0, sequences=1))
@example(batch=[[], [3, 1]])
@example(batch=[[2, 5, 1]])
def test_empty_sequence(student: SimpleNamespace, reference: SimpleNamespace, batch: list[list[int]]) -> None:
    """A sequence without any id becomes a row of padding; a batch of one sequence"""
    agree(student.pad_batch(batch), reference.pad_batch(batch), what=BATCH)
