"""第4章 逆伝播"""
import numpy as np

from convolution import windows, zero_pad


def relu_backward(dout, x):
    return np.einsum("...,...->...", dout, np.heaviside(x, 0))


def maxpool_backward(dout, x, size=2, stride=2):
    v = windows(x, size, size, stride)
    flat = v.reshape(*dout.shape, size * size)
    hot = np.eye(size * size)[flat.argmax(-1)].reshape(*dout.shape, size, size)
    share = np.einsum("ncrs,ncrsij->ncrsij", dout, hot)
    dx = np.zeros(x.shape)
    for r in range(dout.shape[2]):
        for s in range(dout.shape[3]):
            dx[:, :, r * stride : r * stride + size, s * stride : s * stride + size] += share[:, :, r, s]
    return dx


def conv2d_backward(dout, x, w, stride=1, pad=0):
    kh, kw = w.shape[2:]
    xp = zero_pad(x, pad)
    db = np.einsum("nfrs->f", dout)
    dw = np.einsum("nfrs,ncrsij->fcij", dout, windows(xp, kh, kw, stride), optimize=True)
    share = np.einsum("nfrs,fcij->ncrsij", dout, w, optimize=True)
    dxp = np.zeros(xp.shape)
    for r in range(dout.shape[2]):
        for s in range(dout.shape[3]):
            dxp[:, :, r * stride : r * stride + kh, s * stride : s * stride + kw] += share[:, :, r, s]
    return dxp[:, :, pad : dxp.shape[2] - pad, pad : dxp.shape[3] - pad], dw, db
