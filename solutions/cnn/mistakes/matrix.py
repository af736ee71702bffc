"""Known mistakes: a convolution as a matrix (conv_matrix)."""

from __future__ import annotations

import numpy as np

from sharing import conv_matrix
from grader.testing import mistake


@mistake(
    "conv_matrix",
    name="flipped-kernel",
    says="The kernel is flipped in both directions; it should not be.",
    hint="The first row of the matrix begins with the kernel's top-left weight.",
)
def flipped_kernel(kernel: np.ndarray, height: int, width: int) -> np.ndarray:
    return conv_matrix(kernel[::-1, ::-1], height, width)


@mistake(
    "conv_matrix",
    name="kernel-transposed",
    says="The kernel is transposed: its rows are used as columns.",
    hint="Neighbours in a kernel's row are neighbours in the flattened image.",
)
def kernel_transposed(kernel: np.ndarray, height: int, width: int) -> np.ndarray:
    return conv_matrix(kernel.T, height, width)


@mistake(
    "conv_matrix",
    name="height-and-width-swapped",
    says="Height and width of the image are swapped.",
    hint="In the flattened image one step down is width numbers further, not height.",
)
def height_and_width_swapped(kernel: np.ndarray, height: int, width: int) -> np.ndarray:
    return conv_matrix(kernel, width, height)


@mistake(
    "conv_matrix",
    name="matrix-transposed",
    says="The matrix is transposed: its rows belong to pixels instead of outputs.",
    hint="matrix @ image: a row for each output, a column for each pixel.",
)
def matrix_transposed(kernel: np.ndarray, height: int, width: int) -> np.ndarray:
    return conv_matrix(kernel, height, width).T


@mistake(
    "conv_matrix",
    name="rows-all-alike",
    says="All rows are alike: the kernel does not move.",
    hint="Row number k belongs to window number k. Where does that window lie?",
)
def rows_all_alike(kernel: np.ndarray, height: int, width: int) -> np.ndarray:
    right = conv_matrix(kernel, height, width)
    return np.repeat(right[:1], len(right), axis=0)


@mistake(
    "conv_matrix",
    name="moved-by-one-each-row",
    says="Each row is the one before, moved by one: at the end of an image row the window must jump.",
    hint="After the last window of a row comes the first of the next. How far is that in the flattened image?",
)
def moved_by_one_each_row(kernel: np.ndarray, height: int, width: int) -> np.ndarray:
    right = conv_matrix(kernel, height, width)
    return np.stack([np.roll(right[0], place) for place in range(len(right))])


@mistake(
    "conv_matrix",
    name="map-width-for-image-width",
    says="The width of the feature map is used where the width of the image belongs.",
    hint="A pixel's place in the flattened image depends on how long the image's rows are.",
)
def map_width_for_image_width(kernel: np.ndarray, height: int, width: int) -> np.ndarray:
    rows, cols = height - kernel.shape[0] + 1, width - kernel.shape[1] + 1
    matrix = np.zeros((rows * cols, height * width))
    for i, j in np.ndindex(rows, cols):
        for u, v in np.ndindex(kernel.shape):
            matrix[i * cols + j, (i + u) * cols + j + v] = kernel[u, v]
    return matrix


@mistake(
    "conv_matrix",
    name="kernel-in-one-piece",
    says="All weights of a row stand side by side; between two rows of the kernel there must be a gap.",
    hint="The pixel below is not the next one in the flattened image. How many lie between?",
)
def kernel_in_one_piece(kernel: np.ndarray, height: int, width: int) -> np.ndarray:
    rows, cols = height - kernel.shape[0] + 1, width - kernel.shape[1] + 1
    matrix = np.zeros((rows * cols, height * width))
    for i, j in np.ndindex(rows, cols):
        start = i * width + j
        matrix[i * cols + j, start : start + kernel.size] = kernel.ravel()[: height * width - start]
    return matrix


@mistake(
    "conv_matrix",
    name="column-major",
    says="Image and map are read column by column; ravel() reads row by row.",
    hint="In which order does image.ravel() list the pixels?",
)
def column_major(kernel: np.ndarray, height: int, width: int) -> np.ndarray:
    return conv_matrix(kernel.T, width, height)


@mistake(
    "conv_matrix",
    name="square-kernel-assumed",
    says="Only a square piece of the kernel is used: its height stands for both sides.",
    hint="A kernel may be 1×3. Which of its lengths belongs to the columns?",
)
def square_kernel_assumed(kernel: np.ndarray, height: int, width: int) -> np.ndarray:
    side = kernel.shape[0]
    return conv_matrix(kernel[:, :side], height, width)


@mistake(
    "conv_matrix",
    name="row-for-every-pixel",
    says="There is a row for every pixel; only windows that fit have one.",
    hint="How many outputs has the convolution? That is the number of rows.",
)
def row_for_every_pixel(kernel: np.ndarray, height: int, width: int) -> np.ndarray:
    right = conv_matrix(kernel, height, width)
    return np.vstack([right, np.zeros((height * width - len(right), height * width))])


@mistake(
    "conv_matrix",
    name="one-window-short",
    says="The last window of each direction is left out.",
    hint="A kernel as large as the image fits once. How many rows does your matrix have then?",
)
def one_window_short(kernel: np.ndarray, height: int, width: int) -> np.ndarray:
    rows, cols = height - kernel.shape[0] + 1, width - kernel.shape[1] + 1
    places = np.arange(rows * cols).reshape(rows, cols)[:-1, :-1]
    return conv_matrix(kernel, height, width)[places.ravel()]


@mistake(
    "conv_matrix",
    name="four-axes",
    says="The result has four axes; a matrix with two is asked for.",
    hint="Flatten outputs and pixels, row by row, each into one axis.",
)
def four_axes(kernel: np.ndarray, height: int, width: int) -> np.ndarray:
    rows, cols = height - kernel.shape[0] + 1, width - kernel.shape[1] + 1
    return conv_matrix(kernel, height, width).reshape(rows, cols, height, width)


@mistake(
    "conv_matrix",
    name="integer-buffer",
    says="Fractions are cut off: the matrix holds whole numbers only.",
    hint="What type has the array that you create for the result?",
)
def integer_buffer(kernel: np.ndarray, height: int, width: int) -> np.ndarray:
    return conv_matrix(kernel, height, width).astype(int)


@mistake(
    "conv_matrix",
    name="pattern-for-weights",
    says="There are ones where the weights belong.",
    hint="You know where the kernel lies. Which number belongs to which place of it?",
)
def pattern_for_weights(kernel: np.ndarray, height: int, width: int) -> np.ndarray:
    return conv_matrix(np.ones(kernel.shape), height, width)


@mistake(
    "conv_matrix",
    name="all-zero",
    says="The matrix has the right shape, but it is all zeros.",
    hint="The array is prepared; now write the kernel into every row.",
)
def all_zero(kernel: np.ndarray, height: int, width: int) -> np.ndarray:
    return np.zeros_like(conv_matrix(kernel, height, width))
