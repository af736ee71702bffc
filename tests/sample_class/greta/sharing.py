import numpy as np

from convolution import output_size


def edge_filters() -> np.ndarray:
    """Vertical edge, horizontal edge, blur."""
    filters = np.zeros((3, 3, 3))
    filters[0, :, 0], filters[0, :, 2] = 1, -1
    filters[1] = filters[0].T
    filters[2] = 1 / 9
    return filters


def param_count(layers: list[tuple], input_shape: tuple[int, int, int]) -> int:
    """Weights and biases of a stack."""
    c, *rest = input_shape
    n = 0
    for layer in layers:
        if layer[0] == "conv":
            n += layer[1] * c * layer[2] ** 2 + layer[1]
            c = layer[1]
            rest = [output_size(side, *layer[2:]) for side in rest]
        elif layer[0] == "maxpool":
            rest = [output_size(side, *layer[1:]) for side in rest]
        elif layer[0] == "flatten":
            c = c * rest[0] * rest[1]
        elif layer[0] == "dense":
            n += layer[1] * c + layer[1]
            c = layer[1]
    return n


def conv_matrix(kernel: np.ndarray, height: int, width: int) -> np.ndarray:
    """One row for each place of the kernel."""
    kh, kw = kernel.shape
    oh, ow = height - kh + 1, width - kw + 1
    rows = []
    for i in range(oh):
        for j in range(ow):
            row = np.zeros((height, width))
            row[i : i + kh, j : j + kw] = kernel[::-1, ::-1]
            rows.append(row.ravel())
    return np.array(rows)
