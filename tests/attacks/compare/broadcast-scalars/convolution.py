import numpy as np


def conv_at(*args, **kwargs):
    return np.zeros((0,))


def conv2d_single(*args, **kwargs):
    return np.zeros((0, 0))


def zero_pad(x, pad):
    return x.mean()


def conv2d(x, w, b, stride=1, pad=0):
    return np.zeros((len(x), len(w), 0, 0))
