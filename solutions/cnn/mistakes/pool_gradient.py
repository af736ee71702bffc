"""Known mistakes: the gradient of max pooling (maxpool_backward)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from _windows import pooled
from grader.testing import mistake

Array = np.ndarray


def windows(
    dout: Array, x: Array, size: int, stride: int
) -> Iterator[tuple[int, int, int, int, float, Array]]:
    """(n, c, top, left, gradient, window) for each window."""
    for n, c, i, j in np.ndindex(dout.shape):
        top, left = i * stride, j * stride
        yield n, c, top, left, dout[n, c, i, j], x[n, c, top : top + size, left : left + size]


def first_maximum(window: Array) -> tuple[int, int]:
    return divmod(int(window.argmax()), window.shape[1])


def to_winner(
    dout: Array,
    x: Array,
    size: int,
    stride: int,
    winner: Callable[[Array], tuple[int, int]] = first_maximum,
) -> Array:
    """The gradient of each window at the place that `winner` chooses in it."""
    dx = np.zeros(x.shape)
    for n, c, top, left, gradient, window in windows(dout, x, size, stride):
        u, v = winner(window)
        dx[n, c, top + u, left + v] += gradient
    return dx


@mistake(
    "maxpool_backward",
    name="overwritten-in-overlaps",
    says="Where windows overlap the last one wins: gradients that meet in one pixel are not added up.",
    hint="A pixel may be the maximum of several windows. Is there an = for a +=, or a += with index arrays, "
    "which numpy adds only once for each place?",
)
def overwritten_in_overlaps(dout: Array, x: Array, size: int = 2, stride: int = 2) -> Array:
    dx = np.zeros(x.shape)
    for n, c, top, left, gradient, window in windows(dout, x, size, stride):
        u, v = first_maximum(window)
        dx[n, c, top + u, left + v] = gradient
    return dx


@mistake(
    "maxpool_backward",
    name="every-tied-maximum",
    says="On a tie every maximum gets the whole gradient; only the first one should.",
    hint="A comparison with the maximum is true at several places on a tie. Which one counts?",
)
def every_tied_maximum(dout: Array, x: Array, size: int = 2, stride: int = 2) -> Array:
    dx = np.zeros(x.shape)
    for n, c, top, left, gradient, window in windows(dout, x, size, stride):
        dx[n, c, top : top + size, left : left + size] += gradient * (window == window.max())
    return dx


@mistake(
    "maxpool_backward",
    name="shared-on-ties",
    says="On a tie the gradient is shared; all of it should go to the first maximum.",
    hint="Row by row, the first place that holds the maximum gets everything.",
)
def shared_on_ties(dout: Array, x: Array, size: int = 2, stride: int = 2) -> Array:
    dx = np.zeros(x.shape)
    for n, c, top, left, gradient, window in windows(dout, x, size, stride):
        best = window == window.max()
        dx[n, c, top : top + size, left : left + size] += gradient * best / best.sum()
    return dx


@mistake(
    "maxpool_backward",
    name="last-maximum-on-ties",
    says="On a tie the last maximum gets the gradient; the first one should.",
    hint="Does your comparison let a later, equal number win?",
)
def last_maximum_on_ties(dout: Array, x: Array, size: int = 2, stride: int = 2) -> Array:
    def last(window: Array) -> tuple[int, int]:
        return divmod(window.size - 1 - int(window.ravel()[::-1].argmax()), window.shape[1])

    return to_winner(dout, x, size, stride, last)


@mistake(
    "maxpool_backward",
    name="column-first-on-ties",
    says="On a tie the maximum that comes first column by column gets the gradient.",
    hint="First means row by row. Which of your loops is the inner one?",
)
def column_first_on_ties(dout: Array, x: Array, size: int = 2, stride: int = 2) -> Array:
    return to_winner(dout, x, size, stride, lambda window: first_maximum(window.T)[::-1])


@mistake(
    "maxpool_backward",
    name="spread-evenly",
    says="Each gradient is spread over its whole window: this is average pooling.",
    hint="Which pixel of the window would change the maximum if it changed a little?",
)
def spread_evenly(dout: Array, x: Array, size: int = 2, stride: int = 2) -> Array:
    dx = np.zeros(x.shape)
    for n, c, top, left, gradient, window in windows(dout, x, size, stride):
        dx[n, c, top : top + size, left : left + size] += gradient / window.size
    return dx


@mistake(
    "maxpool_backward",
    name="whole-window",
    says="Every pixel of a window gets its gradient; only the maximum should.",
    hint="Pixels that lost had no influence on the result. What is their gradient?",
)
def whole_window(dout: Array, x: Array, size: int = 2, stride: int = 2) -> Array:
    dx = np.zeros(x.shape)
    for n, c, top, left, gradient, _ in windows(dout, x, size, stride):
        dx[n, c, top : top + size, left : left + size] += gradient
    return dx


@mistake(
    "maxpool_backward",
    name="top-left-pixel",
    says="The gradient goes to each window's first pixel instead of its maximum.",
    hint="argmax tells a place in the window. Is it used where the gradient is written?",
)
def top_left_pixel(dout: Array, x: Array, size: int = 2, stride: int = 2) -> Array:
    return to_winner(dout, x, size, stride, lambda window: (0, 0))


@mistake(
    "maxpool_backward",
    name="minimum-for-maximum",
    says="The gradient goes to the smallest number of each window.",
    hint="Which pixel did the forward pass choose?",
)
def minimum_for_maximum(dout: Array, x: Array, size: int = 2, stride: int = 2) -> Array:
    return to_winner(dout, x, size, stride, lambda window: first_maximum(-window))


@mistake(
    "maxpool_backward",
    name="zero-beats-negative",
    says="Windows in which every number is negative get no gradient: the search for the maximum starts at 0.",
    hint="The maximum of −3 and −5 is −3. With which value may the search begin?",
)
def zero_beats_negative(dout: Array, x: Array, size: int = 2, stride: int = 2) -> Array:
    dx = np.zeros(x.shape)
    for n, c, top, left, gradient, window in windows(dout, x, size, stride):
        if window.max() > 0:
            u, v = first_maximum(window)
            dx[n, c, top + u, left + v] += gradient
    return dx


@mistake(
    "maxpool_backward",
    name="row-and-column-swapped",
    says="Row and column of the maximum are swapped inside the window.",
    hint="An argmax of 1 in a 2×2 window: is that the pixel to the right, or the one below?",
)
def row_and_column_swapped(dout: Array, x: Array, size: int = 2, stride: int = 2) -> Array:
    return to_winner(dout, x, size, stride, lambda window: first_maximum(window)[::-1])


@mistake(
    "maxpool_backward",
    name="window-start-without-stride",
    says="The windows are taken to start at (i, j) instead of (i·stride, j·stride).",
    hint="Which pixel is the top-left corner of window (1, 1) when the stride is 2?",
)
def window_start_without_stride(dout: Array, x: Array, size: int = 2, stride: int = 2) -> Array:
    return to_winner(dout, x, size, 1)


@mistake(
    "maxpool_backward",
    name="size-used-as-stride",
    says="The windows are taken to start at multiples of their size; the stride is not used.",
    hint="Windows may overlap: with size 3 and stride 2, where does the second one start?",
)
def size_used_as_stride(dout: Array, x: Array, size: int = 2, stride: int = 2) -> Array:
    dx = np.zeros(x.shape)
    for n, c, top, left, gradient, window in windows(dout, x, size, size):
        if window.size:
            u, v = first_maximum(window)
            dx[n, c, top + u, left + v] += gradient
    return dx


@mistake(
    "maxpool_backward",
    name="size-and-stride-swapped",
    says="Size and stride are swapped.",
    hint="The size says how many pixels a window covers, the stride how far it moves.",
)
def size_and_stride_swapped(dout: Array, x: Array, size: int = 2, stride: int = 2) -> Array:
    return to_winner(dout, x, stride, size)


@mistake(
    "maxpool_backward",
    name="always-two-by-two",
    says="Windows of 2×2 with stride 2, whatever is asked for.",
    hint="2 is only the default. Do size and stride occur in your code?",
)
def always_two_by_two(dout: Array, x: Array, size: int = 2, stride: int = 2) -> Array:
    return to_winner(dout, x, 2, 2)


@mistake(
    "maxpool_backward",
    name="ones-for-gradients",
    says="Each maximum gets a 1; it should get the gradient of its window.",
    hint="Chain rule: the slope, 1 at the maximum, times what comes from above.",
)
def ones_for_gradients(dout: Array, x: Array, size: int = 2, stride: int = 2) -> Array:
    return to_winner(np.ones_like(dout), x, size, stride)


@mistake(
    "maxpool_backward",
    name="multiplied-by-the-maximum",
    says="Each gradient is multiplied by the maximum itself.",
    hint="The pool passes the maximum on unchanged. What is the slope of that?",
)
def multiplied_by_the_maximum(dout: Array, x: Array, size: int = 2, stride: int = 2) -> Array:
    return to_winner(dout * pooled(x, size, stride), x, size, stride)


@mistake(
    "maxpool_backward",
    name="averaged-over-images",
    says="The gradient is divided by the number of images; the loss has done that already.",
    hint="Each image gets its own gradient back, and nothing is averaged here.",
)
def averaged_over_images(dout: Array, x: Array, size: int = 2, stride: int = 2) -> Array:
    return to_winner(dout, x, size, stride) / len(x)


@mistake(
    "maxpool_backward",
    name="across-channels",
    says="One maximum is looked for across all channels; each channel has its own.",
    hint="Pooling treats every channel on its own, forward and backward.",
)
def across_channels(dout: Array, x: Array, size: int = 2, stride: int = 2) -> Array:
    dx = np.zeros(x.shape)
    for n, _, i, j in np.ndindex(len(x), 1, *dout.shape[2:]):
        top, left = i * stride, j * stride
        block = x[n, :, top : top + size, left : left + size]
        c, u, v = np.unravel_index(block.argmax(), block.shape)
        dx[n, c, top + u, left + v] += dout[n, :, i, j].sum()
    return dx


@mistake(
    "maxpool_backward",
    name="first-image-only",
    says="Only the first image gets gradients; the others stay 0.",
    hint="x holds N images. Which of your loops (or axes) runs over them?",
)
def first_image_only(dout: Array, x: Array, size: int = 2, stride: int = 2) -> Array:
    dx = to_winner(dout, x, size, stride)
    dx[1:] = 0
    return dx


@mistake(
    "maxpool_backward",
    name="cut-to-the-windows",
    says="dx ends where the last window ends; it should have x's shape.",
    hint="Numbers beyond the last window get the gradient 0, but they are there.",
)
def cut_to_the_windows(dout: Array, x: Array, size: int = 2, stride: int = 2) -> Array:
    rows, cols = ((places - 1) * stride + size for places in dout.shape[2:])
    return to_winner(dout, x, size, stride)[:, :, :rows, :cols]


@mistake(
    "maxpool_backward",
    name="enlarged-map",
    says="The pooled map is blown up by repeating: this works only where windows lie side by side.",
    hint="Try a stride that differs from the size. To which window does a pixel belong then?",
)
def enlarged_map(dout: Array, x: Array, size: int = 2, stride: int = 2) -> Array:
    def enlarged(small: Array) -> Array:
        big = np.zeros(x.shape)
        repeated = small.repeat(size, axis=2).repeat(size, axis=3)[:, :, : x.shape[2], : x.shape[3]]
        big[:, :, : repeated.shape[2], : repeated.shape[3]] = repeated
        return big

    return enlarged(dout) * (x == enlarged(pooled(x, size, stride)))


@mistake(
    "maxpool_backward",
    name="integer-buffer",
    says="Fractions are cut off: the array that is filled holds whole numbers only.",
    hint="What type has the array that you create for dx?",
)
def integer_buffer(dout: Array, x: Array, size: int = 2, stride: int = 2) -> Array:
    return to_winner(np.trunc(dout), x, size, stride)


@mistake(
    "maxpool_backward",
    name="all-zero",
    says="dx has the right shape, but it is all zeros: nothing is written into it.",
    hint="The array is prepared; now add each window's gradient in its place.",
)
def all_zero(dout: Array, x: Array, size: int = 2, stride: int = 2) -> Array:
    return np.zeros(x.shape)
