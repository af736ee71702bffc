"""Known mistakes of conv2d: how kernel, channels, filters and bias come together."""

from __future__ import annotations

import numpy as np

from _windows import convolve, framed, patches
from grader.testing import mistake


@mistake(
    "conv2d",
    name="flipped-kernel",
    says="The kernel is flipped in both directions, as in mathematics; in deep learning it is not.",
    hint="Entry [0, 0] of a kernel meets the top-left pixel of every patch.",
)
def flipped_kernel(x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0) -> np.ndarray:
    return convolve(framed(x, pad), w[:, :, ::-1, ::-1], b, stride)


@mistake(
    "conv2d",
    name="kernel-upside-down",
    says="The kernel is upside down: its rows are taken in reverse order.",
    hint="The kernel's first row belongs on the first row of each patch.",
)
def kernel_upside_down(
    x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0
) -> np.ndarray:
    return convolve(framed(x, pad), w[:, :, ::-1], b, stride)


@mistake(
    "conv2d",
    name="kernel-mirrored",
    says="The kernel is mirrored left to right: its columns are taken in reverse order.",
    hint="The kernel's first column belongs on the first column of each patch.",
)
def kernel_mirrored(x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0) -> np.ndarray:
    return convolve(framed(x, pad), w[:, :, :, ::-1], b, stride)


@mistake(
    "conv2d",
    name="kernel-transposed",
    says="The kernel is transposed: its rows are used as columns.",
    hint="w is (F, C, KH, KW): which of its axes runs with the image's rows?",
)
def kernel_transposed(
    x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0
) -> np.ndarray:
    return convolve(framed(x, pad), w.transpose(0, 1, 3, 2), b, stride)


@mistake(
    "conv2d",
    name="square-kernel-assumed",
    says="The kernel is treated as square: its height is used for its width, too.",
    hint="A kernel may be 3×2. Which of its lengths belongs to the columns?",
)
def square_kernel_assumed(
    x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0
) -> np.ndarray:
    side = w.shape[2]
    windows = patches(framed(x, pad), side, side, stride)
    return np.einsum("nchwij,fcij->nfhw", windows, w[..., :side]) + b[:, np.newaxis, np.newaxis]


@mistake(
    "conv2d",
    name="mean-for-sum",
    says="Each entry is the mean of the products instead of their sum.",
    hint="Ones under a filter of ones count the filter's weights.",
)
def mean_for_sum(x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0) -> np.ndarray:
    return convolve(framed(x, pad), w / w[0].size, b, stride)


@mistake(
    "conv2d",
    name="mean-over-channels",
    says="The channels are averaged; their responses have to be added.",
    hint="The dot product runs over all C·KH·KW weights of a filter, and nothing is divided.",
)
def mean_over_channels(
    x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0
) -> np.ndarray:
    return convolve(framed(x, pad), w / w.shape[1], b, stride)


@mistake(
    "conv2d",
    name="first-channel-only",
    says="Only the first channel is read; the others have no influence.",
    hint="A filter looks at all channels of its patch at once.",
)
def first_channel_only(
    x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0
) -> np.ndarray:
    return convolve(framed(x[:, :1], pad), w[:, :1], b, stride)


@mistake(
    "conv2d",
    name="last-channel-only",
    says="Only the last channel counts: = replaces where += should add up the channels.",
    hint="What happens to the response of channel 0 when channel 1 has its turn?",
)
def last_channel_only(
    x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0
) -> np.ndarray:
    return convolve(framed(x[:, -1:], pad), w[:, -1:], b, stride)


@mistake(
    "conv2d",
    name="one-kernel-for-all-channels",
    says="The weights of channel 0 are used for every channel; each channel has weights of its own.",
    hint="w has an axis for the channels. Where does your code move along it?",
)
def one_kernel_for_all_channels(
    x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0
) -> np.ndarray:
    return convolve(framed(x, pad), np.repeat(w[:, :1], w.shape[1], axis=1), b, stride)


@mistake(
    "conv2d",
    name="channels-kept-apart",
    says="There is one map for each input channel; there should be one for each filter.",
    hint="The result has as many maps as there are filters. What happens to the channels?",
)
def channels_kept_apart(
    x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0
) -> np.ndarray:
    windows = patches(framed(x, pad), *w.shape[2:], stride)
    return np.einsum("nchwij,cij->nchw", windows, w[0]) + b[0]


