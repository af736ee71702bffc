import numpy as np


def output_size(size: int, kernel: int, stride: int = 1, pad: int = 0) -> int:
    """How many places a kernel has along one side of an image."""
    if size < 1 or kernel < 1 or stride < 1 or pad < 0 or kernel > size + 2 * pad:
        raise ValueError("invalid sizes")
    return (size - kernel + 2 * pad) // stride + 1


def conv_at(image: np.ndarray, kernel: np.ndarray, row: int, col: int) -> float:
    """One number of the feature map."""
    k = kernel.shape[0]
    return np.sum(image[row : row + k, col : col + k] * kernel)


def conv2d_single(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """The feature map of one image and one kernel."""
    k = kernel.shape[0]
    n = output_size(image.shape[0], k)
    out = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            out[i, j] = np.sum(image[i : i + k, j : j + k] * kernel)
    return out


def zero_pad(x: np.ndarray, pad: int) -> np.ndarray:
    """Put a frame of zeros around the last two axes."""
    return np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))


def conv2d(x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0) -> np.ndarray:
    """A convolutional layer."""
    N, C, W, H = x.shape
    F, C, KW, KH = w.shape
    OH = output_size(H, KH, stride, pad)
    OW = output_size(W, KW, stride, pad)
    x = zero_pad(x, pad)
    out = np.zeros((N, F, OH, OW))
    for i in range(OH):
        for j in range(OW):
            patch = x[:, :, i * stride : i * stride + KH, j * stride : j * stride + KW]
            for f in range(F):
                out[:, f, i, j] = np.sum(patch * w[f], axis=(1, 2, 3)) + b[f]
    return out
