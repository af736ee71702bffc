import numpy as np


def output_size(size: int, kernel: int, stride: int = 1, pad: int = 0) -> int:
    """Places along one side."""
    if size < 1 or kernel < 1 or stride < 1:
        raise ValueError("size, kernel and stride must be at least 1")
    if pad < 0 or kernel > size + 2 * pad:
        raise ValueError("the kernel must fit, and pad can't be negative")
    return int((size + 2 * pad - kernel) / stride + 1)


def conv_at(image: np.ndarray, kernel: np.ndarray, row: int, col: int) -> float:
    """One dot product."""
    return sum(sum(image[row : row + kernel.shape[0], col : col + kernel.shape[1]] * kernel))


def conv2d_single(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """A feature map."""
    h, w = (a - k + 1 for a, k in zip(image.shape, kernel.shape))
    return np.fromfunction(
        np.vectorize(lambda i, j: conv_at(image, kernel, int(i), int(j)), otypes=[float]), (h, w)
    )


def zero_pad(x: np.ndarray, pad: int) -> np.ndarray:
    """A frame of zeros."""
    return np.pad(x, ((0, 0),) * (x.ndim - 2) + ((pad,) * 2,) * 2)


def conv2d(x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0) -> np.ndarray:
    """The layer."""
    x = zero_pad(x, pad)
    maps = [[sum(conv2d_single(c, k) for c, k in zip(image, f)) + bias for f, bias in zip(w, b)] for image in x]
    return np.array(maps)[..., ::stride, ::stride]
