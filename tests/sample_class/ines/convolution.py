import numpy as np


def output_size(size: int, kernel: int, stride: int = 1, pad: int = 0) -> int:
    """Places along one side."""
    if size <= 0 or kernel <= 0 or stride <= 0:
        raise ValueError("must be positive")
    if pad < 0:
        raise ValueError("pad is negative")
    span = size + 2 * pad - kernel
    if span < 0:
        raise ValueError("kernel is too large")
    return span // stride + 1


def conv_at(image: np.ndarray, kernel: np.ndarray, row: int, col: int) -> float:
    """One dot product."""
    return np.tensordot(image[row:, col:][: kernel.shape[0], : kernel.shape[1]], kernel)


def conv2d_single(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """A sum of shifted images, each times one weight."""
    oh = image.shape[0] - kernel.shape[0] + 1
    ow = image.shape[1] - kernel.shape[1] + 1
    return sum(kernel[u, v] * image[u : u + oh, v : v + ow] for u, v in np.ndindex(kernel.shape))


def zero_pad(x: np.ndarray, pad: int) -> np.ndarray:
    """Frame of zeros."""
    x = np.concatenate([np.zeros((*x.shape[:-1], pad)), x, np.zeros((*x.shape[:-1], pad))], axis=-1)
    bar = np.zeros((*x.shape[:-2], pad, x.shape[-1]))
    return np.concatenate([bar, x, bar], axis=-2)


def conv2d(x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0) -> np.ndarray:
    """Shifted images again, all filters at once."""
    xp = zero_pad(x, pad)
    oh = output_size(x.shape[2], w.shape[2], stride, pad)
    ow = output_size(x.shape[3], w.shape[3], stride, pad)
    out = np.zeros((len(x), len(w), oh, ow)) + b.reshape(-1, 1, 1)
    for u, v in np.ndindex(w.shape[2:]):
        shifted = xp[:, :, u::stride, v::stride][:, :, :oh, :ow]
        out += np.einsum("nchw,fc->nfhw", shifted, w[:, :, u, v])
    return out
