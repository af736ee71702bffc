"""Right variants: conv_at, conv2d_single and conv_matrix."""

from __future__ import annotations

from typing import Any

import numpy as np

from convolution import conv2d_single
from grader.testing import variant

Array = np.ndarray


@variant("conv_at", name="two-loops")
def conv_at_loops(image: Array, kernel: Array, row: int, col: int) -> float:
    total = 0.0
    for i in range(kernel.shape[0]):
        for j in range(kernel.shape[1]):
            total += image[row + i, col + j] * kernel[i, j]
    return total


@variant("conv_at", name="dot-of-rows")
def conv_at_dot(image: Array, kernel: Array, row: int, col: int) -> Any:
    height, width = kernel.shape
    return image[row : row + height, col : col + width].ravel() @ kernel.ravel()


@variant("conv_at", name="einsum")
def conv_at_einsum(image: Array, kernel: Array, row: int, col: int) -> Any:
    height, width = kernel.shape
    return np.einsum("ij,ij", image[row:, col:][:height, :width], kernel)


@variant("conv_at", name="zero-dimensional-float32")
def conv_at_float32(image: Array, kernel: Array, row: int, col: int) -> Array:
    height, width = kernel.shape
    patch = image[row : row + height, col : col + width].astype(np.float32)
    return np.array((patch * kernel).sum(), dtype=np.float32)


@variant("conv2d_single", name="four-loops")
def four_loops(image: Array, kernel: Array) -> Array:
    rows, cols = image.shape[0] - kernel.shape[0] + 1, image.shape[1] - kernel.shape[1] + 1
    result = np.zeros((rows, cols))
    for r in range(rows):
        for c in range(cols):
            for i in range(kernel.shape[0]):
                for j in range(kernel.shape[1]):
                    result[r, c] += image[r + i, c + j] * kernel[i, j]
    return result


@variant("conv2d_single", name="patch-by-patch")
def patch_by_patch(image: Array, kernel: Array) -> Array:
    height, width = kernel.shape
    result = np.empty((image.shape[0] - height + 1, image.shape[1] - width + 1))
    for r, c in np.ndindex(result.shape):
        result[r, c] = (image[r : r + height, c : c + width] * kernel).sum()
    return result


@variant("conv2d_single", name="shift-and-add")
def shift_and_add(image: Array, kernel: Array) -> Array:
    rows, cols = image.shape[0] - kernel.shape[0] + 1, image.shape[1] - kernel.shape[1] + 1
    return sum(kernel[i, j] * image[i : i + rows, j : j + cols] for i, j in np.ndindex(kernel.shape))


@variant("conv2d_single", name="view-and-einsum")
def view_and_einsum(image: Array, kernel: Array) -> Array:
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    return np.einsum("rcij,ij->rc", windows, kernel)


@variant("conv2d_single", name="im2col")
def im2col(image: Array, kernel: Array) -> Array:
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    return (windows.reshape(-1, kernel.size) @ kernel.ravel()).reshape(windows.shape[:2])


@variant("conv2d_single", name="fourier")
def fourier(image: Array, kernel: Array) -> Array:
    spectrum = np.fft.rfft2(image) * np.conj(np.fft.rfft2(kernel, s=image.shape))
    rows, cols = image.shape[0] - kernel.shape[0] + 1, image.shape[1] - kernel.shape[1] + 1
    return np.fft.irfft2(spectrum, s=image.shape)[:rows, :cols]


@variant("conv2d_single", name="pure-lists")
def pure_lists(image: Array, kernel: Array) -> list[list[float]]:
    pixels, weights = image.tolist(), kernel.tolist()
    height, width = len(weights), len(weights[0])
    return [
        [
            sum(pixels[r + i][c + j] * weights[i][j] for i in range(height) for j in range(width))
            for c in range(len(pixels[0]) - width + 1)
        ]
        for r in range(len(pixels) - height + 1)
    ]


@variant("conv2d_single", name="float32-buffer")
def float32_buffer(image: Array, kernel: Array) -> Array:
    height, width = kernel.shape
    result = np.zeros((image.shape[0] - height + 1, image.shape[1] - width + 1), dtype=np.float32)
    for r, c in np.ndindex(result.shape):
        result[r, c] = np.vdot(image[r : r + height, c : c + width], kernel)
    return result


@variant("conv2d_single", name="column-major-view")
def column_major_view(image: Array, kernel: Array) -> Array:
    return four_loops(np.asfortranarray(image).T, kernel.T).T


