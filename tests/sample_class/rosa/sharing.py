import numpy as np

from convolution import output_size


def edge_filters() -> np.ndarray:
    """Edges and a blur."""
    x = np.array([[0, 0, 0], [-1, 0, 1], [0, 0, 0]])
    return np.array([x, x.T, np.full((3, 3), 1 / 9)])


def param_count(layers: list[tuple], input_shape: tuple[int, int, int]) -> int:
    """Weights and biases; assumes that nothing changes the size of the image before the dense layer."""
    c, h, w = input_shape
    total = 0
    for layer in layers:
        if layer[0] == "conv":
            total += layer[1] * (c * layer[2] ** 2 + 1)
            c = layer[1]
        if layer[0] == "dense":
            total += layer[1] * (c * h * w + 1)
    return total


def conv_matrix(kernel: np.ndarray, height: int, width: int) -> np.ndarray:
    """One row for each output."""
    kh, kw = kernel.shape
    template = np.zeros((kh, width))
    template[:, :kw] = kernel
    strip = template.ravel()[: (kh - 1) * width + kw]
    rows = []
    for i in range(output_size(height, kh)):
        for j in range(output_size(width, kw)):
            row = np.zeros(height * width)
            row[i * width + j : i * width + j + len(strip)] = strip
            rows.append(row)
    return np.array(rows)
