# bruno - chapter 4
import numpy as np

from convolution import zero_pad


def relu_backward(dout: np.ndarray, x: np.ndarray) -> np.ndarray:
    dx = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        if x[place] > 0:
            dx[place] = dout[place]
    return dx


def maxpool_backward(dout: np.ndarray, x: np.ndarray, size: int = 2, stride: int = 2) -> np.ndarray:
    N, C, OH, OW = dout.shape
    dx = np.zeros(x.shape)
    for n in range(N):
        for c in range(C):
            for i in range(OH):
                for j in range(OW):
                    bu = 0
                    bv = 0
                    for u in range(size):
                        for v in range(size):
                            here = x[n, c, i * stride + u, j * stride + v]
                            if here > x[n, c, i * stride + bu, j * stride + bv]:
                                bu = u
                                bv = v
                    dx[n, c, i * stride + bu, j * stride + bv] += dout[n, c, i, j]
    return dx


def conv2d_backward(dout: np.ndarray, x: np.ndarray, w: np.ndarray, stride: int = 1, pad: int = 0):
    N, C, H, W = x.shape
    F, C, KH, KW = w.shape
    OH, OW = dout.shape[2:]
    xp = zero_pad(x, pad)
    dxp = np.zeros(xp.shape)
    dw = np.zeros(w.shape)
    db = np.zeros(F)
    for n in range(N):
        for f in range(F):
            for i in range(OH):
                for j in range(OW):
                    d = dout[n, f, i, j]
                    db[f] += d
                    for c in range(C):
                        for u in range(KH):
                            for v in range(KW):
                                dw[f, c, u, v] += d * xp[n, c, i * stride + u, j * stride + v]
                                dxp[n, c, i * stride + u, j * stride + v] += d * w[f, c, u, v]
    dx = np.zeros(x.shape)
    for i in range(H):
        for j in range(W):
            dx[:, :, i, j] = dxp[:, :, i + pad, j + pad]
    return dx, dw, db