@mistake(
    "conv2d",
    name="first-filter-for-all",
    says="The first filter is used for every map.",
    hint="Map number f belongs to filter number f.",
)
def first_filter_for_all(
    x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0
) -> np.ndarray:
    return convolve(framed(x, pad), np.repeat(w[:1], len(w), axis=0), b, stride)


@mistake(
    "conv2d",
    name="filters-and-channels-swapped",
    says="The first two axes of w are swapped: w is read as (channels, filters, …).",
    hint="w is (F, C, KH, KW): its first axis counts the filters.",
)
def filters_and_channels_swapped(
    x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0
) -> np.ndarray:
    f, c = w.shape[:2]
    return convolve(framed(x, pad), w.reshape(c, f, *w.shape[2:]).transpose(1, 0, 2, 3), b, stride)


@mistake(
    "conv2d",
    name="filters-added-up",
    says="All maps are alike: each holds the sum over all filters.",
    hint="Each filter gives a map of its own; only the channels are added up.",
)
def filters_added_up(
    x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0
) -> np.ndarray:
    return convolve(framed(x, pad), np.repeat(w.sum(axis=0, keepdims=True), len(w), axis=0), b, stride)


@mistake(
    "conv2d",
    name="no-bias",
    says="The bias is missing.",
    hint="What becomes of the argument b?",
)
def no_bias(x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0) -> np.ndarray:
    return convolve(framed(x, pad), w, 0 * b, stride)


@mistake(
    "conv2d",
    name="bias-for-every-channel",
    says="The bias is added once for each channel instead of once.",
    hint="In which of your loops does the bias stand? It belongs after the sum over the channels.",
)
def bias_for_every_channel(
    x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0
) -> np.ndarray:
    return convolve(framed(x, pad), w, b * x.shape[1], stride)


@mistake(
    "conv2d",
    name="bias-for-every-weight",
    says="The bias is added once for each weight of the filter instead of once.",
    hint="The bias belongs outside the sum: products first, then one bias.",
)
def bias_for_every_weight(
    x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0
) -> np.ndarray:
    return convolve(framed(x, pad), w, b * w[0].size, stride)


@mistake(
    "conv2d",
    name="first-bias-for-all",
    says="The first filter's bias is added to every map.",
    hint="b has one entry for each filter.",
)
def first_bias_for_all(
    x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0
) -> np.ndarray:
    return convolve(framed(x, pad), w, np.full_like(b, b[0]), stride)


@mistake(
    "conv2d",
    name="bias-along-the-width",
    says="The biases are added along the columns of the maps: numpy lines up the last axes.",
    hint="b must lie along axis 1 of the result. How many axes of length 1 does it need behind?",
)
def bias_along_the_width(
    x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0
) -> np.ndarray:
    return convolve(framed(x, pad), w, 0 * b, stride) + b


@mistake(
    "conv2d",
    name="biases-added-up",
    says="All biases together are added to every map.",
    hint="Map number f gets the bias number f, and no other.",
)
def biases_added_up(x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0) -> np.ndarray:
    return convolve(framed(x, pad), w, np.full_like(b, b.sum()), stride)


@mistake(
    "conv2d",
    name="relu-inside",
    says="Negative responses become 0: the ReLU is a layer of its own and comes later.",
    hint="A feature map may hold negative numbers.",
)
def relu_inside(x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0) -> np.ndarray:
    return np.maximum(convolve(framed(x, pad), w, b, stride), 0)


@mistake(
    "conv2d",
    name="integer-buffer",
    says="Fractions are cut off: the array that is filled holds whole numbers only.",
    hint="What type has the array that you create for the result?",
)
def integer_buffer(x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0) -> np.ndarray:
    return convolve(framed(x, pad), w, b, stride).astype(int)


@mistake(
    "conv2d",
    name="all-zero",
    says="The result has the right shape, but it is all zeros: nothing is written into it.",
    hint="The array is prepared; now fill it, place by place.",
)
def all_zero(x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0) -> np.ndarray:
    return np.zeros_like(convolve(framed(x, pad), w, b, stride))
