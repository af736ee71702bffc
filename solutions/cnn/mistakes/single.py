"""Known mistakes: the feature map of one image (conv2d_single)."""

from __future__ import annotations

import numpy as np

from _windows import correlate, framed, square_of
from grader.testing import mistake


@mistake(
    "conv2d_single",
    name="flipped-kernel",
    says="The kernel is flipped in both directions, as in mathematics; in deep learning it is not.",
    hint="Entry [0, 0] of the kernel meets the top-left pixel of every patch.",
)
def flipped_kernel(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    return correlate(image, kernel[::-1, ::-1])


@mistake(
    "conv2d_single",
    name="kernel-upside-down",
    says="The kernel is upside down: its rows are taken in reverse order.",
    hint="The kernel's first row belongs on the first row of each patch.",
)
def kernel_upside_down(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    return correlate(image, kernel[::-1])


@mistake(
    "conv2d_single",
    name="kernel-mirrored",
    says="The kernel is mirrored left to right: its columns are taken in reverse order.",
    hint="The kernel's first column belongs on the first column of each patch.",
)
def kernel_mirrored(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    return correlate(image, kernel[:, ::-1])


@mistake(
    "conv2d_single",
    name="kernel-transposed",
    says="The kernel is transposed: its rows are used as columns.",
    hint="Which of the kernel's two indices runs with the image's rows?",
)
def kernel_transposed(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    return correlate(image, kernel.T)


@mistake(
    "conv2d_single",
    name="mean-for-sum",
    says="Each entry is the mean of the products instead of their sum.",
    hint="An image of ones under a kernel of ones counts the kernel's weights.",
)
def mean_for_sum(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    return correlate(image, kernel) / kernel.size


@mistake(
    "conv2d_single",
    name="relu-inside",
    says="Negative responses become 0: the ReLU is a layer of its own and comes later.",
    hint="A feature map may hold negative numbers.",
)
def relu_inside(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    return np.maximum(correlate(image, kernel), 0)


@mistake(
    "conv2d_single",
    name="integer-buffer",
    says="Fractions are cut off: the array that is filled holds whole numbers only.",
    hint="What type has the array that you create for the result?",
)
def integer_buffer(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    return correlate(image, kernel).astype(int)


@mistake(
    "conv2d_single",
    name="one-short",
    says="The map is one row and one column too small: the last place of the window is left out.",
    hint="A 3×3 image and a 3×3 kernel: there is exactly one place. How many does your formula give?",
)
def one_short(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    return correlate(image, kernel)[:-1, :-1]


@mistake(
    "conv2d_single",
    name="last-row-and-column-zero",
    says="The last row and the last column stay 0: the loops end one place early.",
    hint="Compare the upper end of your loops with the shape of the result.",
)
def last_row_and_column_zero(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    result = correlate(image, kernel)
    result[-1, :] = 0
    result[:, -1] = 0
    return result


@mistake(
    "conv2d_single",
    name="image-sized-result",
    says="The result has the image's size, with zeros where no window fits.",
    hint="With no padding the map is smaller than the image. By how much?",
)
def image_sized_result(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    result = np.zeros(image.shape)
    inside = correlate(image, kernel)
    result[: inside.shape[0], : inside.shape[1]] = inside
    return result


@mistake(
    "conv2d_single",
    name="same-padding",
    says="The image is padded first, so that the map keeps its size; no padding is asked for.",
    hint="Every window must lie inside the image completely.",
)
def same_padding(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    rows, cols = (side // 2 for side in kernel.shape)
    return correlate(np.pad(image, [(rows, rows), (cols, cols)]), kernel)


@mistake(
    "conv2d_single",
    name="square-image-assumed",
    says="The map is square: the number of columns is computed from the image's height.",
    hint="Height and width each have their own size. Which shape entries do you use?",
)
def square_image_assumed(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    return square_of(correlate(image, kernel))


@mistake(
    "conv2d_single",
    name="square-kernel-assumed",
    says="Only a square piece of the kernel is used: its height stands for both sides.",
    hint="A kernel may be 1×3. Which of its lengths belongs to the columns?",
)
def square_kernel_assumed(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    side = kernel.shape[0]
    rows, cols = (length - side + 1 for length in image.shape)
    result = np.zeros((rows, cols))
    for r, c in np.ndindex(rows, cols):
        result[r, c] = np.sum(image[r : r + side, c : c + side] * kernel)
    return result


@mistake(
    "conv2d_single",
    name="map-transposed",
    says="The map is transposed: rows and columns of the result are swapped.",
    hint="Entry [r, c] belongs to the patch whose corner is r down and c across.",
)
def map_transposed(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    return correlate(image, kernel).T


@mistake(
    "conv2d_single",
    name="corner-swapped",
    says="Row and column of the patch's corner are swapped while the map is filled.",
    hint="The loop over rows gives the first index, in the map and in the image.",
)
def corner_swapped(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    rows, cols = correlate(image, kernel).shape
    result = np.zeros((rows, cols))
    for r, c in np.ndindex(rows, cols):
        patch = image[c : c + kernel.shape[0], r : r + kernel.shape[1]]
        result[r, c] = np.sum(patch * kernel[: patch.shape[0], : patch.shape[1]])
    return result


@mistake(
    "conv2d_single",
    name="reshaped-the-wrong-way-round",
    says="The numbers are right, but reshaped to (columns, rows): they end up in other places.",
    hint="Row after row: how long is a row of the map?",
)
def reshaped_the_wrong_way_round(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    result = correlate(image, kernel)
    return result.reshape(result.shape[::-1])


@mistake(
    "conv2d_single",
    name="windows-side-by-side",
    says="The window jumps by its own length instead of moving one pixel at a time.",
    hint="Neighbouring windows overlap. Where does the second one start?",
)
def windows_side_by_side(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    return correlate(image, kernel)[:: kernel.shape[0], :: kernel.shape[1]]


@mistake(
    "conv2d_single",
    name="one-patch-for-all",
    says="All entries are alike: every one is computed from the top-left patch.",
    hint="The patch has to move with r and c.",
)
def one_patch_for_all(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    result = correlate(image, kernel)
    return np.full_like(result, result[0, 0])


@mistake(
    "conv2d_single",
    name="sum-not-reset",
    says="The sum is not set back to 0 for the next window: every entry contains those before it.",
    hint="Where does the running sum start, and how often is that line executed?",
)
def sum_not_reset(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    result = correlate(image, kernel)
    return np.cumsum(result.ravel()).reshape(result.shape)


@mistake(
    "conv2d_single",
    name="only-the-last-product",
    says="Each entry is the last product only: = replaces where += should add.",
    hint="A kernel of nine weights needs nine additions for every entry.",
)
def only_the_last_product(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    rows, cols = kernel.shape
    return image[rows - 1 :, cols - 1 :] * kernel[-1, -1]


@mistake(
    "conv2d_single",
    name="full-convolution",
    says="Windows that hang over the edge are counted too, on every side.",
    hint="Where the kernel hangs over the edge there is no entry in the map.",
)
def full_convolution(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    rows, cols = (side - 1 for side in kernel.shape)
    return correlate(np.pad(image, [(rows, rows), (cols, cols)]), kernel)


@mistake(
    "conv2d_single",
    name="padded-by-one",
    says="The image is padded by 1 before the kernel slides over it.",
    hint="This function knows no padding; a 1×1 kernel of 1 must return the image itself.",
)
def padded_by_one(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    return correlate(framed(image, 1), kernel)


@mistake(
    "conv2d_single",
    name="all-zero",
    says="The map has the right shape, but it is all zeros: nothing is written into it.",
    hint="The array is prepared; now fill it, place by place.",
)
def all_zero(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    return np.zeros_like(correlate(image, kernel))
