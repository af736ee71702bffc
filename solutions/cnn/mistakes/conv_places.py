"""Known mistakes of conv2d: stride, padding, and the shape of the result."""

from __future__ import annotations

import numpy as np

from _windows import convolve, framed, side_by_ceiling, square_of
from grader.testing import mistake


@mistake(
    "conv2d",
    name="stride-ignored",
    says="The stride is ignored: the window moves one pixel at a time.",
    hint="With stride 2 only every second place is visited, down and across.",
)
def stride_ignored(x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0) -> np.ndarray:
    return convolve(framed(x, pad), w, b, 1)


@mistake(
    "conv2d",
    name="stride-down-only",
    says="The stride is used for the rows only; the columns still move by 1.",
    hint="The window moves by the same stride in both directions.",
)
def stride_down_only(
    x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0
) -> np.ndarray:
    return convolve(framed(x, pad), w, b, 1)[:, :, ::stride]


@mistake(
    "conv2d",
    name="window-start-without-stride",
    says="The size is right, but the windows start at (r, c) instead of (r·stride, c·stride).",
    hint="Which pixel is the top-left corner of window (1, 1) when the stride is 2?",
)
def window_start_without_stride(
    x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0
) -> np.ndarray:
    rows, cols = convolve(framed(x, pad), w, b, stride).shape[2:]
    return convolve(framed(x, pad), w, b, 1)[:, :, :rows, :cols]


@mistake(
    "conv2d",
    name="stride-at-most-two",
    says="Strides above 2 are treated like 2.",
    hint="The stride is a number that is given: no value of it needs a case of its own.",
)
def stride_at_most_two(
    x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0
) -> np.ndarray:
    return convolve(framed(x, pad), w, b, min(stride, 2))


@mistake(
    "conv2d",
    name="default-stride-two",
    says="Called without a stride, the function takes 2; the default is 1.",
    hint="Look at the defaults in the `def` line.",
)
def default_stride_two(
    x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 2, pad: int = 0
) -> np.ndarray:
    return convolve(framed(x, pad), w, b, stride)


@mistake(
    "conv2d",
    name="default-pad-one",
    says="Called without a padding, the function pads by 1; the default is 0.",
    hint="Look at the defaults in the `def` line.",
)
def default_pad_one(x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 1) -> np.ndarray:
    return convolve(framed(x, pad), w, b, stride)


@mistake(
    "conv2d",
    name="pad-ignored",
    says="The padding is ignored: the image is used as it is.",
    hint="Before any window is cut out, the image gets its frame of zeros.",
)
def pad_ignored(x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0) -> np.ndarray:
    return convolve(x, w, b, stride)


@mistake(
    "conv2d",
    name="always-padded-by-one",
    says="The image is always padded by 1, whatever pad is.",
    hint="The frame is as wide as pad says; 0 means no frame.",
)
def always_padded_by_one(
    x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0
) -> np.ndarray:
    return convolve(framed(x, 1), w, b, stride)


@mistake(
    "conv2d",
    name="padded-by-one-at-most",
    says="Any padding above 0 is treated like 1.",
    hint="The frame is as wide as pad says. Try pad = 2.",
)
def padded_by_one_at_most(
    x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0
) -> np.ndarray:
    return convolve(framed(x, min(pad, 1)), w, b, stride)


@mistake(
    "conv2d",
    name="padded-top-and-left-only",
    says="The image is padded at the top and on the left only.",
    hint="Each of the four sides gets its own zeros.",
)
def padded_top_and_left_only(
    x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0
) -> np.ndarray:
    return convolve(np.pad(x, ((0, 0), (0, 0), (pad, 0), (pad, 0))), w, b, stride)


@mistake(
    "conv2d",
    name="batch-padded",
    says="The batch is padded too: there are images of zeros before and behind the real ones.",
    hint="Print the shape of the padded array: how many images does it hold?",
)
def batch_padded(x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0) -> np.ndarray:
    return convolve(np.pad(framed(x, pad), ((pad, pad), (0, 0), (0, 0), (0, 0))), w, b, stride)


@mistake(
    "conv2d",
    name="edge-repeated",
    says="The frame repeats the image's outermost pixels; it should be zeros.",
    hint="What does a window see beyond the edge? Zero padding says: nothing.",
)
def edge_repeated(x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0) -> np.ndarray:
    return convolve(np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="edge"), w, b, stride)


@mistake(
    "conv2d",
    name="result-padded",
    says="The feature map is padded instead of the image.",
    hint="The frame is put around the input, before the windows are cut out.",
)
def result_padded(x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0) -> np.ndarray:
    return framed(convolve(x, w, b, stride), pad)


@mistake(
    "conv2d",
    name="minus-zero-slice",
    says="It fails for pad = 0: a slice that ends at -0 is empty.",
    hint="[pad:-pad] with pad = 0 selects nothing. Count the slice's end from the front.",
)
def minus_zero_slice(
    x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0
) -> np.ndarray:
    buffer = np.zeros_like(framed(x, pad))
    buffer[:, :, pad:-pad, pad:-pad] = x
    return convolve(buffer, w, b, stride)


