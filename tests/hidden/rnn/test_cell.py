"""Hidden tests of the chapter `cell`: 13.5 points, and half a point for a rule."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from grader.testing import agree, magnitude

from .strategies import FLOAT32, SEEDS, UNITS, Array, Run, run, runs, sizes

SHAPES = st.lists(st.integers(1, 4), min_size=1, max_size=3).map(tuple)


@st.composite
def entries(draw: st.DrawFn, units: tuple[float, ...]) -> Array:
    """An array of any shape, of whole numbers from −9 to 9 in a unit."""
    whole = np.random.default_rng(draw(SEEDS)).integers(-9, 10, draw(SHAPES))
    return whole * draw(st.sampled_from(units))


def scale_of(call: Run) -> float:
    """How large the sums of one step can be; tanh makes no error larger."""
    x, h, wx, wh, b = call.step
    return magnitude(x, wx, terms=len(wx)) + magnitude(h, wh, terms=len(wh)) + magnitude(b)


@pytest.mark.exercise("tanh", points=1)
@given(x=entries((0.137, 0.25)))
@example(x=np.array([0.0, 0.5, -2.0, 1.0]))
def test_middle(student: SimpleNamespace, reference: SimpleNamespace, x: Array) -> None:
    """Numbers of both signs that are not far from 0, and 0 itself"""
    agree(student.tanh(x), reference.tanh(x))


@pytest.mark.exercise("tanh", points=1)
@given(x=entries((57.1, 800.0, 571428.4)))
@example(x=np.array([-1000.0, 1000.0, 0.0]))
@example(x=np.array([[-1e6, 1e6], [25.0, -25.0], [400.0, -710.0]]))
def test_large_numbers(student: SimpleNamespace, reference: SimpleNamespace, x: Array) -> None:
    """Large numbers of both signs: 1 or −1, and nothing overflows"""
    agree(student.tanh(x), reference.tanh(x))


@pytest.mark.exercise("tanh", points=0.5)
@given(x=entries((1.3e-6, 0.00137)))
@example(x=np.array([1.3e-6, -2.6e-6, 0.0]))
def test_small_numbers(student: SimpleNamespace, reference: SimpleNamespace, x: Array) -> None:
    """Small numbers, where tanh(x) is nearly x"""
    agree(student.tanh(x), reference.tanh(x), scale=magnitude(x))


@pytest.mark.exercise("rnn_step", points=1.25)
@given(call=runs(sizes(one_sequence=True, one_step=True), begun=False, bias=False))
@example(call=run(1, (1, 1, 3, 2), begun=False, bias=False))
def test_what_is_read(student: SimpleNamespace, reference: SimpleNamespace, call: Run) -> None:
    """One sequence that has no state yet, without bias: what is read goes through wx"""
    agree(student.rnn_step(*call.step), reference.rnn_step(*call.step), scale=scale_of(call))


@pytest.mark.exercise("rnn_step", points=1.5)
@given(call=runs(sizes(one_step=True), bias=False))
@example(call=run(2, (3, 1, 4, 2), bias=False))
def test_state_counts(student: SimpleNamespace, reference: SimpleNamespace, call: Run) -> None:
    """A batch with states, without bias: the state goes through wh"""
    agree(student.rnn_step(*call.step), reference.rnn_step(*call.step), scale=scale_of(call))


@pytest.mark.exercise("rnn_step", points=1.25)
@given(call=runs(sizes(one_step=True), begun=False))
@example(call=run(3, (3, 1, 4, 2), begun=False))
def test_bias(student: SimpleNamespace, reference: SimpleNamespace, call: Run) -> None:
    """A bias for each entry of the state (the state before is 0)"""
    agree(student.rnn_step(*call.step), reference.rnn_step(*call.step), scale=scale_of(call))


@pytest.mark.exercise("rnn_step", points=1)
@given(call=runs(sizes(one_step=True), units=True))
@example(call=run(4, (2, 1, 3, 4)))
@example(call=run(5, (2, 1, 3, 4)).times(UNITS[0]))
@example(call=run(6, (2, 1, 3, 4)).times(UNITS[1]))
@example(call=run(7, (2, 1, 3, 4)).times(UNITS[2]))
def test_step(student: SimpleNamespace, reference: SimpleNamespace, call: Run) -> None:
    """Everything together, with fractions, large and small numbers"""
    agree(student.rnn_step(*call.step), reference.rnn_step(*call.step), scale=scale_of(call))


@pytest.mark.exercise("rnn_forward", points=1.5)
@given(call=runs(sizes(one_step=True), begun=False))
@example(call=run(11, (2, 1, 4, 3), begun=False))
def test_one_step(student: SimpleNamespace, reference: SimpleNamespace, call: Run) -> None:
    """Sequences of a single step, from a state of 0 on: (N, 1, H)"""
    agree(student.rnn_forward(*call.args), reference.rnn_forward(*call.args), tolerance=FLOAT32)


@pytest.mark.exercise("rnn_forward", points=2.25)
@given(call=runs(sizes(several=True), begun=False))
@example(call=run(12, (2, 3, 1, 4), begun=False))
@example(call=run(13, (1, 5, 3, 2), begun=False))
def test_several_steps(student: SimpleNamespace, reference: SimpleNamespace, call: Run) -> None:
    """Several steps from a state of 0 on: each begins where the one before has ended"""
    agree(student.rnn_forward(*call.args), reference.rnn_forward(*call.args), tolerance=FLOAT32)


@pytest.mark.exercise("rnn_forward", points=1.25)
@given(call=runs(sizes(several=True)))
@example(call=run(14, (3, 2, 1, 4)))
def test_first_state(student: SimpleNamespace, reference: SimpleNamespace, call: Run) -> None:
    """Several steps from any state h0 on"""
    agree(student.rnn_forward(*call.args), reference.rnn_forward(*call.args), tolerance=FLOAT32)


@pytest.mark.exercise("rnn_forward", points=1)
@given(call=runs(sizes(one_sequence=True), units=True))
@example(call=run(15, (2, 3, 1, 4)).times(UNITS[0]))
@example(call=run(16, (2, 4, 3, 2)).times(UNITS[1]))
@example(call=run(17, (2, 4, 3, 2)).times(UNITS[2]))
def test_any_numbers(student: SimpleNamespace, reference: SimpleNamespace, call: Run) -> None:
    """Fractions, large and small numbers"""
    states = student.rnn_forward(*call.args)
    agree(states, reference.rnn_forward(*call.args), tolerance=FLOAT32, scale=call.unit)
