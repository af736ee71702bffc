import numpy as np


def relu_backward(dout: np.ndarray, x: np.ndarray) -> np.ndarray:
    """The gradient with respect to the input of relu."""
    return np.where(x > 0, 1, 0) * dout


def maxpool_backward(dout: np.ndarray, x: np.ndarray, size: int = 2, stride: int = 2) -> np.ndarray:
    """The gradient with respect to the input of maxpool."""
    dx = np.zeros_like(x)
    N, C, OH, OW = dout.shape
    for n in range(N):
        for c in range(C):
            for i in range(OH):
                for j in range(OW):
                    window = x[n, c, i * stride : i * stride + size, j * stride : j * stride + size]
                    u, v = np.unravel_index(window.argmax(), window.shape)
                    dx[n, c, i * stride + u, j * stride + v] += dout[n, c, i, j]
    return dx


def conv2d_backward(dout: np.ndarray, x: np.ndarray, w: np.ndarray, stride: int = 1, pad: int = 0):
    """The gradients with respect to x, w and b."""
    xp = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    dx = np.zeros_like(xp)
    dw = np.zeros_like(w)
    KH, KW = w.shape[2:]
    N, F, OH, OW = dout.shape
    for n in range(N):
        for f in range(F):
            for i in range(OH):
                for j in range(OW):
                    r, c = i * stride, j * stride
                    dw[f] += dout[n, f, i, j] * xp[n, :, r : r + KH, c : c + KW]
                    dx[n, :, r : r + KH, c : c + KW] += dout[n, f, i, j] * w[f]
    return dx[:, :, pad:-pad, pad:-pad], dw, dout.sum(axis=(0, 2, 3))
