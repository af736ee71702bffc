import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def output_size(size: int, kernel: int, stride: int = 1, pad: int = 0) -> int:
    """How many places a kernel has along one side of an image."""
    if min(size, kernel, stride) < 1 or pad < 0 or kernel > size + 2 * pad:
        raise ValueError(f"no window fits: {size=} {kernel=} {stride=} {pad=}")
    return (size + 2 * pad - kernel) // stride + 1


def conv_at(image: np.ndarray, kernel: np.ndarray, row: int, col: int) -> float:
    """One number of the feature map."""
    kh, kw = kernel.shape
    return np.vdot(image[row : row + kh, col : col + kw], kernel)


def conv2d_single(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """The feature map of one image and one kernel, stride 1, no padding."""
    patches = sliding_window_view(image, kernel.shape)
    return (patches * kernel).sum(axis=(-2, -1))


def zero_pad(x: np.ndarray, pad: int) -> np.ndarray:
    """Put a frame of zeros around the last two axes."""
    *front, h, w = x.shape
    out = np.zeros((*front, h + 2 * pad, w + 2 * pad))
    out[..., pad : pad + h, pad : pad + w] = x
    return out


def conv2d(x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0) -> np.ndarray:
    """A convolutional layer."""
    kh, kw = w.shape[2:]
    patches = sliding_window_view(zero_pad(x, pad), (kh, kw), axis=(2, 3))
    patches = patches[:, :, ::stride, ::stride]  # N C OH OW KH KW
    maps = np.tensordot(patches, w, axes=([1, 4, 5], [1, 2, 3]))  # N OH OW F
    return np.moveaxis(maps + b, -1, 1)
