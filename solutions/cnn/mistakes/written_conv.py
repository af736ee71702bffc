"""Known mistakes of conv2d as students write them: which windows there are, and what happens where one sticks out."""

from __future__ import annotations

import numpy as np

from _windows import convolve, framed
from _written import convolve_at, count, steps
from grader.testing import form, mistake

Array = np.ndarray


def starts(x: Array, stride: int, pad: int) -> tuple[list[int], list[int]]:
    """A window at every stride-th row and column of the padded image."""
    rows, cols = (range(0, side + 2 * pad, stride) for side in x.shape[2:])
    return list(rows), list(cols)


@mistake(
    "conv2d",
    name="window-at-every-start",
    says="A window begins at every stride-th row and column up to the edge: the last ones stick out.",
    hint="range(0, H, stride) ends where the image ends. Where must the last window begin, so that it fits?",
)
def window_at_every_start(x: Array, w: Array, b: Array, stride: int = 1, pad: int = 0) -> Array:
    return convolve_at(framed(x, pad), w, b, *starts(x, stride, pad), w.shape[2:], cut=True)


@form("conv2d", "window-at-every-start")
def without_the_frame_counted(x: Array, w: Array, b: Array, stride: int = 1, pad: int = 0) -> Array:
    return convolve_at(framed(x, pad), w, b, *starts(x, stride, 0), w.shape[2:], cut=True)


@form("conv2d", "window-at-every-start")
def multiplied_as_it_is(x: Array, w: Array, b: Array, stride: int = 1, pad: int = 0) -> Array:
    return convolve_at(framed(x, pad), w, b, *starts(x, stride, pad), w.shape[2:])


@form("conv2d", "window-at-every-start")
def into_a_result_of_the_right_size(x: Array, w: Array, b: Array, stride: int = 1, pad: int = 0) -> Array:
    size = [count(side, kernel, stride, pad) for side, kernel in zip(x.shape[2:], w.shape[2:], strict=True)]
    if any(len(found) > places for found, places in zip(starts(x, stride, pad), size, strict=True)):
        raise IndexError
    return convolve(framed(x, pad), w, b, stride)


@mistake(
    "conv2d",
    name="rest-refused",
    says="Inputs on which the windows leave rows or columns over are refused; those are to be ignored.",
    hint="Windows that do not fit are dropped: // does that by itself. Which line stops instead?",
)
def rest_refused(x: Array, w: Array, b: Array, stride: int = 1, pad: int = 0) -> Array:
    assert all((s + 2 * pad - k) % stride == 0 for s, k in zip(x.shape[2:], w.shape[2:], strict=True))
    return convolve(framed(x, pad), w, b, stride)


@form("conv2d", "rest-refused")
def rest_is_a_value_error(x: Array, w: Array, b: Array, stride: int = 1, pad: int = 0) -> Array:
    if any((s + 2 * pad - k) % stride for s, k in zip(x.shape[2:], w.shape[2:], strict=True)):
        raise ValueError
    return convolve(framed(x, pad), w, b, stride)


@form("conv2d", "rest-refused")
def rest_is_an_exception(x: Array, w: Array, b: Array, stride: int = 1, pad: int = 0) -> Array:
    if any((s + 2 * pad - k) % stride for s, k in zip(x.shape[2:], w.shape[2:], strict=True)):
        raise Exception("the windows leave a rest")
    return convolve(framed(x, pad), w, b, stride)


@form("conv2d", "square-image-assumed")
def columns_from_the_height(x: Array, w: Array, b: Array, stride: int = 1, pad: int = 0) -> Array:
    height, (kh, kw) = x.shape[2], w.shape[2:]
    tops, lefts = (steps(count(height, kernel, stride, pad), stride) for kernel in (kh, kw))
    return convolve_at(framed(x, pad), w, b, tops, lefts, (kh, kw))


@form("conv2d", "square-image-assumed")
def one_size_for_both(x: Array, w: Array, b: Array, stride: int = 1, pad: int = 0) -> Array:
    tops = steps(count(x.shape[2], w.shape[2], stride, pad), stride)
    return convolve_at(framed(x, pad), w, b, tops, tops, w.shape[2:])


@form("conv2d", "square-image-assumed")
def loops_over_rows_twice(x: Array, w: Array, b: Array, stride: int = 1, pad: int = 0) -> Array:
    """The result has the right shape; the columns are counted like rows when it is filled."""
    rows, cols = (count(x.shape[k], w.shape[k], stride, pad) for k in (2, 3))
    if rows > cols:
        raise IndexError
    out = convolve(framed(x, pad), w, b, stride)
    out[:, :, :, rows:] = 0
    return out


@mistake(
    "conv2d",
    name="rows-from-the-width",
    says="The number of rows is computed from the image's width.",
    hint="Height and width each have their own size. Which shape entries do you use?",
)
def rows_from_the_width(x: Array, w: Array, b: Array, stride: int = 1, pad: int = 0) -> Array:
    width, (kh, kw) = x.shape[3], w.shape[2:]
    tops, lefts = (steps(count(width, kernel, stride, pad), stride) for kernel in (kh, kw))
    return convolve_at(framed(x, pad), w, b, tops, lefts, (kh, kw))


@form("conv2d", "rows-from-the-width")
def one_size_from_the_width(x: Array, w: Array, b: Array, stride: int = 1, pad: int = 0) -> Array:
    lefts = steps(count(x.shape[3], w.shape[3], stride, pad), stride)
    return convolve_at(framed(x, pad), w, b, lefts, lefts, w.shape[2:])


