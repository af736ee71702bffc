"""Known mistakes of pooling, forward and backward, as students write them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from _windows import pooled
from _written import count, pool_at, pool_gradient_at, steps, winners
from grader.testing import form, mistake

Array = np.ndarray


def grid(dout: Array, stride: int) -> Iterator[tuple[int, int, int, int]]:
    """(i, j, top, left) of each window, row by row."""
    for i, j in np.ndindex(*dout.shape[2:]):
        yield i, j, i * stride, j * stride


def refuse_a_rest(x: Array, size: int, stride: int, error: type[Exception] = AssertionError) -> None:
    if any((side - size) % stride for side in x.shape[2:]):
        raise error


@mistake(
    "maxpool",
    name="window-at-every-start",
    says="A window begins at every stride-th row and column up to the edge: the last ones stick out.",
    hint="range(0, H, stride) ends where the image ends. Where must the last window begin, so that it fits?",
)
def window_at_every_start(x: Array, size: int = 2, stride: int = 2) -> Array:
    return pool_at(x, *(range(0, side, stride) for side in x.shape[2:]), size)


@form("maxpool", "window-at-every-start")
def into_a_result_of_the_right_size(x: Array, size: int = 2, stride: int = 2) -> Array:
    if any(len(range(0, side, stride)) > count(side, size, stride) for side in x.shape[2:]):
        raise IndexError
    return pooled(x, size, stride)


@mistake(
    "maxpool",
    name="rest-refused",
    says="Maps on which the windows leave rows or columns over are refused; those are to be ignored.",
    hint="Windows that do not fit are dropped: // does that by itself. Which line stops instead?",
)
def rest_refused(x: Array, size: int = 2, stride: int = 2) -> Array:
    refuse_a_rest(x, size, stride)
    return pooled(x, size, stride)


@form("maxpool", "rest-refused")
def rest_is_a_value_error(x: Array, size: int = 2, stride: int = 2) -> Array:
    refuse_a_rest(x, size, stride, ValueError)
    return pooled(x, size, stride)


@form("maxpool", "rest-refused")
def rest_is_an_exception(x: Array, size: int = 2, stride: int = 2) -> Array:
    refuse_a_rest(x, size, stride, Exception)
    return pooled(x, size, stride)


@form("maxpool", "square-image-assumed")
def one_size_for_both(x: Array, size: int = 2, stride: int = 2) -> Array:
    tops = steps(count(x.shape[2], size, stride), stride)
    return pool_at(x, tops, tops, size)


@mistake(
    "maxpool",
    name="rows-from-the-width",
    says="The number of rows is computed from the map's width.",
    hint="Height and width each have their own size.",
)
def rows_from_the_width(x: Array, size: int = 2, stride: int = 2) -> Array:
    lefts = steps(count(x.shape[3], size, stride), stride)
    return pool_at(x, lefts, lefts, size)


@mistake(
    "maxpool",
    name="window-end-from-the-stride",
    says="A window ends one stride after its start; it should end one window size after it.",
    hint="From `start` to `start + …`: which of the two numbers says how large a window is?",
)
def window_end_from_the_stride(x: Array, size: int = 2, stride: int = 2) -> Array:
    tops, lefts = (steps(count(side, size, stride), stride) for side in x.shape[2:])
    return pool_at(x, tops, lefts, stride)


@mistake(
    "maxpool",
    name="window-start-from-the-size",
    says="Windows begin at multiples of their size instead of the stride, while their number is right.",
    hint="Where does window 1 begin when the size is 3 and the stride 2?",
)
def window_start_from_the_size(x: Array, size: int = 2, stride: int = 2) -> Array:
    tops, lefts = (steps(count(side, size, stride), size) for side in x.shape[2:])
    return pool_at(x, tops, lefts, size)


@mistake(
    "maxpool",
    name="stride-down-only",
    says="The stride is used for the rows only; the columns still move by 1.",
    hint="The window moves by the same stride in both directions.",
)
def stride_down_only(x: Array, size: int = 2, stride: int = 2) -> Array:
    rows, cols = (count(side, size, stride) for side in x.shape[2:])
    return pool_at(x, steps(rows, stride), steps(cols, 1), size)


@form("maxpool", "stride-down-only")
def sized_without_the_stride(x: Array, size: int = 2, stride: int = 2) -> Array:
    return pooled(x, size, 1)[:, :, ::stride]


@mistake(
    "maxpool",
    name="last-windows-left-out",
    says="The last window of a row or column is left out where it ends exactly at the edge.",
    hint="range does not include its end. Where does the last window that fits begin?",
)
def last_windows_left_out(x: Array, size: int = 2, stride: int = 2) -> Array:
    return pool_at(x, *(range(0, side - size, stride) for side in x.shape[2:]), size)


@form("maxpool", "last-windows-left-out")
def last_windows_zero(x: Array, size: int = 2, stride: int = 2) -> Array:
    out = pooled(x, size, stride)
    rows, cols = (len(range(0, side - size, stride)) for side in x.shape[2:])
    out[:, :, rows:], out[:, :, :, cols:] = 0, 0
    return out


@mistake(
    "maxpool_backward",
    name="whole-window-overwritten",
    says="Each window overwrites all that earlier ones left in it: = stands where += should add.",
    hint="Where windows overlap, what becomes of the gradient that the window before had put there?",
)
def whole_window_overwritten(dout: Array, x: Array, size: int = 2, stride: int = 2) -> Array:
    return overwritten(dout, x, size, stride)


def overwritten(
    dout: Array, x: Array, size: int, stride: int, ties: str = "first", *, rows_first: bool = True
) -> Array:
    dx = np.zeros(x.shape)
    order = grid(dout, stride) if rows_first else sorted(grid(dout, stride), key=lambda at: (at[1], at[0]))
    for i, j, top, left in order:
        for n, c in np.ndindex(*x.shape[:2]):
            at = np.s_[n, c, top : top + size, left : left + size]
            dx[at] = dout[n, c, i, j] * winners(x[at], ties)
    return dx


@form("maxpool_backward", "whole-window-overwritten")
def overwritten_with_ties(dout: Array, x: Array, size: int = 2, stride: int = 2) -> Array:
    return overwritten(dout, x, size, stride, "all")


@form("maxpool_backward", "whole-window-overwritten")
def overwritten_by_columns(dout: Array, x: Array, size: int = 2, stride: int = 2) -> Array:
    return overwritten(dout, x, size, stride, rows_first=False)


@form("maxpool_backward", "whole-window-overwritten")
def overwritten_by_columns_with_ties(dout: Array, x: Array, size: int = 2, stride: int = 2) -> Array:
    return overwritten(dout, x, size, stride, "all", rows_first=False)


@form("maxpool_backward", "overwritten-in-overlaps")
def pixels_overwritten_by_columns(dout: Array, x: Array, size: int = 2, stride: int = 2) -> Array:
    dx = np.zeros(x.shape)
    for i, j, top, left in sorted(grid(dout, stride), key=lambda at: (at[1], at[0])):
        for n, c in np.ndindex(*x.shape[:2]):
            at = np.s_[n, c, top : top + size, left : left + size]
            dx[at] = np.where(winners(x[at], "first") > 0, dout[n, c, i, j], dx[at])
    return dx


@mistake(
    "maxpool_backward",
    name="one-maximum-for-all",
    says="One maximum is looked for in all images and channels at once; each window has its own.",
    hint="max() without axes looks at everything it is given. Which axes belong to one window?",
)
def one_maximum_for_all(dout: Array, x: Array, size: int = 2, stride: int = 2) -> Array:
    dx = np.zeros(x.shape)
    for i, j, top, left in grid(dout, stride):
        at = np.s_[:, :, top : top + size, left : left + size]
        dx[at] += (x[at] == x[at].max()) * dout[:, :, i, j][:, :, None, None]
    return dx


@mistake(
    "maxpool_backward",
    name="positive-for-maximum",
    says="Every number above 0 gets the gradient of its window; only the maximum should.",
    hint="x > 0 is the gate of a ReLU. With what must a number be compared here?",
)
def positive_for_maximum(dout: Array, x: Array, size: int = 2, stride: int = 2) -> Array:
    dx = np.zeros(x.shape)
    for i, j, top, left in grid(dout, stride):
        at = np.s_[:, :, top : top + size, left : left + size]
        dx[at] += (x[at] > 0) * dout[:, :, i, j][:, :, None, None]
    return dx


@mistake(
    "maxpool_backward",
    name="rest-refused",
    says="Maps on which the windows leave rows or columns over are refused; those get the gradient 0.",
    hint="Windows that do not fit were dropped on the way forward. Which line stops instead?",
)
def gradient_rest_refused(dout: Array, x: Array, size: int = 2, stride: int = 2) -> Array:
    refuse_a_rest(x, size, stride)
    return pool_gradient_at(dout, x, grid(dout, stride), size)


@mistake(
    "maxpool_backward",
    name="square-maps-assumed",
    says="The loops run over as many columns of dout as it has rows.",
    hint="Height and width each have their own size. Which entries of dout.shape do you use?",
)
def square_maps_assumed(dout: Array, x: Array, size: int = 2, stride: int = 2) -> Array:
    rows = range(dout.shape[2])
    return pool_gradient_at(dout, x, [(i, j, i * stride, j * stride) for i in rows for j in rows], size)


@mistake(
    "maxpool_backward",
    name="window-at-every-start",
    says="A window is looked for at every stride-th row and column: the last ones were none of the forward pass.",
    hint="How many windows are there? dout has a number for each.",
)
def gradient_at_every_start(dout: Array, x: Array, size: int = 2, stride: int = 2) -> Array:
    rows, cols = (range(0, side, stride) for side in x.shape[2:])
    places = [(top // stride, left // stride, top, left) for top in rows for left in cols]
    return pool_gradient_at(dout, x, places, size)


@form("maxpool_backward", "window-at-every-start")
def gradient_at_every_start_with_ties(dout: Array, x: Array, size: int = 2, stride: int = 2) -> Array:
    rows, cols = (range(0, side, stride) for side in x.shape[2:])
    places = [(top // stride, left // stride, top, left) for top in rows for left in cols]
    return pool_gradient_at(dout, x, places, size, ties="all")


@mistake(
    "maxpool_backward",
    name="window-end-from-the-stride",
    says="A window ends one stride after its start; it should end one window size after it.",
    hint="From `start` to `start + …`: which of the two numbers says how large a window is?",
)
def gradient_window_end_from_the_stride(dout: Array, x: Array, size: int = 2, stride: int = 2) -> Array:
    return pool_gradient_at(dout, x, grid(dout, stride), stride)


@form("maxpool_backward", "window-end-from-the-stride")
def gradient_window_end_from_the_stride_with_ties(
    dout: Array, x: Array, size: int = 2, stride: int = 2
) -> Array:
    return pool_gradient_at(dout, x, grid(dout, stride), stride, ties="all")


@form("maxpool_backward", "square-maps-assumed")
def square_maps_assumed_with_ties(dout: Array, x: Array, size: int = 2, stride: int = 2) -> Array:
    rows = range(dout.shape[2])
    places = [(i, j, i * stride, j * stride) for i in rows for j in rows]
    return pool_gradient_at(dout, x, places, size, ties="all")


@mistake(
    "maxpool_backward",
    name="last-windows-left-out",
    says="The last window of a row or column is left out where it ends exactly at the edge.",
    hint="range does not include its end. How many windows has dout?",
)
def gradient_of_last_windows_left_out(dout: Array, x: Array, size: int = 2, stride: int = 2) -> Array:
    rows, cols = (range(0, side - size, stride) for side in x.shape[2:])
    places = [(top // stride, left // stride, top, left) for top in rows for left in cols]
    return pool_gradient_at(dout, x, places, size)


@form("maxpool_backward", "last-windows-left-out")
def gradient_of_last_windows_left_out_with_ties(
    dout: Array, x: Array, size: int = 2, stride: int = 2
) -> Array:
    rows, cols = (range(0, side - size, stride) for side in x.shape[2:])
    places = [(top // stride, left // stride, top, left) for top in rows for left in cols]
    return pool_gradient_at(dout, x, places, size, ties="all")
