import numpy as np


def output_size(*args, **kwargs):
    return float("nan")


def conv_at(*args, **kwargs):
    return float("-inf")


def conv2d_single(image, kernel):
    shape = [a - b + 1 for a, b in zip(image.shape, kernel.shape)]
    return np.full(shape, np.nan)


def zero_pad(x, pad):
    return np.full_like(np.pad(x, pad), np.inf)


def conv2d(*args, **kwargs):
    return -np.inf
