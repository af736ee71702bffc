"""Known mistakes: max pooling (maxpool)."""

from __future__ import annotations

import numpy as np

from _windows import patches, pooled, side_by_ceiling, sizes, square_of
from grader.testing import mistake


@mistake(
    "maxpool",
    name="maximum-starts-at-zero",
    says="Where all numbers of a window are negative the result is 0: the maximum starts at 0.",
    hint="The maximum of −3 and −5 is −3. With which value may the search begin?",
)
def maximum_starts_at_zero(x: np.ndarray, size: int = 2, stride: int = 2) -> np.ndarray:
    return np.maximum(pooled(x, size, stride), 0)


@mistake(
    "maxpool",
    name="maximum-of-absolute-values",
    says="The largest number without its sign is taken: −5 counts as more than 3.",
    hint="Which is larger, −5 or 3?",
)
def maximum_of_absolute_values(x: np.ndarray, size: int = 2, stride: int = 2) -> np.ndarray:
    return pooled(np.abs(x), size, stride)


@mistake(
    "maxpool",
    name="across-channels",
    says="The maximum is taken across the channels, too; every channel is pooled on its own.",
    hint="Over which axes do you take the maximum? Channels must not be among them.",
)
def across_channels(x: np.ndarray, size: int = 2, stride: int = 2) -> np.ndarray:
    return np.repeat(pooled(x, size, stride).max(axis=1, keepdims=True), x.shape[1], axis=1)


@mistake(
    "maxpool",
    name="channels-merged",
    says="One channel is left: the maximum over all channels. Pooling keeps their number.",
    hint="Pooling changes height and width only. Look at axis 1 of your result.",
)
def channels_merged(x: np.ndarray, size: int = 2, stride: int = 2) -> np.ndarray:
    return pooled(x, size, stride).max(axis=1, keepdims=True)


@mistake(
    "maxpool",
    name="across-images",
    says="The maximum is taken across the images of the batch; each image is pooled on its own.",
    hint="Does the result for an image change when another one joins the batch?",
)
def across_images(x: np.ndarray, size: int = 2, stride: int = 2) -> np.ndarray:
    return np.repeat(pooled(x, size, stride).max(axis=0, keepdims=True), len(x), axis=0)


@mistake(
    "maxpool",
    name="stride-one",
    says="The window moves one pixel at a time: the stride is ignored.",
    hint="With stride 2 a map of 4×4 becomes 2×2.",
)
def stride_one(x: np.ndarray, size: int = 2, stride: int = 2) -> np.ndarray:
    return pooled(x, size, 1)


@mistake(
    "maxpool",
    name="default-stride-one",
    says="Called without a stride, the function takes 1; the default is 2.",
    hint="Look at the defaults in the `def` line.",
)
def default_stride_one(x: np.ndarray, size: int = 2, stride: int = 1) -> np.ndarray:
    return pooled(x, size, stride)


@mistake(
    "maxpool",
    name="size-used-as-stride",
    says="The window moves by its own size; the stride is not used.",
    hint="Windows may overlap: with size 3 and stride 2, where does the second one start?",
)
def size_used_as_stride(x: np.ndarray, size: int = 2, stride: int = 2) -> np.ndarray:
    return pooled(x, size, size)


@mistake(
    "maxpool",
    name="stride-used-as-size",
    says="The window is as large as the stride; the size is not used.",
    hint="Two numbers, two jobs: one says how large the window is, the other how far it moves.",
)
def stride_used_as_size(x: np.ndarray, size: int = 2, stride: int = 2) -> np.ndarray:
    return pooled(x, stride, stride)


@mistake(
    "maxpool",
    name="size-and-stride-swapped",
    says="Size and stride are swapped.",
    hint="The size says how many pixels a window covers, the stride how far it moves.",
)
def size_and_stride_swapped(x: np.ndarray, size: int = 2, stride: int = 2) -> np.ndarray:
    return pooled(x, stride, size)


@mistake(
    "maxpool",
    name="always-two-by-two",
    says="Windows of 2×2 with stride 2, whatever is asked for.",
    hint="2 is only the default. Do size and stride occur in your code?",
)
def always_two_by_two(x: np.ndarray, size: int = 2, stride: int = 2) -> np.ndarray:
    return pooled(x, 2, 2)


