import numpy as np


def output_size(size, kernel, stride=1, pad=0):
    if size < 1: raise ValueError("size must be at least 1")
    if kernel < 1: raise ValueError("kernel must be at least 1")
    if stride < 1: raise ValueError("stride must be at least 1")
    if pad < 0: raise ValueError("pad must be at least 0")
    if size + 2*pad < kernel: raise ValueError("kernel is longer than the padded side")
    return 1 + (size + 2*pad - kernel)//stride


def conv_at(image, kernel, row, col):
    s = 0
    for (i, j), weight in np.ndenumerate(kernel):
        s = s + weight*image[row+i, col+j]
    return s


def conv2d_single(image, kernel):
    out = np.zeros(np.subtract(image.shape, kernel.shape) + 1)
    for i, j in np.ndindex(out.shape):
        out[i, j] = conv_at(image, kernel, i, j)
    return out


def zero_pad(x, pad):
    H, W = x.shape[-2:]
    y = np.zeros(list(x.shape[:-2]) + [H + 2*pad, W + 2*pad])
    for i in range(H):
        for j in range(W):
            y[..., i+pad, j+pad] = x[..., i, j]
    return y


def conv2d(x, w, b, stride=1, pad=0):
    x = zero_pad(x, pad)
    F, C, KH, KW = w.shape
    out = np.zeros((x.shape[0], F, output_size(x.shape[2], KH, stride), output_size(x.shape[3], KW, stride)))
    for n, f, i, j in np.ndindex(out.shape):
        top, left = i*stride, j*stride
        out[n, f, i, j] = np.sum(x[n, :, top:top+KH, left:left+KW]*w[f]) + b[f]
    return out