@mistake(
    "conv2d",
    name="size-without-padding",
    says="The output size is computed without the padding: the last rows and columns are missing.",
    hint="How high is the image after padding? That is the height that the size formula needs.",
)
def size_without_padding(
    x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0
) -> np.ndarray:
    rows, cols = ((x.shape[i] - w.shape[i]) // stride + 1 for i in (2, 3))
    return convolve(framed(x, pad), w, b, stride)[:, :, : max(rows, 0), : max(cols, 0)]


@mistake(
    "conv2d",
    name="size-padded-once",
    says="The output size counts the padding once; zeros are added on both sides.",
    hint="Padding by 1 makes an image two pixels higher.",
)
def size_padded_once(
    x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0
) -> np.ndarray:
    rows, cols = ((x.shape[i] + pad - w.shape[i]) // stride + 1 for i in (2, 3))
    return convolve(framed(x, pad), w, b, stride)[:, :, : max(rows, 0), : max(cols, 0)]


@mistake(
    "conv2d",
    name="size-rounded-up",
    says="The size is rounded up: windows that stick out are kept, filled up with zeros.",
    hint="A window that does not fit completely is dropped. Which way must the quotient be rounded?",
)
def size_rounded_up(x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0) -> np.ndarray:
    rows, cols = (side_by_ceiling(x.shape[i], w.shape[i], stride, pad) for i in (2, 3))
    more = ((0, 0), (0, 0), (pad, pad + stride), (pad, pad + stride))
    return convolve(np.pad(x, more), w, b, stride)[:, :, :rows, :cols]


@mistake(
    "conv2d",
    name="last-row-and-column-zero",
    says="The last row and the last column of each map stay 0: the loops end one place early.",
    hint="Compare the upper end of your loops with the shape of the result.",
)
def last_row_and_column_zero(
    x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0
) -> np.ndarray:
    result = convolve(framed(x, pad), w, b, stride)
    result[:, :, -1, :] = 0
    result[:, :, :, -1] = 0
    return result


@mistake(
    "conv2d",
    name="square-image-assumed",
    says="As many columns as rows are computed, which fits square maps only.",
    hint="Height and width each have their own size. Which shape entries do you use?",
)
def square_image_assumed(
    x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0
) -> np.ndarray:
    return square_of(convolve(framed(x, pad), w, b, stride))


@mistake(
    "conv2d",
    name="maps-transposed",
    says="Each map is transposed: its rows and columns are swapped.",
    hint="The result is (N, F, OH, OW): rows before columns.",
)
def maps_transposed(x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0) -> np.ndarray:
    return convolve(framed(x, pad), w, b, stride).transpose(0, 1, 3, 2)


@mistake(
    "conv2d",
    name="channels-last",
    says="The maps stand in the last axis: (N, OH, OW, F) instead of (N, F, OH, OW).",
    hint="Which axis of your result counts the filters? It should be axis 1.",
)
def channels_last(x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0) -> np.ndarray:
    return convolve(framed(x, pad), w, b, stride).transpose(0, 2, 3, 1)


@mistake(
    "conv2d",
    name="filters-before-images",
    says="The first two axes are swapped: (F, N, …) instead of (N, F, …).",
    hint="The first axis of the result counts the images, as that of x does.",
)
def filters_before_images(
    x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0
) -> np.ndarray:
    return convolve(framed(x, pad), w, b, stride).transpose(1, 0, 2, 3)


@mistake(
    "conv2d",
    name="reshaped-for-transposed",
    says="The numbers are right but scattered: a reshape stands where axes had to be moved.",
    hint="reshape keeps the order of the numbers in memory; moving an axis changes it. Which do you need?",
)
def reshaped_for_transposed(
    x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0
) -> np.ndarray:
    result = convolve(framed(x, pad), w, b, stride)
    return result.transpose(0, 2, 3, 1).reshape(result.shape)


@mistake(
    "conv2d",
    name="images-and-filters-mixed",
    says="Images and filters are mixed up: the maps are right but stand in wrong places.",
    hint="After a product (F, …, N) which axis has to go to the front before any reshape?",
)
def images_and_filters_mixed(
    x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0
) -> np.ndarray:
    result = convolve(framed(x, pad), w, b, stride)
    return result.transpose(1, 0, 2, 3).reshape(result.shape)


@mistake(
    "conv2d",
    name="first-image-only",
    says="Only the first image of the batch is computed; the maps of the others stay 0.",
    hint="x holds N images. Which of your loops (or axes) runs over them?",
)
def first_image_only(
    x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0
) -> np.ndarray:
    result = convolve(framed(x, pad), w, b, stride)
    result[1:] = 0
    return result


@mistake(
    "conv2d",
    name="single-image-returned",
    says="Only the maps of the first image are returned.",
    hint="The result has as many images as x.",
)
def single_image_returned(
    x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0
) -> np.ndarray:
    return convolve(framed(x[:1], pad), w, b, stride)


@mistake(
    "conv2d",
    name="axes-of-length-one-lost",
    says="Axes of length 1 are missing: a single image or a single filter must keep its axis.",
    hint="The result has four axes, always. Which call removes some?",
)
def axes_of_length_one_lost(
    x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0
) -> np.ndarray:
    return convolve(framed(x, pad), w, b, stride).squeeze()
