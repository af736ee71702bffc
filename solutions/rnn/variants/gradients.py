"""Right variants: gradients of a step and of a sequence, clipped and measured."""

from __future__ import annotations

import math

import numpy as np

from cell import rnn_step
from grader.testing import variant
from through_time import rnn_step_backward

Array = np.ndarray
Five = tuple[Array, Array, Array, Array, Array]
Grads = dict[str, Array]


@variant("rnn_step_backward", name="einsum")
def by_einsum(dnext: Array, x: Array, h: Array, h_next: Array, wx: Array, wh: Array) -> Five:
    d = dnext - dnext * h_next * h_next
    return (
        np.einsum("nh,dh->nd", d, wx),
        np.einsum("nk,hk->nh", d, wh),
        np.einsum("nd,nh->dh", x, d),
        np.einsum("nh,nk->hk", h, d),
        np.einsum("nh->h", d),
    )


@variant("rnn_step_backward", name="sequence-by-sequence")
def each_sequence(dnext: Array, x: Array, h: Array, h_next: Array, wx: Array, wh: Array) -> list:
    dwx, dwh, db, dx, dh = np.zeros(wx.shape), np.zeros(wh.shape), np.zeros(len(wh)), [], []
    for n in range(len(x)):
        d = dnext[n] * (1 + h_next[n]) * (1 - h_next[n])
        dx.append(wx @ d)
        dh.append((wh @ d).tolist())
        dwx += np.outer(x[n], d)
        dwh += np.outer(h[n], d)
        db += d
    return [np.array(dx), dh, dwx, dwh, db]


@variant("rnn_step_backward", name="stacked")
def stacked(dnext: Array, x: Array, h: Array, h_next: Array, wx: Array, wh: Array) -> Five:
    d = dnext * (1 - np.square(h_next))
    both = d @ np.concatenate([wx, wh]).T
    weights = np.concatenate([x, h], axis=1).T @ d
    size = x.shape[1]
    return both[:, :size], both[:, size:], weights[:size], weights[size:], np.ones(len(d)) @ d


@variant("rnn_step_backward", name="float32")
def step_in_float32(*call: Array) -> Five:
    return rnn_step_backward(*(values.astype(np.float32) for values in call))


@variant("rnn_backward", name="in-place")
def in_place(dstates: Array, x: Array, h0: Array, states: Array, wx: Array, wh: Array) -> Five:
    dx, dwx, dwh, db = np.empty_like(x), np.zeros_like(wx), np.zeros_like(wh), np.zeros(wh.shape[1])
    befores, d = np.concatenate([h0[:, None], states[:, :-1]], axis=1), dstates.copy()
    later = np.zeros_like(h0)
    for t in range(x.shape[1] - 1, -1, -1):
        d[:, t] += later
        dx[:, t], later, a, b, c = rnn_step_backward(d[:, t], x[:, t], befores[:, t], states[:, t], wx, wh)
        dwx += a
        dwh += b
        db += c
    return dx, later, dwx, dwh, db


@variant("rnn_backward", name="sums-first")
def sums_first(dstates: Array, x: Array, h0: Array, states: Array, wx: Array, wh: Array) -> Five:
    dsums, d = np.zeros(states.shape), np.zeros(h0.shape)
    for t in reversed(range(states.shape[1])):
        dsums[:, t] = (dstates[:, t] + d) * (1 - states[:, t] ** 2)
        d = dsums[:, t] @ wh.T
    befores = np.concatenate([h0[:, None], states], axis=1)[:, :-1]
    dwx = np.einsum("ntd,nth->dh", x, dsums)
    dwh = np.einsum("nth,ntk->hk", befores, dsums)
    return dsums @ wx.T, d, dwx, dwh, dsums.sum(axis=(0, 1))


@variant("rnn_backward", name="lists-of-shares")
def lists_of_shares(dstates: Array, x: Array, h0: Array, states: Array, wx: Array, wh: Array) -> list:
    found, later = [], 0.0
    for t in range(x.shape[1])[::-1]:
        before = h0 if t == 0 else states[:, t - 1]
        found.insert(0, rnn_step_backward(dstates[:, t] + later, x[:, t], before, states[:, t], wx, wh))
        later = found[0][1]
    dx, _, *weights = zip(*found, strict=True)
    return [np.stack(dx, axis=1), later, *(sum(one).tolist() for one in weights)]


@variant("rnn_backward", name="sequence-by-sequence")
def sequence_by_sequence(dstates: Array, x: Array, h0: Array, states: Array, wx: Array, wh: Array) -> Five:
    each = [
        sums_first(dstates[n : n + 1], x[n : n + 1], h0[n : n + 1], states[n : n + 1], wx, wh)
        for n in range(len(x))
    ]
    dx, dh0, *weights = zip(*each, strict=True)
    return (np.concatenate(dx), np.concatenate(dh0), *(sum(one) for one in weights))


@variant("rnn_backward", name="float32")
def backward_in_float32(*call: Array) -> Five:
    return sums_first(*(values.astype(np.float32) for values in call))


@variant("clip_gradients", name="one-long-vector")
def one_long_vector(grads: Grads, limit: float) -> tuple[Grads, float]:
    norm = np.linalg.norm(np.concatenate([grad.ravel() for grad in grads.values()]))
    if norm <= limit:
        return dict(grads), norm
    return {name: limit * grad / norm for name, grad in grads.items()}, norm


@variant("clip_gradients", name="norm-of-norms")
def norm_of_norms(grads: Grads, limit: float) -> list:
    norm = math.hypot(*(float(np.linalg.norm(grad)) for grad in grads.values()))
    factor = min(1.0, limit / norm) if norm else 1.0
    return [{name: (grad * factor).tolist() for name, grad in grads.items()}, norm]


@variant("clip_gradients", name="copies-scaled")
def copies_scaled(grads: Grads, limit: float) -> tuple[Grads, float]:
    squares = 0.0
    for grad in grads.values():
        squares += np.vdot(grad, grad)
    clipped = {name: grad.copy() for name, grad in grads.items()}
    for grad in clipped.values():
        grad *= limit / max(limit, squares**0.5)
    return clipped, np.sqrt(squares)


@variant("gradient_norms", name="rows-of-slopes")
def rows_of_slopes(dlast: Array, x: Array, h0: Array, wx: Array, wh: Array, b: Array) -> list:
    slopes, h = [], h0
    for t in range(x.shape[1]):
        h = rnn_step(x[:, t], h, wx, wh, b)
        slopes.append(1 - h * h)
    norms, d = [math.sqrt((dlast * dlast).sum())], dlast
    while slopes:
        d = (d * slopes.pop()) @ wh.T
        norms.insert(0, math.sqrt((d * d).sum()))
    return norms


@variant("gradient_norms", name="by-matrices")
def by_matrices(dlast: Array, x: Array, h0: Array, wx: Array, wh: Array, b: Array) -> Array:
    states, h = [], h0
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t] @ wx + h @ wh + b)
        states.append(h)
    norms, d = np.zeros(len(states) + 1), np.array(dlast)
    norms[-1] = np.linalg.norm(d)
    for t in range(len(states) - 1, -1, -1):
        d = np.stack([wh @ np.diag(1 - h**2) @ row for h, row in zip(states[t], d, strict=True)])
        norms[t] = np.linalg.norm(d)
    return norms


@variant("gradient_norms", name="float32")
def norms_in_float32(*call: Array) -> list:
    return rows_of_slopes(*(values.astype(np.float32) for values in call))
