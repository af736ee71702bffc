"""Known mistakes of conv2d_backward as students write them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from _gradients import all_three, cropped, framed, weight_gradient
from _written import gradients_at
from grader.testing import form, mistake

Array = np.ndarray
Gradients = tuple[Array, Array, Array]


def grid(dout: Array, stride: int) -> Iterator[tuple[int, int, int, int]]:
    """(i, j, top, left) of each window, row by row."""
    for i, j in np.ndindex(*dout.shape[2:]):
        yield i, j, i * stride, j * stride


@form("conv2d_backward", "minus-zero-crop")
def empty_slice_into_dx(dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0) -> Gradients:
    """Assigned or added to an array of x's shape, whole or image by image: numpy refuses all of these."""
    if pad == 0:
        raise ValueError
    return all_three(dout, x, w, stride, pad)


@mistake(
    "conv2d_backward",
    name="frame-always-one",
    says="A frame of 1 is put around x, and cut off dx, whatever pad is.",
    hint="Which number stands where the zeros are put around the image? Try pad = 0 and pad = 2.",
)
def frame_always_one(dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0) -> Gradients:
    dpadded, dw, db = gradients_at(dout, framed(x, 1), w, grid(dout, stride))
    return dpadded[:, :, 1:-1, 1:-1], dw, db


@form("conv2d_backward", "frame-always-one")
def frame_always_one_cut(dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0) -> Gradients:
    wide = framed(x, 1 + w.shape[2] + w.shape[3] + stride * max(dout.shape))
    inside = wide.shape[2] - x.shape[2]
    wide = wide[:, :, inside // 2 - 1 :, inside // 2 - 1 :]
    dpadded, dw, db = gradients_at(dout, wide, w, grid(dout, stride))
    return dpadded[:, :, 1 : 1 + x.shape[2], 1 : 1 + x.shape[3]], dw, db


@form("conv2d_backward", "frame-always-one")
def frame_always_one_cropped_by_pad(dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0) -> Gradients:
    dpadded, dw, db = gradients_at(dout, framed(x, 1), w, grid(dout, stride))
    return cropped(dpadded, x, pad), dw, db


def overwritten(
    dout: Array, x: Array, w: Array, stride: int, pad: int, *, rows_first: bool, filters_added: bool
) -> Gradients:
    _, dw, db = all_three(dout, x, w, stride, pad)
    dpadded = np.zeros(framed(x, pad).shape)
    order = grid(dout, stride) if rows_first else sorted(grid(dout, stride), key=lambda at: (at[1], at[0]))
    for i, j, top, left in order:
        share = dout[:, :, i, j] if filters_added else np.eye(len(w))[-1] * dout[:, :, i, j]
        at = np.s_[:, :, top : top + w.shape[2], left : left + w.shape[3]]
        dpadded[at] = np.einsum("nf,fchw->nchw", share, w)
    return cropped(dpadded, x, pad), dw, db


@form("conv2d_backward", "overwritten-in-overlaps")
def overwritten_by_columns(dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0) -> Gradients:
    return overwritten(dout, x, w, stride, pad, rows_first=False, filters_added=False)


@form("conv2d_backward", "overwritten-in-overlaps")
def overwritten_by_sums(dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0) -> Gradients:
    return overwritten(dout, x, w, stride, pad, rows_first=True, filters_added=True)


@form("conv2d_backward", "overwritten-in-overlaps")
def overwritten_by_sums_by_columns(
    dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0
) -> Gradients:
    return overwritten(dout, x, w, stride, pad, rows_first=False, filters_added=True)


@mistake(
    "conv2d_backward",
    name="square-maps-assumed",
    says="The loops run over as many columns of dout as it has rows.",
    hint="Height and width each have their own size. Which entries of dout.shape do you use?",
)
def square_maps_assumed(dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0) -> Gradients:
    rows = range(dout.shape[2])
    places = [(i, j, i * stride, j * stride) for i in rows for j in rows]
    dpadded, dw, _ = gradients_at(dout, framed(x, pad), w, places)
    return cropped(dpadded, x, pad), dw, dout.sum(axis=(0, 2, 3))


@form("conv2d_backward", "square-maps-assumed")
def square_maps_assumed_in_db(dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0) -> Gradients:
    dx, dw, _ = square_maps_assumed(dout, x, w, stride, pad)
    return dx, dw, dout[:, :, :, : dout.shape[2]].sum(axis=(0, 2, 3))


@mistake(
    "conv2d_backward",
    name="window-at-every-start",
    says="A window is looked for at every stride-th pixel of the image; dout says which windows there were.",
    hint="How many windows are there? dout has a number for each.",
)
def window_at_every_start(dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0) -> Gradients:
    return at_every_start(dout, x, w, stride, pad, [range(0, side, stride) for side in x.shape[2:]])


@form("conv2d_backward", "window-at-every-start")
def window_at_every_start_of_the_frame(
    dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0
) -> Gradients:
    return at_every_start(dout, x, w, stride, pad, [range(0, side + 2 * pad, stride) for side in x.shape[2:]])


def at_every_start(
    dout: Array, x: Array, w: Array, stride: int, pad: int, starts: list[range]
) -> Gradients:
    places = [(top // stride, left // stride, top, left) for top in starts[0] for left in starts[1]]
    dpadded, dw, db = gradients_at(dout, framed(x, pad), w, places)
    return cropped(dpadded, x, pad), dw, db


@mistake(
    "conv2d_backward",
    name="rest-refused",
    says="Inputs on which the windows leave rows or columns over are refused; those get the gradient 0.",
    hint="Windows that do not fit were dropped on the way forward. Which line stops instead?",
)
def rest_refused(dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0) -> Gradients:
    assert all((s + 2 * pad - k) % stride == 0 for s, k in zip(x.shape[2:], w.shape[2:], strict=True))
    return all_three(dout, x, w, stride, pad)


@mistake(
    "conv2d_backward",
    name="dw-from-the-bare-image",
    says="dw is computed from the image without its frame.",
    hint="Forward, the weights met the padded image: which array must the patches come from?",
)
def dw_from_the_bare_image(dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0) -> Gradients:
    dx, _, db = all_three(dout, x, w, stride, pad)
    wide = np.zeros((*x.shape[:2], x.shape[2] + 2 * pad, x.shape[3] + 2 * pad))
    wide[:, :, : x.shape[2], : x.shape[3]] = x
    return dx, weight_gradient(dout, wide, w, stride), db


@mistake(
    "conv2d_backward",
    name="db-of-all-filters-together",
    says="db adds up all filters: each one gets the same number.",
    hint="Filter f has its own bias, which touches map f alone. Over which axes of dout do you add?",
)
def db_of_all_filters_together(dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0) -> Gradients:
    dx, dw, _ = all_three(dout, x, w, stride, pad)
    return dx, dw, np.full(len(w), dout.sum())


@mistake(
    "conv2d_backward",
    name="db-zero",
    says="db is all zeros: nothing is written into it.",
    hint="Each bias is added to every number of its map. What does that make its gradient?",
)
def db_zero(dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0) -> Gradients:
    dx, dw, _ = all_three(dout, x, w, stride, pad)
    return dx, dw, np.zeros(len(w))