@mistake(
    "maxpool",
    name="mean-for-maximum",
    says="The mean of each window is taken: this is average pooling.",
    hint="Max pooling keeps the strongest response only.",
)
def mean_for_maximum(x: np.ndarray, size: int = 2, stride: int = 2) -> np.ndarray:
    return patches(x, size, size, stride).mean(axis=(-2, -1))


@mistake(
    "maxpool",
    name="minimum-for-maximum",
    says="The smallest number of each window is taken.",
    hint="Max pooling keeps the largest one. Which way round is your comparison?",
)
def minimum_for_maximum(x: np.ndarray, size: int = 2, stride: int = 2) -> np.ndarray:
    return -pooled(-x, size, stride)


@mistake(
    "maxpool",
    name="sum-for-maximum",
    says="The numbers of each window are added up.",
    hint="A pool chooses one number of each window, it does not compute a new one.",
)
def sum_for_maximum(x: np.ndarray, size: int = 2, stride: int = 2) -> np.ndarray:
    return patches(x, size, size, stride).sum(axis=(-2, -1))


@mistake(
    "maxpool",
    name="position-for-value",
    says="The position of the maximum is returned instead of its value.",
    hint="argmax says where, max says how much.",
)
def position_for_value(x: np.ndarray, size: int = 2, stride: int = 2) -> np.ndarray:
    windows = patches(x, size, size, stride)
    return windows.reshape(*windows.shape[:4], -1).argmax(axis=-1)


@mistake(
    "maxpool",
    name="top-left-pixel",
    says="The first number of each window is taken, not the largest.",
    hint="The strided map is where windows start. What is inside them?",
)
def top_left_pixel(x: np.ndarray, size: int = 2, stride: int = 2) -> np.ndarray:
    return patches(x, size, size, stride)[..., 0, 0]


@mistake(
    "maxpool",
    name="ragged-edge-kept",
    says="Windows that stick out are kept; a window that does not fit is dropped.",
    hint="5 columns, windows of 2, stride 2: two windows fit. How many does your result have?",
)
def ragged_edge_kept(x: np.ndarray, size: int = 2, stride: int = 2) -> np.ndarray:
    rows, cols = (side_by_ceiling(side, size, stride) for side in x.shape[2:])
    lowest = np.full((*x.shape[:2], x.shape[2] + stride, x.shape[3] + stride), x.min())
    lowest[:, :, : x.shape[2], : x.shape[3]] = x
    return pooled(lowest, size, stride)[:, :, :rows, :cols]


