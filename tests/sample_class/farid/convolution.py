import numpy as np


def output_size(size: int, kernel: int, stride: int = 1, pad: int = 0) -> int:
    if kernel > size + 2 * pad or size <= 0 or kernel <= 0 or stride <= 0 or pad < 0:
        raise ValueError
    return 1 + (size - kernel + 2 * pad) // stride


def conv_at(image: np.ndarray, kernel: np.ndarray, row: int, col: int) -> float:
    h, w = kernel.shape
    return float(np.sum(np.multiply(image[row : h + row, col : w + col], kernel)))


def conv2d_single(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    h, w = image.shape[0] - kernel.shape[0] + 1, image.shape[1] - kernel.shape[1] + 1
    return np.array([[conv_at(image, kernel, i, j) for j in range(w)] for i in range(h)])


def zero_pad(x: np.ndarray, pad: int) -> np.ndarray:
    new = np.zeros(x.shape[:-2] + (x.shape[-2] + pad * 2, x.shape[-1] + pad * 2))
    new[..., pad : pad + x.shape[-2], pad : pad + x.shape[-1]] = x
    return new


def conv2d(x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0) -> np.ndarray:
    # not finished, the shape is right at least
    oh = output_size(x.shape[2], w.shape[2], stride, pad)
    ow = output_size(x.shape[3], w.shape[3], stride, pad)
    return np.zeros((x.shape[0], w.shape[0], oh, ow))
