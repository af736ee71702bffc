"""Right variants: tanh, the cell, its run, and gates."""

from __future__ import annotations

import math

import numpy as np

from cell import rnn_step, tanh
from gates import lstm_step, sigmoid
from grader.testing import variant

Array = np.ndarray


@variant("tanh", name="two-cases")
def two_cases(x: Array) -> Array:
    small = np.exp(-2 * np.abs(x))
    return np.where(x >= 0, (1 - small) / (1 + small), (small - 1) / (1 + small))


@variant("tanh", name="clipped-first")
def clipped_first(x: Array) -> Array:
    x = np.clip(x, -30, 30)
    return (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))


@variant("tanh", name="one-minus")
def one_minus(x: Array) -> Array:
    with np.errstate(over="ignore"):
        return 1 - 2 / (np.exp(2 * x) + 1)


@variant("tanh", name="hyperbolic-sine")
def hyperbolic_sine(x: Array) -> Array:
    x = np.clip(x, -100, 100)
    return np.sinh(x) / np.cosh(x)


@variant("tanh", name="entry-by-entry")
def entry_by_entry(x: Array) -> Array:
    result = np.empty(x.shape)
    for place in np.ndindex(x.shape):
        small = math.exp(-2 * abs(x[place]))
        result[place] = math.copysign((1 - small) / (1 + small), x[place])
    return result


@variant("rnn_step", name="stacked")
def stacked(x: Array, h: Array, wx: Array, wh: Array, b: Array) -> Array:
    return np.tanh(np.hstack([h, x]) @ np.vstack([wh, wx]) + b)


@variant("rnn_step", name="einsum")
def by_einsum(x: Array, h: Array, wx: Array, wh: Array, b: Array) -> Array:
    return tanh(b + np.einsum("nh,hk->nk", h, wh) + np.einsum("nd,dk->nk", x, wx))


@variant("rnn_step", name="plain-loops")
def plain_loops(x: Array, h: Array, wx: Array, wh: Array, b: Array) -> list:
    return [
        [
            math.tanh(
                sum(x[n, d] * wx[d, k] for d in range(len(wx)))
                + sum(h[n, j] * wh[j, k] for j in range(len(wh)))
                + b[k]
            )
            for k in range(len(b))
        ]
        for n in range(len(x))
    ]


@variant("rnn_step", name="float32")
def step_in_float32(*call: Array) -> Array:
    x, h, wx, wh, b = (values.astype(np.float32) for values in call)
    return np.tanh(x @ wx + h @ wh + b)


@variant("rnn_forward", name="list-and-stack")
def list_and_stack(x: Array, h0: Array, wx: Array, wh: Array, b: Array) -> Array:
    states, h = [], h0
    for x_t in x.transpose(1, 0, 2):
        h = np.tanh(x_t @ wx + h @ wh + b)
        states.append(h)
    return np.stack(states, axis=1)


@variant("rnn_forward", name="inputs-first")
def inputs_first(x: Array, h0: Array, wx: Array, wh: Array, b: Array) -> Array:
    states = x @ wx + b
    for t in range(x.shape[1]):
        states[:, t] = tanh(states[:, t] + (states[:, t - 1] if t else h0) @ wh)
    return states


@variant("rnn_forward", name="sequence-by-sequence")
def sequence_by_sequence(x: Array, h0: Array, wx: Array, wh: Array, b: Array) -> list:
    result = []
    for sequence, h in zip(x, h0, strict=True):
        states = []
        for entry in sequence:
            h = rnn_step(entry[None], h[None], wx, wh, b)[0]
            states.append(h.tolist())
        result.append(states)
    return result


@variant("rnn_forward", name="float32")
def forward_in_float32(*call: Array) -> Array:
    return list_and_stack(*(values.astype(np.float32) for values in call))


@variant("rnn_forward", name="recursive")
def recursive(x: Array, h0: Array, wx: Array, wh: Array, b: Array) -> Array:
    h = rnn_step(x[:, 0], h0, wx, wh, b)
    if x.shape[1] == 1:
        return h[:, None]
    return np.concatenate([h[:, None], recursive(x[:, 1:], h, wx, wh, b)], axis=1)


@variant("lstm_step", name="slices")
def slices(x: Array, h: Array, c: Array, wx: Array, wh: Array, b: Array) -> list:
    size = h.shape[1]
    sums = np.concatenate([x, h], axis=1) @ np.concatenate([wx, wh]) + b
    gates = 1 / (1 + np.exp(-np.clip(sums, -500, 500)))
    i, f, o = gates[:, :size], gates[:, size : 2 * size], gates[:, 2 * size : 3 * size]
    c_next = c * f + np.tanh(sums[:, 3 * size :]) * i
    return [np.tanh(c_next) * o, c_next]


@variant("lstm_step", name="four-products")
def four_products(x: Array, h: Array, c: Array, wx: Array, wh: Array, b: Array) -> tuple[Array, Array]:
    size = h.shape[1]
    parts = [
        x @ wx[:, k : k + size] + h @ wh[:, k : k + size] + b[k : k + size] for k in range(0, 4 * size, size)
    ]
    kept, new = c * sigmoid(parts[1]), sigmoid(parts[0]) * tanh(parts[3])
    return sigmoid(parts[2]) * tanh(kept + new), kept + new


@variant("lstm_step", name="reshaped")
def reshaped(x: Array, h: Array, c: Array, wx: Array, wh: Array, b: Array) -> tuple[list, list]:
    i, f, o, g = (b + x @ wx + h @ wh).reshape(len(x), 4, -1).swapaxes(0, 1)
    c_next = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return (sigmoid(o) * np.tanh(c_next)).tolist(), c_next.tolist()


@variant("lstm_step", name="float32")
def lstm_step_in_float32(*call: Array) -> tuple[Array, Array]:
    return lstm_step(*(values.astype(np.float32) for values in call))


@variant("lstm_forward", name="list-and-stack")
def lstm_list(x: Array, h0: Array, *weights: Array) -> Array:
    states, h, c = [], h0, 0 * h0
    for t in range(x.shape[1]):
        h, c = lstm_step(x[:, t, :], h, c, *weights)
        states += [h]
    return np.array(states).transpose(1, 0, 2)


@variant("lstm_forward", name="sequence-by-sequence")
def lstm_each(x: Array, h0: Array, *weights: Array) -> Array:
    return np.concatenate([lstm_list(x[n : n + 1], h0[n : n + 1], *weights) for n in range(len(x))])


@variant("lstm_forward", name="memory-of-one-zero")
def memory_of_one_zero(x: Array, h0: Array, *weights: Array) -> list:
    h, c, states = h0, 0.0, np.empty((len(x), x.shape[1], h0.shape[1]))
    for t in range(x.shape[1]):
        h, c = slices(x[:, t], h, c, *weights)
        states[:, t] = h
    return states.tolist()


@variant("lstm_forward", name="float32")
def lstm_in_float32(*call: Array) -> Array:
    return lstm_list(*(values.astype(np.float32) for values in call))
