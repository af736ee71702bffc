"""第3章 重みの共有"""
import numpy as np

from convolution import output_size, windows


def edge_filters():
    scharr = np.outer([3, 10, 3], [1, 0, -1])
    binomial = np.outer([1, 2, 1], [1, 2, 1]) / 16
    return np.stack([scharr, scharr.T, binomial])


def param_count(layers, input_shape):
    shape, count = input_shape, 0
    for layer in layers:
        match layer:
            case ["conv", f, k, s, p]:
                count += f * (shape[0] * k**2 + 1)
                shape = (f, output_size(shape[1], k, s, p), output_size(shape[2], k, s, p))
            case ["maxpool", k, s]:
                shape = (shape[0], output_size(shape[1], k, s), output_size(shape[2], k, s))
            case ["flatten"]:
                shape = (shape[0] * shape[1] * shape[2],)
            case ["dense", u]:
                count += u * (shape[0] + 1)
                shape = (u,)
    return count


def conv_matrix(kernel, height, width):
    oh, ow = output_size(height, kernel.shape[0]), output_size(width, kernel.shape[1])
    pixels = np.eye(height * width).reshape(-1, height, width)
    columns = np.einsum("prcij,ij->rcp", windows(pixels, *kernel.shape, 1), kernel)
    return columns.reshape(oh * ow, height * width)
