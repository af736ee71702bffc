import numpy as np

from convolution import zero_pad


def relu_backward(dout: np.ndarray, x: np.ndarray) -> np.ndarray:
    """The gradient through relu."""
    return np.multiply(dout, np.sign(x).clip(0))


def maxpool_backward(dout: np.ndarray, x: np.ndarray, size: int = 2, stride: int = 2) -> np.ndarray:
    """The gradient through maxpool."""
    dx = np.zeros(x.shape)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            at = np.s_[:, :, i * stride : i * stride + size, j * stride : j * stride + size]
            flat = x[at].reshape(*x.shape[:2], -1)
            first = np.arange(size * size) == flat.argmax(-1)[..., None]
            dx[at] += (first * dout[:, :, i, j, None]).reshape(x[at].shape)
    return dx


def conv2d_backward(dout: np.ndarray, x: np.ndarray, w: np.ndarray, stride: int = 1, pad: int = 0):
    """The gradients of x, w and b."""
    xp = zero_pad(x, pad)
    dxp, dw = np.zeros(xp.shape), np.zeros(w.shape)
    kh, kw = w.shape[2:]
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            at = np.s_[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw]
            dw += np.tensordot(dout[:, :, i, j], xp[at], axes=(0, 0))
            dxp[at] += np.tensordot(dout[:, :, i, j], w, axes=(1, 0))
    if pad > 0:
        dxp = dxp[:, :, pad:-pad, pad:-pad]
    return dxp, dw, np.sum(dout, (0, 2, 3))
