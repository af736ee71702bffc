from collections import Counter

import numpy as np

from cell import rnn_forward, rnn_step
from sequences import one_hot
from through_time import rnn_backward


def bigram_table(path, alphabet):
    with open(path, encoding="utf-8", newline=None) as file:
        text = file.read()
    pairs = Counter(zip(text, text[1:]))
    rows = [[1 + pairs[a, b] for b in alphabet] for a in alphabet]
    return [[n / sum(row) for n in row] for row in rows]


def temporal_softmax_loss(scores, targets, mask):
    n, t = np.nonzero(mask)
    real, want = scores[n, t], targets[n, t]
    real = real - real.max(axis=1, keepdims=True)
    p = np.exp(real)
    p /= p.sum(axis=1, keepdims=True)
    loss = np.mean(np.log(np.exp(real).sum(axis=1)) - real[np.arange(len(n)), want])
    p[np.arange(len(n)), want] -= 1
    out = np.zeros(scores.shape)
    out[n, t] = p / len(n)
    return loss, out


def rnn_loss(params, ids, targets, mask):
    x = one_hot(ids, params["wx"].shape[0])
    h0 = np.zeros((ids.shape[0], params["wh"].shape[0]))
    states = rnn_forward(x, h0, params["wx"], params["wh"], params["b"])
    loss, d = temporal_softmax_loss(np.einsum("nth,hv->ntv", states, params["wy"]) + params["by"], targets, mask)
    back = rnn_backward(np.einsum("ntv,hv->nth", d, params["wy"]), x, h0, states, params["wx"], params["wh"])
    grads = dict(zip(("wx", "wh", "b"), back[2:]))
    return loss, grads | {"wy": np.einsum("nth,ntv->hv", states, d), "by": np.einsum("ntv->v", d)}


class Reader:
    def __init__(self, params):
        self.params = params
        self.forget()

    def forget(self):
        self.state = np.zeros(self.params["wh"].shape[0])

    def read(self, ids):
        wx, wh, b, wy, by = (self.params[name] for name in ("wx", "wh", "b", "wy", "by"))
        for k in ids:
            (self.state,) = rnn_step(one_hot([k], len(wx)), self.state[None, :], wx, wh, b)
        return by + wy.T @ self.state


def sample(scores_after, start, length, temperature, rng):
    drawn = [start]
    while len(drawn) <= length:
        z = np.asarray(scores_after(drawn[-1])) / temperature
        sums = np.cumsum(np.exp(z - max(z)))
        drawn.append(int(np.searchsorted(sums / sums[-1], rng.random(), side="right")))
    return drawn[1:]
