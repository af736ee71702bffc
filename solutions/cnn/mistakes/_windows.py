"""What the mistakes share: windows, and the correct passes that a mistake then spoils in one place."""

from __future__ import annotations

import numpy as np

from convolution import output_size


def patches(x: np.ndarray, rows: int, cols: int, stride: int = 1) -> np.ndarray:
    """Every patch of the last two axes that fits: (..., OH, OW, rows, cols)."""
    windows = np.lib.stride_tricks.sliding_window_view(x, (rows, cols), axis=(-2, -1))
    return windows[..., ::stride, ::stride, :, :]


def correlate(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """The feature map of one image and one kernel."""
    return np.tensordot(patches(image, *kernel.shape), kernel, axes=2)


def framed(x: np.ndarray, pad: int) -> np.ndarray:
    """A frame of zeros around the last two axes."""
    return np.pad(x, [(0, 0)] * (x.ndim - 2) + [(pad, pad)] * 2)


def convolve(padded: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1) -> np.ndarray:
    """The convolutional layer on images that are padded already."""
    windows = patches(padded, *w.shape[2:], stride)
    return np.einsum("nchwij,fcij->nfhw", windows, w) + b[:, np.newaxis, np.newaxis]


def pooled(x: np.ndarray, size: int, stride: int) -> np.ndarray:
    """The maximum of every window that fits."""
    return patches(x, size, size, stride).max(axis=(-2, -1))


def square_of(maps: np.ndarray) -> np.ndarray:
    """The maps, forced into squares as high as they are."""
    side = maps.shape[-2]
    result = np.zeros((*maps.shape[:-1], side))
    shared = min(side, maps.shape[-1])
    result[..., :shared] = maps[..., :shared]
    return result


def side_by_ceiling(side: int, kernel: int, stride: int, pad: int = 0) -> int:
    """The output size with the division rounded up."""
    return -(-(side + 2 * pad - kernel) // stride) + 1


def sizes(shape: tuple[int, ...], size: int, stride: int) -> tuple[int, int]:
    """Rows and columns of windows that fit."""
    return output_size(shape[-2], size, stride), output_size(shape[-1], size, stride)
