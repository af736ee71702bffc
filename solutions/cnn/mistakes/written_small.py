"""Known mistakes of the smaller exercises as students write them."""

from __future__ import annotations

from typing import Any

import numpy as np

from _stacks import Shape
from _windows import correlate
from counts import Layers, convolutions, count
from forward import dense, features, same
from grader.testing import form, mistake
from loss import chosen, from_probabilities
from pooling import flatten, relu

Array = np.ndarray


def refuses(size: int, kernel: int, stride: int, pad: int) -> bool:
    return min(size, kernel, stride) < 1 or pad < 0 or kernel > size + 2 * pad


@form("output_size", "nothing-refused")
def nothing_refused_but_by_python(size: int, kernel: int, stride: int = 1, pad: int = 0) -> int:
    return (size + 2 * pad - kernel) // stride + 1


@mistake(
    "output_size",
    name="answers-instead-of-raising",
    says="Wrong arguments are answered with a value, such as −1 or None; they must raise a ValueError.",
    hint="`raise` stops the function; `return` and `print` let the caller go on with a wrong number.",
)
def minus_one(size: int, kernel: int, stride: int = 1, pad: int = 0) -> Any:
    return -1 if refuses(size, kernel, stride, pad) else (size + 2 * pad - kernel) // stride + 1


@form("output_size", "answers-instead-of-raising")
def nothing(size: int, kernel: int, stride: int = 1, pad: int = 0) -> Any:
    return None if refuses(size, kernel, stride, pad) else (size + 2 * pad - kernel) // stride + 1


@form("output_size", "answers-instead-of-raising")
def zero(size: int, kernel: int, stride: int = 1, pad: int = 0) -> Any:
    return 0 if refuses(size, kernel, stride, pad) else (size + 2 * pad - kernel) // stride + 1


@form("output_size", "answers-instead-of-raising")
def an_error(size: int, kernel: int, stride: int = 1, pad: int = 0) -> Any:
    return ValueError() if refuses(size, kernel, stride, pad) else (size + 2 * pad - kernel) // stride + 1


@mistake(
    "output_size",
    name="rest-refused",
    says="Sizes that leave a rest are refused; the rest is to be ignored.",
    hint="Windows that do not fit are dropped: // does that by itself. Which line stops instead?",
)
def rest_refused(size: int, kernel: int, stride: int = 1, pad: int = 0) -> int:
    if refuses(size, kernel, stride, pad):
        raise ValueError
    assert (size + 2 * pad - kernel) % stride == 0
    return (size + 2 * pad - kernel) // stride + 1


@form("output_size", "rest-refused")
def rest_is_a_value_error(size: int, kernel: int, stride: int = 1, pad: int = 0) -> int:
    if refuses(size, kernel, stride, pad) or (size + 2 * pad - kernel) % stride:
        raise ValueError
    return (size + 2 * pad - kernel) // stride + 1


def products(image: Array, kernel: Array, row: int, col: int, rows: int, cols: int) -> float:
    return float(sum(image[row + i, col + j] * kernel[i, j] for i in range(rows) for j in range(cols)))


@form("conv_at", "square-kernel-assumed")
def height_for_both_loops(image: Array, kernel: Array, row: int, col: int) -> float:
    return products(image, kernel, row, col, len(kernel), len(kernel))


@mistake(
    "conv_at",
    name="kernel-width-for-its-height",
    says="The kernel is treated as square: its width is used for its height, too.",
    hint="A kernel has two sides. Which one belongs to which loop?",
)
def width_for_both_loops(image: Array, kernel: Array, row: int, col: int) -> float:
    return products(image, kernel, row, col, kernel.shape[1], kernel.shape[1])


@mistake(
    "conv_at",
    name="first-row-only",
    says="Only the first row of the kernel counts: the function returns before it comes to the others.",
    hint="How far is the return indented? Inside the loop it ends the loop.",
)
def first_row_only(image: Array, kernel: Array, row: int, col: int) -> float:
    return products(image, kernel, row, col, 1, kernel.shape[1])


