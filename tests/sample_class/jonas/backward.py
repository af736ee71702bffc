import numpy as np

from convolution import im2col, zero_pad


def relu_backward(dout: np.ndarray, x: np.ndarray) -> np.ndarray:
    """The gradient with respect to the input of relu."""
    dx = dout.copy()
    dx[x <= 0] = 0
    return dx


def col2im(cols, shape, kh, kw, stride, oh, ow):
    x = np.zeros(shape)
    cols = cols.reshape(shape[0], shape[1], kh, kw, oh, ow)
    for i in range(kh):
        for j in range(kw):
            x[:, :, i : i + stride * oh : stride, j : j + stride * ow : stride] += cols[:, :, i, j]
    return x


def maxpool_backward(dout: np.ndarray, x: np.ndarray, size: int = 2, stride: int = 2) -> np.ndarray:
    """The gradient with respect to the input of maxpool(x, size, stride)."""
    n, c, h, w = x.shape
    cols, oh, ow = im2col(x.reshape(n * c, 1, h, w), size, size, stride)
    dcols = np.zeros_like(cols)
    np.put_along_axis(dcols, cols.argmax(axis=1)[:, None], dout.reshape(n * c, 1, oh * ow), axis=1)
    return col2im(dcols, (n * c, 1, h, w), size, size, stride, oh, ow).reshape(x.shape)


def conv2d_backward(dout: np.ndarray, x: np.ndarray, w: np.ndarray, stride: int = 1, pad: int = 0):
    """The gradients with respect to all three arguments of conv2d(x, w, b, stride, pad)."""
    xp = zero_pad(x, pad)
    cols, oh, ow = im2col(xp, *w.shape[2:], stride)
    d = dout.reshape(len(x), len(w), -1)
    dw = (d @ cols.transpose(0, 2, 1)).sum(axis=0).reshape(w.shape)
    dxp = col2im(w.reshape(len(w), -1).T @ d, xp.shape, *w.shape[2:], stride, oh, ow)
    return dxp[..., pad : pad + x.shape[2], pad : pad + x.shape[3]], dw, d.sum(axis=(0, 2))
