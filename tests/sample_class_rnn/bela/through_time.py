import math

import numpy as np

from cell import rnn_forward


def rnn_step_backward(dnext, x, h, h_next, wx, wh):
    s = dnext * (1 + h_next) * (1 - h_next)
    both, weights = np.hstack([x, h]), np.vstack([wx, wh])
    dboth, dweights = np.inner(s, weights), np.einsum("ni,nk->ik", both, s)
    d = x.shape[1]
    return [dboth[:, :d], dboth[:, d:], dweights[:d], dweights[d:], np.ones(len(s)) @ s]


def rnn_backward(dstates, x, h0, states, wx, wh):
    def from_step(t, coming):
        before = h0 if t == 0 else states[:, t - 1]
        return rnn_step_backward(coming, x[:, t], before, states[:, t], wx, wh)

    def back(t, dh, found):
        while t >= 0:
            found.append(from_step(t, dstates[:, t] + dh))
            t, dh = t - 1, found[-1][1]
        return found

    found = back(x.shape[1] - 1, 0, [])
    dx, dh, *weights = zip(*found)
    return (np.stack(dx[::-1], axis=1), dh[-1], *(sum(w) for w in weights))


def clip_gradients(grads, limit):
    norm = math.hypot(*(g for grad in grads.values() for g in np.ravel(grad)))
    return {k: g * min(1.0, limit / norm) if norm else g + 0.0 for k, g in grads.items()}, norm


def gradient_norms(dlast, x, h0, wx, wh, b):
    states = np.concatenate([h0[:, None], rnn_forward(x, h0, wx, wh, b)], axis=1)
    d, norms = dlast, [math.hypot(*np.ravel(dlast))]
    for h in np.moveaxis(states, 1, 0)[:0:-1]:
        d = np.einsum("nk,jk->nj", d * (1 - h * h), wh)
        norms.insert(0, math.hypot(*np.ravel(d)))
    return norms
