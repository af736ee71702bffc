"""Right variants: conv2d."""

from __future__ import annotations

import numpy as np

from _views import framed, patches, sides, strided
from convolution import conv2d_single
from grader.testing import variant

Array = np.ndarray


@variant("conv2d", name="loops")
def loops(x: Array, w: Array, b: Array, stride: int = 1, pad: int = 0) -> Array:
    padded = framed(x, pad)
    rows, cols = w.shape[2:]
    result = np.zeros((len(x), len(w), *sides(padded, rows, cols, stride)))
    for n, f, r, c in np.ndindex(result.shape):
        top, left = r * stride, c * stride
        result[n, f, r, c] = np.sum(padded[n, :, top : top + rows, left : left + cols] * w[f]) + b[f]
    return result


@variant("conv2d", name="seven-loops")
def seven_loops(x: Array, w: Array, b: Array, stride: int = 1, pad: int = 0) -> Array:
    n_images, channels, height, width = x.shape
    filters, _, rows, cols = w.shape
    result = np.zeros((n_images, filters, *sides(framed(x, pad), rows, cols, stride)))
    for n, f, r, c in np.ndindex(result.shape):
        total = b[f]
        for k in range(channels):
            for i in range(rows):
                for j in range(cols):
                    down, across = r * stride + i - pad, c * stride + j - pad
                    if 0 <= down < height and 0 <= across < width:
                        total += x[n, k, down, across] * w[f, k, i, j]
        result[n, f, r, c] = total
    return result


@variant("conv2d", name="shift-and-add")
def shift_and_add(x: Array, w: Array, b: Array, stride: int = 1, pad: int = 0) -> Array:
    padded = framed(x, pad)
    rows, cols = sides(padded, *w.shape[2:], stride)
    result = np.zeros((len(x), len(w), rows, cols)) + b[:, None, None]
    for i, j in np.ndindex(w.shape[2:]):
        part = padded[:, :, i : i + stride * rows : stride, j : j + stride * cols : stride]
        result += np.tensordot(part, w[:, :, i, j], axes=([1], [1])).transpose(0, 3, 1, 2)
    return result


@variant("conv2d", name="im2col")
def im2col(x: Array, w: Array, b: Array, stride: int = 1, pad: int = 0) -> Array:
    padded = framed(x, pad)
    rows, cols = sides(padded, *w.shape[2:], stride)
    columns = []
    for r in range(rows):
        for c in range(cols):
            top, left = r * stride, c * stride
            patch = padded[:, :, top : top + w.shape[2], left : left + w.shape[3]]
            columns.append(patch.reshape(len(x), -1))
    maps = np.stack(columns, axis=1) @ w.reshape(len(w), -1).T + b
    return np.moveaxis(maps, 2, 1).reshape(len(x), len(w), rows, cols)


@variant("conv2d", name="view-and-einsum")
def view_and_einsum(x: Array, w: Array, b: Array, stride: int = 1, pad: int = 0) -> Array:
    windows = patches(framed(x, pad), *w.shape[2:], stride)
    return np.einsum("nchwij,fcij->nfhw", windows, w, optimize=True) + b.reshape(1, -1, 1, 1)


@variant("conv2d", name="byte-steps-and-tensordot")
def byte_steps_and_tensordot(x: Array, w: Array, b: Array, stride: int = 1, pad: int = 0) -> Array:
    windows = strided(framed(x, pad), *w.shape[2:], stride)
    return (np.tensordot(windows, w, axes=([1, 4, 5], [1, 2, 3])) + b).transpose(0, 3, 1, 2)


@variant("conv2d", name="fourier")
def fourier(x: Array, w: Array, b: Array, stride: int = 1, pad: int = 0) -> Array:
    padded = framed(x, pad)
    size = padded.shape[2:]
    rows, cols = sides(padded, *w.shape[2:], 1)
    spectrum = np.einsum("nchw,fchw->nfhw", np.fft.rfft2(padded), np.conj(np.fft.rfft2(w, s=size)))
    maps = np.fft.irfft2(spectrum, s=size)[:, :, :rows:stride, :cols:stride]
    return maps + b[:, None, None]


@variant("conv2d", name="from-single-maps")
def from_single_maps(x: Array, w: Array, b: Array, stride: int = 1, pad: int = 0) -> Array:
    padded = framed(x, pad)
    maps = [
        [
            sum(conv2d_single(plane, kernel) for plane, kernel in zip(image, weights, strict=True))
            for weights in w
        ]
        for image in padded
    ]
    return np.array(maps)[:, :, ::stride, ::stride] + b[:, None, None]


@variant("conv2d", name="pure-lists")
def pure_lists(x: Array, w: Array, b: Array, stride: int = 1, pad: int = 0) -> list[list[list[list[float]]]]:
    images, weights, biases = framed(x, pad).tolist(), w.tolist(), b.tolist()
    rows, cols = sides(framed(x, pad), *w.shape[2:], stride)

    def entry(image: list, weight: list, bias: float, top: int, left: int) -> float:
        return bias + sum(
            image[k][top + i][left + j] * value
            for k, plane in enumerate(weight)
            for i, line in enumerate(plane)
            for j, value in enumerate(line)
        )

    return [
        [
            [[entry(image, weight, bias, r * stride, c * stride) for c in range(cols)] for r in range(rows)]
            for weight, bias in zip(weights, biases, strict=True)
        ]
        for image in images
    ]


@variant("conv2d", name="float32-buffer")
def float32_buffer(x: Array, w: Array, b: Array, stride: int = 1, pad: int = 0) -> Array:
    single = (array.astype(np.float32) for array in (x, w, b))
    return view_and_einsum(*single, stride, pad).astype(np.float32)


@variant("conv2d", name="channels-last-inside")
def channels_last_inside(x: Array, w: Array, b: Array, stride: int = 1, pad: int = 0) -> Array:
    last = np.ascontiguousarray(np.moveaxis(framed(x, pad), 1, -1))
    windows = np.lib.stride_tricks.sliding_window_view(last, w.shape[2:], axis=(1, 2))
    maps = np.einsum("nhwcij,fcij->nhwf", windows[:, ::stride, ::stride], w) + b
    return np.moveaxis(maps, -1, 1)


@variant("conv2d", name="column-major-result")
def column_major_result(x: Array, w: Array, b: Array, stride: int = 1, pad: int = 0) -> Array:
    return np.asfortranarray(shift_and_add(x, w, b, stride, pad))


@variant("conv2d", name="rows-from-a-generator")
def rows_from_a_generator(x: Array, w: Array, b: Array, stride: int = 1, pad: int = 0) -> list[Array]:
    padded = framed(x, pad)
    starts = range(0, padded.shape[2] - w.shape[2] + 1, stride)

    def rows(image: Array) -> object:
        for top in starts:
            band = patches(image[None, :, top : top + w.shape[2]], *w.shape[2:], stride)
            yield np.tensordot(w, band[0, :, 0], axes=([1, 2, 3], [0, 2, 3])) + b[:, None]

    return [np.stack(list(rows(image)), axis=1) for image in padded]
