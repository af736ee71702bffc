"""Hidden tests of the chapter `gates`: 13 points.

Where all four parts have the same weights, their order does not matter: that is a test of its own.
"""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import example, given

from grader.testing import agree

from .strategies import FLOAT32, UNITS, Run, part, run, runs, sizes

#: What lstm_step returns.
BOTH = "h_next, c_next"


@pytest.mark.exercise("lstm_step", points=1.5)
@given(call=runs(sizes(one_step=True), gates=4, alike=True, begun=False, bias=False))
@example(call=run(1, (3, 1, 4, 2), gates=4, alike=True, begun=False, bias=False))
def test_parts_alike(student: SimpleNamespace, reference: SimpleNamespace, call: Run) -> None:
    """c_next where all four parts have the same weights, so that their order does not matter (h and b are 0)"""
    got, right = student.lstm_step(*call.lstm_step), reference.lstm_step(*call.lstm_step)
    agree(part(got, 1, BOTH), right[1], tolerance=FLOAT32, what="c_next")


@pytest.mark.exercise("lstm_step", points=1.25)
@given(call=runs(sizes(one_sequence=True, one_step=True), gates=4, begun=False, memory=False))
@example(call=run(2, (1, 1, 3, 2), gates=4, begun=False, memory=False))
def test_what_comes_in(student: SimpleNamespace, reference: SimpleNamespace, call: Run) -> None:
    """c_next of an empty memory: what the input gate lets in (one sequence, h is 0)"""
    got, right = student.lstm_step(*call.lstm_step), reference.lstm_step(*call.lstm_step)
    agree(part(got, 1, BOTH), right[1], tolerance=FLOAT32, what="c_next")


@pytest.mark.exercise("lstm_step", points=1.5)
@given(call=runs(sizes(one_step=True), gates=4, begun=False))
@example(call=run(3, (3, 1, 4, 2), gates=4, begun=False))
def test_what_stays(student: SimpleNamespace, reference: SimpleNamespace, call: Run) -> None:
    """c_next: what the forget gate keeps of the memory, and what comes in (h is 0)"""
    got, right = student.lstm_step(*call.lstm_step), reference.lstm_step(*call.lstm_step)
    agree(part(got, 1, BOTH), right[1], tolerance=FLOAT32, what="c_next")


@pytest.mark.exercise("lstm_step", points=1.5)
@given(call=runs(sizes(one_step=True), gates=4, begun=False))
@example(call=run(4, (3, 1, 4, 2), gates=4, begun=False))
def test_what_goes_out(student: SimpleNamespace, reference: SimpleNamespace, call: Run) -> None:
    """h_next: what the output gate lets out (h is 0)"""
    got, right = student.lstm_step(*call.lstm_step), reference.lstm_step(*call.lstm_step)
    agree(part(got, 0, BOTH), right[0], tolerance=FLOAT32, what="h_next")


@pytest.mark.exercise("lstm_step", points=1.25)
@given(call=runs(sizes(one_step=True), gates=4))
@example(call=run(5, (2, 1, 4, 3), gates=4))
def test_state_counts(student: SimpleNamespace, reference: SimpleNamespace, call: Run) -> None:
    """The state before counts in all four sums"""
    got, right = student.lstm_step(*call.lstm_step), reference.lstm_step(*call.lstm_step)
    agree(got, right, tolerance=FLOAT32, what=BOTH)


@pytest.mark.exercise("lstm_step", points=1)
@given(call=runs(sizes(one_step=True), gates=4, units=True))
@example(call=run(6, (2, 1, 3, 4), gates=4).times(UNITS[0]))
@example(call=run(7, (2, 1, 3, 4), gates=4).times(UNITS[1]))
@example(call=run(8, (2, 1, 3, 4), gates=4).times(UNITS[2]))
def test_any_numbers(student: SimpleNamespace, reference: SimpleNamespace, call: Run) -> None:
    """Fractions, large and small numbers"""
    got, right = student.lstm_step(*call.lstm_step), reference.lstm_step(*call.lstm_step)
    agree(got, right, tolerance=FLOAT32, scale=call.unit, what=BOTH)


@pytest.mark.exercise("lstm_forward", points=1.25)
@given(call=runs(sizes(one_step=True), gates=4, begun=False))
@example(call=run(11, (2, 1, 4, 3), gates=4, begun=False))
def test_one_step(student: SimpleNamespace, reference: SimpleNamespace, call: Run) -> None:
    """Sequences of a single step, from a state of 0 and an empty memory on: (N, 1, H)"""
    agree(student.lstm_forward(*call.args), reference.lstm_forward(*call.args), tolerance=FLOAT32)


@pytest.mark.exercise("lstm_forward", points=1.75)
@given(call=runs(sizes(several=True), gates=4, begun=False))
@example(call=run(12, (2, 3, 1, 4), gates=4, begun=False))
def test_several_steps(student: SimpleNamespace, reference: SimpleNamespace, call: Run) -> None:
    """Several steps from a state of 0 on: state and memory are carried on"""
    agree(student.lstm_forward(*call.args), reference.lstm_forward(*call.args), tolerance=FLOAT32)


@pytest.mark.exercise("lstm_forward", points=1)
@given(call=runs(sizes(several=True), gates=4))
@example(call=run(13, (3, 2, 1, 4), gates=4))
def test_first_state(student: SimpleNamespace, reference: SimpleNamespace, call: Run) -> None:
    """Several steps from any state h0 on"""
    agree(student.lstm_forward(*call.args), reference.lstm_forward(*call.args), tolerance=FLOAT32)


@pytest.mark.exercise("lstm_forward", points=1)
@given(call=runs(sizes(one_sequence=True), gates=4, units=True))
@example(call=run(14, (2, 3, 1, 4), gates=4).times(UNITS[0]))
@example(call=run(15, (2, 3, 4, 2), gates=4).times(UNITS[1]))
@example(call=run(16, (2, 3, 4, 2), gates=4).times(UNITS[2]))
def test_sequences_of_any_numbers(student: SimpleNamespace, reference: SimpleNamespace, call: Run) -> None:
    """Fractions, large and small numbers, from any state on"""
    states = student.lstm_forward(*call.args)
    agree(states, reference.lstm_forward(*call.args), tolerance=FLOAT32, scale=call.unit)
