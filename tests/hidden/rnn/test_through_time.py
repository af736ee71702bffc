"""Hidden tests of the chapter `through_time`: 26 points.

The states of a backward pass are any numbers below 1: what it returns follows from what it is given. Each of the
five gradients has points of its own.
"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from grader.testing import agree, magnitude, observe, real_array, require

from .strategies import FLOAT32, SEEDS, UNITS, Back, Params, back, backs, part, same_keys, sizes

#: What rnn_step_backward, rnn_backward and clip_gradients return.
OF_STEP, OF_ALL, CLIPPED = "dx, dh, dwx, dwh, db", "dx, dh0, dwx, dwh, db", "clipped, norm"


def agree_part(student: SimpleNamespace, reference: SimpleNamespace, call: Back, number: int) -> None:
    """Require one of the gradients of a step."""
    got = part(student.rnn_step_backward(*call.step), number, OF_STEP)
    right = reference.rnn_step_backward(*call.step)[number]
    agree(got, right, tolerance=FLOAT32, what=OF_STEP.split(", ")[number])


def agree_parts(
    student: SimpleNamespace, reference: SimpleNamespace, call: Back, numbers: tuple[int, ...]
) -> None:
    """Require some of the gradients of a sequence."""
    got, right = student.rnn_backward(*call.args), reference.rnn_backward(*call.args)
    for number in numbers:
        name = OF_ALL.split(", ")[number]
        agree(part(got, number, OF_ALL), right[number], tolerance=FLOAT32, scale=call.unit, what=name)


@pytest.mark.exercise("rnn_step_backward", points=1)
@given(call=backs(sizes(one_sequence=True, one_step=True), flat=True))
@example(call=back(1, (1, 1, 3, 2), flat=True))
def test_products(student: SimpleNamespace, reference: SimpleNamespace, call: Back) -> None:
    """One sequence with h_next = 0, where tanh has the slope 1: dx, dh and dwx are matrix products alone"""
    for number in (0, 1, 2):
        agree_part(student, reference, call, number)


@pytest.mark.exercise("rnn_step_backward", points=1.5)
@given(call=backs(sizes(one_step=True)))
@example(call=back(2, (2, 1, 4, 3)))
def test_dx(student: SimpleNamespace, reference: SimpleNamespace, call: Back) -> None:
    """dx: the gradient of what is read"""
    agree_part(student, reference, call, 0)


@pytest.mark.exercise("rnn_step_backward", points=1.5)
@given(call=backs(sizes(one_step=True)))
@example(call=back(3, (2, 1, 4, 3)))
def test_dh(student: SimpleNamespace, reference: SimpleNamespace, call: Back) -> None:
    """dh: the gradient of the state before"""
    agree_part(student, reference, call, 1)


@pytest.mark.exercise("rnn_step_backward", points=1.25)
@given(call=backs(sizes(one_step=True)))
@example(call=back(4, (2, 1, 4, 3)))
def test_dwx(student: SimpleNamespace, reference: SimpleNamespace, call: Back) -> None:
    """dwx: all sequences of the batch together"""
    agree_part(student, reference, call, 2)


@pytest.mark.exercise("rnn_step_backward", points=1.25)
@given(call=backs(sizes(one_step=True)))
@example(call=back(5, (2, 1, 4, 3)))
def test_dwh(student: SimpleNamespace, reference: SimpleNamespace, call: Back) -> None:
    """dwh: all sequences of the batch together"""
    agree_part(student, reference, call, 3)


@pytest.mark.exercise("rnn_step_backward", points=0.75)
@given(call=backs(sizes(one_step=True)))
@example(call=back(6, (2, 1, 4, 3)))
def test_db(student: SimpleNamespace, reference: SimpleNamespace, call: Back) -> None:
    """db: one number for each entry of the state"""
    agree_part(student, reference, call, 4)


@pytest.mark.exercise("rnn_step_backward", points=0.75)
@given(call=backs(sizes(one_step=True), units=True))
@example(call=back(7, (3, 1, 2, 4)).times(UNITS[0]))
@example(call=back(8, (3, 1, 2, 4)).times(UNITS[1]))
@example(call=back(9, (3, 1, 2, 4)).times(UNITS[2]))
def test_step_of_any_numbers(student: SimpleNamespace, reference: SimpleNamespace, call: Back) -> None:
    """All five, with fractions, large and small numbers"""
    got, right = student.rnn_step_backward(*call.step), reference.rnn_step_backward(*call.step)
    dnext, x, h, _, wx, wh = call.step
    n, hidden = dnext.shape
    scale = (
        magnitude(dnext, wx, terms=hidden),
        magnitude(dnext, wh, terms=hidden),
        magnitude(x, dnext, terms=n),
        magnitude(h, dnext, terms=n),
        magnitude(dnext, terms=n),
    )
    agree(got, right, scale=scale, what=OF_STEP)


@pytest.mark.exercise("rnn_backward", points=1.5)
@given(call=backs(sizes(one_step=True)))
@example(call=back(11, (2, 1, 4, 3)))
def test_one_step(student: SimpleNamespace, reference: SimpleNamespace, call: Back) -> None:
    """Sequences of a single step: dx, dwx and db"""
    agree_parts(student, reference, call, (0, 2, 4))


@pytest.mark.exercise("rnn_backward", points=1.75)
@given(call=backs(sizes(several=True), last=True))
@example(call=back(12, (2, 3, 4, 1), last=True))
@example(call=back(13, (1, 4, 2, 3), last=True))
def test_back_to_the_start(student: SimpleNamespace, reference: SimpleNamespace, call: Back) -> None:
    """dx where the loss looks at the last state only: its gradient goes back through all steps"""
    agree_parts(student, reference, call, (0,))


@pytest.mark.exercise("rnn_backward", points=1.5)
@given(call=backs(sizes(several=True)))
@example(call=back(14, (2, 3, 4, 1)))
def test_every_state_counts(student: SimpleNamespace, reference: SimpleNamespace, call: Back) -> None:
    """dx where the loss looks at every state"""
    agree_parts(student, reference, call, (0,))


@pytest.mark.exercise("rnn_backward", points=1.25)
@given(call=backs(sizes(several=True)))
@example(call=back(21, (2, 3, 4, 1)))
def test_first_state(student: SimpleNamespace, reference: SimpleNamespace, call: Back) -> None:
    """dh0: what arrives at the state before the first step"""
    agree_parts(student, reference, call, (1,))


@pytest.mark.exercise("rnn_backward", points=1)
@given(call=backs(sizes(several=True)))
@example(call=back(15, (2, 3, 4, 1)))
def test_input_weights(student: SimpleNamespace, reference: SimpleNamespace, call: Back) -> None:
    """dwx: every step has its share"""
    agree_parts(student, reference, call, (2,))


@pytest.mark.exercise("rnn_backward", points=1)
@given(call=backs(sizes(several=True), begun=False))
@example(call=back(16, (2, 3, 1, 4), begun=False))
def test_state_weights(student: SimpleNamespace, reference: SimpleNamespace, call: Back) -> None:
    """dwh: every step has its share (the states begin with 0)"""
    agree_parts(student, reference, call, (3,))


@pytest.mark.exercise("rnn_backward", points=0.75)
@given(call=backs(sizes(several=True)))
@example(call=back(17, (2, 3, 4, 1)))
def test_bias(student: SimpleNamespace, reference: SimpleNamespace, call: Back) -> None:
    """db: every step has its share"""
    agree_parts(student, reference, call, (4,))


@pytest.mark.exercise("rnn_backward", points=1.25)
@given(call=backs(sizes(), units=True))
@example(call=back(22, (2, 1, 4, 3)))
@example(call=back(18, (3, 2, 4, 1)).times(UNITS[0]))
@example(call=back(19, (2, 3, 4, 2)).times(UNITS[1]))
@example(call=back(20, (2, 3, 4, 2)).times(UNITS[2]))
def test_any_numbers(student: SimpleNamespace, reference: SimpleNamespace, call: Back) -> None:
    """All five, from any state h0 on, with fractions, large and small numbers"""
    agree_parts(student, reference, call, (0, 1, 2, 3, 4))


def gradients(seed: int, *, unit: float = 1.0) -> Params:
    """Three arrays of one, two and three axes."""
    rng = np.random.default_rng([seed, 3])
    shapes = {"wx": (2, 3), "b": (int(rng.integers(1, 5)),), "k": (2, 1, 2)}
    return {name: unit * rng.integers(-4, 5, shape) / 2 + unit / 4 for name, shape in shapes.items()}


def length(grads: Params) -> float:
    return float(np.sqrt(sum((grad**2).sum() for grad in grads.values())))


@st.composite
def clippings(draw: st.DrawFn, factors: tuple[float, ...], *, units: bool = False) -> tuple[Params, float]:
    """Calls of clip_gradients. factors: how long the limit may be, beside the gradients."""
    grads = gradients(draw(SEEDS), unit=draw(st.sampled_from(UNITS)) if units else 1.0)
    return grads, draw(st.sampled_from(factors)) * length(grads)


def agree_clipped(got: object, expected: Params, scale: float = 1.0) -> None:
    """Require the clipped gradients, with all their names."""
    arrays = same_keys(part(got, 0, CLIPPED), expected, "clipped")
    for name, right in expected.items():
        agree(arrays[name], right, scale=scale, what=name)


@pytest.mark.exercise("clip_gradients", points=1)
@given(call=clippings((0.25, 0.5, 2.0)))
@example(call=({"w": np.array([[3.0, 0.0]]), "b": np.array([4.0])}, 2.0))
@example(call=({"w": np.array([[0.5, -0.5]]), "b": np.array([0.5, 0.5])}, 0.5))
def test_norm(student: SimpleNamespace, reference: SimpleNamespace, call: tuple[Params, float]) -> None:
    """The norm of all gradients together, before clipping"""
    got = part(student.clip_gradients(*call), 1, CLIPPED)
    agree(got, reference.clip_gradients(*call)[1], what="norm")


@pytest.mark.exercise("clip_gradients", points=1)
@given(call=clippings((0.2, 0.5, 0.9)))
@example(call=({"w": np.array([[3.0, 0.0]]), "b": np.array([4.0])}, 4.5))
@example(call=({"w": np.array([[0.5, -0.5]]), "b": np.array([0.5, 0.5])}, 0.875))
def test_too_long(student: SimpleNamespace, reference: SimpleNamespace, call: tuple[Params, float]) -> None:
    """Longer than the limit: all of them are made shorter by one factor"""
    agree_clipped(student.clip_gradients(*call), reference.clip_gradients(*call)[0])


@pytest.mark.exercise("clip_gradients", points=0.75)
@given(call=clippings((1.1, 1.5, 7.0)))
@example(call=({"w": np.array([[3.0, 0.0]]), "b": np.array([4.0])}, 5.0))
@example(call=({"w": np.array([[0.25, 0.0]]), "b": np.array([0.0])}, 0.5))
def test_short_enough(
    student: SimpleNamespace, reference: SimpleNamespace, call: tuple[Params, float]
) -> None:
    """Not longer than the limit: they stay as they are"""
    agree_clipped(student.clip_gradients(*call), reference.clip_gradients(*call)[0])


@pytest.mark.exercise("clip_gradients", points=0.25)
def test_all_zero(student: SimpleNamespace) -> None:
    """Gradients that are all 0 stay 0"""
    agree_clipped(student.clip_gradients({"w": np.zeros((2, 3))}, 2.5), {"w": np.zeros((2, 3))})


@pytest.mark.exercise("clip_gradients", points=0.5)
@given(call=clippings((0.5, 2.0)))
@example(call=({"w": np.array([[3.0, 0.0]]), "b": np.array([4.0])}, 1.0))
def test_left_alone(student: SimpleNamespace, call: tuple[Params, float]) -> None:
    """The arrays that were given stay as they are"""
    grads = call[0]
    seen = observe(student.clip_gradients, *call)
    same_keys(part(seen.result, 0, CLIPPED), grads, "clipped")
    after = same_keys(seen.arguments[0], grads, "grads, after the call,")
    for name, before in grads.items():
        agree(after[name], before, what=f"grads[{name!r}] after the call")


@pytest.mark.exercise("clip_gradients", points=0.5)
@given(call=clippings((0.3, 3.0), units=True))
@example(call=(gradients(1, unit=UNITS[0]), 0.11))
@example(call=(gradients(2, unit=UNITS[1]), 1571.3))
@example(call=(gradients(3, unit=UNITS[2]), 1.7e-6))
def test_clipping_any_numbers(
    student: SimpleNamespace, reference: SimpleNamespace, call: tuple[Params, float]
) -> None:
    """Fractions, large and small numbers"""
    got = student.clip_gradients(*call)
    clipped, norm = reference.clip_gradients(*call)
    agree(part(got, 1, CLIPPED), norm, scale=norm, what="norm")
    agree_clipped(got, clipped, scale=min(norm, call[1]))


@pytest.mark.exercise("gradient_norms", points=0.75)
@given(call=backs(sizes()))
@example(call=back(31, (2, 3, 4, 1)))
def test_last_norm(student: SimpleNamespace, call: Back) -> None:
    """T + 1 norms; the last one is that of dlast, over the batch too"""
    norms = real_array(student.gradient_norms(*call.norms), what="norms")
    steps = call.x.shape[1]
    require(norms.shape == (steps + 1,), f"shape {norms.shape}, expected {(steps + 1,)}", got=norms)
    agree(norms[-1], np.sqrt((call.norms[0] ** 2).sum()), what="the last norm")


@pytest.mark.exercise("gradient_norms", points=1)
@given(call=backs(sizes(one_step=True)))
@example(call=back(32, (2, 1, 4, 3)))
def test_norms_of_one_step(student: SimpleNamespace, reference: SimpleNamespace, call: Back) -> None:
    """Sequences of a single step: two norms"""
    agree(student.gradient_norms(*call.norms), reference.gradient_norms(*call.norms), tolerance=FLOAT32)


@pytest.mark.exercise("gradient_norms", points=1.25)
@given(call=backs(sizes(one_sequence=True), begun=False))
@example(call=back(33, (1, 3, 4, 2), begun=False))
def test_norms_of_one_sequence(student: SimpleNamespace, reference: SimpleNamespace, call: Back) -> None:
    """One sequence of several steps, whose states begin with 0"""
    agree(student.gradient_norms(*call.norms), reference.gradient_norms(*call.norms), tolerance=FLOAT32)


@pytest.mark.exercise("gradient_norms", points=1)
@given(call=backs(sizes(several=True), units=True))
@example(call=back(34, (3, 2, 4, 1)).times(UNITS[0]))
@example(call=back(35, (2, 3, 4, 2)).times(UNITS[1]))
@example(call=back(36, (2, 3, 4, 2)).times(UNITS[2]))
def test_norms_of_any_numbers(student: SimpleNamespace, reference: SimpleNamespace, call: Back) -> None:
    """A batch of several steps from any state on, with fractions, large and small numbers"""
    norms = student.gradient_norms(*call.norms)
    agree(norms, reference.gradient_norms(*call.norms), tolerance=FLOAT32, scale=call.unit)
