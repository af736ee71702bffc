"""Known mistakes: following the shapes through a stack (shape_trace)."""

from __future__ import annotations

from typing import Any

from _stacks import Shape, rounded_up, stride_is_size, unchanged, walk, without_pad, without_stride
from grader.testing import mistake

Layers = list[tuple[Any, ...]]


def trace(layers: Layers, input_shape: Shape, **how: Any) -> list[Shape]:
    return [after for _, _, after in walk(layers, input_shape, **how)]


@mistake(
    "shape_trace",
    name="input-included",
    says="The input's own shape stands in the list, too.",
    hint="One shape for each layer: how long is the list for one layer?",
)
def input_included(layers: Layers, input_shape: Shape) -> list[Shape]:
    return [tuple(input_shape), *trace(layers, input_shape)]


@mistake(
    "shape_trace",
    name="one-layer-behind",
    says="Each entry is the shape that goes into the layer, not the one that comes out.",
    hint="Change the shape first, then write it down.",
)
def one_layer_behind(layers: Layers, input_shape: Shape) -> list[Shape]:
    return [before for _, before, _ in walk(layers, input_shape)]


@mistake(
    "shape_trace",
    name="relu-left-out",
    says="Layers that change no shape (relu) are left out of the list.",
    hint="Every layer has its entry, even if it repeats the one before.",
)
def relu_left_out(layers: Layers, input_shape: Shape) -> list[Shape]:
    return [after for layer, _, after in walk(layers, input_shape) if layer[0] != "relu"]


@mistake(
    "shape_trace",
    name="last-shape-only",
    says="Only the last shape is returned; the whole list is asked for.",
    hint="Collect the shapes on the way.",
)
def last_shape_only(layers: Layers, input_shape: Shape) -> Shape:
    return trace(layers, input_shape)[-1]


@mistake(
    "shape_trace",
    name="square-image-assumed",
    says="The image is taken to be square: the height is used for the width.",
    hint="Follow height and width separately.",
)
def square_image_assumed(layers: Layers, input_shape: Shape) -> list[Shape]:
    return trace(layers, input_shape, square=True)


@mistake(
    "shape_trace",
    name="rounded-up",
    says="Sizes are rounded up: windows that stick out are counted.",
    hint="The size formula of the first exercise rounds down.",
)
def rounded_up_sizes(layers: Layers, input_shape: Shape) -> list[Shape]:
    return trace(layers, input_shape, conv=rounded_up, pool=rounded_up)


@mistake(
    "shape_trace",
    name="pad-ignored",
    says="The padding of the convolutions is not used.",
    hint='("conv", filters, kernel, stride, pad): what does the last number do to the size?',
)
def pad_ignored(layers: Layers, input_shape: Shape) -> list[Shape]:
    return trace(layers, input_shape, conv=without_pad)


@mistake(
    "shape_trace",
    name="stride-ignored",
    says="The stride of the convolutions is not used.",
    hint='("conv", filters, kernel, stride, pad): the fourth entry makes maps smaller.',
)
def stride_ignored(layers: Layers, input_shape: Shape) -> list[Shape]:
    return trace(layers, input_shape, conv=without_stride)


@mistake(
    "shape_trace",
    name="pool-stride-ignored",
    says="Pools are taken to move by their own size; their stride is not used.",
    hint='("maxpool", size, stride): both numbers decide how many windows fit.',
)
def pool_stride_ignored(layers: Layers, input_shape: Shape) -> list[Shape]:
    return trace(layers, input_shape, pool=stride_is_size)


@mistake(
    "shape_trace",
    name="pooling-changes-nothing",
    says="Pools leave the size as it is; they should make it smaller.",
    hint="A 2×2 pool with stride 2 halves both sides.",
)
def pooling_changes_nothing(layers: Layers, input_shape: Shape) -> list[Shape]:
    return trace(layers, input_shape, pool=unchanged)


@mistake(
    "shape_trace",
    name="channels-not-updated",
    says="The number of channels never changes; a convolution gives one map for each filter.",
    hint="How many maps come out of 8 filters?",
)
def channels_not_updated(layers: Layers, input_shape: Shape) -> list[Shape]:
    return trace(layers, input_shape, channels_follow=False)


@mistake(
    "shape_trace",
    name="channels-lost-in-flatten",
    says="Flattening gives H·W; the channels are forgotten.",
    hint="How many numbers has one image, all its maps together?",
)
def channels_lost_in_flatten(layers: Layers, input_shape: Shape) -> list[Shape]:
    return trace(layers, input_shape, flat_channels=False)


@mistake(
    "shape_trace",
    name="channels-last",
    says="The channels stand last, (H, W, C); they belong in front.",
    hint="Shapes here are (C, H, W), as for the input.",
)
def channels_last(layers: Layers, input_shape: Shape) -> list[Shape]:
    return [(*shape[1:], shape[0]) if len(shape) == 3 else shape for shape in trace(layers, input_shape)]


@mistake(
    "shape_trace",
    name="numbers-for-tuples",
    says="After flatten and dense a bare number stands in the list; a tuple (D,) is asked for.",
    hint="A shape with one axis is a tuple with one entry. Mind the comma.",
)
def numbers_for_tuples(layers: Layers, input_shape: Shape) -> list[Any]:
    return [shape[0] if len(shape) == 1 else shape for shape in trace(layers, input_shape)]


@mistake(
    "shape_trace",
    name="batch-axis-added",
    says="After flatten and dense there is a batch axis, (1, D); it does not belong here.",
    hint="No shape in the list knows of a batch.",
)
def batch_axis_added(layers: Layers, input_shape: Shape) -> list[Shape]:
    return [(1, *shape) if len(shape) == 1 else shape for shape in trace(layers, input_shape)]


@mistake(
    "shape_trace",
    name="flatten-left-out",
    says="flatten changes nothing: three numbers are left where one is asked for.",
    hint="C·H·W numbers in one row: which shape is that?",
)
def flatten_left_out(layers: Layers, input_shape: Shape) -> list[Shape]:
    return [before if layer[0] == "flatten" else after for layer, before, after in walk(layers, input_shape)]
