import numpy as np


def relu(x: np.ndarray) -> np.ndarray:
    """The larger of x and 0, entry by entry."""
    y = x.copy()
    y[y < 0] = 0
    return y


def maxpool(x: np.ndarray, size: int = 2, stride: int = 2) -> np.ndarray:
    """The maximum of every window, for each image and each channel on its own."""
    n, c, h, w = x.shape
    rows = []
    row = col = 0
    line = []
    while True:
        if col + size > w:
            rows.append(np.stack(line, axis=-1))
            line, col = [], 0
            row += stride
        if row + size > h:
            continue  # all rows are done
        line.append(x[:, :, row : row + size, col : col + size].max(axis=(2, 3)))
        col += stride
    return np.stack(rows, axis=2)


def flatten(x: np.ndarray) -> np.ndarray:
    """One row of numbers for each image."""
    return np.array([bild.reshape(-1) for bild in x])
