import math
from itertools import accumulate

import numpy as np


def tanh(x):
    def one(number):
        if number < 0:
            return -one(-number)
        small = math.expm1(-2 * number)
        return -small / (2 + small)

    return np.vectorize(one, otypes=[float])(x)


def rnn_step(x, h, wx, wh, b):
    return tanh(np.einsum("ni,ik->nk", x, wx) + np.einsum("nj,jk->nk", h, wh) + b)


def rnn_forward(x, h0, wx, wh, b):
    after = accumulate(np.moveaxis(x, 1, 0), lambda h, now: rnn_step(now, h, wx, wh, b), initial=h0)
    return np.stack(list(after)[1:], axis=1)
