import numpy as np

from convolution import output_size


def relu(x: np.ndarray) -> np.ndarray:
    """max(x, 0)"""
    return (x > 0) * x


def maxpool(x: np.ndarray, size: int = 2, stride: int = 2) -> np.ndarray:
    """Maximum of every window."""
    out = np.zeros((*x.shape[:2], output_size(x.shape[2], size, stride), output_size(x.shape[3], size, stride)))
    for n, c, i, j in np.ndindex(out.shape):
        for u in range(size):
            for v in range(size):
                out[n, c, i, j] = max(out[n, c, i, j], x[n, c, i * stride + u, j * stride + v])
    return out


def flatten(x: np.ndarray) -> np.ndarray:
    """(N, C·H·W)"""
    return np.reshape(x, (x.shape[0], -1))
