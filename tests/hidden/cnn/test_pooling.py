"""Hidden tests of the chapter `pooling`: 10 points.

Negative maxima, ragged edges and windows that are not as long as the stride have a test each, two of them with a
single image, so that one of these mistakes leaves the points for the rest.
"""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from grader.testing import agree, magnitude

from .strategies import NOT_NEGATIVE, UNITS, Array, Pool, batches, in_units, pools, probe

TWO = st.just(2)
MOSTLY_NEGATIVE = st.integers(-9, 1).map(float)


@pytest.mark.exercise("relu", points=0.5)
@given(x=batches(least=1, most=4))
@example(x=probe(2, 3, 4, 3))
def test_relu_of_maps(student: SimpleNamespace, reference: SimpleNamespace, x: Array) -> None:
    """Negative numbers become 0, the others stay, on a batch of feature maps"""
    agree(student.relu(x), reference.relu(x))


@pytest.mark.exercise("relu", points=0.5)
@given(x=in_units(st.lists(st.integers(1, 4), min_size=1, max_size=3).map(tuple)))
@example(x=probe(7) / 2)
@example(x=probe(5) * UNITS[0])
@example(x=probe(5) * UNITS[1])
@example(x=probe(5) * UNITS[2])
def test_relu_of_any_shape(student: SimpleNamespace, reference: SimpleNamespace, x: Array) -> None:
    """Fractions, large and small numbers, and arrays of any shape"""
    agree(student.relu(x), reference.relu(x), scale=magnitude(x))


@pytest.mark.exercise("maxpool", points=2)
@given(pool=pools(sizes=TWO, strides=TWO, values=NOT_NEGATIVE, ragged=False, square=True))
@example(pool=Pool(probe(2, 3, 6, 6) + 5, 2, 2))
def test_halving(student: SimpleNamespace, reference: SimpleNamespace, pool: Pool) -> None:
    """Windows of 2×2 with stride 2, the defaults, on squares with an even side"""
    agree(student.maxpool(pool.x), reference.maxpool(*pool.args))


@pytest.mark.exercise("maxpool", points=1)
@given(pool=pools(sizes=TWO, strides=TWO, values=MOSTLY_NEGATIVE, ragged=False, square=True))
@example(pool=Pool(probe(1, 2, 4, 4) - 7, 2, 2))
def test_negative_maximum(student: SimpleNamespace, reference: SimpleNamespace, pool: Pool) -> None:
    """Windows in which every number is negative"""
    agree(student.maxpool(pool.x), reference.maxpool(*pool.args))


@pytest.mark.exercise("maxpool", points=1.5)
@given(pool=pools(sizes=st.integers(2, 3), values=NOT_NEGATIVE, ragged=False, one_image=True))
@example(pool=Pool(probe(1, 2, 7, 5) + 5, 3, 2))
@example(pool=Pool(probe(1, 2, 5, 8) + 5, 2, 3))
def test_overlap_and_gaps(student: SimpleNamespace, reference: SimpleNamespace, pool: Pool) -> None:
    """Windows that overlap (stride < size) or leave gaps (stride > size)"""
    agree(student.maxpool(pool.x, size=pool.size, stride=pool.stride), reference.maxpool(*pool.args))


@pytest.mark.exercise("maxpool", points=1.5)
@given(pool=pools(sizes=TWO, strides=TWO, values=NOT_NEGATIVE, one_image=True))
@example(pool=Pool(probe(1, 2, 7, 5) + 5, 2, 2))
@example(pool=Pool(probe(1, 1, 4, 5) + 5, 2, 2))
def test_ragged_edge(student: SimpleNamespace, reference: SimpleNamespace, pool: Pool) -> None:
    """Odd sides: a window that would stick out is dropped"""
    agree(student.maxpool(pool.x, 2, 2), reference.maxpool(*pool.args))


@pytest.mark.exercise("maxpool", points=1)
@given(pool=pools(units=True))
@example(pool=Pool(probe(2, 3, 8, 7) / 2 - 2, 3, 2))
@example(pool=Pool(probe(2, 3, 6, 9) / 2 - 2, 2, 3))
@example(pool=Pool(probe(1, 1, 4, 3), 2, 1).times(UNITS[0]))
@example(pool=Pool(probe(1, 1, 4, 3), 2, 1).times(UNITS[1]))
@example(pool=Pool(probe(1, 1, 4, 3), 2, 1).times(UNITS[2]))
def test_any_pooling(student: SimpleNamespace, reference: SimpleNamespace, pool: Pool) -> None:
    """Any window, stride and sides; negative, large and small numbers, and fractions"""
    agree(student.maxpool(*pool.args), reference.maxpool(*pool.args), scale=magnitude(pool.x))


@pytest.mark.exercise("flatten", points=1.25)
@given(x=batches(least=2, most=4, images=2))
@example(x=probe(2, 3, 4, 3))
def test_flatten_batch(student: SimpleNamespace, reference: SimpleNamespace, x: Array) -> None:
    """One row for each image: channel by channel, row by row"""
    agree(student.flatten(x), reference.flatten(x))


@pytest.mark.exercise("flatten", points=0.75)
@given(x=in_units(st.tuples(st.just(1), *[st.integers(1, 3)] * 3)))
@example(x=probe(1, 2, 3, 4) / 2)
@example(x=probe(1, 2, 2, 2) * UNITS[0])
@example(x=probe(1, 2, 2, 2) * UNITS[1])
@example(x=probe(1, 2, 2, 2) * UNITS[2])
def test_flatten_one_image(student: SimpleNamespace, reference: SimpleNamespace, x: Array) -> None:
    """A batch of a single image keeps its batch axis, and its numbers, whatever they are"""
    agree(student.flatten(x), reference.flatten(x), scale=magnitude(x))
