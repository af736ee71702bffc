"""Known mistakes: the forward pass of the network (cnn_forward)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from convolution import conv2d
from pooling import flatten, maxpool, relu
from grader.testing import mistake

Array = np.ndarray
Params = dict[str, Array]


def same(x: Array) -> Array:
    return x


def features(
    params: Params,
    x: Array,
    *,
    after: tuple[Callable[[Array], Array], ...] = (relu, relu, relu, relu),
    pool: Callable[[Array], Array] = maxpool,
    pools: tuple[int, ...] = (2, 4),
) -> Array:
    """The maps before the flattening; `after`: what follows each convolution."""
    for k in range(1, 5):
        x = after[k - 1](conv2d(x, params[f"w{k}"], params[f"b{k}"]))
        if k in pools:
            x = pool(x)
    return x


def dense(params: Params, flat: Array) -> Array:
    return flat @ params["w5"] + params["b5"]


@mistake(
    "cnn_forward",
    name="no-relu",
    says="The ReLUs are missing: without them the stack is one linear map.",
    hint="conv + relu: what follows each of the four convolutions?",
)
def no_relu(params: Params, x: Array) -> Array:
    return dense(params, flatten(features(params, x, after=(same, same, same, same))))


@mistake(
    "cnn_forward",
    name="relu-after-each-block-only",
    says="The first convolution of each block has no ReLU.",
    hint="conv + relu, conv + relu, pool: how many ReLUs has a block?",
)
def relu_after_each_block_only(params: Params, x: Array) -> Array:
    return dense(params, flatten(features(params, x, after=(same, relu, same, relu))))


@mistake(
    "cnn_forward",
    name="no-relu-before-the-pool",
    says="The second convolution of each block has no ReLU.",
    hint="conv + relu, conv + relu, pool: how many ReLUs has a block?",
)
def no_relu_before_the_pool(params: Params, x: Array) -> Array:
    return dense(params, flatten(features(params, x, after=(relu, same, relu, same))))


@mistake(
    "cnn_forward",
    name="last-relu-missing",
    says="The last convolution has no ReLU.",
    hint="All four convolutions are followed by a ReLU.",
)
def last_relu_missing(params: Params, x: Array) -> Array:
    return dense(params, flatten(features(params, x, after=(relu, relu, relu, same))))


@mistake(
    "cnn_forward",
    name="relu-on-the-logits",
    says="A ReLU stands after the dense layer: logits may be negative.",
    hint="The dense layer is the last one; nothing follows.",
)
def relu_on_the_logits(params: Params, x: Array) -> Array:
    return relu(dense(params, flatten(features(params, x))))


@mistake(
    "cnn_forward",
    name="probabilities-for-logits",
    says="Probabilities are returned: the softmax belongs to the loss.",
    hint="Logits are the dense layer's numbers as they are.",
)
def probabilities_for_logits(params: Params, x: Array) -> Array:
    logits = dense(params, flatten(features(params, x)))
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


@mistake(
    "cnn_forward",
    name="maps-of-another-size",
    says="The flattened maps do not fit w5: a padding or a pool is not where it should be.",
    hint="No padding anywhere, one pool at the end of each block. Follow the sizes with shape_trace.",
)
def maps_of_another_size(params: Params, x: Array) -> Array:
    return dense(params, flatten(features(params, x, pools=(2,))))


@mistake(
    "cnn_forward",
    name="even-sides-assumed",
    says="Maps with an odd side fail: the pool takes for granted that its windows come out even.",
    hint="Windows that would stick out are dropped. Your maxpool of the second chapter does that.",
)
def even_sides_assumed(params: Params, x: Array) -> Array:
    def blocks(maps: Array) -> Array:
        n, c, h, w = maps.shape
        return maps.reshape(n, c, h // 2, 2, w // 2, 2).max(axis=(3, 5))

    return dense(params, flatten(features(params, x, pool=blocks)))


@mistake(
    "cnn_forward",
    name="average-pooling",
    says="The pools average; max pooling is asked for.",
    hint="You wrote the pool in the second chapter.",
)
def average_pooling(params: Params, x: Array) -> Array:
    def mean(maps: Array) -> Array:
        n, c, h, w = maps.shape
        even = maps[:, :, : h // 2 * 2, : w // 2 * 2]
        return even.reshape(n, c, h // 2, 2, w // 2, 2).mean(axis=(3, 5))

    return dense(params, flatten(features(params, x, pool=mean)))


@mistake(
    "cnn_forward",
    name="no-biases",
    says="The biases of the convolutions are not used.",
    hint="Each convolution has two parameters, w and b.",
)
def no_biases(params: Params, x: Array) -> Array:
    silent = {key: 0 * value if key in ("b1", "b2", "b3", "b4") else value for key, value in params.items()}
    return dense(params, flatten(features(silent, x)))


@mistake(
    "cnn_forward",
    name="no-dense-bias",
    says="The bias of the dense layer, b5, is missing.",
    hint="The dense layer has two parameters, w5 and b5.",
)
def no_dense_bias(params: Params, x: Array) -> Array:
    return flatten(features(params, x)) @ params["w5"]


@mistake(
    "cnn_forward",
    name="flattened-channels-last",
    says="The maps are flattened pixel by pixel instead of channel by channel.",
    hint="w5 expects channel after channel, as your flatten gives them.",
)
def flattened_channels_last(params: Params, x: Array) -> Array:
    maps = features(params, x)
    return dense(params, maps.transpose(0, 2, 3, 1).reshape(len(x), -1))


@mistake(
    "cnn_forward",
    name="flattened-column-by-column",
    says="The maps are flattened column by column instead of row by row.",
    hint="w5 expects row after row, as your flatten gives them.",
)
def flattened_column_by_column(params: Params, x: Array) -> Array:
    maps = features(params, x)
    return dense(params, maps.transpose(0, 1, 3, 2).reshape(len(x), -1))


@mistake(
    "cnn_forward",
    name="transposed",
    says="The logits are transposed: (classes, N) instead of (N, classes).",
    hint="One row for each image.",
)
def transposed(params: Params, x: Array) -> Array:
    return dense(params, flatten(features(params, x))).T


@mistake(
    "cnn_forward",
    name="first-image-only",
    says="Only the first image's logits are returned.",
    hint="One row for each image of the batch.",
)
def first_image_only(params: Params, x: Array) -> Array:
    return dense(params, flatten(features(params, x)))[:1]


@mistake(
    "cnn_forward",
    name="stops-before-the-dense-layer",
    says="The flattened maps are returned: the dense layer is missing.",
    hint="flat @ w5 + b5 still has to follow.",
)
def stops_before_the_dense_layer(params: Params, x: Array) -> Array:
    return flatten(features(params, x))


@mistake(
    "cnn_forward",
    name="all-zero",
    says="The logits are all zeros.",
    hint="Follow the stack layer by layer and look at each layer's result.",
)
def all_zero(params: Params, x: Array) -> Array:
    return np.zeros((len(x), len(params["b5"])))