@mistake(
    "maxpool",
    name="side-divided-by-stride",
    says="The output size is the side divided by the stride: the window's size is forgotten.",
    hint="The last window must fit completely. Use the size formula of the first exercise.",
)
def side_divided_by_stride(x: np.ndarray, size: int = 2, stride: int = 2) -> np.ndarray:
    rows, cols = (side // stride for side in x.shape[2:])
    result = np.zeros((*x.shape[:2], rows, cols))
    for r, c in np.ndindex(rows, cols):
        top, left = r * stride, c * stride
        result[:, :, r, c] = x[:, :, top : top + size, left : left + size].max(axis=(2, 3))
    return result


@mistake(
    "maxpool",
    name="side-divided-by-size",
    says="The output size is the side divided by the window's size: right only where stride = size.",
    hint="How many windows fit depends on both numbers. Use the size formula of the first exercise.",
)
def side_divided_by_size(x: np.ndarray, size: int = 2, stride: int = 2) -> np.ndarray:
    rows, cols = (side // size for side in x.shape[2:])
    result = np.zeros((*x.shape[:2], rows, cols))
    for r, c in np.ndindex(rows, cols):
        window = x[:, :, r * stride :, c * stride :][:, :, :size, :size]
        result[:, :, r, c] = window.max(axis=(2, 3), initial=-np.inf) if window.size else 0
    return result


@mistake(
    "maxpool",
    name="reshape-trick",
    says="The map is cut into blocks by a reshape: this works only where the blocks come out even.",
    hint="Try an odd side, and windows that overlap. What happens to numbers that fill no whole block?",
)
def reshape_trick(x: np.ndarray, size: int = 2, stride: int = 2) -> np.ndarray:
    n, c, h, w = x.shape
    return x.reshape(n, c, h // size, size, w // size, size).max(axis=(3, 5))


@mistake(
    "maxpool",
    name="window-start-without-stride",
    says="The size is right, but the windows start at (r, c) instead of (r·stride, c·stride).",
    hint="Which pixel is the top-left corner of window (1, 1) when the stride is 2?",
)
def window_start_without_stride(x: np.ndarray, size: int = 2, stride: int = 2) -> np.ndarray:
    rows, cols = sizes(x.shape, size, stride)
    return pooled(x, size, 1)[:, :, :rows, :cols]


@mistake(
    "maxpool",
    name="window-one-short",
    says="The windows are one row and one column too small.",
    hint="The end of a slice is not included. How many pixels does your window hold?",
)
def window_one_short(x: np.ndarray, size: int = 2, stride: int = 2) -> np.ndarray:
    return patches(x, size, size, stride)[..., : max(size - 1, 1), : max(size - 1, 1)].max(axis=(-2, -1))


@mistake(
    "maxpool",
    name="rows-only",
    says="The maximum is taken down the window's first column only.",
    hint="A window has two axes; the maximum runs over both.",
)
def rows_only(x: np.ndarray, size: int = 2, stride: int = 2) -> np.ndarray:
    return patches(x, size, size, stride)[..., 0].max(axis=-1)


@mistake(
    "maxpool",
    name="square-image-assumed",
    says="As many columns as rows are computed, which fits square maps only.",
    hint="Height and width each have their own size.",
)
def square_image_assumed(x: np.ndarray, size: int = 2, stride: int = 2) -> np.ndarray:
    return square_of(pooled(x, size, stride))


@mistake(
    "maxpool",
    name="maps-transposed",
    says="Each pooled map is transposed: its rows and columns are swapped.",
    hint="The result is (N, C, OH, OW): rows before columns.",
)
def maps_transposed(x: np.ndarray, size: int = 2, stride: int = 2) -> np.ndarray:
    return pooled(x, size, stride).transpose(0, 1, 3, 2)


@mistake(
    "maxpool",
    name="last-row-zero",
    says="The last row of each map stays 0: a loop ends one place early.",
    hint="Compare the upper end of your loops with the shape of the result.",
)
def last_row_zero(x: np.ndarray, size: int = 2, stride: int = 2) -> np.ndarray:
    result = pooled(x, size, stride)
    result[:, :, -1] = 0
    return result


@mistake(
    "maxpool",
    name="first-image-only",
    says="Only the first image of the batch is pooled; the others stay 0.",
    hint="x holds N images. Which of your loops (or axes) runs over them?",
)
def first_image_only(x: np.ndarray, size: int = 2, stride: int = 2) -> np.ndarray:
    result = pooled(x, size, stride)
    result[1:] = 0
    return result


@mistake(
    "maxpool",
    name="first-channel-for-all",
    says="Every channel of the result is the pooled first channel.",
    hint="Which index chooses the channel, in x and in the result?",
)
def first_channel_for_all(x: np.ndarray, size: int = 2, stride: int = 2) -> np.ndarray:
    return np.repeat(pooled(x, size, stride)[:, :1], x.shape[1], axis=1)


@mistake(
    "maxpool",
    name="integer-buffer",
    says="Fractions are cut off: the array that is filled holds whole numbers only.",
    hint="What type has the array that you create for the result?",
)
def integer_buffer(x: np.ndarray, size: int = 2, stride: int = 2) -> np.ndarray:
    return pooled(x, size, stride).astype(int)


@mistake(
    "maxpool",
    name="all-zero",
    says="The result has the right shape, but it is all zeros: nothing is written into it.",
    hint="The array is prepared; now fill it, window by window.",
)
def all_zero(x: np.ndarray, size: int = 2, stride: int = 2) -> np.ndarray:
    return np.zeros_like(pooled(x, size, stride))
