import numpy as np


def output_size(size: int, kernel: int, stride: int = 1, pad: int = 0) -> int:
    """How many places a kernel has along one side of an image."""
    if size < 1 or kernel < 1 or stride < 1 or pad < 0:
        raise ValueError("out of range")
    if kernel > size + 2 * pad:
        raise ValueError("kernel does not fit")
    return (size + 2 * pad - kernel) // stride + 1


def conv_at(image: np.ndarray, kernel: np.ndarray, row: int, col: int) -> float:
    """One number of the feature map."""
    kh, kw = kernel.shape
    return np.sum(image[row : row + kh, col : col + kw] * kernel)


def conv2d_single(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """The feature map. A convolution flips the kernel (signals and systems, week 3)."""
    flipped = kernel[::-1, ::-1]
    rows = output_size(image.shape[0], kernel.shape[0])
    cols = output_size(image.shape[1], kernel.shape[1])
    return np.array([[conv_at(image, flipped, i, j) for j in range(cols)] for i in range(rows)])


def zero_pad(x: np.ndarray, pad: int) -> np.ndarray:
    """Put a frame of zeros around the last two axes."""
    return np.pad(x, ((0, 0),) * (x.ndim - 2) + ((pad, pad), (pad, pad)))


def conv2d(x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0) -> np.ndarray:
    """A convolutional layer."""
    x = zero_pad(x, pad)
    w = np.flip(w, axis=(2, 3))
    kh, kw = w.shape[2:]
    oh, ow = output_size(x.shape[2], kh, stride), output_size(x.shape[3], kw, stride)
    out = np.zeros((len(x), len(w), oh, ow))
    for i in range(oh):
        for j in range(ow):
            patch = x[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw]
            out[:, :, i, j] = np.einsum("nckl,fckl->nf", patch, w) + b
    return out
