# bruno - chapter 1. I only use loops, they are slow but I understand them.
import numpy as np


def output_size(size: int, kernel: int, stride: int = 1, pad: int = 0) -> int:
    if size < 1:
        raise ValueError("size")
    if kernel < 1:
        raise ValueError("kernel")
    if stride < 1:
        raise ValueError("stride")
    if pad < 0:
        raise ValueError("pad")
    if kernel > size + pad + pad:
        raise ValueError("kernel too big")
    places = 0
    start = 0
    while start + kernel <= size + pad + pad:
        places += 1
        start += stride
    return places


def conv_at(image: np.ndarray, kernel: np.ndarray, row: int, col: int) -> float:
    total = 0.0
    for i in range(len(kernel)):
        for j in range(len(kernel[0])):
            total += image[row + i][col + j] * kernel[i][j]
    return total


def conv2d_single(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    result = []
    for row in range(output_size(len(image), len(kernel))):
        line = []
        for col in range(output_size(len(image[0]), len(kernel[0]))):
            line.append(conv_at(image, kernel, row, col))
        result.append(line)
    return np.array(result)


def zero_pad(x: np.ndarray, pad: int) -> np.ndarray:
    if x.ndim > 2:
        parts = []
        for part in x:
            parts.append(zero_pad(part, pad))
        return np.array(parts)
    height = len(x)
    width = len(x[0])
    result = np.zeros((height + 2 * pad, width + 2 * pad))
    for i in range(height):
        for j in range(width):
            result[i + pad][j + pad] = x[i][j]
    return result


def conv2d(x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0) -> np.ndarray:
    N, C, H, W = x.shape
    F, C, KH, KW = w.shape
    OH = output_size(H, KH, stride, pad)
    OW = output_size(W, KW, stride, pad)
    xp = zero_pad(x, pad)
    out = np.zeros((N, F, OH, OW))
    for n in range(N):
        for f in range(F):
            for i in range(OH):
                for j in range(OW):
                    total = b[f]
                    for c in range(C):
                        for u in range(KH):
                            for v in range(KW):
                                total += xp[n, c, i * stride + u, j * stride + v] * w[f, c, u, v]
                    out[n, f, i, j] = total
    return out
