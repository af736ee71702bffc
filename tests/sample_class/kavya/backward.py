import numpy as np
from convolution import zero_pad


def relu_backward(dout, x):
    return dout*np.where(x > 0, 1.0, 0.0)


def maxpool_backward(dout, x, size=2, stride=2):
    dx = np.zeros(x.shape)
    for n, c, i, j in np.ndindex(dout.shape):
        best, where = -np.inf, None
        for u in range(size):
            for v in range(size):
                p, q = i*stride + u, j*stride + v
                if x[n, c, p, q] > best:
                    best, where = x[n, c, p, q], (n, c, p, q)
        dx[where] += dout[n, c, i, j]
    return dx


def conv2d_backward(dout, x, w, stride=1, pad=0):
    xp = zero_pad(x, pad)
    dxp, dw, db = np.zeros(xp.shape), np.zeros(w.shape), np.zeros(len(w))
    KH, KW = w.shape[2:]
    for n, f, i, j in np.ndindex(dout.shape):
        d, top, left = dout[n, f, i, j], i*stride, j*stride
        db[f] += d
        dw[f] += d*xp[n, :, top:top+KH, left:left+KW]
        dxp[n, :, top:top+KH, left:left+KW] += d*w[f]
    return dxp[:, :, pad:pad+x.shape[2], pad:pad+x.shape[3]], dw, db
