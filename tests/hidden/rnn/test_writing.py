"""Hidden tests of the chapter `language`, its reader and what it writes: 7 points."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from grader.testing import agree, require

from .models import SIZES, model
from .strategies import ANY_UNIT, FLOAT32, SEEDS, UNITS, Array, Params, halves

Reading = tuple[Params, list[list[int]]]


def reading(seed: int, texts: tuple[int, ...] = (1, 1), *, size: int = 0, unit: float = 1.0) -> Reading:
    """The params of a model, and texts of these lengths for it to read."""
    call = model(seed, SIZES[size])
    params = (call.times(unit) if unit != 1 else call).params
    rng = np.random.default_rng([seed, 6])
    return params, [rng.integers(0, len(params["wx"]), length).tolist() for length in texts]


@st.composite
def readings(
    draw: st.DrawFn, *, calls: tuple[int, int], ids: tuple[int, int], units: bool = False
) -> Reading:
    """A model, and texts: how many there are, how many ids each has. units: in units."""
    texts = draw(st.lists(st.integers(*ids), min_size=calls[0], max_size=calls[1]))
    unit = draw(ANY_UNIT) if units else 1.0
    return reading(draw(SEEDS), tuple(texts), size=draw(st.integers(0, len(SIZES) - 1)), unit=unit)


@pytest.mark.exercise("Reader", points=0.75)
@given(call=readings(calls=(1, 1), ids=(1, 1)))
@example(call=reading(1, (1,)))
def test_one_id(student: SimpleNamespace, reference: SimpleNamespace, call: Reading) -> None:
    """The scores after a single id"""
    params, texts = call
    agree(student.Reader(params).read(texts[0]), reference.Reader(params).read(texts[0]), tolerance=FLOAT32)


@pytest.mark.exercise("Reader", points=0.75)
@given(call=readings(calls=(2, 4), ids=(1, 1)))
@example(call=reading(2, (1, 1, 1)))
def test_state_is_kept(student: SimpleNamespace, reference: SimpleNamespace, call: Reading) -> None:
    """One id after the other: the state is kept from one call to the next"""
    params, texts = call
    reader, right = student.Reader(params), reference.Reader(params)
    for ids in texts:
        agree(reader.read(ids), right.read(ids), tolerance=FLOAT32)
    agree(reader.state, right.state, tolerance=FLOAT32, what="state")


@pytest.mark.exercise("Reader", points=0.5)
@given(call=readings(calls=(1, 2), ids=(2, 4)))
@example(call=reading(3, (3, 2)))
def test_several_ids(student: SimpleNamespace, reference: SimpleNamespace, call: Reading) -> None:
    """Several ids in one call: the scores after the last one"""
    params, texts = call
    reader, right = student.Reader(params), reference.Reader(params)
    for ids in texts:
        agree(reader.read(ids), right.read(ids), tolerance=FLOAT32)


@pytest.mark.exercise("Reader", points=0.5)
@given(call=readings(calls=(3, 3), ids=(1, 1)))
@example(call=reading(4, (1, 1, 1)))
def test_forget(student: SimpleNamespace, reference: SimpleNamespace, call: Reading) -> None:
    """After forget() the state is 0, and reading begins anew; another reader notices nothing"""
    params, texts = call
    reader, other, right = student.Reader(params), student.Reader(params), reference.Reader(params)
    other.read(texts[0])
    right.read(texts[0])
    reader.read(texts[1])
    reader.forget()
    agree(reader.state, np.zeros(len(params["wh"])), what="state after forget()")
    agree(reader.read(texts[2]), reference.Reader(params).read(texts[2]), tolerance=FLOAT32)
    agree(other.state, right.state, tolerance=FLOAT32, what="state of another reader")


@pytest.mark.exercise("Reader", points=0.5)
@given(call=readings(calls=(2, 2), ids=(1, 2), units=True))
@example(call=reading(5, (1, 2), unit=UNITS[0]))
@example(call=reading(6, (1, 2), unit=UNITS[1]))
@example(call=reading(7, (1, 2), unit=UNITS[2]))
def test_reading_any_numbers(student: SimpleNamespace, reference: SimpleNamespace, call: Reading) -> None:
    """Fractions, large and small numbers"""
    params, texts = call
    reader, right = student.Reader(params), reference.Reader(params)
    small = min(1.0, float(np.abs(params["wx"]).max()))
    for ids in texts:
        agree(reader.read(ids), right.read(ids), tolerance=FLOAT32)
        agree(reader.state, right.state, tolerance=FLOAT32, scale=small, what="state")


Writing = tuple[Array, int, int, float, int]


@st.composite
def writings(
    draw: st.DrawFn,
    *,
    lengths: tuple[int, int],
    temperatures: tuple[float, ...] = (1.0,),
    large: bool = False,
) -> Writing:
    """Calls of sample: a table of scores (V, V), a row for each id that was read, then start, length, temperature and
    the seed of chance."""
    rng = np.random.default_rng(draw(SEEDS))
    size = draw(st.integers(3, 6))
    table = halves(rng, size, size)
    start, seed = int(rng.integers(size)), int(rng.integers(2**31))
    if large:
        table = table * 0.37 + rng.choice([-857142.6, 900.0], (size, 1))
    return table, start, draw(st.integers(*lengths)), draw(st.sampled_from(temperatures)), seed


def agree_ids(student: SimpleNamespace, reference: SimpleNamespace, call: Writing) -> None:
    """Require the ids that the reference draws of the same chance, as a list or an array."""
    table, start, length, temperature, seed = call
    got = student.sample(lambda last: table[last], start, length, temperature, np.random.default_rng(seed))
    require(
        isinstance(got, list | tuple | np.ndarray), "expected a list of ids: is a `return` missing?", got=got
    )
    rng = np.random.default_rng(seed)
    agree(got, reference.sample(lambda last: table[last], start, length, temperature, rng))


@pytest.mark.exercise("sample", points=1.25)
@given(call=writings(lengths=(1, 1)))
@example(call=(np.array([[0.0, 1.0, 0.5], [0.0, 0.0, 0.0], [2.0, 0.0, -1.0]]), 2, 1, 1.0, 12))
def test_one_draw(student: SimpleNamespace, reference: SimpleNamespace, call: Writing) -> None:
    """One id, drawn with the probabilities of what may come after the start"""
    agree_ids(student, reference, call)


@pytest.mark.exercise("sample", points=1)
@given(call=writings(lengths=(3, 6)))
@example(call=(np.array([[0.0, 1.0, 0.5], [0.0, 0.0, 0.0], [2.0, 0.0, -1.0]]), 2, 8, 1.0, 13))
def test_several_draws(student: SimpleNamespace, reference: SimpleNamespace, call: Writing) -> None:
    """Several ids: each one that is drawn decides what may come next"""
    agree_ids(student, reference, call)


@pytest.mark.exercise("sample", points=1)
@given(call=writings(lengths=(1, 1), temperatures=(0.137, 0.37, 3.7, 9.0)))
@example(call=(np.array([[0.0, 1.0, 0.5], [0.0, 0.0, 0.0], [2.0, 0.0, -1.0]]), 2, 1, 0.25, 14))
@example(call=(np.array([[0.0, 1.0, 0.5], [0.0, 0.0, 0.0], [2.0, 0.0, -1.0]]), 2, 1, 6.5, 15))
def test_temperature(student: SimpleNamespace, reference: SimpleNamespace, call: Writing) -> None:
    """One id at a low or a high temperature"""
    agree_ids(student, reference, call)


@pytest.mark.exercise("sample", points=0.5)
@given(call=writings(lengths=(2, 4), large=True))
@example(call=(np.array([[900.0, 0.0], [-900.0, -901.0]]), 1, 4, 1.0, 16))
def test_large_scores(student: SimpleNamespace, reference: SimpleNamespace, call: Writing) -> None:
    """Large scores of either sign: nothing overflows"""
    agree_ids(student, reference, call)


def many_scores(last: int) -> Array:
    return np.arange(3001) % 7 / 4 + last % 2


@pytest.mark.exercise("sample", points=0.25)
def test_many_ids(student: SimpleNamespace, reference: SimpleNamespace) -> None:
    """Thousands of ids to draw from; no draws at all give an empty list"""
    for length in (5, 0):
        got = student.sample(many_scores, 0, length, 1.0, np.random.default_rng(17))
        require(isinstance(got, list | tuple | np.ndarray), "expected a list of ids", got=got)
        agree(got, reference.sample(many_scores, 0, length, 1.0, np.random.default_rng(17)))
