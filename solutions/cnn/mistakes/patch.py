"""Known mistakes: one dot product (conv_at)."""

from __future__ import annotations

import numpy as np

from grader.testing import StyleDecides, mistake


def patch_of(image: np.ndarray, kernel: np.ndarray, row: int, col: int) -> np.ndarray:
    return image[row : row + kernel.shape[0], col : col + kernel.shape[1]]


@mistake(
    "conv_at",
    name="flipped-kernel",
    says="The kernel is flipped in both directions, as in mathematics; in deep learning it is not.",
    hint="The kernel's top-left weight meets the patch's top-left pixel.",
)
def flipped_kernel(image: np.ndarray, kernel: np.ndarray, row: int, col: int) -> float:
    return float(np.sum(patch_of(image, kernel, row, col) * kernel[::-1, ::-1]))


@mistake(
    "conv_at",
    name="kernel-upside-down",
    says="The kernel is upside down: its rows are taken in reverse order.",
    hint="The kernel's first row belongs on the patch's first row.",
)
def kernel_upside_down(image: np.ndarray, kernel: np.ndarray, row: int, col: int) -> float:
    return float(np.sum(patch_of(image, kernel, row, col) * kernel[::-1]))


@mistake(
    "conv_at",
    name="kernel-mirrored",
    says="The kernel is mirrored left to right: its columns are taken in reverse order.",
    hint="The kernel's first column belongs on the patch's first column.",
)
def kernel_mirrored(image: np.ndarray, kernel: np.ndarray, row: int, col: int) -> float:
    return float(np.sum(patch_of(image, kernel, row, col) * kernel[:, ::-1]))


@mistake(
    "conv_at",
    name="kernel-transposed",
    says="The kernel is transposed: its rows are used as columns.",
    hint="Kernel and patch have the same shape; the same index belongs to both.",
)
def kernel_transposed(image: np.ndarray, kernel: np.ndarray, row: int, col: int) -> float:
    if row + kernel.shape[1] > image.shape[0] or col + kernel.shape[0] > image.shape[1]:
        raise StyleDecides
    return float(np.sum(patch_of(image, kernel.T, row, col) * kernel.T))


@mistake(
    "conv_at",
    name="mean-for-sum",
    says="The products are averaged; a dot product is their sum.",
    hint="Try a 2×2 patch of ones and a kernel of ones: 4 is right.",
)
def mean_for_sum(image: np.ndarray, kernel: np.ndarray, row: int, col: int) -> float:
    return float(np.mean(patch_of(image, kernel, row, col) * kernel))


@mistake(
    "conv_at",
    name="row-and-column-swapped",
    says="Row and column are swapped: the patch is read at (col, row).",
    hint="The first index of an image counts downwards. Which argument belongs there?",
)
def row_and_column_swapped(image: np.ndarray, kernel: np.ndarray, row: int, col: int) -> float:
    return float(np.sum(patch_of(image, kernel, col, row) * kernel))


@mistake(
    "conv_at",
    name="square-kernel-assumed",
    says="The patch is cut as if the kernel were square: its height is used for both sides.",
    hint="A kernel has two lengths. Which one belongs to the columns of the patch?",
)
def square_kernel_assumed(image: np.ndarray, kernel: np.ndarray, row: int, col: int) -> float:
    side = kernel.shape[0]
    return float(np.sum(image[row : row + side, col : col + side] * kernel))


@mistake(
    "conv_at",
    name="not-summed",
    says="The products are returned one by one; they still have to be added up.",
    hint="The result is a single number. How many numbers do you return?",
)
def not_summed(image: np.ndarray, kernel: np.ndarray, row: int, col: int) -> np.ndarray:
    return patch_of(image, kernel, row, col) * kernel


