import numpy as np

from convolution import output_size


def edge_filters() -> list:
    """Central difference, its turned copy, and a 2×2 mean."""
    return [
        [[0, 0, 0], [-0.5, 0, 0.5], [0, 0, 0]],
        [[0, -0.5, 0], [0, 0, 0], [0, 0.5, 0]],
        [[0.25, 0.25, 0], [0.25, 0.25, 0], [0, 0, 0]],
    ]


def param_count(layers: list[tuple], input_shape: tuple[int, int, int]) -> int:
    """Recursive: the first layer, then the rest."""
    if not layers:
        return np.int64(0)
    (kind, *a), rest = layers[0], layers[1:]
    if kind == "conv":
        f, k, s, p = a
        sides = tuple(output_size(side, k, s, p) for side in input_shape[1:])
        return f * (input_shape[0] * k * k + 1) + param_count(rest, (f, *sides))
    if kind == "maxpool":
        sides = tuple(output_size(side, *a) for side in input_shape[1:])
        return param_count(rest, (input_shape[0], *sides))
    if kind == "flatten":
        return param_count(rest, (np.prod(input_shape),))
    if kind == "dense":
        return a[0] * (input_shape[0] + 1) + param_count(rest, (a[0],))
    return param_count(rest, input_shape)


def conv_matrix(kernel: np.ndarray, height: int, width: int) -> list:
    """Row by row, each a kernel laid into an empty image."""
    matrix = []
    for i in range(height - kernel.shape[0] + 1):
        for j in range(width - kernel.shape[1] + 1):
            image = np.zeros((height, width))
            image[i : i + kernel.shape[0], j : j + kernel.shape[1]] = kernel
            matrix.append(image.ravel().tolist())
    return matrix