@variant("conv2d_single", name="rows-by-numpy-correlate")
def rows_by_correlate(image: Array, kernel: Array) -> Array:
    def row(r: int) -> Array:
        pairs = zip(image[r : r + len(kernel)], kernel, strict=True)
        return sum(np.correlate(pixels, weights, mode="valid") for pixels, weights in pairs)

    if image.shape[1] < kernel.shape[1]:
        raise ValueError("the kernel does not fit")
    return np.array([row(r) for r in range(len(image) - len(kernel) + 1)])


@variant("conv_matrix", name="six-indices")
def six_indices(kernel: Array, height: int, width: int) -> Array:
    rows, cols = height - kernel.shape[0] + 1, width - kernel.shape[1] + 1
    matrix = np.zeros((rows * cols, height * width))
    for i in range(rows):
        for j in range(cols):
            for u in range(kernel.shape[0]):
                for v in range(kernel.shape[1]):
                    matrix[i * cols + j, (i + u) * width + j + v] = kernel[u, v]
    return matrix


@variant("conv_matrix", name="responses-to-single-pixels")
def responses_to_single_pixels(kernel: Array, height: int, width: int) -> Array:
    pixels = np.eye(height * width).reshape(-1, height, width)
    return np.stack([conv2d_single(pixel, kernel).ravel() for pixel in pixels], axis=1)


@variant("conv_matrix", name="rolled-picture")
def rolled_picture(kernel: Array, height: int, width: int) -> Array:
    picture = np.zeros((height, width), dtype=np.float32)
    picture[: kernel.shape[0], : kernel.shape[1]] = kernel
    rows, cols = height - kernel.shape[0] + 1, width - kernel.shape[1] + 1
    return np.array([np.roll(picture, (i, j), (0, 1)).ravel() for i in range(rows) for j in range(cols)])


@variant("conv_matrix", name="padded-pictures")
def padded_pictures(kernel: Array, height: int, width: int) -> Array:
    rows, cols = height - kernel.shape[0] + 1, width - kernel.shape[1] + 1
    return np.array(
        [
            np.pad(kernel, ((i, rows - 1 - i), (j, cols - 1 - j))).ravel()
            for i in range(rows)
            for j in range(cols)
        ]
    )


@variant("conv_matrix", name="pure-lists")
def matrix_of_lists(kernel: Array, height: int, width: int) -> list[list[float]]:
    weights = kernel.tolist()
    rows, cols = height - len(weights) + 1, width - len(weights[0]) + 1
    matrix = []
    for i in range(rows):
        for j in range(cols):
            line = [0.0] * (height * width)
            for u, row in enumerate(weights):
                line[(i + u) * width + j : (i + u) * width + j + len(row)] = row
            matrix.append(line)
    return matrix


@variant("conv_matrix", name="sum-of-diagonals")
def sum_of_diagonals(kernel: Array, height: int, width: int) -> Array:
    rows, cols = height - kernel.shape[0] + 1, width - kernel.shape[1] + 1
    return sum(
        kernel[u, v] * np.kron(np.eye(rows, height, k=u), np.eye(cols, width, k=v))
        for u, v in np.ndindex(kernel.shape)
    )


@variant("conv_matrix", name="flat-index-arrays")
def flat_index_arrays(kernel: Array, height: int, width: int) -> Array:
    rows, cols = height - kernel.shape[0] + 1, width - kernel.shape[1] + 1
    corner = (np.arange(rows)[:, None] * width + np.arange(cols)).ravel()
    offset = (np.arange(kernel.shape[0])[:, None] * width + np.arange(kernel.shape[1])).ravel()
    matrix = np.zeros((rows * cols, height * width), order="F")
    matrix[np.arange(rows * cols)[:, None], corner[:, None] + offset] = kernel.ravel()
    return matrix


@variant("conv_matrix", name="toeplitz-blocks")
def toeplitz_blocks(kernel: Array, height: int, width: int) -> Array:
    rows, cols = height - kernel.shape[0] + 1, width - kernel.shape[1] + 1

    def band(weights: Array) -> Array:
        block = np.zeros((cols, width))
        for j in range(cols):
            block[j, j : j + len(weights)] = weights
        return block

    empty = np.zeros((cols, width))
    bands = [band(weights) for weights in kernel]
    return np.block(
        [[bands[r - i] if 0 <= r - i < len(bands) else empty for r in range(height)] for i in range(rows)]
    )
