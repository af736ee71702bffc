import numpy as np


def output_size(size: int, kernel: int, stride: int = 1, pad: int = 0) -> int:
    """How many places a kernel has along one side of an image."""
    full = size + 2 * pad
    if not (size > 0 < kernel <= full and stride > 0 <= pad):
        raise ValueError(f"kernel {kernel}, size {size}, stride {stride}, pad {pad}")
    n = 0
    for start in range(0, full, stride):
        if start + kernel <= full:
            n += 1
    return n


def conv_at(image: np.ndarray, kernel: np.ndarray, row: int, col: int) -> float:
    """One number of the feature map."""
    rows = range(row, row + kernel.shape[0])
    cols = range(col, col + kernel.shape[1])
    return (image[np.ix_(rows, cols)] * kernel).sum()


def conv2d_single(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """The feature map of one image and one kernel."""
    return conv2d(image[None, None], kernel[None, None], np.zeros(1))[0, 0]


def zero_pad(x: np.ndarray, pad: int) -> np.ndarray:
    """Put a frame of zeros around the last two axes."""
    for axis in (-1, -2):
        zeros = np.zeros_like(x.take(range(1), axis=axis)).repeat(pad, axis=axis)
        x = np.concatenate((zeros, x, zeros), axis=axis)
    return x


def conv2d(x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0) -> np.ndarray:
    """A convolutional layer."""
    x = zero_pad(x, pad)
    _, _, kh, kw = w.shape
    rows = range(0, x.shape[2] - kh + 1, stride)
    cols = range(0, x.shape[3] - kw + 1, stride)
    patches = np.stack([np.stack([x[:, :, r : r + kh, c : c + kw] for c in cols], 1) for r in rows], 1)
    return np.einsum("nrcdkl,fdkl->nfrc", patches, w) + b[None, :, None, None]
