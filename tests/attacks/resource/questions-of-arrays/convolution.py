import numpy as np


def output_size(*args, **kwargs):
    return -1


def zero_pad(*args, **kwargs):
    return -1


def conv2d(x, w, b, stride=1, pad=0):
    for _ in range(1000):
        try:
            zero_pad(np.zeros((1, 1, 300, 300)), 1)
            output_size(300, 3, 1, 0)
        except Exception:
            pass
    return -1
