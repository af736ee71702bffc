# bruno - chapter 2
import numpy as np

from convolution import output_size


def relu(x: np.ndarray) -> np.ndarray:
    out = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        if x[place] > 0:
            out[place] = x[place]
    return out


def maxpool(x: np.ndarray, size: int = 2, stride: int = 2) -> np.ndarray:
    N, C, H, W = x.shape
    OH = output_size(H, size, stride)
    OW = output_size(W, size, stride)
    out = np.zeros((N, C, OH, OW))
    for n in range(N):
        for c in range(C):
            for i in range(OH):
                for j in range(OW):
                    best = x[n, c, i * stride, j * stride]
                    for u in range(size):
                        for v in range(size):
                            if x[n, c, i * stride + u, j * stride + v] > best:
                                best = x[n, c, i * stride + u, j * stride + v]
                    out[n, c, i, j] = best
    return out


def flatten(x: np.ndarray) -> np.ndarray:
    rows = []
    for image in x:
        row = []
        for channel in image:
            for line in channel:
                for value in line:
                    row.append(value)
        rows.append(row)
    return np.array(rows)
