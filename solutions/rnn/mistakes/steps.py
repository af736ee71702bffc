"""Known mistakes: tanh, a step of the network and its run over a sequence (tanh, rnn_step, rnn_forward)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cell import rnn_forward, rnn_step, tanh
from grader.testing import mistake

Array = np.ndarray
Step = Callable[[Array, Array, Array, Array, Array], Array]


def sigmoid(x: Array) -> Array:
    return 0.5 + 0.5 * np.tanh(0.5 * x)


@mistake(
    "tanh",
    name="sigmoid",
    says="This is the sigmoid, from 0 to 1; tanh goes from −1 to 1.",
    hint="What should tanh(0) be?",
)
def sigmoid_for_tanh(x: Array) -> Array:
    return sigmoid(x)


@mistake(
    "tanh",
    name="overflows",
    says="For large numbers the exponentials overflow, and infinity by infinity is no number.",
    hint="Divide above and below by the larger exponential. Which one is that, for x > 0 and for x < 0?",
)
def overflows(x: Array) -> Array:
    with np.errstate(all="ignore"):
        return (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))


@mistake(
    "tanh",
    name="overflows-below-zero",
    says="For numbers far below 0 the exponential overflows.",
    hint="e^(−2x) is small for large x. What is it for x = −1000? tanh(−x) is −tanh(x).",
)
def overflows_below_zero(x: Array) -> Array:
    with np.errstate(all="ignore"):
        return (1 - np.exp(-2 * x)) / (1 + np.exp(-2 * x))


@mistake(
    "tanh",
    name="overflows-above-zero",
    says="For numbers far above 0 the exponential overflows.",
    hint="e^(2x) is small for x far below 0. What is it for x = 1000? tanh(−x) is −tanh(x).",
)
def overflows_above_zero(x: Array) -> Array:
    with np.errstate(all="ignore"):
        return (np.exp(2 * x) - 1) / (np.exp(2 * x) + 1)


@mistake(
    "tanh",
    name="half-as-steep",
    says="This is tanh of half the number.",
    hint="Divide the formula above and below by e^x: which power of e is left?",
)
def half_as_steep(x: Array) -> Array:
    return tanh(x / 2)


@mistake(
    "tanh",
    name="cut-off-line",
    says="The number is only cut off at −1 and 1; tanh bends.",
    hint="Work out tanh(0.5) by its formula.",
)
def cut_off_line(x: Array) -> Array:
    return np.clip(x, -1, 1)


@mistake(
    "tanh",
    name="sign-lost",
    says="The sign is lost: tanh of a number below 0 is below 0.",
    hint="Where did you take the absolute value, and where does the sign come back?",
)
def sign_lost(x: Array) -> Array:
    return np.abs(tanh(x))


@mistake(
    "tanh",
    name="single-precision",
    says="Small numbers come out inexact: a difference of numbers near 1 is taken in single precision.",
    hint="How many digits has 1 + 0.0000013 left in float32? Stay with float64.",
)
def single_precision(x: Array) -> Array:
    powers = np.exp(-2 * np.abs(x).astype(np.float32))
    return np.sign(x) * (2 / (1 + powers) - 1)


@mistake(
    "rnn_step",
    name="rounded",
    says="Results are rounded: of small numbers nothing is left.",
    hint="Rounding is for printing. Nothing here asks for it.",
)
def step_rounded(*call: Array) -> Array:
    return rnn_step(*call).round(6)


@mistake(
    "rnn_forward",
    name="rounded",
    says="Results are rounded: of small numbers nothing is left.",
    hint="Rounding is for printing. Nothing here asks for it.",
)
def states_rounded(*call: Array) -> Array:
    return rnn_forward(*call).round(6)


@mistake(
    "rnn_step",
    name="no-bias",
    says="The bias is not added.",
    hint="What comes out when x and h are 0?",
)
def no_bias(x: Array, h: Array, wx: Array, wh: Array, b: Array) -> Array:
    return tanh(x @ wx + h @ wh)


@mistake(
    "rnn_step",
    name="bias-after-tanh",
    says="The bias is added after tanh; it belongs to the sum inside.",
    hint="A state is never larger than 1. Is yours?",
)
def bias_after_tanh(x: Array, h: Array, wx: Array, wh: Array, b: Array) -> Array:
    return tanh(x @ wx + h @ wh) + b


@mistake(
    "rnn_step",
    name="no-tanh",
    says="The sum is returned as it is, without tanh.",
    hint="How large may a state become after a hundred steps?",
)
def no_tanh(x: Array, h: Array, wx: Array, wh: Array, b: Array) -> Array:
    return x @ wx + h @ wh + b


@mistake(
    "rnn_step",
    name="sigmoid-for-tanh",
    says="The sum goes through the sigmoid; tanh is asked for.",
    hint="A state may be below 0. Can yours?",
)
def step_by_sigmoid(x: Array, h: Array, wx: Array, wh: Array, b: Array) -> Array:
    return sigmoid(x @ wx + h @ wh + b)


@mistake(
    "rnn_step",
    name="state-ignored",
    says="The state before does not count: h wh is missing.",
    hint="Without h a network forgets everything at every step.",
)
def state_ignored(x: Array, h: Array, wx: Array, wh: Array, b: Array) -> Array:
    return tanh(x @ wx + b)


@mistake(
    "rnn_step",
    name="input-ignored",
    says="What is read does not count: x wx is missing.",
    hint="How does the step learn what comes in?",
)
def input_ignored(x: Array, h: Array, wx: Array, wh: Array, b: Array) -> Array:
    return tanh(h @ wh + b)


@mistake(
    "rnn_step",
    name="weights-exchanged",
    says="wx and wh have changed places.",
    hint="x has D columns. Which of the two has D rows?",
)
def weights_exchanged(x: Array, h: Array, wx: Array, wh: Array, b: Array) -> Array:
    return tanh(x @ wh + h @ wx + b)


@mistake(
    "rnn_step",
    name="wh-transposed",
    says="wh is transposed: row and column have changed places.",
    hint="The new state's entry k is made of column k of wh.",
)
def wh_transposed(x: Array, h: Array, wx: Array, wh: Array, b: Array) -> Array:
    return tanh(x @ wx + h @ wh.T + b)


@mistake(
    "rnn_step",
    name="tanh-of-each-part",
    says="Each part goes through tanh by itself; the sum should.",
    hint="There is a single tanh around everything.",
)
def tanh_of_each_part(x: Array, h: Array, wx: Array, wh: Array, b: Array) -> Array:
    return tanh(x @ wx + b) + tanh(h @ wh)


@mistake(
    "rnn_step",
    name="state-added",
    says="The state before is added to the result: it counts through wh only.",
    hint="What comes out when all weights are 0?",
)
def state_added(x: Array, h: Array, wx: Array, wh: Array, b: Array) -> Array:
    return h + rnn_step(x, h, wx, wh, b)


@mistake(
    "rnn_forward",
    name="state-not-carried-on",
    says="Every step begins with h0: the state is not carried on.",
    hint="Which state does step 2 begin with? Follow the variable h.",
)
def state_not_carried_on(x: Array, h0: Array, wx: Array, wh: Array, b: Array) -> Array:
    return np.stack([rnn_step(x[:, t], h0, wx, wh, b) for t in range(x.shape[1])], axis=1)


@mistake(
    "rnn_forward",
    name="h0-ignored",
    says="The states begin with 0; they should begin with h0.",
    hint="What is h0 used for in your code?",
)
def h0_ignored(x: Array, h0: Array, wx: Array, wh: Array, b: Array) -> Array:
    return rnn_forward(x, np.zeros_like(h0), wx, wh, b)


@mistake(
    "rnn_forward",
    name="last-state-only",
    says="Only the last state is returned; all of them are asked for.",
    hint="The result has an entry for each step: (N, T, H).",
)
def last_state_only(x: Array, h0: Array, wx: Array, wh: Array, b: Array) -> Array:
    return rnn_forward(x, h0, wx, wh, b)[:, -1]


@mistake(
    "rnn_forward",
    name="read-backwards",
    says="The sequence is read from its last step to the first.",
    hint="Which step does the loop begin with?",
)
def read_backwards(x: Array, h0: Array, wx: Array, wh: Array, b: Array) -> Array:
    return rnn_forward(x[:, ::-1], h0, wx, wh, b)[:, ::-1]


@mistake(
    "rnn_forward",
    name="kept-backwards",
    says="The states are kept in the wrong order: entry 0 is the last one.",
    hint="Entry t is the state after x[:, t] was read.",
)
def kept_backwards(x: Array, h0: Array, wx: Array, wh: Array, b: Array) -> Array:
    return rnn_forward(x, h0, wx, wh, b)[:, ::-1]


@mistake(
    "rnn_forward",
    name="time-first",
    says="The first axis counts the steps; it should count the sequences.",
    hint="Print the shape: (N, T, H) is asked for.",
)
def time_first(x: Array, h0: Array, wx: Array, wh: Array, b: Array) -> Array:
    return rnn_forward(x, h0, wx, wh, b).swapaxes(0, 1)


@mistake(
    "rnn_forward",
    name="states-before",
    says="Entry t is the state before step t; it should be the one after it.",
    hint="Is the state kept before or after it is renewed?",
)
def states_before(x: Array, h0: Array, wx: Array, wh: Array, b: Array) -> Array:
    states = rnn_forward(x, h0, wx, wh, b)
    return np.concatenate([h0[:, np.newaxis], states[:, :-1]], axis=1)


@mistake(
    "rnn_forward",
    name="h0-in-front",
    says="h0 stands in front of the states: there is one too many.",
    hint="T steps make T states.",
)
def h0_in_front(x: Array, h0: Array, wx: Array, wh: Array, b: Array) -> Array:
    return np.concatenate([h0[:, np.newaxis], rnn_forward(x, h0, wx, wh, b)], axis=1)


@mistake(
    "rnn_forward",
    name="one-sequence-after-the-other",
    says="A sequence begins with the last state of the sequence before it; it should begin with its own h0.",
    hint="The sequences of a batch know nothing of each other.",
)
def one_after_the_other(x: Array, h0: Array, wx: Array, wh: Array, b: Array) -> Array:
    states, h = [], h0[:1]
    for sequence in x:
        for entry in sequence:
            h = rnn_step(entry[np.newaxis], h, wx, wh, b)
            states.append(h[0])
    return np.array(states).reshape(*x.shape[:2], -1)


@mistake(
    "rnn_forward",
    name="last-step-missing",
    says="The last step is not taken: its states are 0.",
    hint="Which t is the last one in your loop?",
)
def last_step_missing(x: Array, h0: Array, wx: Array, wh: Array, b: Array) -> Array:
    states = rnn_forward(x, h0, wx, wh, b)
    states[:, -1] = 0
    return states
