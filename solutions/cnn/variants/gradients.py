"""Right variants: relu_backward and conv2d_backward."""

from __future__ import annotations

import numpy as np

from _views import Array, framed, patches, strided
from convolution import conv2d
from grader.testing import variant

Gradients = tuple[Array, Array, Array]


@variant("relu_backward", name="times-mask")
def times_mask(dout: Array, x: Array) -> Array:
    return dout * (x > 0)


@variant("relu_backward", name="copy-and-clear")
def copy_and_clear(dout: Array, x: Array) -> Array:
    dx = dout.copy()
    dx[x <= 0] = 0
    return dx


@variant("relu_backward", name="clears-its-argument")
def clears_its_argument(dout: Array, x: Array) -> Array:
    dout[x <= 0] = 0
    return dout


@variant("relu_backward", name="heaviside")
def heaviside(dout: Array, x: Array) -> Array:
    return dout * np.heaviside(x, 0.0)


@variant("relu_backward", name="sign")
def sign(dout: Array, x: Array) -> Array:
    return dout * np.maximum(np.sign(x), 0.0)


@variant("relu_backward", name="multiply-where")
def multiply_where(dout: Array, x: Array) -> Array:
    return np.multiply(dout, 1.0, where=x > 0, out=np.zeros_like(dout))


@variant("relu_backward", name="float32-lists")
def float32_lists(dout: Array, x: Array) -> list:
    return np.where(x > 0, dout, 0).astype(np.float32).tolist()


@variant("relu_backward", name="entry-by-entry")
def entry_by_entry(dout: Array, x: Array) -> Array:
    pairs = zip(dout.ravel(), x.ravel(), strict=True)
    return np.array([gradient if value > 0 else 0.0 for gradient, value in pairs]).reshape(x.shape)


@variant("conv2d_backward", name="loops")
def loops(dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0) -> Gradients:
    padded, (rows, cols) = framed(x, pad), w.shape[2:]
    dpadded, dw, db = np.zeros_like(padded), np.zeros_like(w), np.zeros(len(w))
    for n, f, r, c in np.ndindex(dout.shape):
        part = (n, slice(None), slice(r * stride, r * stride + rows), slice(c * stride, c * stride + cols))
        gradient = dout[n, f, r, c]
        dpadded[part] += gradient * w[f]
        dw[f] += gradient * padded[part]
        db[f] += gradient
    return dpadded[:, :, pad : padded.shape[2] - pad, pad : padded.shape[3] - pad], dw, db


@variant("conv2d_backward", name="place-by-place-einsum")
def place_by_place(dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0) -> Gradients:
    padded, (rows, cols) = framed(x, pad), dout.shape[2:]
    dpadded, dw = np.zeros_like(padded), np.zeros_like(w)
    for u, v in np.ndindex(w.shape[2:]):
        part = (..., slice(u, u + stride * rows, stride), slice(v, v + stride * cols, stride))
        dw[:, :, u, v] = np.einsum("nfij,ncij->fc", dout, padded[part])
        dpadded[part] += np.einsum("nfij,fc->ncij", dout, w[:, :, u, v])
    return dpadded[:, :, pad : pad + x.shape[2], pad : pad + x.shape[3]], dw, dout.sum(axis=(0, 2, 3))


def dilated(dout: Array, x: Array, w: Array, stride: int, pad: int) -> Array:
    """dout with zeros between its entries, as a convolution with stride 1 would have given it."""
    rows, cols = (x.shape[i] + 2 * pad - w.shape[i] + 1 for i in (2, 3))
    result = np.zeros((*dout.shape[:2], rows, cols))
    result[:, :, ::stride, ::stride] = dout
    return result


@variant("conv2d_backward", name="two-convolutions")
def two_convolutions(dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0) -> Gradients:
    spread = dilated(dout, x, w, stride, pad)
    f, c, rows, cols = w.shape
    around = np.pad(spread, ((0, 0), (0, 0), (rows - 1, rows - 1), (cols - 1, cols - 1)))
    dpadded = conv2d(around, w[:, :, ::-1, ::-1].transpose(1, 0, 2, 3), np.zeros(c))
    dw = conv2d(framed(x, pad).transpose(1, 0, 2, 3), spread.transpose(1, 0, 2, 3), np.zeros(f))
    dx = dpadded[:, :, pad : pad + x.shape[2], pad : pad + x.shape[3]]
    return dx, dw.transpose(1, 0, 2, 3), spread.sum(axis=(0, 2, 3))


