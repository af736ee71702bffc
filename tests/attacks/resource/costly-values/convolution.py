import numpy as np


def output_size(*args, **kwargs):
    return [[[float(number)] for number in range(100)] for _ in range(300)]


def conv_at(*args, **kwargs):
    return [np.zeros(1) for _ in range(1000)]


def conv2d_single(*args, **kwargs):
    return [[1.0] * (number % 7) for number in range(10_000)]


def zero_pad(*args, **kwargs):
    return np.zeros((1,) * 8) + np.zeros(500_000).reshape(500_000, 1, 1, 1, 1, 1, 1, 1)


def conv2d(*args, **kwargs):
    return {str(number): np.zeros(2) for number in range(900)}