@mistake(
    "conv2d",
    name="frame-always-one",
    says="The frame is always 1 wide, while the size of the result follows pad.",
    hint="Which number stands where the zeros are put around the image? Try pad = 0 and pad = 2.",
)
def frame_always_one(x: Array, w: Array, b: Array, stride: int = 1, pad: int = 0) -> Array:
    kernel = w.shape[2:]
    tops, lefts = (steps(count(x.shape[k], w.shape[k], stride, pad), stride) for k in (2, 3))
    return convolve_at(framed(x, 1), w, b, tops, lefts, kernel)


@form("conv2d", "frame-always-one")
def frame_always_one_cut(x: Array, w: Array, b: Array, stride: int = 1, pad: int = 0) -> Array:
    tops, lefts = (steps(count(x.shape[k], w.shape[k], stride, pad), stride) for k in (2, 3))
    return convolve_at(framed(x, 1), w, b, tops, lefts, w.shape[2:], cut=True)


@mistake(
    "conv2d",
    name="window-end-from-the-stride",
    says="A window ends one stride after its start; it should be as large as the filter.",
    hint="From `start` to `start + …`: how many rows has the filter?",
)
def window_end_from_the_stride(x: Array, w: Array, b: Array, stride: int = 1, pad: int = 0) -> Array:
    tops, lefts = (steps(count(x.shape[k], w.shape[k], stride, pad), stride) for k in (2, 3))
    return convolve_at(framed(x, pad), w, b, tops, lefts, (stride, stride))


@form("conv2d", "window-end-from-the-stride")
def window_end_from_the_stride_cut(x: Array, w: Array, b: Array, stride: int = 1, pad: int = 0) -> Array:
    tops, lefts = (steps(count(x.shape[k], w.shape[k], stride, pad), stride) for k in (2, 3))
    padded, size = framed(x, pad), [min(stride, side) for side in w.shape[2:]]
    return convolve_at(padded, w, b, tops, lefts, (size[0], size[1]), cut=True)


@form("conv2d", "window-end-from-the-stride")
def window_end_from_the_stride_in_a_product(
    x: Array, w: Array, b: Array, stride: int = 1, pad: int = 0
) -> Array:
    """tensordot takes windows of the filter's shape only."""
    if w.shape[2:] != (stride, stride):
        raise ValueError
    return convolve(framed(x, pad), w, b, stride)


@form("conv2d", "square-kernel-assumed")
def height_for_both_sides(x: Array, w: Array, b: Array, stride: int = 1, pad: int = 0) -> Array:
    side = w.shape[2]
    tops, lefts = (steps(count(x.shape[k], side, stride, pad), stride) for k in (2, 3))
    return convolve_at(framed(x, pad), w, b, tops, lefts, (side, side))


@mistake(
    "conv2d",
    name="kernel-width-for-its-height",
    says="The kernel is treated as square: its width is used for its height, too.",
    hint="A filter has shape (C, KH, KW). Which of its sides do you use where?",
)
def kernel_width_for_its_height(x: Array, w: Array, b: Array, stride: int = 1, pad: int = 0) -> Array:
    side = w.shape[3]
    tops, lefts = (steps(count(x.shape[k], side, stride, pad), stride) for k in (2, 3))
    return convolve_at(framed(x, pad), w, b, tops, lefts, (side, side))


@form("conv2d", "stride-down-only")
def sized_with_the_stride(x: Array, w: Array, b: Array, stride: int = 1, pad: int = 0) -> Array:
    rows, cols = (count(x.shape[k], w.shape[k], stride, pad) for k in (2, 3))
    return convolve_at(framed(x, pad), w, b, steps(rows, stride), steps(cols, 1), w.shape[2:])


@mistake(
    "conv2d",
    name="stride-across-only",
    says="The stride is used for the columns only; the rows still move by 1.",
    hint="The window moves by the same stride in both directions.",
)
def stride_across_only(x: Array, w: Array, b: Array, stride: int = 1, pad: int = 0) -> Array:
    rows, cols = (count(x.shape[k], w.shape[k], stride, pad) for k in (2, 3))
    return convolve_at(framed(x, pad), w, b, steps(rows, 1), steps(cols, stride), w.shape[2:])


@form("conv2d", "stride-across-only")
def sized_without_the_stride(x: Array, w: Array, b: Array, stride: int = 1, pad: int = 0) -> Array:
    return convolve(framed(x, pad), w, b, 1)[:, :, :, ::stride]


@mistake(
    "conv2d",
    name="image-thinned-out",
    says="Every stride-th pixel is taken first, and the window then moves over those.",
    hint="A window looks at neighbours, whatever the stride is. What is it that moves by the stride?",
)
def image_thinned_out(x: Array, w: Array, b: Array, stride: int = 1, pad: int = 0) -> Array:
    return convolve(framed(x, pad)[:, :, ::stride, ::stride], w, b, 1)


@mistake(
    "conv2d",
    name="last-windows-left-out",
    says="The last window of a row or column is left out where it ends exactly at the edge.",
    hint="range does not include its end. Where does the last window that fits begin?",
)
def last_windows_left_out(x: Array, w: Array, b: Array, stride: int = 1, pad: int = 0) -> Array:
    tops, lefts = (range(0, x.shape[k] + 2 * pad - w.shape[k], stride) for k in (2, 3))
    return convolve_at(framed(x, pad), w, b, tops, lefts, w.shape[2:])


@form("conv2d", "last-windows-left-out")
def last_windows_zero(x: Array, w: Array, b: Array, stride: int = 1, pad: int = 0) -> Array:
    out = convolve(framed(x, pad), w, b, stride)
    rows, cols = (len(range(0, x.shape[k] + 2 * pad - w.shape[k], stride)) for k in (2, 3))
    out[:, :, rows:], out[:, :, :, cols:] = 0, 0
    return out