@variant("conv2d_backward", name="im2col")
def im2col(dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0) -> Gradients:
    padded, (rows, cols) = framed(x, pad), w.shape[2:]
    windows = patches(padded, rows, cols, stride).transpose(0, 2, 3, 1, 4, 5)
    columns = windows.reshape(-1, w[0].size)
    flat = dout.transpose(0, 2, 3, 1).reshape(-1, len(w))
    dw = (flat.T @ columns).reshape(w.shape)
    shares = (flat @ w.reshape(len(w), -1)).reshape(windows.shape)
    dpadded = np.zeros_like(padded)
    for n, r, c in np.ndindex(windows.shape[:3]):
        top, left = r * stride, c * stride
        dpadded[n, :, top : top + rows, left : left + cols] += shares[n, r, c]
    return dpadded[:, :, pad:, pad:][:, :, : x.shape[2], : x.shape[3]], dw, flat.sum(axis=0)


@variant("conv2d_backward", name="byte-steps-and-add-at")
def add_at(dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0) -> Gradients:
    padded, (rows, cols) = framed(x, pad), w.shape[2:]
    windows = strided(padded, rows, cols, stride)
    dw = np.einsum("nfrs,ncrsij->fcij", dout, windows)
    shares = np.einsum("nfrs,fcij->ncrsij", dout, w)
    places = strided(np.arange(padded.size).reshape(padded.shape), rows, cols, stride)
    dpadded = np.zeros(padded.size)
    np.add.at(dpadded, places.ravel(), shares.ravel())
    dpadded = dpadded.reshape(padded.shape)
    return dpadded[:, :, pad : pad + x.shape[2], pad : pad + x.shape[3]], dw, np.einsum("nfrs->f", dout)


@variant("conv2d_backward", name="unit-arrays")
def unit_arrays(dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0) -> Gradients:
    zero = np.zeros(len(w))
    pixels = np.eye(x[0].size).reshape(-1, *x.shape[1:])
    taps = np.eye(w[0].size).reshape(-1, *w.shape[1:])
    dx = np.tensordot(dout, conv2d(pixels, w, zero, stride, pad), axes=([1, 2, 3], [1, 2, 3]))
    maps = conv2d(x, taps, np.zeros(len(taps)), stride, pad)
    dw = np.tensordot(dout, maps, axes=([0, 2, 3], [0, 2, 3]))
    return dx.reshape(x.shape), dw.reshape(w.shape), dout.sum(axis=(0, 2, 3))


@variant("conv2d_backward", name="fourier")
def fourier(dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0) -> Gradients:
    padded = framed(x, pad)
    size = padded.shape[2:]
    spread = np.fft.rfft2(dilated(dout, x, w, stride, pad), s=size)
    dpadded = np.fft.irfft2(np.einsum("nfhw,fchw->nchw", spread, np.fft.rfft2(w, s=size)), s=size)
    product = np.einsum("nfhw,nchw->fchw", np.conj(spread), np.fft.rfft2(padded))
    dw = np.fft.irfft2(product, s=size)[:, :, : w.shape[2], : w.shape[3]]
    return dpadded[:, :, pad : pad + x.shape[2], pad : pad + x.shape[3]], dw, dout.sum(axis=(0, 2, 3))


@variant("conv2d_backward", name="lists-of-float32")
def lists_of_float32(dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0) -> list:
    return [gradient.astype(np.float32).tolist() for gradient in loops(dout, x, w, stride, pad)]


@variant("conv2d_backward", name="image-by-image")
def image_by_image(dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0) -> Gradients:
    parts = [
        place_by_place(gradient[None], image[None], w, stride, pad)
        for gradient, image in zip(dout, x, strict=True)
    ]
    return (
        np.concatenate([dx for dx, _, _ in parts]),
        sum(dw for _, dw, _ in parts),
        sum(db for _, _, db in parts),
    )


@variant("conv2d_backward", name="column-major")
def column_major(dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0) -> Gradients:
    dx, dw, db = loops(*(np.asfortranarray(array) for array in (dout, x, w)), stride, pad)
    return np.asfortranarray(dx), dw.T.copy().T, db
