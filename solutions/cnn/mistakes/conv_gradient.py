"""Known mistakes of conv2d_backward: dx, and what spoils all three gradients."""

from __future__ import annotations

import numpy as np

from _gradients import all_three, cropped, framed, input_gradient, padded_gradient, places, weight_gradient
from grader.testing import mistake

Array = np.ndarray
Gradients = tuple[Array, Array, Array]


@mistake(
    "conv2d_backward",
    name="minus-zero-crop",
    says="For pad = 0 nothing is left of dx: a slice that ends at -0 is empty.",
    hint="[pad:-pad] with pad = 0 selects nothing. Count the slice's end from the front.",
)
def minus_zero_crop(dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0) -> Gradients:
    _, dw, db = all_three(dout, x, w, stride, pad)
    padded = padded_gradient(dout, framed(x, pad).shape, w, stride)
    return padded[:, :, pad:-pad, pad:-pad], dw, db


@mistake(
    "conv2d_backward",
    name="frame-not-cropped",
    says="dx still has the frame of the padding; it should have x's shape.",
    hint="The frame is no part of x: what it got is thrown away.",
)
def frame_not_cropped(dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0) -> Gradients:
    _, dw, db = all_three(dout, x, w, stride, pad)
    return padded_gradient(dout, framed(x, pad).shape, w, stride), dw, db


@mistake(
    "conv2d_backward",
    name="cropped-from-the-corner",
    says="dx is cut out of the padded gradient's corner instead of its middle.",
    hint="Where does pixel (0, 0) of the image lie in the padded one?",
)
def cropped_from_the_corner(dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0) -> Gradients:
    _, dw, db = all_three(dout, x, w, stride, pad)
    padded = padded_gradient(dout, framed(x, pad).shape, w, stride)
    return padded[:, :, : x.shape[2], : x.shape[3]], dw, db


@mistake(
    "conv2d_backward",
    name="cropped-on-two-sides",
    says="Only the top and the left part of the frame are cut off dx.",
    hint="The frame has four sides. What is the shape of dx?",
)
def cropped_on_two_sides(dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0) -> Gradients:
    _, dw, db = all_three(dout, x, w, stride, pad)
    return padded_gradient(dout, framed(x, pad).shape, w, stride)[:, :, pad:, pad:], dw, db


@mistake(
    "conv2d_backward",
    name="overwritten-in-overlaps",
    says="dx is overwritten where patches overlap: = replaces what += should add.",
    hint="A pixel takes part in several windows. What happens to the first share it got?",
)
def overwritten_in_overlaps(dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0) -> Gradients:
    _, dw, db = all_three(dout, x, w, stride, pad)
    padded = np.zeros(framed(x, pad).shape)
    for n, f, top, left, gradient in places(dout, stride):
        padded[n, :, top : top + w.shape[2], left : left + w.shape[3]] = gradient * w[f]
    return cropped(padded, x, pad), dw, db


@mistake(
    "conv2d_backward",
    name="last-filter-only",
    says="dx comes from the last filter alone: what the others send is lost.",
    hint="Every filter saw the pixel: their shares are added up.",
)
def last_filter_only(dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0) -> Gradients:
    _, dw, db = all_three(dout, x, w, stride, pad)
    return input_gradient(dout[:, -1:], x, w[-1:], stride, pad), dw, db


@mistake(
    "conv2d_backward",
    name="first-filter-only",
    says="dx comes from the first filter alone.",
    hint="Every filter saw the pixel: their shares are added up.",
)
def first_filter_only(dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0) -> Gradients:
    _, dw, db = all_three(dout, x, w, stride, pad)
    return input_gradient(dout[:, :1], x, w[:1], stride, pad), dw, db


@mistake(
    "conv2d_backward",
    name="kernel-flipped-in-dx",
    says="dx comes out as if the kernel were turned by 180°.",
    hint="Patch by patch, the weight that met a pixel on the way forward is the one that it gets its share by: w as "
    "it is. Only a full convolution over dout needs w flipped.",
)
def kernel_flipped_in_dx(dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0) -> Gradients:
    _, dw, db = all_three(dout, x, w, stride, pad)
    return input_gradient(dout, x, w[:, :, ::-1, ::-1], stride, pad), dw, db


@mistake(
    "conv2d_backward",
    name="kernel-transposed-in-dx",
    says="dx uses the transposed kernel: its rows as columns.",
    hint="The weight [u, v] belongs u rows down and v columns across.",
)
def kernel_transposed_in_dx(dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0) -> Gradients:
    _, dw, db = all_three(dout, x, w, stride, pad)
    turned = np.zeros_like(w)
    side = min(w.shape[2:])
    turned[:, :, :side, :side] = w[:, :, :side, :side].transpose(0, 1, 3, 2)
    return input_gradient(dout, x, turned, stride, pad), dw, db


@mistake(
    "conv2d_backward",
    name="first-channel-weights-in-dx",
    says="dx uses the weights of channel 0 for every channel.",
    hint="Each channel gets its share by its own weights.",
)
def first_channel_weights_in_dx(dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0) -> Gradients:
    _, dw, db = all_three(dout, x, w, stride, pad)
    return input_gradient(dout, x, np.repeat(w[:, :1], w.shape[1], axis=1), stride, pad), dw, db


@mistake(
    "conv2d_backward",
    name="dx-averaged",
    says="dx is divided by the number of images; the loss has done that already.",
    hint="Nothing is averaged in this function.",
)
def dx_averaged(dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0) -> Gradients:
    dx, dw, db = all_three(dout, x, w, stride, pad)
    return dx / len(x), dw, db


