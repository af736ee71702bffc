"""Known mistakes: gates and memory (lstm_step, lstm_forward)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gates import lstm_forward, lstm_step, sigmoid
from grader.testing import mistake

Array = np.ndarray
Both = tuple[Array, Array]
Squash = Callable[[Array], Array]


def step(
    call: tuple[Array, Array, Array, Array, Array, Array],
    *,
    order: str = "ifog",
    gate: Squash = sigmoid,
    candidate: Squash = np.tanh,
    memory: Callable[[Array, Array, Array, Array], Array] = lambda i, f, g, c: f * c + i * g,
    out: Callable[[Array, Array, Array], Array] = lambda o, c_next, c: o * np.tanh(c_next),
) -> Both:
    """lstm_step; the keywords are what a mistake changes."""
    x, h, c, wx, wh, b = call
    parts = dict(zip(order, np.split(x @ wx + h @ wh + b, 4, axis=1), strict=True))
    i, f, o, g = gate(parts["i"]), gate(parts["f"]), gate(parts["o"]), candidate(parts["g"])
    c_next = memory(i, f, g, c)
    return out(o, c_next, c), c_next


@mistake(
    "lstm_step",
    name="candidate-before-output",
    says="Output gate and candidate have changed places.",
    hint="In which order do the four parts stand here? Other books have another one.",
)
def candidate_before_output(*call: Array) -> Both:
    return step(call, order="ifgo")


@mistake(
    "lstm_step",
    name="forget-before-input",
    says="Input gate and forget gate have changed places.",
    hint="In which order do the four parts stand here? And what is each of the two multiplied with?",
)
def forget_before_input(*call: Array) -> Both:
    return step(call, order="fiog")


@mistake(
    "lstm_step",
    name="output-before-forget",
    says="Forget gate and output gate have changed places.",
    hint="In which order do the four parts stand here? Other books have another one.",
)
def output_before_forget(*call: Array) -> Both:
    return step(call, order="iofg")


@mistake(
    "lstm_step",
    name="sigmoid-for-the-candidate",
    says="The candidate goes through the sigmoid; it should go through tanh.",
    hint="What comes in may be below 0. Can yours?",
)
def sigmoid_for_the_candidate(*call: Array) -> Both:
    return step(call, candidate=sigmoid)


@mistake(
    "lstm_step",
    name="tanh-for-the-gates",
    says="The gates go through tanh; they should go through the sigmoid.",
    hint="A gate is between shut, 0, and open, 1.",
)
def tanh_for_the_gates(*call: Array) -> Both:
    return step(call, gate=np.tanh)


@mistake(
    "lstm_step",
    name="gates-without-sigmoid",
    says="The gates are the sums themselves; the sigmoid is missing.",
    hint="A gate is between shut, 0, and open, 1.",
)
def gates_without_sigmoid(*call: Array) -> Both:
    return step(call, gate=lambda sums: sums)


@mistake(
    "lstm_step",
    name="output-without-tanh",
    says="h_next is o·c_next; the tanh of the memory is missing.",
    hint="A state is never larger than 1. Is yours, where the memory is 3?",
)
def output_without_tanh(*call: Array) -> Both:
    return step(call, out=lambda o, c_next, c: o * c_next)


@mistake(
    "lstm_step",
    name="output-of-the-old-memory",
    says="h_next is made of the memory before the step; it should be made of c_next.",
    hint="Which of the two memories knows what was read just now?",
)
def output_of_the_old_memory(*call: Array) -> Both:
    return step(call, out=lambda o, c_next, c: o * np.tanh(c))


@mistake(
    "lstm_step",
    name="output-gate-missing",
    says="h_next is tanh of the memory; the output gate is missing.",
    hint="What is o for?",
)
def output_gate_missing(*call: Array) -> Both:
    return step(call, out=lambda o, c_next, c: np.tanh(c_next))


@mistake(
    "lstm_step",
    name="nothing-forgotten",
    says="The old memory stays as it is: the forget gate is missing.",
    hint="What is f for?",
)
def nothing_forgotten(*call: Array) -> Both:
    return step(call, memory=lambda i, f, g, c: c + i * g)


@mistake(
    "lstm_step",
    name="old-memory-lost",
    says="The old memory is lost: f·c is missing.",
    hint="What is left of c where the forget gate is open?",
)
def old_memory_lost(*call: Array) -> Both:
    return step(call, memory=lambda i, f, g, c: i * g)


@mistake(
    "lstm_step",
    name="input-gate-missing",
    says="The candidate comes in as it is: the input gate is missing.",
    hint="What is i for?",
)
def input_gate_missing(*call: Array) -> Both:
    return step(call, memory=lambda i, f, g, c: f * c + g)


@mistake(
    "lstm_step",
    name="one-gate-for-both",
    says="What is forgotten is 1 − i; an LSTM has a forget gate of its own.",
    hint="What is f for?",
)
def one_gate_for_both(*call: Array) -> Both:
    return step(call, memory=lambda i, f, g, c: (1 - i) * c + i * g)


@mistake(
    "lstm_step",
    name="forget-gate-on-everything",
    says="The forget gate is multiplied with the new part, too; it belongs to the old memory.",
    hint="f·c + i·g: what does f stand beside?",
)
def forget_gate_on_everything(*call: Array) -> Both:
    return step(call, memory=lambda i, f, g, c: f * (c + i * g))


@mistake(
    "lstm_step",
    name="state-ignored",
    says="The state before does not count: h wh is missing.",
    hint="The gates look at what is read, and at the state.",
)
def state_ignored(x: Array, h: Array, c: Array, wx: Array, wh: Array, b: Array) -> Both:
    return lstm_step(x, np.zeros_like(h), c, wx, wh, b)


@mistake(
    "lstm_step",
    name="no-bias",
    says="The bias is not added.",
    hint="What are the gates where x and h are 0?",
)
def no_bias(x: Array, h: Array, c: Array, wx: Array, wh: Array, b: Array) -> Both:
    return lstm_step(x, h, c, wx, wh, np.zeros_like(b))


@mistake(
    "lstm_step",
    name="memory-first",
    says="State and memory are returned in the wrong order.",
    hint="Which of the two comes first?",
)
def memory_first(*call: Array) -> Both:
    h_next, c_next = lstm_step(*call)
    return c_next, h_next


@mistake(
    "lstm_step",
    name="every-fourth-column",
    says="Each part takes every fourth column; it should take H columns that stand together.",
    hint="Columns 0 to H − 1 belong to the input gate.",
)
def every_fourth_column(x: Array, h: Array, c: Array, wx: Array, wh: Array, b: Array) -> Both:
    order = np.concatenate([np.arange(k, len(b), 4) for k in range(4)])
    return lstm_step(x, h, c, wx[:, order], wh[:, order], b[order])


@mistake(
    "lstm_step",
    name="rounded",
    says="Results are rounded: of small numbers nothing is left.",
    hint="Rounding is for printing. Nothing here asks for it.",
)
def step_rounded(*call: Array) -> Both:
    h_next, c_next = lstm_step(*call)
    return h_next.round(6), c_next.round(6)


def run(
    x: Array,
    h0: Array,
    weights: tuple[Array, ...],
    *,
    c0: Array | None = None,
    carried: bool = True,
    remembered: bool = True,
    memories: bool = False,
) -> Array:
    """lstm_forward; the keywords are what a mistake changes."""
    h, c, kept = h0, np.zeros_like(h0) if c0 is None else c0, []
    for t in range(x.shape[1]):
        h_next, c_next = lstm_step(x[:, t], h, c, *weights)
        kept.append(c_next if memories else h_next)
        h, c = h_next if carried else h, c_next if remembered else c
    return np.stack(kept, axis=1)


@mistake(
    "lstm_forward",
    name="memory-not-carried-on",
    says="Every step begins with an empty memory: c is not carried on.",
    hint="lstm_step returns two values. What becomes of the second one?",
)
def memory_not_carried_on(x: Array, h0: Array, *weights: Array) -> Array:
    return run(x, h0, weights, remembered=False)


@mistake(
    "lstm_forward",
    name="state-not-carried-on",
    says="Every step begins with h0: the state is not carried on.",
    hint="lstm_step returns two values. What becomes of the first one?",
)
def state_not_carried_on(x: Array, h0: Array, *weights: Array) -> Array:
    return run(x, h0, weights, carried=False)


@mistake(
    "lstm_forward",
    name="h0-ignored",
    says="The states begin with 0; they should begin with h0.",
    hint="What is h0 used for in your code?",
)
def h0_ignored(x: Array, h0: Array, *weights: Array) -> Array:
    return run(x, np.zeros_like(h0), weights)


@mistake(
    "lstm_forward",
    name="memory-begins-with-h0",
    says="The memory begins with h0; it should be empty.",
    hint="What is c before the first step?",
)
def memory_begins_with_h0(x: Array, h0: Array, *weights: Array) -> Array:
    return run(x, h0, weights, c0=h0)


@mistake(
    "lstm_forward",
    name="memories-returned",
    says="The memories are returned; the states are asked for.",
    hint="Which of the two values of lstm_step do you keep?",
)
def memories_returned(x: Array, h0: Array, *weights: Array) -> Array:
    return run(x, h0, weights, memories=True)


@mistake(
    "lstm_forward",
    name="read-backwards",
    says="The sequence is read from its last step to the first.",
    hint="Which step does the loop begin with?",
)
def read_backwards(x: Array, h0: Array, *weights: Array) -> Array:
    return lstm_forward(x[:, ::-1], h0, *weights)[:, ::-1]


@mistake(
    "lstm_forward",
    name="last-state-only",
    says="Only the last state is returned; all of them are asked for.",
    hint="The result has an entry for each step: (N, T, H).",
)
def last_state_only(x: Array, h0: Array, *weights: Array) -> Array:
    return lstm_forward(x, h0, *weights)[:, -1]


@mistake(
    "lstm_forward",
    name="time-first",
    says="The first axis counts the steps; it should count the sequences.",
    hint="Print the shape: (N, T, H) is asked for.",
)
def time_first(x: Array, h0: Array, *weights: Array) -> Array:
    return lstm_forward(x, h0, *weights).swapaxes(0, 1)


@mistake(
    "lstm_forward",
    name="rounded",
    says="Results are rounded: of small numbers nothing is left.",
    hint="Rounding is for printing. Nothing here asks for it.",
)
def states_rounded(*call: Array) -> Array:
    return lstm_forward(*call).round(6)
