import sys

import numpy as np

from convolution import output_size


def edge_filters() -> np.ndarray:
    filters = np.zeros((3, 3, 3))
    filters[0] = [-1, 0, 1]
    filters[1] = filters[0].T
    filters[2] = 1 / 9
    print(filters, file=sys.stderr)
    return filters


def param_count(layers: list[tuple], input_shape: tuple[int, int, int]) -> int:
    total = 0
    shape = list(input_shape)
    while layers:
        layer = layers.pop(0)
        print(shape, layer, total)
        if layer[0] == "conv":
            total += layer[1] * (shape[0] * layer[2] * layer[2] + 1)
            shape = [layer[1]] + [output_size(n, layer[2], layer[3], layer[4]) for n in shape[1:]]
        elif layer[0] == "maxpool":
            shape = [shape[0]] + [output_size(n, layer[1], layer[2]) for n in shape[1:]]
        elif layer[0] == "flatten":
            shape = [shape[0] * shape[1] * shape[2]]
        elif layer[0] == "dense":
            total += layer[1] * (shape[0] + 1)
            shape = [layer[1]]
    print("total", total)
    return total


def conv_matrix(kernel: np.ndarray, height: int, width: int) -> np.ndarray:
    rows = []
    for i in range(height - kernel.shape[0] + 1):
        for j in range(width - kernel.shape[1] + 1):
            canvas = np.zeros((height, width))
            canvas[i : i + kernel.shape[0], j : j + kernel.shape[1]] += kernel
            print("\n".join(" ".join(f"{value:4g}" for value in line) for line in canvas), end="\n\n")
            rows.append(canvas.ravel())
    return np.vstack(rows)
