"""What is true of one call: the dimensions along which right and wrong calls are told apart.

A fact has a name and two phrases, for when it does not hold and when it does: "pad is 0", "pad is above 0".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

Facts = dict[str, bool]

#: fact → (phrase where it does not hold, phrase where it does)
PHRASES: Mapping[str, tuple[str, str]] = {
    "default": ("every argument is given", "an argument is left to its default"),
    "pad>0": ("pad is 0", "pad is above 0"),
    "pad!=1": ("pad is 1", "pad is not 1"),
    "pad>1": ("pad is 0 or 1", "pad is above 1"),
    "stride>1": ("stride is 1", "stride is above 1"),
    "stride>2": ("stride is 1 or 2", "stride is above 2"),
    "n>1": ("there is one image", "there are several images"),
    "c>1": ("there is one channel", "there are several channels"),
    "f>1": ("there is one filter", "there are several filters"),
    "n!=c": ("there are as many images as channels", "images and channels differ in number"),
    "f!=c": ("there are as many filters as channels", "filters and channels differ in number"),
    "biased": ("the bias is 0", "the bias is not 0"),
    "h!=w": ("the image is square", "the image is not square"),
    "h>w": ("the image is not higher than wide", "the image is higher than wide"),
    "w>h": ("the image is not wider than high", "the image is wider than high"),
    "oh!=ow": ("the result has as many rows as columns", "the result has more rows than columns, or fewer"),
    "kh!=kw": ("the filter is square", "the filter is not square"),
    "k>1": ("the filter is 1×1", "the filter is larger than 1×1"),
    "kh>1": ("the filter has one row", "the filter has several rows"),
    "kw>1": ("the filter has one column", "the filter has several columns"),
    "fills": ("the filter is smaller than the image", "the filter is as high or as wide as the image"),
    "remainder": ("the windows end exactly at the edge", "rows or columns are left over at the edge"),
    "remainder-rows": ("no rows are left over at the bottom", "rows are left over at the bottom"),
    "remainder-cols": ("no columns are left over at the right", "columns are left over at the right"),
    "negative": ("no value is negative", "some values are negative"),
    "x-negative": ("no value of x is negative", "some values of x are negative"),
    "x-all-negative": ("some value of x is not negative", "all values of x are negative"),
    "dout-negative": ("no value of dout is negative", "some values of dout are negative"),
    "x-zero": ("x holds no 0", "x holds a 0"),
    "fractions": ("all values are whole numbers", "some values are not whole numbers"),
    "ties": ("no window has a tied maximum", "some window has a tied maximum"),
    "overlap": ("windows do not overlap", "windows overlap (stride < size)"),
    "gaps": ("there are no gaps between windows", "there are gaps between windows (stride > size)"),
    "size!=stride": ("size and stride are the same", "size and stride differ"),
    "size!=2": ("size is 2", "size is not 2"),
    "size>1": ("size is 1", "size is above 1"),
    "stride!=2": ("stride is 2", "stride is not 2"),
    "one-window": ("there are several windows", "the window is as high or as wide as the image"),
    "row>0": ("row is 0", "row is above 0"),
    "col>0": ("col is 0", "col is above 0"),
    "row!=col": ("row and col are the same", "row and col differ"),
    "at-end": (
        "the patch does not touch the bottom or right edge",
        "the patch touches the bottom or right edge",
    ),
    "ndim=2": ("x does not have two axes", "x has two axes"),
    "ndim=4": ("x does not have four axes", "x has four axes"),
    "ndim>2": ("x has two axes", "x has more than two axes"),
    "ndim>4": ("x has at most four axes", "x has more than four axes"),
    "invalid": ("there is a size to be returned", "the arguments must be refused"),
    "size<1": ("size is 1 or more", "size is below 1"),
    "kernel<1": ("kernel is 1 or more", "kernel is below 1"),
    "stride<1": ("stride is 1 or more", "stride is below 1"),
    "pad<0": ("pad is 0 or more", "pad is below 0"),
    "too-long": ("the kernel fits", "the kernel is longer than size + 2·pad"),
    "kernel>size": ("the kernel is not longer than size", "the kernel is longer than size"),
    "just-fits": ("the kernel does not fill size + 2·pad", "the kernel fills size + 2·pad exactly"),
    "conv": ("there is no conv layer", "there is a conv layer"),
    "convs": ("there is at most one conv layer", "there are several conv layers"),
    "pool": ("there is no maxpool layer", "there is a maxpool layer"),
    "pool-size!=stride": ("every pool has its size as stride", "a pool has another stride than its size"),
    "flatten": ("there is no flatten layer", "there is a flatten layer"),
    "dense": ("there is no dense layer", "there is a dense layer"),
    "denses": ("there is at most one dense layer", "there are several dense layers"),
    "relu": ("there is no relu layer", "there is a relu layer"),
    "conv-padded": ("no conv layer has padding", "a conv layer has padding"),
    "conv-strided": ("every conv layer has stride 1", "a conv layer has a stride above 1"),
    "big-logits": ("the logits are small", "the logits are in the hundreds or more"),
    "rows>1": ("there is one row of logits", "there are several rows of logits"),
    "classes>2": ("there are two classes", "there are more than two classes"),
    "odd": ("each pool divides its map evenly", "a pool has rows or columns left over"),
}


def _negative(*arrays: Any) -> bool:
    return any(bool((np.asarray(a) < 0).any()) for a in arrays)


def _fractions(*arrays: Any) -> bool:
    return any(bool((np.asarray(a) % 1 != 0).any()) for a in arrays)


def _output_size(size: int, kernel: int, stride: int = 1, pad: int = 0) -> Facts:
    proper = size >= 1 and kernel >= 1 and stride >= 1 and pad >= 0
    reach = size + 2 * pad - kernel
    return {
        "invalid": not proper or reach < 0,
        "size<1": size < 1,
        "kernel<1": kernel < 1,
        "stride<1": stride < 1,
        "pad<0": pad < 0,
        "too-long": proper and reach < 0,
        "kernel>size": kernel > size,
        "just-fits": reach == 0,
        "pad>0": pad > 0,
        "stride>1": stride > 1,
        "remainder": proper and reach > 0 and reach % stride != 0,
    }


def _conv_at(image: Any, kernel: Any, row: int, col: int) -> Facts:
    (h, w), (kh, kw) = image.shape, kernel.shape
    return _plane(h, w, kh, kw) | {
        "row>0": row > 0,
        "col>0": col > 0,
        "row!=col": row != col,
        "at-end": row + kh == h or col + kw == w,
        "negative": _negative(image, kernel),
        "fractions": _fractions(image, kernel),
    }


def _plane(h: int, w: int, kh: int, kw: int) -> Facts:
    return {
        "h!=w": h != w,
        "h>w": h > w,
        "w>h": w > h,
        "kh!=kw": kh != kw,
        "k>1": max(kh, kw) > 1,
        "kh>1": kh > 1,
        "kw>1": kw > 1,
        "fills": kh >= h or kw >= w,
    }


def _conv2d_single(image: Any, kernel: Any) -> Facts:
    more = {"negative": _negative(image, kernel), "fractions": _fractions(image, kernel)}
    return _plane(*image.shape, *kernel.shape) | more


def _conv_matrix(kernel: Any, height: int, width: int) -> Facts:
    return _plane(height, width, *kernel.shape) | {
        "negative": _negative(kernel),
        "fractions": _fractions(kernel),
    }


def _zero_pad(x: Any, pad: int) -> Facts:
    h, w = x.shape[-2:]
    return {
        "pad>0": pad > 0,
        "pad!=1": pad != 1,
        "pad>1": pad > 1,
        "ndim>2": x.ndim > 2,
        "ndim=4": x.ndim == 4,
        "ndim>4": x.ndim > 4,
        "h!=w": h != w,
        "negative": _negative(x),
        "fractions": _fractions(x),
    }


def _conv(x: Any, w: Any, stride: int, pad: int) -> Facts:
    (n, c, h, width), (f, _, kh, kw) = x.shape, w.shape
    down, across = h + 2 * pad - kh, width + 2 * pad - kw
    rows, cols = down % stride != 0, across % stride != 0
    return _plane(h, width, kh, kw) | {
        "oh!=ow": down // stride != across // stride,
        "pad>0": pad > 0,
        "pad!=1": pad != 1,
        "pad>1": pad > 1,
        "stride>1": stride > 1,
        "stride>2": stride > 2,
        "n>1": n > 1,
        "c>1": c > 1,
        "n!=c": n != c,
        "f>1": f > 1,
        "f!=c": f != c,
        "remainder": rows or cols,
        "remainder-rows": rows,
        "remainder-cols": cols,
        "fills": kh >= h + 2 * pad or kw >= width + 2 * pad,
    }


def _conv2d(x: Any, w: Any, b: Any, stride: int = 1, pad: int = 0) -> Facts:
    more = {"biased": bool((b != 0).any()), "negative": _negative(x, w, b), "fractions": _fractions(x, w, b)}
    return _conv(x, w, stride, pad) | more


def _conv2d_backward(dout: Any, x: Any, w: Any, stride: int = 1, pad: int = 0) -> Facts:
    return _conv(x, w, stride, pad) | {"negative": _negative(dout, x, w), "fractions": _fractions(dout, x, w)}


def _maxpool(x: Any, size: int = 2, stride: int = 2) -> Facts:
    n, c, h, w = x.shape
    rows, cols = (h - size) % stride != 0, (w - size) % stride != 0
    return {
        "n>1": n > 1,
        "c>1": c > 1,
        "n!=c": n != c,
        "h!=w": h != w,
        "h>w": h > w,
        "w>h": w > h,
        "oh!=ow": (h - size) // stride != (w - size) // stride,
        "size!=2": size != 2,
        "size>1": size > 1,
        "stride!=2": stride != 2,
        "stride>1": stride > 1,
        "size!=stride": size != stride,
        "overlap": stride < size,
        "gaps": stride > size,
        "remainder": rows or cols,
        "remainder-rows": rows,
        "remainder-cols": cols,
        "one-window": size >= h or size >= w,
        "x-negative": _negative(x),
        "x-all-negative": bool((x < 0).all()),
        "fractions": _fractions(x),
        "ties": _tied(x, size, stride),
    }


def _tied(x: Any, size: int, stride: int) -> bool:
    windows = np.lib.stride_tricks.sliding_window_view(x, (size, size), axis=(2, 3))[:, :, ::stride, ::stride]
    top = windows.max(axis=(4, 5), keepdims=True)
    return bool(((windows == top).sum(axis=(4, 5)) > 1).any())


def _maxpool_backward(dout: Any, x: Any, size: int = 2, stride: int = 2) -> Facts:
    more = {"fractions": _fractions(dout, x), "dout-negative": _negative(dout)}
    return _maxpool(x, size, stride) | more


def _relu(x: Any) -> Facts:
    return {
        "x-negative": _negative(x),
        "x-zero": bool((x == 0).any()),
        "fractions": _fractions(x),
        "ndim=2": x.ndim == 2,
        "ndim=4": x.ndim == 4,
    }


def _relu_backward(dout: Any, x: Any) -> Facts:
    return _relu(x) | {"dout-negative": _negative(dout), "fractions": _fractions(dout, x)}


def _flatten(x: Any) -> Facts:
    n, c, h, w = x.shape
    return {
        "n>1": n > 1,
        "c>1": c > 1,
        "n!=c": n != c,
        "h!=w": h != w,
        "negative": _negative(x),
        "fractions": _fractions(x),
    }


def _stack(layers: Any, input_shape: tuple[int, int, int]) -> Facts:
    kinds = [layer[0] for layer in layers]
    convs = [layer for layer in layers if layer[0] == "conv"]
    pools = [layer for layer in layers if layer[0] == "maxpool"]
    return {
        "c>1": input_shape[0] > 1,
        "h!=w": input_shape[1] != input_shape[2],
        "conv": bool(convs),
        "convs": len(convs) > 1,
        "conv-padded": any(layer[4] > 0 for layer in convs),
        "conv-strided": any(layer[3] > 1 for layer in convs),
        "k>1": any(layer[2] > 1 for layer in convs),
        "pool": bool(pools),
        "pool-size!=stride": any(layer[1] != layer[2] for layer in pools),
        "flatten": "flatten" in kinds,
        "dense": "dense" in kinds,
        "denses": kinds.count("dense") > 1,
        "relu": "relu" in kinds,
    }


def _network(params: Any, x: Any, *_: Any) -> Facts:
    n, c, h, w = x.shape
    filters = [params[f"w{k}"].shape[0] for k in range(1, 5)]
    return {
        "n>1": n > 1,
        "c>1": c > 1,
        "f>1": max(filters) > 1,
        "h!=w": h != w,
        "odd": any((side - 4) % 2 or ((side - 4) // 2 - 4) % 2 for side in (h, w)),
        "classes>2": params["b5"].size > 2,
        "biased": any(bool((params[f"b{k}"] != 0).any()) for k in range(1, 6)),
    }


def _softmax_loss(logits: Any, labels: Any) -> Facts:
    return {
        "rows>1": logits.shape[0] > 1,
        "classes>2": logits.shape[1] > 2,
        "negative": _negative(logits),
        "fractions": _fractions(logits),
        "big-logits": bool((np.abs(logits) >= 100).any()),
    }


FACTS: Mapping[str, Callable[..., Facts]] = {
    "output_size": _output_size,
    "conv_at": _conv_at,
    "conv2d_single": _conv2d_single,
    "zero_pad": _zero_pad,
    "conv2d": _conv2d,
    "relu": _relu,
    "maxpool": _maxpool,
    "flatten": _flatten,
    "edge_filters": lambda: {},
    "param_count": _stack,
    "conv_matrix": _conv_matrix,
    "relu_backward": _relu_backward,
    "maxpool_backward": _maxpool_backward,
    "conv2d_backward": _conv2d_backward,
    "shape_trace": _stack,
    "cnn_forward": _network,
    "softmax_loss": _softmax_loss,
    "cnn_loss": _network,
}


#: Facts whose opposite can be the reason of a mistake, too: a slice that fails for pad = 0.
BOTH_WAYS = frozenset(
    [
        "pad>0",
        "pad!=1",
        "stride>1",
        "size>1",
        "size!=stride",
        "size!=2",
        "k>1",
        "n>1",
        "c>1",
        "default",
        "relu",
        "ndim=4",
    ]
)
