import numpy as np

from convolution import zero_pad


def relu_backward(dout: np.ndarray, x: np.ndarray) -> np.ndarray:
    """The gradient through relu."""
    return np.where(x > 0, dout, 0)


def maxpool_backward(dout: np.ndarray, x: np.ndarray, size: int = 2, stride: int = 2) -> np.ndarray:
    """The gradient through maxpool."""
    dx = np.zeros(x.shape)
    for n, c, i, j in np.ndindex(dout.shape):
        r, s = i * stride, j * stride
        u, v = divmod(int(x[n, c, r : r + size, s : s + size].argmax()), size)
        dx[n, c, r + u, s + v] += dout[n, c, i, j]
    return dx


def conv2d_backward(dout: np.ndarray, x: np.ndarray, w: np.ndarray, stride: int = 1, pad: int = 0):
    """The gradients of my conv2d (which flips)."""
    xp = zero_pad(x, pad)
    dxp, dw = np.zeros(xp.shape), np.zeros(w.shape)
    flipped = w[:, :, ::-1, ::-1]
    kh, kw = w.shape[2:]
    for n, f, i, j in np.ndindex(dout.shape):
        here = np.s_[n, :, i * stride : i * stride + kh, j * stride : j * stride + kw]
        dw[f] += dout[n, f, i, j] * xp[here][:, ::-1, ::-1]
        dxp[here] += dout[n, f, i, j] * flipped[f]
    h, w_ = x.shape[2:]
    return dxp[:, :, pad : pad + h, pad : pad + w_], dw, dout.sum(axis=(0, 2, 3))
