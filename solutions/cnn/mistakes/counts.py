"""Known mistakes: counting parameters (param_count)."""

from __future__ import annotations

from typing import Any

from _stacks import Shape, rounded_up, stride_is_size, unchanged, walk, without_pad, without_stride
from grader.testing import mistake

Layers = list[tuple[Any, ...]]


def count(layers: Layers, input_shape: Shape, **how: Any) -> int:
    """The right count for the shapes that `walk` sees."""
    total = 0
    for layer, before, _ in walk(layers, input_shape, **how):
        match layer:
            case ("conv", filters, kernel, _, _):
                total += filters * (before[0] * kernel**2 + 1)
            case ("dense", units):
                total += units * (before[0] + 1)
    return total


def convolutions(layers: Layers, input_shape: Shape) -> list[tuple[int, int, int, Shape]]:
    """(filters, kernel, channels, shape after) of each convolution."""
    steps = walk(layers, input_shape)
    return [(layer[1], layer[2], before[0], after) for layer, before, after in steps if layer[0] == "conv"]


@mistake(
    "param_count",
    name="no-biases",
    says="The biases of the convolutions are not counted.",
    hint="Each filter has one number more than its weights.",
)
def no_biases(layers: Layers, input_shape: Shape) -> int:
    return count(layers, input_shape) - sum(filters for filters, *_ in convolutions(layers, input_shape))


@mistake(
    "param_count",
    name="one-bias-a-layer",
    says="A convolution is given a single bias; each of its filters has one.",
    hint="How long is b for a layer of 8 filters?",
)
def one_bias_a_layer(layers: Layers, input_shape: Shape) -> int:
    return count(layers, input_shape) - sum(filters - 1 for filters, *_ in convolutions(layers, input_shape))


@mistake(
    "param_count",
    name="bias-for-every-channel",
    says="A filter is given a bias for every channel; it has one.",
    hint="A filter adds up all channels and then one bias.",
)
def bias_for_every_channel(layers: Layers, input_shape: Shape) -> int:
    found = convolutions(layers, input_shape)
    return count(layers, input_shape) + sum(f * (channels - 1) for f, _, channels, _ in found)


@mistake(
    "param_count",
    name="dense-without-biases",
    says="The biases of the dense layers are not counted.",
    hint="Each unit of a dense layer has one number more than its weights.",
)
def dense_without_biases(layers: Layers, input_shape: Shape) -> int:
    return count(layers, input_shape) - sum(layer[1] for layer in layers if layer[0] == "dense")


@mistake(
    "param_count",
    name="one-channel-assumed",
    says="The filters are counted as if the input had one channel.",
    hint="A filter has a grid of weights for every channel that it reads.",
)
def one_channel_assumed(layers: Layers, input_shape: Shape) -> int:
    found = convolutions(layers, input_shape)
    return count(layers, input_shape) - sum(f * (channels - 1) * k * k for f, k, channels, _ in found)


@mistake(
    "param_count",
    name="kernel-not-squared",
    says="The kernel's side is counted, not its area: 3 instead of 3·3.",
    hint="How many weights has a grid of 3×3?",
)
def kernel_not_squared(layers: Layers, input_shape: Shape) -> int:
    found = convolutions(layers, input_shape)
    return count(layers, input_shape) - sum(f * channels * (k * k - k) for f, k, channels, _ in found)


@mistake(
    "param_count",
    name="channels-not-followed",
    says="Every convolution is counted with the image's channels; the next one reads the maps of the one before.",
    hint="After a layer of 8 filters, how many channels does the next layer see?",
)
def channels_not_followed(layers: Layers, input_shape: Shape) -> int:
    return count(layers, input_shape, channels_follow=False)


@mistake(
    "param_count",
    name="weights-for-every-place",
    says="A convolution is counted with weights of its own for every place; it shares them.",
    hint="The same filter is used everywhere: does the count depend on the image's size?",
)
def weights_for_every_place(layers: Layers, input_shape: Shape) -> int:
    extra = 0
    for filters, kernel, channels, after in convolutions(layers, input_shape):
        extra += filters * (channels * kernel**2 + 1) * (after[1] * after[2] - 1)
    return count(layers, input_shape) + extra


@mistake(
    "param_count",
    name="pad-ignored",
    says="The padding is forgotten when the size is followed, so dense layers are miscounted.",
    hint="Before a dense layer you must know the map's size. What makes it larger?",
)
def pad_ignored(layers: Layers, input_shape: Shape) -> int:
    return count(layers, input_shape, conv=without_pad)


@mistake(
    "param_count",
    name="stride-ignored",
    says="The stride of the convolutions is forgotten when the size is followed.",
    hint="Before a dense layer you must know the map's size. What does a stride of 2 do to it?",
)
def stride_ignored(layers: Layers, input_shape: Shape) -> int:
    return count(layers, input_shape, conv=without_stride)


@mistake(
    "param_count",
    name="pooling-ignored",
    says="Pooling is forgotten when the size is followed, so dense layers are miscounted.",
    hint="A pool has no parameters, but it changes what the dense layer gets.",
)
def pooling_ignored(layers: Layers, input_shape: Shape) -> int:
    return count(layers, input_shape, pool=unchanged)


@mistake(
    "param_count",
    name="pool-stride-ignored",
    says="Pools are taken to move by their own size; their stride is not used.",
    hint='("maxpool", size, stride): both numbers decide how many windows fit.',
)
def pool_stride_ignored(layers: Layers, input_shape: Shape) -> int:
    return count(layers, input_shape, pool=stride_is_size)


@mistake(
    "param_count",
    name="rounded-up",
    says="Sizes are rounded up: windows that stick out are counted.",
    hint="The size formula of the first exercise rounds down.",
)
def rounded_up_sizes(layers: Layers, input_shape: Shape) -> int:
    return count(layers, input_shape, conv=rounded_up, pool=rounded_up)


@mistake(
    "param_count",
    name="square-image-assumed",
    says="The image is taken to be square: the height is used for the width.",
    hint="Follow height and width separately.",
)
def square_image_assumed(layers: Layers, input_shape: Shape) -> int:
    return count(layers, input_shape, square=True)


@mistake(
    "param_count",
    name="channels-lost-in-flatten",
    says="Flattening is counted as H·W; the channels are forgotten.",
    hint="How many numbers has one image, all its maps together?",
)
def channels_lost_in_flatten(layers: Layers, input_shape: Shape) -> int:
    return count(layers, input_shape, flat_channels=False)


@mistake(
    "param_count",
    name="first-dense-layer-only",
    says="Only the first dense layer is counted.",
    hint="After one dense layer the next one reads its units.",
)
def first_dense_layer_only(layers: Layers, input_shape: Shape) -> int:
    dense = [place for place, layer in enumerate(layers) if layer[0] == "dense"]
    return count(layers[: dense[0] + 1] if dense else layers, input_shape)


@mistake(
    "param_count",
    name="dense-layers-not-counted",
    says="Dense layers are not counted at all.",
    hint="Which kinds of layers have weights? There are two.",
)
def dense_layers_not_counted(layers: Layers, input_shape: Shape) -> int:
    return count([layer for layer in layers if layer[0] != "dense"], input_shape)
