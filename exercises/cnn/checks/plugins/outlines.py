"""Which numbers of its arguments one element of a layer's result comes from."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from grader.grading import Unfit, WrongCall


def _span(start: int, length: int) -> slice:
    return slice(start, start + length)


def _note(rows: slice, columns: slice, height: int, width: int) -> str:
    cut = rows.start < 0 or columns.start < 0 or rows.stop > height or columns.stop > width
    window = "the window of the first wrong value"
    return f"{window}; the rest of it lies in the padding" if cut else window


def _conv_at(call: WrongCall) -> None:
    kh, kw = call.sides("kernel", 2)
    rows, columns = _span(call.number("row"), kh), _span(call.number("col"), kw)
    call.outline("image", (rows, columns), "the patch at (row, col)")


def _conv2d_single(call: WrongCall) -> None:
    row, column = call.at(2)
    kh, kw = call.sides("kernel", 2)
    call.outline("image", (_span(row, kh), _span(column, kw)), "the window of the first wrong value")


def _conv2d(call: WrongCall) -> None:
    n, f, row, column = call.at(4)
    _, _, height, width = call.sides("x", 4)
    filters, _, kh, kw = call.sides("w", 4)
    stride, pad = call.number("stride", 1), call.number("pad", 0)
    rows, columns = _span(row * stride - pad, kh), _span(column * stride - pad, kw)
    call.outline("x", (n, slice(None), rows, columns), _note(rows, columns, height, width))
    if filters > 1:
        call.outline("w", (f, slice(None), slice(None), slice(None)), "the filter of the first wrong value")
        call.outline("b", (f,), "its bias")


def _maxpool(call: WrongCall) -> None:
    n, c, row, column = call.at(4)
    size, stride = call.number("size", 2), call.number("stride", 2)
    spans = n, c, _span(row * stride, size), _span(column * stride, size)
    call.outline("x", spans, "the window of the first wrong value")


def _same_place(call: WrongCall) -> None:
    for name in ("x", "dout"):
        if call.has(name):
            call.outline(name, call.at(len(call.sides(name))), "the number at the same place")


def _zero_pad(call: WrongCall) -> None:
    *leading, row, column = call.at(len(call.sides("x")))
    pad = call.number("pad")
    place = (*leading, row - pad, column - pad)
    if row >= pad and column >= pad:
        call.outline("x", place, "the number that belongs at the first difference")


def _covering(place: int, size: int, stride: int, count: int) -> slice:
    """Which windows of one axis cover `place`: window i covers i·stride … i·stride + size − 1."""
    if not stride:
        raise Unfit
    first = max(0, -(-(place - size + 1) // stride))
    return slice(first, min(count, max(0, place // stride + 1)))


def _maxpool_backward(call: WrongCall) -> None:
    n, c, row, column = call.at(4)
    _, _, height, width = call.sides("dout", 4)
    size, stride = call.number("size", 2), call.number("stride", 2)
    rows, columns = _covering(row, size, stride, height), _covering(column, size, stride, width)
    call.outline("dout", (n, c, rows, columns), "the gradients of the windows that cover this place")
    call.outline("x", (n, c, row, column), "the place of the first difference")
    if rows.stop > rows.start and columns.stop > columns.start:
        reach = [slice(s.start * stride, (s.stop - 1) * stride + size) for s in (rows, columns)]
        call.outline("x", (n, c, *reach), "what the windows that cover this place see")


def _conv2d_backward(call: WrongCall) -> None:
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
        raise Unfit
    stop = min(side, start + (count - 1) * stride + 1)
    if start < 0:
        start %= stride
    return start, max(start, stop), stride


RULES: Mapping[str, Callable[[WrongCall], None]] = {
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
