"""Arguments replaced: what a function gives that overlooks one, or takes it for another."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from grader.diagnosis import ORDER, Variant, argument, set_to, shifted


def images(name: str) -> Iterator[Variant]:
    """An argument whose last two axes are height and width."""
    yield argument(
        name,
        f"{name}-transposed",
        f"is what comes out when height and width of {name} are exchanged",
        "Height comes before width in every shape and every index: compare them one by one.",
        lambda a: np.swapaxes(a, -1, -2),
    )
    flips = {"up-down": (-2,), "left-right": (-1,), "both ways": (-2, -1)}
    for words, axes in flips.items():
        yield argument(
            name,
            f"{name}-flipped-{words.replace(' ', '-')}",
            f"is what comes out when {name} is flipped {words}",
            "Does an index run backwards, or is there a flip that deep learning's convolution does not have?",
            partial(np.flip, axis=axes),
        )
    yield argument(name, f"{name}-abs", f"ignores the signs in {name}", "Where does a sign get lost?", np.abs)
    yield argument(
        name, f"{name}-whole", f"cuts the fractions off {name}", "Is an array of integers used?", np.trunc
    )


def batch(*names: str) -> Iterator[Variant]:
    """Arguments with a batch axis in front."""

    def first(given: Any) -> Any:
        return {name: np.repeat(given[name][:1], len(given[name]), axis=0) for name in names}

    yield Variant(
        "first-image",
        "uses the first image for all",
        "Is the image's index used everywhere?",
        names[0],
        first,
    )
    yield Variant(
        "images-reversed",
        "has the images in reverse order",
        ORDER,
        names[0],
        lambda given: {name: given[name][::-1] for name in names},
    )


def channels(x: str) -> Iterator[Variant]:
    """Only one channel is read."""
    for code, words, index in (("first-channel", "first", 0), ("last-channel", "last", -1)):

        def only(given: Any, index: int = index) -> Any:
            kept = np.zeros_like(given[x])
            kept[:, index] = given[x][:, index]
            return {x: kept}

        yield Variant(code, f"reads the {words} channel only", "Does the sum run over all channels?", x, only)

    def same(given: Any) -> Any:
        return {x: np.repeat(given[x][:, :1], given[x].shape[1], axis=1)}

    yield Variant(
        "first-channel-for-all", "uses the first channel for all", "Is the channel's index used?", x, same
    )
    yield argument(x, "channels-reversed", "takes the channels in reverse order", ORDER, lambda a: a[:, ::-1])


def filters() -> Iterator[Variant]:
    yield from images("w")
    yield argument(
        "w",
        "first-filter-for-all",
        "uses the first filter for all maps",
        "Is the filter's index used everywhere?",
        lambda w: np.repeat(w[:1], len(w), axis=0),
    )
    yield argument("w", "filters-reversed", "takes the filters in reverse order", ORDER, lambda w: w[::-1])
    yield argument(
        "w",
        "one-slice-for-all-channels",
        "uses a filter's first slice for every channel",
        "A filter has a slice of its own for each channel.",
        lambda w: np.repeat(w[:, :1], w.shape[1], axis=1),
    )


def bias() -> Iterator[Variant]:
    look = "A filter's bias is added once to each number of its map."

    def times(given: Any, axes: tuple[int, ...]) -> Any:
        return {"b": given["b"] * np.prod([given["w"].shape[axis] for axis in axes])}

    yield Variant("no-bias", "leaves the bias out", look, "b", lambda given: {"b": given["b"] * 0})
    yield Variant("bias-minus", "subtracts the bias", look, "b", lambda given: {"b": -given["b"]})
    yield Variant("bias-twice", "adds the bias twice", look, "b", lambda given: {"b": 2 * given["b"]})
    yield Variant(
        "bias-c", "adds the bias once for each channel", look, "b", lambda given: times(given, (1,))
    )
    yield Variant(
        "bias-kk",
        "adds the bias once for each place of the filter",
        look,
        "b",
        lambda given: times(given, (2, 3)),
    )
    yield Variant(
        "bias-ckk", "adds the bias once for each product", look, "b", lambda given: times(given, (1, 2, 3))
    )
    yield Variant(
        "first-bias", "uses the first bias for all filters", look, "b",
        lambda given: {"b": np.repeat(given["b"][:1], len(given["b"]))},
    )  # fmt: skip
    yield Variant(
        "biases-reversed",
        "takes the biases in reverse order",
        look,
        "b",
        lambda given: {"b": given["b"][::-1]},
    )
    yield Variant(
        "bias-sum", "adds all biases to every map", look, "b",
        lambda given: {"b": np.full_like(given["b"], given["b"].sum())},
    )  # fmt: skip


def strides() -> Iterator[Variant]:
    yield set_to("stride", 1)
    yield set_to("stride", 2)
    yield shifted("stride", 1)


def pads() -> Iterator[Variant]:
    yield set_to("pad", 0)
    yield set_to("pad", 1)
    yield shifted("pad", 1)
    yield argument(
        "pad",
        "pad*2",
        "is what comes out for twice the padding",
        "pad counts on each side once.",
        lambda p: 2 * p,
    )
    yield argument(
        "pad",
        "pad//2",
        "is what comes out for half the padding",
        "pad counts on each side once.",
        lambda p: p // 2,
    )


def pooling() -> Iterator[Variant]:
    yield Variant(
        "size-stride-exchanged",
        "is what comes out when size and stride are exchanged",
        "size is how large a window is, stride how far apart windows start.",
        "size",
        lambda given: {"size": given["stride"], "stride": given["size"]},
    )
    yield set_to("size", 2)
    yield set_to("stride", 2)
    yield set_to("stride", 1)
    yield Variant(
        "stride=size", "is what comes out for stride = size, whatever stride is given",
        "Where does each window start?", "stride", lambda given: {"stride": given["size"]},
    )  # fmt: skip
    yield Variant(
        "size=stride", "is what comes out for size = stride, whatever size is given",
        "How large is each window?", "size", lambda given: {"size": given["stride"]},
    )  # fmt: skip
    yield shifted("size", 1)
    yield shifted("size", -1)


def gradients() -> Iterator[Variant]:
    """Changes of dout, the gradient that comes from above."""

    def shared(given: Any, axes: tuple[int, ...]) -> Any:
        return {"dout": given["dout"] / np.prod([given["x"].shape[axis] for axis in axes])}

    sums = "Nothing is averaged here: sums stay sums."
    yield Variant("/n", "is divided by the number of images", sums, "dout", lambda given: shared(given, (0,)))
    yield Variant(
        "dout=1", "does not depend on dout, as if it were 1 everywhere",
        "The gradient from above multiplies everything.", "dout",
        lambda given: {"dout": np.ones_like(given["dout"])},
    )  # fmt: skip
    yield argument(
        "dout", "dout-clipped", "ignores negative values of dout", "Where is a sign cut off?",
        lambda dout: np.maximum(dout, 0),
    )  # fmt: skip
