import numpy as np

from convolution import output_size, zero_pad


def relu_backward(dout: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Gate."""
    return (x > 0) * dout


def maxpool_backward(dout: np.ndarray, x: np.ndarray, size: int = 2, stride: int = 2) -> np.ndarray:
    """Every pixel of a window had its part in the result."""
    dx = np.zeros(x.shape)
    for n, c, i, j in np.ndindex(dout.shape):
        r, s = i * stride, j * stride
        dx[n, c, r : r + size, s : s + size] = dout[n, c, i, j] / size**2
    return dx


def conv2d_backward(dout: np.ndarray, x: np.ndarray, w: np.ndarray, stride: int = 1, pad: int = 0):
    """dx, dw, db"""
    xp = zero_pad(x, pad)
    dxp, dw = np.zeros(xp.shape), np.zeros(w.shape)
    (H, W), (KH, KW) = x.shape[2:], w.shape[2:]
    for i in range(output_size(H, KH, stride, pad)):
        for j in range(output_size(W, KW, stride, pad)):
            r, s = i * stride, j * stride
            dw += np.einsum("nf,nckl->fckl", dout[:, :, i, j], xp[:, :, r : r + KH, s : s + KW])
            dxp[:, :, r : r + KH, s : s + KW] = np.einsum("nf,fckl->nckl", dout[:, :, i, j], w)
    return dxp[:, :, pad : pad + H, pad : pad + W], dw, dout.sum(axis=0).sum(axis=(1, 2))
