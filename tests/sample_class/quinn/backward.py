import numpy as np

from convolution import zero_pad


def relu_backward(dout: np.ndarray, x: np.ndarray) -> np.ndarray:
    print("gate open at", np.argwhere(x > 0).tolist())
    dout *= x > 0
    return dout


def maxpool_backward(dout: np.ndarray, x: np.ndarray, size: int = 2, stride: int = 2) -> np.ndarray:
    dx = np.zeros(x.shape)
    for n, c, i, j in np.ndindex(dout.shape):
        window = x[n, c, i * stride : i * stride + size, j * stride : j * stride + size]
        u, v = np.argwhere(window == window.max())[0]
        print("winner", n, c, i * stride + u, j * stride + v)
        dx[n, c, i * stride + u, j * stride + v] += dout[n, c, i, j]
    x -= x
    return dx


def conv2d_backward(dout: np.ndarray, x: np.ndarray, w: np.ndarray, stride: int = 1, pad: int = 0):
    xp = zero_pad(x, pad)
    dxp, dw = np.zeros(xp.shape), np.zeros(w.shape)
    for n, f, i, j in np.ndindex(dout.shape):
        rows = slice(i * stride, i * stride + w.shape[2])
        cols = slice(j * stride, j * stride + w.shape[3])
        dw[f] += dout[n, f, i, j] * xp[n, :, rows, cols]
        dxp[n, :, rows, cols] += dout[n, f, i, j] * w[f]
    db = dout.sum(axis=(0, 2, 3))
    print("db", db)
    dout[...] = 0
    x[...] = dxp[:, :, pad : pad + x.shape[2], pad : pad + x.shape[3]]
    return x, dw, db
