"""The changes that make sense for each exercise."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from grader.diagnosis import Variant, exchanged, set_to, shifted

from .changed_arguments import (
    batch,
    bias,
    channels,
    filters,
    gradients,
    images,
    pads,
    pooling,
    strides,
)
from .changed_results import batched_maps, maps, numbers, results


def variants_of(exercise: str) -> tuple[Variant, ...]:
    """The changes that make sense for an exercise, the most telling first."""
    makers = _VARIANTS.get(exercise, ())
    found = (variant for make in makers for variant in make())
    return tuple(replace(variant, common=variant.code in _COMMON) for variant in found)


_VARIANTS: Mapping[str, tuple[Callable[[], Iterator[Variant]], ...]] = {
    "output_size": (strides, pads, numbers),
    "conv_at": (
        lambda: images("kernel"), lambda: images("image"),
        lambda: iter([set_to("row", 0), set_to("col", 0), shifted("row", -1), shifted("col", -1)]),
        lambda: iter([exchanged("row", "col")]), results,
    ),
    "conv2d_single": (lambda: images("kernel"), lambda: images("image"), maps),
    "zero_pad": (pads, lambda: images("x"), maps),
    "conv2d": (
        filters, bias, strides, pads, lambda: images("x"), lambda: channels("x"), lambda: batch("x"),
        batched_maps,
    ),
    "relu": (results,),
    "maxpool": (pooling, lambda: images("x"), lambda: channels("x"), lambda: batch("x"), batched_maps),
    "flatten": (lambda: images("x"), lambda: batch("x"), lambda: channels("x"), maps),
    "conv_matrix": (lambda: images("kernel"), lambda: iter([exchanged("height", "width")]), maps),
    "relu_backward": (gradients, results),
    "maxpool_backward": (
        pooling, gradients, lambda: images("x"), lambda: images("dout"),
        lambda: batch("x", "dout"), batched_maps,
    ),
    "conv2d_backward": (
        filters, strides, pads, lambda: images("x"), lambda: images("dout"), gradients,
        lambda: batch("x", "dout"), lambda: channels("x"), batched_maps,
    ),
    "shape_trace": (),
    "param_count": (numbers,),
    "cnn_forward": (lambda: images("x"), lambda: channels("x"), lambda: batch("x"), results),
    "softmax_loss": (results,),
    "cnn_loss": (lambda: images("x"), lambda: channels("x"), lambda: batch("x", "labels"), results),
}  # fmt: skip

_COMMON = frozenset(
    [
        "no-bias", "bias-c", "stride=1", "pad=0", "pad=1", "w-flipped-both-ways", "w-transposed", "first-channel",
        "first-image", "first-filter-for-all", "clipped", "transposed", "whole", "negated", "no-last-row-and-col",
        "kernel-flipped-both-ways", "kernel-transposed", "size=2", "stride=2", "stride=size", "/n", "+1", "-1",
    ]
)  # fmt: skip


