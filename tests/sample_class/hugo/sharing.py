import numpy as np

from convolution import output_size


def edge_filters() -> np.ndarray:
    """A vertical-edge filter, a horizontal-edge filter and a blur."""
    a = np.array([[-1.0, 0.0, 1.0]] * 3)
    return np.stack([a, np.rot90(a), np.ones((3, 3)) / 9])


def param_count(layers: list[tuple], input_shape: tuple[int, int, int]) -> int:
    """The number of weights and biases in a stack of layers."""
    C, H, W = input_shape
    D = None
    total = 0
    for layer in layers:
        if layer[0] == "conv":
            _, F, K, S, P = layer
            total += F * (C * K * K + 1)
            C, H, W = F, output_size(H, K, S, P), output_size(W, K, S, P)
        if layer[0] == "maxpool":
            _, K, S = layer
            H, W = output_size(H, K, S), output_size(W, K, S)
        if layer[0] == "flatten":
            D = C * H * W
        if layer[0] == "dense":
            total += layer[1] * (D + 1)
            D = layer[1]
    return total


def conv_matrix(kernel: np.ndarray, height: int, width: int) -> np.ndarray:
    """The matrix of a convolution."""
    kh, kw = kernel.shape
    oh, ow = output_size(height, kh), output_size(width, kw)
    matrix = np.zeros((oh * ow, height * width))
    for i in range(oh):
        for j in range(ow):
            for u in range(kh):
                start = (i + u) * height + j  # rows of the image are `height` long
                matrix[i * ow + j, start : start + kw] = kernel[u]
    return matrix
