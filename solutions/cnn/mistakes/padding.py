"""Known mistakes: the frame of zeros (zero_pad)."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.testing import mistake


def padded(x: np.ndarray, rows: tuple[int, int], cols: tuple[int, int], **how: Any) -> np.ndarray:
    return np.pad(x, [(0, 0)] * (x.ndim - 2) + [rows, cols], **how)


@mistake(
    "zero_pad",
    name="every-axis",
    says="Every axis is padded, images and channels too: only height and width should grow.",
    hint="Print the shape before and after. How many zeros does the batch axis need?",
)
def every_axis(x: np.ndarray, pad: int) -> np.ndarray:
    return np.pad(x, pad)


@mistake(
    "zero_pad",
    name="channels-too",
    says="The channels are padded too: the last three axes grow instead of the last two.",
    hint="An RGB image has three channels after padding, too.",
)
def channels_too(x: np.ndarray, pad: int) -> np.ndarray:
    growing = min(3, x.ndim)
    return np.pad(x, [(0, 0)] * (x.ndim - growing) + [(pad, pad)] * growing)


@mistake(
    "zero_pad",
    name="leading-axes",
    says="The first two axes are padded instead of the last two.",
    hint="Height and width are the last two axes, however many come before.",
)
def leading_axes(x: np.ndarray, pad: int) -> np.ndarray:
    return np.pad(x, [(pad, pad)] * 2 + [(0, 0)] * (x.ndim - 2))


@mistake(
    "zero_pad",
    name="edge-repeated",
    says="The frame repeats the image's outermost pixels; it should be zeros.",
    hint="np.pad has several ways to fill the frame. Which value should it have here?",
)
def edge_repeated(x: np.ndarray, pad: int) -> np.ndarray:
    return padded(x, (pad, pad), (pad, pad), mode="edge")


@mistake(
    "zero_pad",
    name="wrapped-around",
    says="The frame continues the image from its opposite side; it should be zeros.",
    hint="np.pad has several ways to fill the frame. Which value should it have here?",
)
def wrapped_around(x: np.ndarray, pad: int) -> np.ndarray:
    return padded(x, (pad, pad), (pad, pad), mode="wrap")


@mistake(
    "zero_pad",
    name="frame-of-ones",
    says="The frame is made of ones; it should be zeros.",
    hint="A frame that adds nothing to a dot product has the value …?",
)
def frame_of_ones(x: np.ndarray, pad: int) -> np.ndarray:
    return padded(x, (pad, pad), (pad, pad), constant_values=1)


@mistake(
    "zero_pad",
    name="top-and-left-only",
    says="Zeros are added at the top and on the left only.",
    hint="Each side of the image gets its own zeros: four sides, not two.",
)
def top_and_left_only(x: np.ndarray, pad: int) -> np.ndarray:
    return padded(x, (pad, 0), (pad, 0))


@mistake(
    "zero_pad",
    name="bottom-and-right-only",
    says="Zeros are added at the bottom and on the right only.",
    hint="Each side of the image gets its own zeros: four sides, not two.",
)
def bottom_and_right_only(x: np.ndarray, pad: int) -> np.ndarray:
    return padded(x, (0, pad), (0, pad))


@mistake(
    "zero_pad",
    name="image-in-the-corner",
    says="The size is right, but the image lies in the top-left corner instead of the middle.",
    hint="Where does row 0 of the image lie in the padded one?",
)
def image_in_the_corner(x: np.ndarray, pad: int) -> np.ndarray:
    return padded(x, (0, 2 * pad), (0, 2 * pad))


@mistake(
    "zero_pad",
    name="width-only",
    says="Only the width grows; the height needs its zeros, too.",
    hint="Two axes grow. Which one is left as it was?",
)
def width_only(x: np.ndarray, pad: int) -> np.ndarray:
    return padded(x, (0, 0), (pad, pad))


@mistake(
    "zero_pad",
    name="height-only",
    says="Only the height grows; the width needs its zeros, too.",
    hint="Two axes grow. Which one is left as it was?",
)
def height_only(x: np.ndarray, pad: int) -> np.ndarray:
    return padded(x, (pad, pad), (0, 0))


@mistake(
    "zero_pad",
    name="always-one",
    says="The frame is always one pixel wide, whatever pad is.",
    hint="Try pad = 2, and pad = 0.",
)
def always_one(x: np.ndarray, pad: int) -> np.ndarray:
    return padded(x, (1, 1), (1, 1))


@mistake(
    "zero_pad",
    name="twice-as-wide",
    says="The frame is twice as wide as asked for.",
    hint="pad is what each side gets; both sides together get 2·pad.",
)
def twice_as_wide(x: np.ndarray, pad: int) -> np.ndarray:
    return padded(x, (2 * pad, 2 * pad), (2 * pad, 2 * pad))


@mistake(
    "zero_pad",
    name="shared-between-the-sides",
    says="pad is shared between the two sides; each side should get all of it.",
    hint="With pad = 1 an image of 3 columns becomes 5 columns wide.",
)
def shared_between_the_sides(x: np.ndarray, pad: int) -> np.ndarray:
    share = (pad // 2, pad - pad // 2)
    return padded(x, share, share)


@mistake(
    "zero_pad",
    name="four-axes-only",
    says="It works for arrays with four axes only; any number from two on is asked for.",
    hint="How many entries does the list of pads need? The array can tell you how many axes it has.",
)
def four_axes_only(x: np.ndarray, pad: int) -> np.ndarray:
    return np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))


@mistake(
    "zero_pad",
    name="minus-zero-slice",
    says="It fails for pad = 0: a slice that ends at -0 is empty.",
    hint="[pad:-pad] with pad = 0 selects nothing. Count the slice's end from the front.",
)
def minus_zero_slice(x: np.ndarray, pad: int) -> np.ndarray:
    result = np.zeros((*x.shape[:-2], x.shape[-2] + 2 * pad, x.shape[-1] + 2 * pad))
    result[..., pad:-pad, pad:-pad] = x
    return result


@mistake(
    "zero_pad",
    name="image-left-out",
    says="The frame is there, but the image inside it is missing: everything is zero.",
    hint="The array is prepared; now put the image into its middle.",
)
def image_left_out(x: np.ndarray, pad: int) -> np.ndarray:
    return np.zeros_like(padded(x, (pad, pad), (pad, pad)))


@mistake(
    "zero_pad",
    name="integer-buffer",
    says="Fractions are cut off: the padded array holds whole numbers only.",
    hint="What type has the array that you create for the result?",
)
def integer_buffer(x: np.ndarray, pad: int) -> np.ndarray:
    return padded(x, (pad, pad), (pad, pad)).astype(int)
