import numpy as np


def relu_backward(dout: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Gate."""
    dx = np.array(dout)
    dx[np.asarray(x) <= 0] = 0
    return dx


def maxpool_backward(dout: np.ndarray, x: np.ndarray, size: int = 2, stride: int = 2) -> list:
    """The winner takes all."""
    dx = np.zeros_like(x)
    for (n, c, i, j), d in np.ndenumerate(np.asarray(dout)):
        window = x[n, c, i * stride : i * stride + size, j * stride : j * stride + size]
        u, v = np.unravel_index(np.argmax(window), window.shape)
        dx[n, c, i * stride + u, j * stride + v] += d
    return dx.tolist()


def conv2d_backward(dout: np.ndarray, x: np.ndarray, w: np.ndarray, stride: int = 1, pad: int = 0) -> list:
    """Both gradients are convolutions as well, of the dout spread out by the stride."""
    (n, c, h, width), (f, _, kh, kw) = x.shape, w.shape
    H, W = h + 2 * pad, width + 2 * pad
    xp = np.zeros((n, c, H, W))
    xp[:, :, pad : H - pad, pad : W - pad] = x
    spread = np.zeros((n, f, H, W))
    spread[:, :, : dout.shape[2] * stride : stride, : dout.shape[3] * stride : stride] = dout
    fd = np.fft.fft2(spread)
    dw = np.fft.ifft2((np.conj(fd)[:, :, None] * np.fft.fft2(xp)[:, None]).sum(0)).real[:, :, :kh, :kw]
    fw = np.fft.fft2(w, s=(H, W))
    dx = np.fft.ifft2((fd[:, :, None] * fw[None]).sum(1)).real[:, :, pad : H - pad, pad : W - pad]
    return [dx, dw, dout.sum(axis=(0, 2, 3))]
