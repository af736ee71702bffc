import numpy as np


def output_size(size, kernel, stride=1, pad=0):
    if size < 1 or kernel < 1 or stride < 1 or pad < 0 or kernel > size + 2 * pad:
        raise ValueError("does not fit")
    return (size + 2 * pad - kernel) // stride + 1


def conv2d_single(image, kernel):
    return "given up"


def zero_pad(x, pad):
    return "given up"


def conv2d(x, w, b, stride=1, pad=0):
    x = zero_pad(x, pad)
    maps = [[sum(conv2d_single(x[n, c], w[f, c]) for c in range(x.shape[1])) + b[f] for f in range(len(w))] for n in range(len(x))]
    return np.array(maps)[:, :, ::stride, ::stride]
