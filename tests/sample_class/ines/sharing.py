import numpy as np

from convolution import output_size


def edge_filters() -> np.ndarray:
    """Edges and a blur."""
    return np.array(
        [
            [[1, -1, 0], [1, -1, 0], [1, -1, 0]],
            [[1, 1, 1], [-1, -1, -1], [0, 0, 0]],
            [[1 / 16, 2 / 16, 1 / 16], [2 / 16, 4 / 16, 2 / 16], [1 / 16, 2 / 16, 1 / 16]],
        ]
    )


def param_count(layers: list[tuple], input_shape: tuple[int, int, int]) -> int:
    """Weights and biases."""
    shape, counts = list(input_shape), [0]
    for name, *n in layers:
        if name == "conv":
            counts.append(n[0] * (shape[0] * n[1] ** 2 + 1))
            shape = [n[0]] + [output_size(s, n[1], n[2], n[3]) for s in shape[1:]]
        elif name == "maxpool":
            shape[1:] = [output_size(s, n[0], n[1]) for s in shape[1:]]
        elif name == "flatten":
            shape = [np.prod(shape)]
        elif name == "dense":
            counts.append((shape[0] + 1) * n[0])
            shape = n
    return sum(counts)


def conv_matrix(kernel: np.ndarray, height: int, width: int) -> np.ndarray:
    """One diagonal for each weight."""
    oh, ow = output_size(height, kernel.shape[0]), output_size(width, kernel.shape[1])
    M = np.zeros((oh, ow, height, width))
    for i, j in np.ndindex(oh, ow):
        M[i, j, i : i + kernel.shape[0], j : j + kernel.shape[1]] = kernel
    return M.reshape(oh * ow, -1)