@mistake(
    "conv2d_backward",
    name="dx-cut-to-the-windows",
    says="dx ends where the last window ends: where the stride leaves a rest, rows and columns are missing.",
    hint="dx has x's shape, always. Pixels that no window covers get 0.",
)
def dx_cut_to_the_windows(dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0) -> Gradients:
    _, dw, db = all_three(dout, x, w, stride, pad)
    rows, cols = ((dout.shape[i] - 1) * stride + w.shape[i] for i in (2, 3))
    padded = padded_gradient(dout, (*x.shape[:2], rows, cols), w, stride)
    return padded[:, :, pad : max(rows - pad, pad), pad : max(cols - pad, pad)], dw, db


@mistake(
    "conv2d_backward",
    name="dx-zero",
    says="dx is all zeros: nothing is written into it.",
    hint="Every output sends its gradient back to the pixels of its patch.",
)
def dx_zero(dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0) -> Gradients:
    _, dw, db = all_three(dout, x, w, stride, pad)
    return np.zeros(x.shape), dw, db


@mistake(
    "conv2d_backward",
    name="stride-ignored",
    says="The stride is ignored: the patches are taken to start at (i, j).",
    hint="Which pixel is the top-left corner of window (1, 1) when the stride is 2?",
)
def stride_ignored(dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0) -> Gradients:
    return all_three(dout, x, w, 1, pad)


@mistake(
    "conv2d_backward",
    name="pad-ignored",
    says="The padding is ignored: the patches are taken from the bare image.",
    hint="Forward, the windows moved over the padded image; backward they must, too.",
)
def pad_ignored(dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0) -> Gradients:
    dx = padded_gradient(dout, x.shape, w, stride)
    room = [max(x.shape[i], (dout.shape[i] - 1) * stride + w.shape[i]) for i in (2, 3)]
    bare = np.zeros((*x.shape[:2], *room))
    bare[:, :, : x.shape[2], : x.shape[3]] = x
    return dx, weight_gradient(dout, bare, w, stride), dout.sum(axis=(0, 2, 3))


@mistake(
    "conv2d_backward",
    name="always-padded-by-one",
    says="A padding of 1 is taken for granted, whatever pad is.",
    hint="The frame is as wide as pad says; 0 means no frame.",
)
def always_padded_by_one(dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0) -> Gradients:
    return all_three(dout, x, w, stride, 1)


@mistake(
    "conv2d_backward",
    name="rows-and-columns-swapped",
    says="Row and column of the output are swapped when the patch's corner is computed.",
    hint="The output's first index goes down the image, in dout as in x.",
)
def rows_and_columns_swapped(dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0) -> Gradients:
    padded = framed(x, pad)
    dpadded, dw = np.zeros(padded.shape), np.zeros(w.shape)
    for n, f, left, top, gradient in places(dout, stride):
        patch = padded[n, :, top : top + w.shape[2], left : left + w.shape[3]]
        rows, cols = patch.shape[1:]
        dw[f, :, :rows, :cols] += gradient * patch
        dpadded[n, :, top : top + rows, left : left + cols] += gradient * w[f][:, :rows, :cols]
    return cropped(dpadded, x, pad), dw, dout.sum(axis=(0, 2, 3))


@mistake(
    "conv2d_backward",
    name="first-image-only",
    says="Only the first image counts; the others get no gradient and give none.",
    hint="x holds N images. Which of your loops (or axes) runs over them?",
)
def first_image_only(dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0) -> Gradients:
    alone = np.zeros_like(dout)
    alone[0] = dout[0]
    return all_three(alone, x, w, stride, pad)


@mistake(
    "conv2d_backward",
    name="order-of-results",
    says="dx and dw are swapped: the order is dx, dw, db.",
    hint="Compare the order of your return values with the docstring.",
)
def order_of_results(dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0) -> Gradients:
    dx, dw, db = all_three(dout, x, w, stride, pad)
    return dw, dx, db


@mistake(
    "conv2d_backward",
    name="dx-only",
    says="Only dx is returned; dw and db are missing.",
    hint="Three gradients are asked for, one for each argument of the layer.",
)
def dx_only(dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0) -> Array:
    return all_three(dout, x, w, stride, pad)[0]


@mistake(
    "conv2d_backward",
    name="bias-gradient-missing",
    says="db is missing: only dx and dw are returned.",
    hint="The bias is an argument of the layer, too.",
)
def bias_gradient_missing(
    dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0
) -> tuple[Array, Array]:
    dx, dw, _ = all_three(dout, x, w, stride, pad)
    return dx, dw


@mistake(
    "conv2d_backward",
    name="all-zero",
    says="All three gradients are zeros: nothing is written into them.",
    hint="The arrays are prepared; now fill them. db is the easiest one.",
)
def all_zero(dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0) -> Gradients:
    return np.zeros(x.shape), np.zeros(w.shape), np.zeros(len(w))


@mistake(
    "conv2d_backward",
    name="integer-buffer",
    says="Fractions are cut off: the arrays that are filled hold whole numbers only.",
    hint="What type have the arrays that you create for the gradients?",
)
def integer_buffer(dout: Array, x: Array, w: Array, stride: int = 1, pad: int = 0) -> Gradients:
    dx, dw, db = all_three(dout, x, w, stride, pad)
    return np.trunc(dx), np.trunc(dw), np.trunc(db)