@form("conv_at", "centred-patch")
def centred_patch_from_behind(image: Array, kernel: Array, row: int, col: int) -> float:
    """An index below 0 counts from the end."""
    kh, kw = kernel.shape
    return products(image, kernel, row - kh // 2, col - kw // 2, kh, kw)


@form("conv2d_single", "square-image-assumed")
def one_size_for_both(image: Array, kernel: Array) -> Array:
    side = len(image) - len(kernel) + 1
    return each_window(image, kernel, side, side)


@form("conv2d_single", "square-image-assumed")
def columns_from_the_height(image: Array, kernel: Array) -> Array:
    return each_window(image, kernel, len(image) - len(kernel) + 1, len(image) - kernel.shape[1] + 1)


@form("conv2d_single", "square-image-assumed")
def one_side_of_each(image: Array, kernel: Array) -> Array:
    side = len(image) - len(kernel) + 1
    return each_window(image, kernel, side, side, len(kernel))


@mistake(
    "conv2d_single",
    name="rows-from-the-width",
    says="The number of rows is computed from the image's width.",
    hint="Height and width each have their own size. Which shape entries do you use?",
)
def rows_from_the_width(image: Array, kernel: Array) -> Array:
    side = image.shape[1] - kernel.shape[1] + 1
    return each_window(image, kernel, side, side)


@form("conv2d_single", "rows-from-the-width")
def rows_from_the_width_and_the_kernels_height(image: Array, kernel: Array) -> Array:
    rows, cols = (image.shape[1] - side + 1 for side in kernel.shape)
    return each_window(image, kernel, rows, cols)


def each_window(image: Array, kernel: Array, rows: int, cols: int, width: int = 0) -> Array:
    out, (kh, kw) = np.zeros((rows, cols)), kernel.shape
    for r, c in np.ndindex(rows, cols):
        out[r, c] = np.sum(image[r : r + kh, c : c + (width or kw)] * kernel)
    return out


@form("conv2d_single", "square-kernel-assumed")
def pixel_by_pixel(image: Array, kernel: Array) -> Array:
    side = len(kernel)
    out = np.zeros([length - side + 1 for length in image.shape])
    for r, c in np.ndindex(*out.shape):
        out[r, c] = products(image, kernel, r, c, side, side)
    return out


@form("conv2d_single", "kernel-transposed")
def multiplied_as_it_is(image: Array, kernel: Array) -> Array:
    kh, kw = kernel.shape
    windows = np.lib.stride_tricks.sliding_window_view(image, (kh, kw))
    return (windows * kernel.T).sum(axis=(-2, -1))


@mistake(
    "conv2d_single",
    name="windows-cut-at-the-edge",
    says="The result has the image's size: windows that stick out are cut instead of left out.",
    hint="With no padding the map is smaller than the image. Where does the last window begin that fits?",
)
def windows_cut_at_the_edge(image: Array, kernel: Array) -> Array:
    kh, kw = kernel.shape
    return correlate(np.pad(image, ((0, kh - 1), (0, kw - 1))), kernel)


@mistake(
    "zero_pad",
    name="axes-one-and-two",
    says="Axes 1 and 2 are padded, as if the channels came last: here they come before height and width.",
    hint="Print x.shape. Which axes are height and width?",
)
def axes_one_and_two(x: Array, pad: int) -> Array:
    return np.pad(x, ((0, 0), (pad, pad), (pad, pad), (0, 0)))


@mistake(
    "param_count",
    name="no-biases-anywhere",
    says="Biases are not counted, neither those of the convolutions nor those of the dense layers.",
    hint="Each filter, and each unit of a dense layer, has one number more than its weights.",
)
def no_biases_anywhere(layers: Layers, input_shape: Shape) -> int:
    units = sum(layer[1] for layer in layers if layer[0] in ("conv", "dense"))
    return count(layers, input_shape) - units


@mistake(
    "param_count",
    name="one-bias-for-each-layer",
    says="Each layer is given a single bias; each of its filters or units has one.",
    hint="How long is b for a layer of 8 filters?",
)
def one_bias_for_each_layer(layers: Layers, input_shape: Shape) -> int:
    return count(layers, input_shape) - sum(l[1] - 1 for l in layers if l[0] in ("conv", "dense"))  # noqa: E741


@mistake(
    "param_count",
    name="dense-after-dense-sees-the-maps",
    says="A dense layer after another one is counted as if it still got the flattened maps.",
    hint="What does the second dense layer get: pixels, or the units of the one before?",
)
def dense_after_dense_sees_the_maps(layers: Layers, input_shape: Shape) -> int:
    sizes = [layer[1] for layer in layers if layer[0] == "dense"]
    if len(sizes) < 2:
        return count(layers, input_shape)
    first = layers.index(("dense", sizes[0]))
    rest = count(layers[:first], input_shape)
    seen = (count(layers[: first + 1], input_shape) - rest) // sizes[0]
    return rest + seen * sum(sizes)


@mistake(
    "conv_matrix",
    name="row-from-the-height",
    says="The matrix's row is computed with the number of output rows; it takes the number of columns.",
    hint="Output (r, c) comes after all outputs of the rows above. How many are in one row?",
)
def row_from_the_height(kernel: Array, height: int, width: int) -> Array:
    kh, kw = kernel.shape
    rows, cols = height - kh + 1, width - kw + 1
    matrix = np.zeros((rows * cols, height * width))
    for r, c in np.ndindex(rows, cols):
        for i, j in np.ndindex(kh, kw):
            matrix[r * rows + c, (r + i) * width + c + j] = kernel[i, j]
    return matrix


@form("softmax_loss", "largest-of-the-batch-subtracted")
def largest_of_the_batch_and_a_small_number(logits: Array, labels: Array) -> tuple[Any, Array]:
    with np.errstate(all="ignore"):
        p = np.exp(logits - logits.max())
        p = p / p.sum(axis=1, keepdims=True)
        return from_probabilities(p, labels, np.log(chosen(p, labels) + 1e-8))


@form("softmax_loss", "softmax-down-the-batch")
def largest_of_all_subtracted(logits: Array, labels: Array) -> tuple[Any, Array]:
    with np.errstate(all="ignore"):
        p = np.exp(logits - logits.max())
        p = p / p.sum(axis=0)
        return from_probabilities(p, labels, np.log(chosen(p, labels)))


def without_relu(params: dict[str, Array], x: Array, number: int) -> Array:
    after = [relu] * 4
    after[number - 1] = same
    return dense(params, flatten(features(params, x, after=tuple(after))))


@mistake(
    "cnn_forward",
    name="first-relu-missing",
    says="The first convolution has no ReLU.",
    hint="All four convolutions are followed by a ReLU.",
)
def first_relu_missing(params: dict[str, Array], x: Array) -> Array:
    return without_relu(params, x, 1)


@mistake(
    "cnn_forward",
    name="second-relu-missing",
    says="The second convolution has no ReLU.",
    hint="All four convolutions are followed by a ReLU.",
)
def second_relu_missing(params: dict[str, Array], x: Array) -> Array:
    return without_relu(params, x, 2)


@mistake(
    "cnn_forward",
    name="third-relu-missing",
    says="The third convolution has no ReLU.",
    hint="All four convolutions are followed by a ReLU.",
)
def third_relu_missing(params: dict[str, Array], x: Array) -> Array:
    return without_relu(params, x, 3)
