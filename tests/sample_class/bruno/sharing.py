# bruno - chapter 3
import numpy as np

from convolution import output_size


def edge_filters() -> np.ndarray:
    vertical = [[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]]
    horizontal = [[-1, -1, -1], [0, 0, 0], [1, 1, 1]]
    blur = [[0, 0.2, 0], [0.2, 0.2, 0.2], [0, 0.2, 0]]
    return np.array([vertical, horizontal, blur])


def param_count(layers: list[tuple], input_shape: tuple[int, int, int]) -> int:
    total = 0
    shape = list(input_shape)
    for layer in layers:
        if layer[0] == "conv":
            filters = layer[1]
            kernel = layer[2]
            for f in range(filters):
                total += shape[0] * kernel * kernel
                total += 1
            shape = [
                filters,
                output_size(shape[1], kernel, layer[3], layer[4]),
                output_size(shape[2], kernel, layer[3], layer[4]),
            ]
        if layer[0] == "maxpool":
            shape = [
                shape[0],
                output_size(shape[1], layer[1], layer[2]),
                output_size(shape[2], layer[1], layer[2]),
            ]
        if layer[0] == "flatten":
            shape = [shape[0] * shape[1] * shape[2]]
        if layer[0] == "dense":
            total += shape[0] * layer[1]
            total += layer[1]
            shape = [layer[1]]
    return total


def conv_matrix(kernel: np.ndarray, height: int, width: int) -> np.ndarray:
    KH, KW = kernel.shape
    OH = output_size(height, KH)
    OW = output_size(width, KW)
    M = np.zeros((OH * OW, height * width))
    for i in range(OH):
        for j in range(OW):
            for u in range(KH):
                for v in range(KW):
                    M[i * OW + j][(i + u) * width + j + v] = kernel[u][v]
    return M
