"""第1章 畳み込み"""
import numpy as np


def output_size(size, kernel, stride=1, pad=0):
    """出力の長さ: floor((size + 2·pad − kernel)/stride) + 1"""
    if not (size >= 1 and kernel >= 1 and stride >= 1 and pad >= 0):
        raise ValueError("引数が範囲外です")
    rest = size + 2 * pad - kernel
    if rest < 0:
        raise ValueError("カーネルが大きすぎます")
    return int(np.floor(rest / stride)) + 1


def windows(x, kh, kw, stride):
    """(..., H, W) -> (..., OH, OW, KH, KW), コピーなし"""
    oh, ow = output_size(x.shape[-2], kh, stride), output_size(x.shape[-1], kw, stride)
    *front, sh, sw = x.strides
    return np.lib.stride_tricks.as_strided(
        x, x.shape[:-2] + (oh, ow, kh, kw), (*front, sh * stride, sw * stride, sh, sw), writeable=False
    )


def conv_at(image, kernel, row, col):
    kh, kw = kernel.shape
    return np.einsum("ij,ij", image[row : row + kh, col : col + kw], kernel)


def conv2d_single(image, kernel):
    return np.einsum("rcij,ij->rc", windows(image, *kernel.shape, 1), kernel)


def zero_pad(x, pad):
    return np.pad(x, [(0, 0)] * (x.ndim - 2) + [(pad, pad)] * 2, mode="constant")


def conv2d(x, w, b, stride=1, pad=0):
    v = windows(zero_pad(x, pad), w.shape[2], w.shape[3], stride)
    return np.einsum("ncrsij,fcij->nfrs", v, w, optimize=True) + b.reshape(1, -1, 1, 1)
