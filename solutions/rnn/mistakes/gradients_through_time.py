"""Known mistakes: backpropagation through time (rnn_backward)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from grader.testing import mistake
from through_time import rnn_backward, rnn_step_backward

Array = np.ndarray
Five = tuple[Array, Array, Array, Array, Array]


def backward(
    call: tuple[Array, Array, Array, Array, Array, Array],
    *,
    order: Callable[[int], list[int]] = lambda steps: list(range(steps))[::-1],
    arriving: Callable[[int, Array, Array], Array] = lambda t, own, later: own + later,
    before: Callable[[int, Array, Array], Array] = lambda t, states, h0: states[:, t - 1] if t else h0,
    handed_on: Callable[[Array, Array], Array] = lambda dh, arrived: dh,
    shares: Callable[[list[Five]], Five] | None = None,
) -> Five:
    """rnn_backward; the keywords are what a mistake changes.

    arriving: the gradient of a state, from its own and from that of later steps. before: the state before step t.
    handed_on: what goes to the step before. shares: makes the gradients of the weights, of those of each step.
    """
    dstates, x, h0, states, wx, wh = call
    later, dx, found = np.zeros(h0.shape), np.zeros(x.shape), []
    for t in order(x.shape[1]):
        arrived = arriving(t, dstates[:, t], later)
        own = rnn_step_backward(arrived, x[:, t], before(t, states, h0), states[:, t], wx, wh)
        dx[:, t], later = own[0], handed_on(own[1], arrived)
        found.append(own[2:])
    weights = shares(found) if shares else [sum(one) for one in zip(*found, strict=True)]
    return (dx, later, *weights)


@mistake(
    "rnn_backward",
    name="cut-through-time",
    says="Each step gets its own dstates only: what comes back from later steps is lost.",
    hint="A state is used twice: by the loss, and by the next step. Its gradient has two parts.",
)
def cut_through_time(*call: Array) -> Five:
    return backward(call, arriving=lambda t, own, later: own)


@mistake(
    "rnn_backward",
    name="dstates-of-the-last-step-only",
    says="dstates is added at the last step only; the loss may look at every state.",
    hint="At which steps does your loop read dstates?",
)
def dstates_of_the_last_step_only(*call: Array) -> Five:
    last = call[0].shape[1] - 1
    return backward(call, arriving=lambda t, own, later: own if t == last else later)


@mistake(
    "rnn_backward",
    name="weights-of-the-first-step",
    says="The gradients of the weights are those of the first step: each step overwrites the one after it.",
    hint="The weights are the same in all steps. What does that make of their gradients?",
)
def weights_of_the_first_step(*call: Array) -> Five:
    return backward(call, shares=lambda found: found[-1])


@mistake(
    "rnn_backward",
    name="weights-of-the-last-step",
    says="The gradients of the weights are those of the last step only.",
    hint="Every step uses the weights, so every step has a share in their gradients.",
)
def weights_of_the_last_step(*call: Array) -> Five:
    return backward(call, shares=lambda found: found[0])


@mistake(
    "rnn_backward",
    name="averaged-over-steps",
    says="The gradients of the weights are averaged over the steps; they are sums.",
    hint="Only a loss that is a mean divides, and it has done so already.",
)
def averaged_over_steps(*call: Array) -> Five:
    return backward(call, shares=lambda found: [sum(one) / len(found) for one in zip(*found, strict=True)])


@mistake(
    "rnn_backward",
    name="averaged-over-the-batch",
    says="The gradients of the weights are averaged over the batch; they are sums.",
    hint="Only a loss that is a mean divides, and it has done so already.",
)
def averaged_over_the_batch(*call: Array) -> Five:
    n = len(call[1])
    return backward(call, shares=lambda found: [sum(one) / n for one in zip(*found, strict=True)])


@mistake(
    "rnn_backward",
    name="state-after-for-state-before",
    says="A step is given the state that it made; it needs the one that it began with.",
    hint="Step t began with the state after step t − 1.",
)
def state_after_for_state_before(*call: Array) -> Five:
    return backward(call, before=lambda t, states, h0: states[:, t])


@mistake(
    "rnn_backward",
    name="h0-ignored",
    says="The first step is taken to begin with 0; it began with h0.",
    hint="Which state stands before the first one of states?",
)
def h0_ignored(*call: Array) -> Five:
    return backward(call, before=lambda t, states, h0: states[:, t - 1] if t else np.zeros_like(h0))


@mistake(
    "rnn_backward",
    name="last-state-before-the-first",
    says="states[:, t − 1] is the last state where t is 0; the first step began with h0.",
    hint="What is states[:, −1]?",
)
def last_state_before_the_first(*call: Array) -> Five:
    return backward(call, before=lambda t, states, h0: states[:, t - 1])


@mistake(
    "rnn_backward",
    name="from-the-first-step-on",
    says="The steps are taken from the first to the last; gradients come from the end.",
    hint="Which step's gradient is known first?",
)
def from_the_first_step_on(*call: Array) -> Five:
    return backward(call, order=lambda steps: list(range(steps)))


@mistake(
    "rnn_backward",
    name="handed-on-past-the-step",
    says="The gradient of a state is handed on to the step before as it is; it must go back through the step.",
    hint="What rnn_step_backward returns as dh is what arrives at the state before.",
)
def handed_on_past_the_step(*call: Array) -> Five:
    return backward(call, handed_on=lambda dh, arrived: arrived)


@mistake(
    "rnn_backward",
    name="dh0-zero",
    says="dh0 is 0; the first step's dh belongs there.",
    hint="What is left over when the loop has ended?",
)
def dh0_zero(*call: Array) -> Five:
    dx, dh0, dwx, dwh, db = rnn_backward(*call)
    return dx, np.zeros_like(dh0), dwx, dwh, db


@mistake(
    "rnn_backward",
    name="dx-added-up",
    says="dx is added up over the steps; each step has read something else.",
    hint="dx has the shape of x.",
)
def dx_added_up(*call: Array) -> Five:
    dx, *rest = rnn_backward(*call)
    return (dx.sum(axis=1), *rest)


@mistake(
    "rnn_backward",
    name="dx-backwards",
    says="dx is in the order in which it was made: entry 0 belongs to the last step.",
    hint="Your loop begins at the end. Where do you put its first dx?",
)
def dx_backwards(*call: Array) -> Five:
    dx, *rest = rnn_backward(*call)
    return (dx[:, ::-1], *rest)


@mistake(
    "rnn_backward",
    name="one-step-back-only",
    says="A gradient goes back one step only: what came from two steps later is lost.",
    hint="What is added at step t has to hold all that came from later steps.",
)
def one_step_back_only(*call: Array) -> Five:
    dstates, x, h0, states, wx, wh = call
    later, dx, found = np.zeros(h0.shape), np.zeros(x.shape), []
    for t in reversed(range(x.shape[1])):
        start = states[:, t - 1] if t else h0
        own = rnn_step_backward(dstates[:, t] + later, x[:, t], start, states[:, t], wx, wh)
        later = rnn_step_backward(dstates[:, t], x[:, t], start, states[:, t], wx, wh)[1]
        dx[:, t] = own[0]
        found.append(own[2:])
    return (dx, later, *(sum(one) for one in zip(*found, strict=True)))


@mistake(
    "rnn_backward",
    name="db-overwritten",
    says="db is that of the first step only: each step overwrites it.",
    hint="The weights' gradients are sums over all steps. Is db one, too?",
)
def db_overwritten(*call: Array) -> Five:
    return (*rnn_backward(*call)[:4], backward(call, shares=lambda found: found[-1])[4])


@mistake(
    "rnn_backward",
    name="rounded",
    says="Results are rounded: of small numbers nothing is left.",
    hint="Rounding is for printing. Nothing here asks for it.",
)
def gradients_rounded(*call: Array) -> Five:
    return tuple(gradient.round(6) for gradient in rnn_backward(*call))
