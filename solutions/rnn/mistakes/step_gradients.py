"""Known mistakes: the gradients of one step (rnn_step_backward)."""

from __future__ import annotations

import numpy as np

from grader.testing import mistake
from through_time import rnn_step_backward

Array = np.ndarray
Five = tuple[Array, Array, Array, Array, Array]


def products(dsum: Array, x: Array, h: Array, wx: Array, wh: Array) -> Five:
    """The gradients that follow from the one of the sum inside of tanh."""
    return dsum @ wx.T, dsum @ wh.T, x.T @ dsum, h.T @ dsum, dsum.sum(axis=0)


@mistake(
    "rnn_step_backward",
    name="tanh-forgotten",
    says="The gradient goes through tanh unchanged: its slope is missing.",
    hint="dnext belongs to h_next. Which gradient has the sum inside of tanh?",
)
def tanh_forgotten(dnext: Array, x: Array, h: Array, h_next: Array, wx: Array, wh: Array) -> Five:
    return products(dnext, x, h, wx, wh)


@mistake(
    "rnn_step_backward",
    name="tanh-twice",
    says="The slope is taken at tanh(h_next): but h_next is tanh of the sum already.",
    hint="The slope of tanh, written with what tanh returned, is 1 minus its square.",
)
def tanh_twice(dnext: Array, x: Array, h: Array, h_next: Array, wx: Array, wh: Array) -> Five:
    return products(dnext * (1 - np.tanh(h_next) ** 2), x, h, wx, wh)


@mistake(
    "rnn_step_backward",
    name="slope-of-the-sigmoid",
    says="The slope is that of the sigmoid, h(1 − h); the state is made by tanh.",
    hint="How steep is tanh at 0?",
)
def slope_of_the_sigmoid(dnext: Array, x: Array, h: Array, h_next: Array, wx: Array, wh: Array) -> Five:
    return products(dnext * h_next * (1 - h_next), x, h, wx, wh)


@mistake(
    "rnn_step_backward",
    name="square-forgotten",
    says="The slope is 1 − h_next; the square is missing.",
    hint="tanh is as steep at −0.5 as at 0.5. Is your slope?",
)
def square_forgotten(dnext: Array, x: Array, h: Array, h_next: Array, wx: Array, wh: Array) -> Five:
    return products(dnext * (1 - h_next), x, h, wx, wh)


@mistake(
    "rnn_step_backward",
    name="slope-at-the-state-before",
    says="The slope is taken at h; it belongs to what the step returned, h_next.",
    hint="Which of the two states is tanh of the sum?",
)
def slope_at_the_state_before(dnext: Array, x: Array, h: Array, h_next: Array, wx: Array, wh: Array) -> Five:
    return products(dnext * (1 - h**2), x, h, wx, wh)


@mistake(
    "rnn_step_backward",
    name="dwh-with-h-next",
    says="dwh is made with h_next; wh was multiplied with h.",
    hint="In the forward step, what stands beside wh?",
)
def dwh_with_h_next(dnext: Array, x: Array, h: Array, h_next: Array, wx: Array, wh: Array) -> Five:
    dx, dh, dwx, _, db = rnn_step_backward(dnext, x, h, h_next, wx, wh)
    return dx, dh, dwx, h_next.T @ (dnext * (1 - h_next**2)), db


@mistake(
    "rnn_step_backward",
    name="db-not-summed",
    says="db has a row for each sequence; all of them share one bias, so it is their sum.",
    hint="db has the shape of b.",
)
def db_not_summed(dnext: Array, x: Array, h: Array, h_next: Array, wx: Array, wh: Array) -> Five:
    return (*rnn_step_backward(dnext, x, h, h_next, wx, wh)[:4], dnext * (1 - h_next**2))


@mistake(
    "rnn_step_backward",
    name="db-of-the-wrong-axis",
    says="db is summed over the entries of the state; it should be summed over the batch.",
    hint="Which axis of the sum counts the sequences?",
)
def db_of_the_wrong_axis(dnext: Array, x: Array, h: Array, h_next: Array, wx: Array, wh: Array) -> Five:
    return (*rnn_step_backward(dnext, x, h, h_next, wx, wh)[:4], (dnext * (1 - h_next**2)).sum(axis=1))


@mistake(
    "rnn_step_backward",
    name="db-without-slope",
    says="db is the sum of dnext: the slope of tanh is missing there.",
    hint="b stands inside of tanh, too.",
)
def db_without_slope(dnext: Array, x: Array, h: Array, h_next: Array, wx: Array, wh: Array) -> Five:
    return (*rnn_step_backward(dnext, x, h, h_next, wx, wh)[:4], dnext.sum(axis=0))


@mistake(
    "rnn_step_backward",
    name="averaged-over-the-batch",
    says="The gradients of the weights are averaged over the batch; they are sums.",
    hint="Only a loss that is a mean divides, and it has done so already.",
)
def averaged_over_the_batch(dnext: Array, x: Array, h: Array, h_next: Array, wx: Array, wh: Array) -> Five:
    dx, dh, dwx, dwh, db = rnn_step_backward(dnext, x, h, h_next, wx, wh)
    return dx, dh, dwx / len(x), dwh / len(x), db / len(x)


@mistake(
    "rnn_step_backward",
    name="wh-not-transposed",
    says="dh is made with wh as it is; on the way back it is transposed.",
    hint="dx needs wx.T for its shape. For the same reason dh needs wh.T, though the shape does not tell.",
)
def wh_not_transposed(dnext: Array, x: Array, h: Array, h_next: Array, wx: Array, wh: Array) -> Five:
    dx, _, dwx, dwh, db = rnn_step_backward(dnext, x, h, h_next, wx, wh)
    return dx, (dnext * (1 - h_next**2)) @ wh, dwx, dwh, db


@mistake(
    "rnn_step_backward",
    name="weight-gradients-transposed",
    says="dwx and dwh are transposed.",
    hint="Each has the shape of its weights. And in dwh, where the shape does not tell?",
)
def weight_gradients_transposed(
    dnext: Array, x: Array, h: Array, h_next: Array, wx: Array, wh: Array
) -> Five:
    dx, dh, dwx, dwh, db = rnn_step_backward(dnext, x, h, h_next, wx, wh)
    return dx, dh, dwx.T, dwh.T, db


@mistake(
    "rnn_step_backward",
    name="dnext-added-to-dh",
    says="dnext is added to dh: the state before counts through wh only.",
    hint="Is there a way from h to h_next beside the one through wh?",
)
def dnext_added_to_dh(dnext: Array, x: Array, h: Array, h_next: Array, wx: Array, wh: Array) -> Five:
    dx, dh, dwx, dwh, db = rnn_step_backward(dnext, x, h, h_next, wx, wh)
    return dx, dh + dnext, dwx, dwh, db


@mistake(
    "rnn_step_backward",
    name="dh-without-slope",
    says="dh is made of dnext without the slope of tanh.",
    hint="Whatever goes back through the sum has passed tanh before.",
)
def dh_without_slope(dnext: Array, x: Array, h: Array, h_next: Array, wx: Array, wh: Array) -> Five:
    dx, _, dwx, dwh, db = rnn_step_backward(dnext, x, h, h_next, wx, wh)
    return dx, dnext @ wh.T, dwx, dwh, db


@mistake(
    "rnn_step_backward",
    name="rounded",
    says="Results are rounded: of small numbers nothing is left.",
    hint="Rounding is for printing. Nothing here asks for it.",
)
def step_gradients_rounded(*call: Array) -> Five:
    return tuple(gradient.round(6) for gradient in rnn_step_backward(*call))
