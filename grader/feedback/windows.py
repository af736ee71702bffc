"""Which part of a call's arguments one element of its result comes from: what the pictures outline.

Worked out from the arguments and the place of the first difference alone, by the lesson's rules, so that no
test has to say it. Read with suspicion, like all evidence: what does not fit together outlines nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.feedback.packed import unpack

Index = tuple[int, ...]
Span = slice | int

_LARGEST = 10_000


@dataclass(frozen=True)
class Outline:
    """Elements of one argument, and in a few words what they are."""

    elements: frozenset[Index]
    note: str


class _Unfit(Exception):
    """The arguments are not what the exercise takes."""


class _Call:
    """The arguments of one call, and the element of the result in question."""

    def __init__(self, arguments: Mapping[str, Any], at: Index | None, shape: Index, part: str) -> None:
        self._arguments = arguments
        self._at = at
        self.shape = shape
        self.part = part
        self.outlines: dict[str, Outline] = {}

    def at(self, ndim: int) -> Index:
        if self._at is None or len(self._at) != ndim:
            raise _Unfit
        return self._at

    def sides(self, name: str, ndim: int) -> Index:
        array = unpack(self._arguments.get(name))
        if array is None or array.ndim != ndim:
            raise _Unfit
        return array.shape

    def number(self, name: str, default: int | None = None) -> int:
        value = self._arguments.get(name, default)
        if type(value) is not int or not 0 <= value <= _LARGEST:
            raise _Unfit
        return value

    def outline(self, name: str, spans: tuple[Span, ...], note: str) -> None:
        """Outline `spans` of argument `name`; what lies outside the array is left out."""
        shape = self.sides(name, len(spans))
        mask: NDArray[np.bool_] = np.zeros(shape, dtype=np.bool_)
        mask[tuple(_inside(span, side) for span, side in zip(spans, shape, strict=True))] = True
        elements = frozenset(tuple(int(i) for i in index) for index in np.argwhere(mask))
        if elements:
            self.outlines[name] = Outline(elements, note)


def outlines_of(
    function: str, arguments: Mapping[str, Any], at: Index | None, shape: Index = (), part: str = ""
) -> dict[str, Outline]:
    """Argument name → what of it made the element `at` of the result; empty where nothing is known.

    arguments: packed values by name. part, shape: the result's name and shape, to tell the gradients of one
    function apart.
    """
    call = _Call(arguments, at, shape, part)
    rule = _RULES.get(function)
    if rule is None:
        return {}
    try:
        rule(call)
    except (_Unfit, IndexError, ValueError):
        return {}
    return call.outlines


def _inside(span: Span, side: int) -> slice:
    if isinstance(span, int):
        span = slice(span, span + 1)
    start, stop = span.start or 0, side if span.stop is None else span.stop
    return slice(min(max(0, start), side), min(max(0, stop), side), span.step)


def _span(start: int, length: int) -> slice:
    return slice(start, start + length)


def _note(rows: slice, columns: slice, height: int, width: int) -> str:
    cut = rows.start < 0 or columns.start < 0 or rows.stop > height or columns.stop > width
    window = "the window of the first wrong value"
    return f"{window}; the rest of it lies in the padding" if cut else window


def _conv_at(call: _Call) -> None:
    kh, kw = call.sides("kernel", 2)
    rows, columns = _span(call.number("row"), kh), _span(call.number("col"), kw)
    call.outline("image", (rows, columns), "the patch at (row, col)")


def _conv2d_single(call: _Call) -> None:
    row, column = call.at(2)
    kh, kw = call.sides("kernel", 2)
    call.outline("image", (_span(row, kh), _span(column, kw)), "the window of the first wrong value")


def _conv2d(call: _Call) -> None:
    n, f, row, column = call.at(4)
    _, _, height, width = call.sides("x", 4)
    filters, _, kh, kw = call.sides("w", 4)
    stride, pad = call.number("stride", 1), call.number("pad", 0)
    rows, columns = _span(row * stride - pad, kh), _span(column * stride - pad, kw)
    call.outline("x", (n, slice(None), rows, columns), _note(rows, columns, height, width))
    if filters > 1:
        call.outline("w", (f, slice(None), slice(None), slice(None)), "the filter of the first wrong value")
        call.outline("b", (f,), "its bias")


def _maxpool(call: _Call) -> None:
    n, c, row, column = call.at(4)
    size, stride = call.number("size", 2), call.number("stride", 2)
    spans = n, c, _span(row * stride, size), _span(column * stride, size)
    call.outline("x", spans, "the window of the first wrong value")


def _same_place(call: _Call) -> None:
    for name in ("x", "dout"):
        array = unpack(call._arguments.get(name))
        if array is not None:
            call.outline(name, call.at(array.ndim), "the number at the same place")


def _zero_pad(call: _Call) -> None:
    array = unpack(call._arguments.get("x"))
    if array is None:
        raise _Unfit
    *leading, row, column = call.at(array.ndim)
    pad = call.number("pad")
    place = (*leading, row - pad, column - pad)
    if row >= pad and column >= pad:
        call.outline("x", place, "the number that belongs at the first difference")


def _covering(place: int, size: int, stride: int, count: int) -> slice:
    """Which windows of one axis cover `place`: window i covers i·stride … i·stride + size − 1."""
    if not stride:
        raise _Unfit
    first = max(0, -(-(place - size + 1) // stride))
    return slice(first, min(count, max(0, place // stride + 1)))


def _maxpool_backward(call: _Call) -> None:
    n, c, row, column = call.at(4)
    _, _, height, width = call.sides("dout", 4)
    size, stride = call.number("size", 2), call.number("stride", 2)
    rows, columns = _covering(row, size, stride, height), _covering(column, size, stride, width)
    call.outline("dout", (n, c, rows, columns), "the gradients of the windows that cover this place")
    call.outline("x", (n, c, row, column), "the place of the first difference")
    if rows.stop > rows.start and columns.stop > columns.start:
        reach = [slice(s.start * stride, (s.stop - 1) * stride + size) for s in (rows, columns)]
        call.outline("x", (n, c, *reach), "what the windows that cover this place see")


def _conv2d_backward(call: _Call) -> None:
    x, w = call.sides("x", 4), call.sides("w", 4)
    _, _, height, width = call.sides("dout", 4)
    stride, pad = call.number("stride", 1), call.number("pad", 0)
    parts = [kind for kind, shape in (("dx", x), ("dw", w), ("db", w[:1])) if shape == call.shape]
    if call.part in parts:
        parts = [call.part]
    if parts == ["dx"]:
        n, c, row, column = call.at(4)
        rows = _covering(row + pad, w[2], stride, height)
        columns = _covering(column + pad, w[3], stride, width)
        call.outline(
            "dout", (n, slice(None), rows, columns), "the gradients of the windows that cover this pixel"
        )
        call.outline("x", (n, c, row, column), "the pixel of the first difference")
    elif parts == ["dw"]:
        f, c, row, column = call.at(4)
        rows = slice(*_met(row - pad, stride, height, x[2]))
        columns = slice(*_met(column - pad, stride, width, x[3]))
        call.outline("x", (slice(None), c, rows, columns), "the pixels that this weight met")
        call.outline("dout", (slice(None), f, slice(None), slice(None)), "the gradients of this filter's map")
        call.outline("w", (f, c, row, column), "the weight of the first difference")
    elif parts == ["db"]:
        (f,) = call.at(1)
        call.outline("dout", (slice(None), f, slice(None), slice(None)), "the gradients of this filter's map")


def _met(start: int, stride: int, count: int, side: int) -> tuple[int, int, int]:
    """Start, stop and step of the pixels that one weight met along an axis, less those in the padding."""
    if not stride:
        raise _Unfit
    stop = min(side, start + (count - 1) * stride + 1)
    if start < 0:
        start %= stride
    return start, max(start, stop), stride


_RULES: Mapping[str, Callable[[_Call], None]] = {
    "conv_at": _conv_at,
    "conv2d_single": _conv2d_single,
    "zero_pad": _zero_pad,
    "conv2d": _conv2d,
    "relu": _same_place,
    "maxpool": _maxpool,
    "relu_backward": _same_place,
    "maxpool_backward": _maxpool_backward,
    "conv2d_backward": _conv2d_backward,
}