@mistake(
    "conv_at",
    name="summed-over-rows-only",
    says="The products are added up along one axis only, so a row of numbers is left.",
    hint="Both axes of the patch have to be summed away.",
)
def summed_over_rows_only(image: np.ndarray, kernel: np.ndarray, row: int, col: int) -> np.ndarray:
    return np.sum(patch_of(image, kernel, row, col) * kernel, axis=0)


@mistake(
    "conv_at",
    name="integer-result",
    says="The result is cut to a whole number.",
    hint="Pixels and weights may be fractions. Which type keeps them?",
)
def integer_result(image: np.ndarray, kernel: np.ndarray, row: int, col: int) -> int:
    return int(np.sum(patch_of(image, kernel, row, col) * kernel))


@mistake(
    "conv_at",
    name="always-top-left",
    says="The patch is always the one in the image's top-left corner: row and col are not used.",
    hint="The patch starts at (row, col). Where does it end?",
)
def always_top_left(image: np.ndarray, kernel: np.ndarray, row: int, col: int) -> float:
    return float(np.sum(patch_of(image, kernel, 0, 0) * kernel))


@mistake(
    "conv_at",
    name="centred-patch",
    says="(row, col) is taken for the middle of the patch; it is the top-left corner.",
    hint="At (0, 0) nothing of the patch lies outside the image.",
)
def centred_patch(image: np.ndarray, kernel: np.ndarray, row: int, col: int) -> float:
    margins = [(side // 2, side) for side in kernel.shape]
    return float(np.sum(patch_of(np.pad(image, margins), kernel, row, col) * kernel))


@mistake(
    "conv_at",
    name="one-row-short",
    says="The patch ends one row and one column early, so the kernel's last weights meet nothing.",
    hint="The end of a slice is not included. Which index must it be for a kernel of 3 that starts at 0?",
)
def one_row_short(image: np.ndarray, kernel: np.ndarray, row: int, col: int) -> float:
    return float(np.sum((patch_of(image, kernel, row, col) * kernel)[:-1, :-1]))


@mistake(
    "conv_at",
    name="matrix-product",
    says="Patch and kernel are multiplied as matrices; a dot product goes entry by entry.",
    hint="Each pixel meets one weight only, the one at its own place. Which operator does that?",
)
def matrix_product(image: np.ndarray, kernel: np.ndarray, row: int, col: int) -> float:
    return float(np.sum(patch_of(image, kernel, row, col) @ kernel))


@mistake(
    "conv_at",
    name="product-of-sums",
    says="The patch's sum is multiplied by the kernel's sum: products first, then the sum.",
    hint="With a kernel of 1 and −1 a change must be felt. What does your code give for it?",
)
def product_of_sums(image: np.ndarray, kernel: np.ndarray, row: int, col: int) -> float:
    return float(np.sum(patch_of(image, kernel, row, col)) * np.sum(kernel))


@mistake(
    "conv_at",
    name="added-not-multiplied",
    says="Pixels and weights are added; each pixel has to be multiplied by its weight.",
    hint="A weight of 0 must make its pixel disappear.",
)
def added_not_multiplied(image: np.ndarray, kernel: np.ndarray, row: int, col: int) -> float:
    return float(np.sum(patch_of(image, kernel, row, col) + kernel))


@mistake(
    "conv_at",
    name="relu-inside",
    says="A negative result becomes 0: the ReLU is a layer of its own and comes later.",
    hint="A dot product may be negative. What in your code prevents it?",
)
def relu_inside(image: np.ndarray, kernel: np.ndarray, row: int, col: int) -> float:
    return max(0.0, float(np.sum(patch_of(image, kernel, row, col) * kernel)))


@mistake(
    "conv_at",
    name="array-for-number",
    says="The result is an array with one entry instead of a number.",
    hint="Look at the shape of what you return: a number has the shape ().",
)
def array_for_number(image: np.ndarray, kernel: np.ndarray, row: int, col: int) -> np.ndarray:
    return np.sum(patch_of(image, kernel, row, col) * kernel, keepdims=True)
