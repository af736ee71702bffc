"""The right function with one thing changed: an argument replaced, or the result altered.

A student's result that equals one of these on every probe can be described in a sentence that is true by
construction: "is what stride = 1 gives, whatever the stride is". Most mistakes nobody has catalogued are of this kind.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

Function = Callable[..., Any]


@dataclass(frozen=True)
class Variant:
    """A changed function. `says` completes "The result …"; `hint` says where to look.

    on: what is changed, an argument's name or "result"; two changes of the same thing are not combined.
    """

    code: str
    says: str
    hint: str
    on: str
    change: Callable[[Any], Any]

    @property
    def common(self) -> bool:
        """Whether it is looked for beside another mistake, too."""
        return self.code in _COMMON

    def of(self, function: Function, signature: inspect.Signature) -> Function:
        """`function` with this change; `signature` names its arguments."""
        if self.on == "result":
            return lambda *args: _each(function(*args), self.change)

        def changed(*args: Any) -> Any:
            bound = signature.bind(*args)
            bound.apply_defaults()
            bound.arguments.update(self.change(bound.arguments))
            return function(*bound.args)

        return changed


_COMMON = frozenset(
    [
        "no-bias", "bias-c", "stride=1", "pad=0", "pad=1", "w-flipped-both-ways", "w-transposed", "first-channel",
        "first-image", "first-filter-for-all", "clipped", "transposed", "whole", "negated", "no-last-row-and-col",
        "kernel-flipped-both-ways", "kernel-transposed", "size=2", "stride=2", "stride=size", "/n", "+1", "-1",
    ]
)  # fmt: skip


def _each(value: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(value, tuple):
        return tuple(_each(part, change) for part in value)
    if isinstance(value, dict):
        return {key: _each(part, change) for key, part in value.items()}
    return change(np.asarray(value))


def variants_of(exercise: str) -> tuple[Variant, ...]:
    """The changes that make sense for an exercise, the most telling first."""
    makers = _VARIANTS.get(exercise, ())
    return tuple(variant for make in makers for variant in make())


def _set(name: str, value: int) -> Variant:
    return Variant(
        f"{name}={value}",
        f"is what comes out for {name} = {value}, whatever {name} is given",
        f"Look for a place where {name} should be used and is not, or where a number stands in its place.",
        name,
        lambda given: {name: value},
    )


def _shifted(name: str, by: int) -> Variant:
    words = "1 larger than given" if by > 0 else "1 smaller than given"
    return Variant(
        f"{name}{by:+d}",
        f"is what comes out when {name} is {words}",
        f"Is every {name} in your code exactly the argument, not one more or less?",
        name,
        lambda given: {name: given[name] + by},
    )


def _argument(name: str, code: str, says: str, hint: str, change: Callable[[Any], Any]) -> Variant:
    return Variant(code, says, hint, name, lambda given: {name: change(given[name])})


def _result(code: str, says: str, hint: str, change: Callable[[Any], Any]) -> Variant:
    return Variant(code, says, hint, "result", change)


_ORDER = "Check the order of indices, loops and axes."


def _images(name: str) -> Iterator[Variant]:
    """An argument whose last two axes are height and width."""
    yield _argument(
        name,
        f"{name}-transposed",
        f"is what comes out when height and width of {name} are exchanged",
        "Height comes before width in every shape and every index: compare them one by one.",
        lambda a: np.swapaxes(a, -1, -2),
    )
    flips = {"up-down": (-2,), "left-right": (-1,), "both ways": (-2, -1)}
    for words, axes in flips.items():
        yield _argument(
            name,
            f"{name}-flipped-{words.replace(' ', '-')}",
            f"is what comes out when {name} is flipped {words}",
            "Does an index run backwards, or is there a flip that deep learning's convolution does not have?",
            partial(np.flip, axis=axes),
        )
    yield _argument(
        name, f"{name}-abs", f"ignores the signs in {name}", "Where does a sign get lost?", np.abs
    )
    yield _argument(
        name, f"{name}-whole", f"cuts the fractions off {name}", "Is an array of integers used?", np.trunc
    )


def _batch(*names: str) -> Iterator[Variant]:
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
        _ORDER,
        names[0],
        lambda given: {name: given[name][::-1] for name in names},
    )


def _channels(x: str) -> Iterator[Variant]:
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
    yield _argument(
        x, "channels-reversed", "takes the channels in reverse order", _ORDER, lambda a: a[:, ::-1]
    )


def _filters() -> Iterator[Variant]:
    yield from _images("w")
    yield _argument(
        "w",
        "first-filter-for-all",
        "uses the first filter for all maps",
        "Is the filter's index used everywhere?",
        lambda w: np.repeat(w[:1], len(w), axis=0),
    )
    yield _argument("w", "filters-reversed", "takes the filters in reverse order", _ORDER, lambda w: w[::-1])
    yield _argument(
        "w",
        "one-slice-for-all-channels",
        "uses a filter's first slice for every channel",
        "A filter has a slice of its own for each channel.",
        lambda w: np.repeat(w[:, :1], w.shape[1], axis=1),
    )


def _bias() -> Iterator[Variant]:
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


def _strides() -> Iterator[Variant]:
    yield _set("stride", 1)
    yield _set("stride", 2)
    yield _shifted("stride", 1)


def _pads() -> Iterator[Variant]:
    yield _set("pad", 0)
    yield _set("pad", 1)
    yield _shifted("pad", 1)
    yield _argument(
        "pad",
        "pad*2",
        "is what comes out for twice the padding",
        "pad counts on each side once.",
        lambda p: 2 * p,
    )
    yield _argument(
        "pad",
        "pad//2",
        "is what comes out for half the padding",
        "pad counts on each side once.",
        lambda p: p // 2,
    )


def _pooling() -> Iterator[Variant]:
    yield Variant(
        "size-stride-exchanged",
        "is what comes out when size and stride are exchanged",
        "size is how large a window is, stride how far apart windows start.",
        "size",
        lambda given: {"size": given["stride"], "stride": given["size"]},
    )
    yield _set("size", 2)
    yield _set("stride", 2)
    yield _set("stride", 1)
    yield Variant(
        "stride=size", "is what comes out for stride = size, whatever stride is given",
        "Where does each window start?", "stride", lambda given: {"stride": given["size"]},
    )  # fmt: skip
    yield Variant(
        "size=stride", "is what comes out for size = stride, whatever size is given",
        "How large is each window?", "size", lambda given: {"size": given["stride"]},
    )  # fmt: skip
    yield _shifted("size", 1)
    yield _shifted("size", -1)


def _results() -> Iterator[Variant]:
    """Changes of an array that is returned."""
    yield _result(
        "negated", "has every sign reversed", "Look for a minus sign too many or too few.", np.negative
    )
    yield _result("no-signs", "has lost its signs", "Where does a sign get lost?", np.abs)
    yield _result(
        "clipped", "is right but for 0 in place of every negative number",
        "A ReLU, or a maximum that starts at 0, does not belong here.", lambda a: np.maximum(a, 0),
    )  # fmt: skip
    yield _result(
        "whole",
        "has lost its fractions",
        "Is the result kept in an array of integers? Make it one of floats.",
        np.trunc,
    )
    yield _result(
        "squared", "is the square of what it should be", "Is something multiplied twice?", np.square
    )
    yield _result(
        "zeros",
        "holds nothing but zeros",
        "Is the array that you fill the one that you return?",
        np.zeros_like,
    )
    yield _result("ones", "holds nothing but ones", "Compare the formula with your code.", np.ones_like)


def _maps() -> Iterator[Variant]:
    """Changes of a returned array whose last two axes are height and width."""
    yield from _results()
    exchanged = "Rows come before columns: which index is which in your result?"
    yield _result(
        "transposed",
        "is right but for rows and columns exchanged",
        exchanged,
        lambda a: np.swapaxes(a, -1, -2),
    )
    yield _result(
        "reshaped", "holds the right numbers in the right order, in a shape with rows and columns exchanged",
        exchanged, lambda a: a.reshape(*a.shape[:-2], a.shape[-1], a.shape[-2]),
    )  # fmt: skip
    for words, axes in {"up-down": (-2,), "left-right": (-1,), "both ways": (-2, -1)}.items():
        yield _result(
            f"flipped-{words.replace(' ', '-')}", f"is right but flipped {words}",
            "Does an index run backwards?", partial(np.flip, axis=axes),
        )  # fmt: skip
    edges = {
        "last-row-0": (-1, "row"),
        "last-col-0": (-1, "col"),
        "first-row-0": (0, "row"),
        "first-col-0": (0, "col"),
    }
    for code, (index, axis) in edges.items():
        where = f"{'last' if index else 'first'} {'row' if axis == 'row' else 'column'}"
        yield _result(
            code, f"is right but for zeros in the {where}",
            "Do your loops reach the first and the last place?",
            partial(_emptied, index=index, axis=axis),
        )  # fmt: skip
    for code, rows, cols in (("no-last-row", 1, 0), ("no-last-col", 0, 1), ("no-last-row-and-col", 1, 1)):
        words = {(1, 0): "row", (0, 1): "column"}.get((rows, cols), "row and column")
        yield _result(
            code, f"is right but lacks the last {words}", "How many places has the window? Count the last one, too.",
            partial(_cut, rows=rows, cols=cols),
        )  # fmt: skip


def _cut(a: Any, rows: int, cols: int) -> Any:
    return a[..., : a.shape[-2] - rows, : a.shape[-1] - cols]


def _plus(number: Any, by: int) -> Any:
    return int(number) + by


def _emptied(a: Any, index: int, axis: str) -> Any:
    a = np.array(a)
    if axis == "row":
        a[..., index, :] = 0
    else:
        a[..., index] = 0
    return a


def _batched_maps() -> Iterator[Variant]:
    yield from _maps()
    yield _result(
        "axes-01", "is right but for its first two axes exchanged", _ORDER, lambda a: np.swapaxes(a, 0, 1)
    )
    yield _result(
        "channels-last", "is right but has the channels last", _ORDER, lambda a: np.moveaxis(a, 1, -1)
    )
    yield _result(
        "first-only", "is right for the first image and 0 for all others",
        "Does the loop over images go on after the first?", _first_only,
    )  # fmt: skip
    yield _result("summed-images", "adds up all images", "Images of a batch do not mix.", _summed)


def _first_only(a: Any) -> Any:
    kept = np.zeros_like(a)
    kept[:1] = a[:1]
    return kept


def _summed(a: Any) -> Any:
    return np.broadcast_to(a.sum(axis=0, keepdims=True), a.shape)


def _numbers() -> Iterator[Variant]:
    """Changes of a whole number that is returned."""
    for by in (1, -1):
        yield _result(
            f"{by:+d}", f"is always one too {'large' if by > 0 else 'small'}",
            "Count a small case by hand: is the last place counted, and only once?", partial(_plus, by=by),
        )  # fmt: skip
    yield _result(
        "float", "is right but not an integer", "Divide with //, or make it an int at the end.", float
    )


def _gradients() -> Iterator[Variant]:
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
    yield _argument(
        "dout", "dout-clipped", "ignores negative values of dout", "Where is a sign cut off?",
        lambda dout: np.maximum(dout, 0),
    )  # fmt: skip


_VARIANTS: Mapping[str, tuple[Callable[[], Iterator[Variant]], ...]] = {
    "output_size": (_strides, _pads, _numbers),
    "conv_at": (
        lambda: _images("kernel"), lambda: _images("image"),
        lambda: iter([_set("row", 0), _set("col", 0), _shifted("row", -1), _shifted("col", -1)]),
        lambda: iter([_exchanged("row", "col")]), _results,
    ),
    "conv2d_single": (lambda: _images("kernel"), lambda: _images("image"), _maps),
    "zero_pad": (_pads, lambda: _images("x"), _maps),
    "conv2d": (
        _filters, _bias, _strides, _pads, lambda: _images("x"), lambda: _channels("x"), lambda: _batch("x"),
        _batched_maps,
    ),
    "relu": (_results,),
    "maxpool": (_pooling, lambda: _images("x"), lambda: _channels("x"), lambda: _batch("x"), _batched_maps),
    "flatten": (lambda: _images("x"), lambda: _batch("x"), lambda: _channels("x"), _maps),
    "conv_matrix": (lambda: _images("kernel"), lambda: iter([_exchanged("height", "width")]), _maps),
    "relu_backward": (_gradients, _results),
    "maxpool_backward": (
        _pooling, _gradients, lambda: _images("x"), lambda: _images("dout"),
        lambda: _batch("x", "dout"), _batched_maps,
    ),
    "conv2d_backward": (
        _filters, _strides, _pads, lambda: _images("x"), lambda: _images("dout"), _gradients,
        lambda: _batch("x", "dout"), lambda: _channels("x"), _batched_maps,
    ),
    "shape_trace": (),
    "param_count": (_numbers,),
    "cnn_forward": (lambda: _images("x"), lambda: _channels("x"), lambda: _batch("x"), _results),
    "softmax_loss": (_results,),
    "cnn_loss": (lambda: _images("x"), lambda: _channels("x"), lambda: _batch("x", "labels"), _results),
}  # fmt: skip


def _exchanged(first: str, second: str) -> Variant:
    return Variant(
        f"{first}-{second}-exchanged", f"is what comes out when {first} and {second} are exchanged",
        f"Which of your indices belongs to {first}, which to {second}?", first,
        lambda given: {first: given[second], second: given[first]},
    )  # fmt: skip
