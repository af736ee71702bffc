"""The sketch of a stack: marks for a sensible order, for shapes that follow from each other, and for the logits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from grader.course import Points
from grader.questions import Key, Kind, Marked, Value, as_text, quoted

from .stack import Layer, Shape, read_stack

#: Fewer shapes than this are no stack, however right they are: conv, pool, flatten, dense.
_LEAST_SHAPES = 4
_SPATIAL = ("conv", "pool")
_USUAL_KERNELS = (1, 2, 3, 5, 7, 9, 11)


class StackPoints(BaseModel):
    """How the points of a sketch are divided."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    order: Points
    shapes: Points
    logits: Points


class StructuredKey(Key):
    """input: (C, H, W); model: one stack that is worth all points, a line a layer."""

    kind: Literal["structured"]
    input: tuple[int, int, int]
    classes: Annotated[int, Field(gt=0)]
    points: StackPoints
    model: Annotated[tuple[str, ...], Field(min_length=1)]


def grade_structured(key: StructuredKey, value: Value) -> Marked:
    """Partial marks for each of the three. Right in itself is enough: nobody has to hit the key's own stack."""
    layers = [layer for layer in read_stack(value) if layer.kind != "input"]
    if not layers:
        why = "No layers were recognised: write one a line, such as conv, relu, pool, flatten or dense."
        return Marked(0, why, complete=False)
    seen = f"Read as: {', '.join(layer.kind for layer in layers)}."
    if all(layer.kind != "conv" for layer in layers):
        return Marked(0, f"{seen}\nA CNN has convolutions; none was found.")
    order, out_of_order = _order(layers)
    shapes, misshapen = _shapes(layers, key.input)
    logits, no_logits = _logits(layers, key.classes)
    points = key.points.order * order + key.points.shapes * shapes + key.points.logits * logits
    lines = [
        seen,
        _report("Order", order, out_of_order),
        _report("Shapes", shapes, misshapen),
        _report("Logits", logits, no_logits),
    ]
    return Marked(points, "\n".join(lines))


def _report(title: str, share: float, faults: Sequence[str]) -> str:
    return f"{title}: right." if share == 1 else f"{title}: {share:.0%}. {' '.join(faults[:4])}"


def _order(layers: Sequence[Layer]) -> tuple[float, list[str]]:
    kinds = [layer.kind for layer in layers]
    convs = [index for index, kind in enumerate(kinds) if kind == "conv"]
    # A pool over the whole map leaves one number a channel: it does the work of flatten too.
    flat = [index for index, layer in enumerate(layers) if layer.kind == "flatten" or layer.everywhere]
    dense = [index for index, kind in enumerate(kinds) if kind == "dense"]
    end = flat[0] if flat else (dense[0] if dense else len(kinds))
    halving = [
        index
        for index, layer in enumerate(layers)
        if layer.kind == "pool" or (layer.kind == "conv" and (layer.stride or 1) > 1)
    ]
    last = next((kind for kind in reversed(kinds) if kind not in ("softmax", "other")), None)
    rules = [
        (
            convs[-1] < end and not any(kind == "pool" for kind in kinds[: convs[0]]),
            "Convolutions come first, before anything is pooled or flattened.",
        ),
        (
            all(_relu_follows(kinds, index) for index in convs),
            "A ReLU belongs after each convolution; without it two convolutions are one larger one.",
        ),
        (
            any(convs[0] <= index for index in halving)
            and all(i < end or layers[i].everywhere for i in halving),
            "After some convolutions the map should be made smaller, by pooling or a stride.",
        ),
        (
            bool(flat) and bool(dense) and flat[0] < dense[0],
            "Between the last map and the first dense layer the map has to be flattened.",
        ),
        (last == "dense", "A dense layer comes last."),
    ]
    return sum(good for good, _ in rules) / len(rules), [fault for good, fault in rules if not good]


def _relu_follows(kinds: Sequence[str], conv: int) -> bool:
    """A ReLU before the next layer with weights. Pool first, then ReLU, gives the same numbers."""
    for kind in kinds[conv + 1 :]:
        if kind == "relu":
            return True
        if kind in ("conv", "dense", "flatten"):
            return False
    return False


