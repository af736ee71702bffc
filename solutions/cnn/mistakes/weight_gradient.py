"""Known mistakes of conv2d_backward: dw and db."""

from __future__ import annotations

import numpy as np

from _gradients import all_three, framed, places, weight_gradient
from grader.testing import mistake

Array = np.ndarray
Gradients = tuple[Array, Array, Array]


@mistake(
    "conv2d_backward",
    name="dw-averaged",
    says="dw is averaged over the images; it is a sum.",
    hint="The loss divides by N already. Nothing is averaged in this function.",
)
def dw_averaged(dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0) -> Gradients:
    dx, dw, db = all_three(dout, x, w, stride, pad)
    return dx, dw / len(x), db


@mistake(
    "conv2d_backward",
    name="dw-averaged-over-places",
    says="dw is averaged over the places of the window; it is a sum.",
    hint="Each place where a weight was used adds its part to that weight's gradient.",
)
def dw_averaged_over_places(dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0) -> Gradients:
    dx, dw, db = all_three(dout, x, w, stride, pad)
    return dx, dw / (dout.shape[2] * dout.shape[3]), db


@mistake(
    "conv2d_backward",
    name="dw-flipped",
    says="dw is flipped in both directions.",
    hint="dw[…, 0, 0] belongs to the weight that met the top-left pixel of each patch.",
)
def dw_flipped(dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0) -> Gradients:
    dx, dw, db = all_three(dout, x, w, stride, pad)
    return dx, dw[:, :, ::-1, ::-1], db


@mistake(
    "conv2d_backward",
    name="dw-overwritten",
    says="dw holds the last place's part only: = replaces what += should add.",
    hint="A weight is used at many places. What happens to the part of the first one?",
)
def dw_overwritten(dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0) -> Gradients:
    dx, _, db = all_three(dout, x, w, stride, pad)
    padded, dw = framed(x, pad), np.zeros(w.shape)
    for n, f, top, left, gradient in places(dout, stride):
        dw[f] = gradient * padded[n, :, top : top + w.shape[2], left : left + w.shape[3]]
    return dx, dw, db


@mistake(
    "conv2d_backward",
    name="dw-of-the-last-image",
    says="dw comes from the last image alone: the batch is not added up.",
    hint="All images used the same weights: their parts are added up.",
)
def dw_of_the_last_image(dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0) -> Gradients:
    dx, _, db = all_three(dout, x, w, stride, pad)
    return dx, weight_gradient(dout[-1:], framed(x, pad)[-1:], w, stride), db


@mistake(
    "conv2d_backward",
    name="dw-of-the-first-channel",
    says="dw is that of channel 0 for every channel.",
    hint="The weights of channel c met the pixels of channel c.",
)
def dw_of_the_first_channel(dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0) -> Gradients:
    dx, dw, db = all_three(dout, x, w, stride, pad)
    return dx, np.repeat(dw[:, :1], w.shape[1], axis=1), db


@mistake(
    "conv2d_backward",
    name="dw-of-the-first-filter",
    says="Only the first filter's dw is filled in; the others stay 0.",
    hint="Each filter has its own map in dout.",
)
def dw_of_the_first_filter(dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0) -> Gradients:
    dx, dw, db = all_three(dout, x, w, stride, pad)
    dw[1:] = 0
    return dx, dw, db


@mistake(
    "conv2d_backward",
    name="dw-from-edge-pixels",
    says="dw is computed with a frame that repeats the image's edge; the frame is zeros.",
    hint="What did the windows see beyond the edge on the way forward?",
)
def dw_from_edge_pixels(dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0) -> Gradients:
    dx, _, db = all_three(dout, x, w, stride, pad)
    edge = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="edge")
    return dx, weight_gradient(dout, edge, w, stride), db


@mistake(
    "conv2d_backward",
    name="dw-without-dout",
    says="dw is the sum of the patches; each must be weighted by its output's gradient.",
    hint="Chain rule: what comes from above must occur in every gradient.",
)
def dw_without_dout(dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0) -> Gradients:
    dx, _, db = all_three(dout, x, w, stride, pad)
    return dx, weight_gradient(np.ones_like(dout), framed(x, pad), w, stride), db


@mistake(
    "conv2d_backward",
    name="dw-zero",
    says="dw is all zeros: nothing is written into it.",
    hint="Which numbers did a weight meet, and how much did each of these outputs count?",
)
def dw_zero(dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0) -> Gradients:
    dx, _, db = all_three(dout, x, w, stride, pad)
    return dx, np.zeros(w.shape), db


@mistake(
    "conv2d_backward",
    name="db-averaged",
    says="db is a mean; it is the sum over images and places.",
    hint="The bias takes part in every output of its map: all their gradients are added.",
)
def db_averaged(dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0) -> Gradients:
    dx, dw, db = all_three(dout, x, w, stride, pad)
    return dx, dw, db / (dout.size / len(w))


@mistake(
    "conv2d_backward",
    name="db-averaged-over-images",
    says="db is divided by the number of images; the loss has done that already.",
    hint="Nothing is averaged in this function.",
)
def db_averaged_over_images(dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0) -> Gradients:
    dx, dw, db = all_three(dout, x, w, stride, pad)
    return dx, dw, db / len(x)


@mistake(
    "conv2d_backward",
    name="db-as-a-column",
    says="db has a second axis, (F, 1); it should be (F,).",
    hint="db has b's shape.",
)
def db_as_a_column(dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0) -> Gradients:
    dx, dw, db = all_three(dout, x, w, stride, pad)
    return dx, dw, db[:, np.newaxis]


@mistake(
    "conv2d_backward",
    name="db-for-every-image",
    says="db is not summed over the images: (N, F) instead of (F,).",
    hint="All images share the bias. Over which axes of dout must you sum?",
)
def db_for_every_image(dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0) -> Gradients:
    dx, dw, _ = all_three(dout, x, w, stride, pad)
    return dx, dw, dout.sum(axis=(2, 3))


@mistake(
    "conv2d_backward",
    name="db-for-every-channel",
    says="db is counted once for each channel.",
    hint="The bias is added once to each output, however many channels there are.",
)
def db_for_every_channel(dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0) -> Gradients:
    dx, dw, db = all_three(dout, x, w, stride, pad)
    return dx, dw, db * x.shape[1]


@mistake(
    "conv2d_backward",
    name="db-one-number",
    says="db is a single number; there is one for each filter.",
    hint="db has b's shape. Which axis of dout must not be summed?",
)
def db_one_number(
    dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0
) -> tuple[Array, Array, float]:
    dx, dw, _ = all_three(dout, x, w, stride, pad)
    return dx, dw, float(dout.sum())
