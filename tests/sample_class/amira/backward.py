import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from convolution import zero_pad


def relu_backward(dout: np.ndarray, x: np.ndarray) -> np.ndarray:
    """The gradient with respect to the input of relu."""
    return dout * (x > 0)


def maxpool_backward(dout: np.ndarray, x: np.ndarray, size: int = 2, stride: int = 2) -> np.ndarray:
    """The gradient with respect to the input of maxpool."""
    n, c, oh, ow = dout.shape
    windows = sliding_window_view(x, (size, size), axis=(2, 3))[:, :, ::stride, ::stride]
    best = windows.reshape(n, c, oh, ow, -1).argmax(-1)
    i, j = np.divmod(best, size)
    i += stride * np.arange(oh)[:, None]
    j += stride * np.arange(ow)
    dx = np.zeros_like(x)
    np.add.at(dx, (np.arange(n)[:, None, None, None], np.arange(c)[:, None, None], i, j), dout)
    return dx


def conv2d_backward(
    dout: np.ndarray, x: np.ndarray, w: np.ndarray, stride: int = 1, pad: int = 0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The gradients with respect to x, w and b."""
    h, width = x.shape[2:]
    kh, kw = w.shape[2:]
    oh, ow = dout.shape[2:]
    xp = zero_pad(x, pad)
    dxp = np.zeros_like(xp)
    dw = np.zeros_like(w)
    for u in range(kh):
        for v in range(kw):
            spot = np.s_[:, :, u : u + stride * oh : stride, v : v + stride * ow : stride]
            dw[:, :, u, v] = np.tensordot(dout, xp[spot], axes=([0, 2, 3], [0, 2, 3]))
            dxp[spot] += np.moveaxis(np.tensordot(dout, w[:, :, u, v], axes=(1, 0)), -1, 1)
    return dxp[:, :, pad : pad + h, pad : pad + width], dw, dout.sum((0, 2, 3))