def _shapes(layers: Sequence[Layer], start: tuple[int, int, int]) -> tuple[float, list[str]]:
    """The share of right shapes. Each is judged by the shape the student gave before it: a slip costs once."""
    before: Shape | None = start
    right = asked = 0
    faults: list[str] = []
    for layer in layers:
        expected = _allowed(layer, before)
        given = layer.shape
        if given is None:
            before = expected[0] if expected else None
            if layer.kind in ("relu", "other", "softmax"):
                continue
            asked += 1
            faults.append(f"Line {layer.line}: which shape comes out of {layer.kind}?")
            continue
        asked += 1
        if expected == []:
            faults.append(f"Line {layer.line}: {layer.kind} can't follow on {_show(before)}.")
        elif expected is None or any(_same(given, shape) for shape in expected):
            right += 1
        else:
            wrong, right_one = _show(given), _show(expected[0])
            faults.append(
                f"Line {layer.line}: {wrong} does not follow from {_show(before)}; {right_one} would."
            )
        before = _completed(given, expected)
    if asked < _LEAST_SHAPES:
        faults.append(f"Shapes given or asked for: {asked}; a stack has at least {_LEAST_SHAPES}.")
    return right / max(asked, _LEAST_SHAPES), faults


def _allowed(layer: Layer, before: Shape | None) -> list[Shape] | None:
    """The shapes that may come out of `layer`, the likeliest first; None where nothing can be said."""
    if layer.kind == "dense":
        if before is not None and len(before) != 1:
            return []
        return [layer.shape] if layer.shape and len(layer.shape) == 1 else None
    if before is None:
        return None
    if layer.kind == "flatten":
        if None in before:
            return None
        product = 1
        for side in before:
            product *= side or 0
        return [(product,)]
    if layer.kind not in _SPATIAL:
        return [before]
    if len(before) != 3 or before[1] is None or before[2] is None:
        return []
    channels = before[0] if layer.kind == "pool" else layer.filters
    if layer.kind == "conv" and channels is None and layer.shape and len(layer.shape) == 3:
        channels = layer.shape[0]
    if layer.everywhere:
        return [(channels,), (channels, 1, 1)]
    return [
        (channels, _out(before[1], k, s, p), _out(before[2], k, s, p))
        for k, s, p in _windows(layer)
        if min(before[1], before[2]) + 2 * p >= k
    ]


def _windows(layer: Layer) -> list[tuple[int, int, int]]:
    """Kernel, stride and padding: as sketched, else the usual ones."""
    if layer.kind == "pool":
        size = layer.kernel or 2
        return [(size, layer.stride or size, layer.pad or 0)]
    kernels = (layer.kernel,) if layer.kernel else (3, *(k for k in _USUAL_KERNELS if k != 3))
    found = []
    for kernel in kernels:
        half = (kernel - 1) // 2
        pads = (half,) if layer.same else (layer.pad,) if layer.pad is not None else (0, half)
        found += [(kernel, layer.stride or 1, pad) for pad in pads]
    return found


def _out(side: int, kernel: int, stride: int, pad: int) -> int:
    return (side + 2 * pad - kernel) // stride + 1


def _same(given: Shape, expected: Shape) -> bool:
    return len(given) == len(expected) and all(
        a is None or b is None or a == b for a, b in zip(given, expected, strict=True)
    )


def _completed(given: Shape, expected: Sequence[Shape] | None) -> Shape:
    """What the sketch says, with the channels it left out where they are known."""
    if len(given) == 3 and given[0] is None and expected and len(expected[0]) == 3:
        return (expected[0][0], *given[1:])
    return given


def _show(shape: Shape | None) -> str:
    if shape is None:
        return "what came before"
    sides = ", ".join("?" if side is None else str(side) for side in shape)
    return f"({sides},)" if len(shape) == 1 else f"({sides})"


def _logits(layers: Sequence[Layer], classes: int) -> tuple[float, list[str]]:
    dense = [index for index, layer in enumerate(layers) if layer.kind == "dense"]
    if not dense or layers[dense[-1]].shape != (classes,):
        return 0, [f"The stack should end in a dense layer with {classes} outputs, one a class."]
    after = {layer.kind for layer in layers[dense[-1] + 1 :]} - {"other"}
    if not after:
        return 1, []
    if after == {"softmax"}:
        return 0.5, [
            "A softmax turns logits into probabilities; here the loss does that, so the stack ends before it."
        ]
    return 0, ["Nothing should come after the logits: a ReLU would cut the negative ones off."]


def _unreadable(value: Value) -> str:
    return "" if read_stack(value) else f"no layer was recognised in {quoted(as_text(value))}"


KIND = Kind(
    key=StructuredKey,
    mark=grade_structured,
    points=lambda key: key.points.order + key.points.shapes + key.points.logits,
    model=lambda key: list(key.model),
    unreadable=_unreadable,
)
