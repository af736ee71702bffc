"""A sketched stack of layers → Layers. Generous: a line a layer, pairs, chains of arrows, channels first or last."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from grader.questions import Value

Kind = Literal["input", "conv", "relu", "pool", "flatten", "dense", "softmax", "other"]
#: (channels, height, width), channels None where only the sides were given; or (units,).
Shape: TypeAlias = "tuple[int | None, ...]"

_MOST_LINES = 100
_LONGEST_LINE = 300
_LARGEST_FILTER = 11

_LAYER = re.compile(
    r"""(?P<relu>rectified\ linear(?:\ units?)?|\bl?relu\w*|\bleaky\ relu|\bnon-?\ ?linear\w*|\bactivations?\b)
      |(?P<conv>\bconv\w*(?:\ layer)?)
      |(?P<pool>(?:\bglobal[ -])?(?:\b(?:max|avg|average|mean)(?:imum)?[ -]?)?pool\w*|\b(?:sub|down)sampl\w*)
      |(?P<flatten>\bflatten\w*|\breshape\b|\bunroll\w*)
      |(?P<dense>\bdense\w*|\bfully[ -]?connected|\bfc\d?\b|\blinear\b|\baffine\b)
      |(?P<softmax>\bsoftmax\b)
      |(?P<other>\bdrop-?out\w*|\bbatch[ -]?norm\w*|\bbn\d?\b)
      |(?P<input>\binputs?\b|\bimages?\b)""",
    re.VERBOSE,
)
_OUTPUT = re.compile(r"\W*(?:(?:class )?(?:logits?|scores?)|output)\b")
_ARROW = re.compile(r"-{1,3}>|={1,2}>|[→⇒➔➜⟶|;]|:(?=\s*[(\[\d])|\bgives\b|\bto\b")
_TRIPLE = re.compile(r"(?<![\dx.])(\d{1,6}) ?([,x]) ?(\d{1,6}) ?\2 ?(\d{1,6})(?! ?[x\d.])")
_MIXED = re.compile(r"(\d{1,6}) ?([@,x]) ?(\d{1,6})x(\d{1,6})(?! ?[x\d.])")
_MAPS = re.compile(
    r"(\d{1,6}) (?:feature )?(?:maps?|channels?|filters?) (?:of |with |a |at )?(\d{1,6}) ?x ?(\d{1,6})"
)
_PAIR = re.compile(r"(?<![\dx.])(\d{1,6}) ?[x,] ?(\d{1,6})(?! ?[x\d.])")
_FILTERS = (
    re.compile(r"(\d+) ?(?:\w+ )?(?:filters?|kernels?|channels?|feature maps?)\b"),
    re.compile(r"(?:filters?|channels?) ?=? ?(\d+)"),
)
_KERNEL = (re.compile(r"(?:kernel|size|window)(?: size)? ?=? ?(\d+)"), re.compile(r"\bk ?= ?(\d+)"))
_STRIDE = (re.compile(r"strides? ?=? ?(?:of )?(\d+)"), re.compile(r"\bs ?= ?(\d+)"))
_PAD = (re.compile(r"pad(?:ding)? ?=? ?(?:of )?(\d+)"), re.compile(r"\bp ?= ?(\d+)"))
_OR = re.compile(r"\b(?:or|maybe|perhaps|possibly)\b|[?/|]")
_WHOLE = re.compile(r"(?<![\w.])\d{1,9}(?![\w.])")


@dataclass(frozen=True)
class Layer:
    """One layer as it was sketched; None where the sketch does not say."""

    kind: Kind
    line: int
    filters: int | None = None
    kernel: int | None = None
    stride: int | None = None
    pad: int | None = None
    same: bool = False
    everywhere: bool = False
    shape: Shape | None = None


def read_stack(value: Value) -> list[Layer]:
    """The layers in order. line: counted from 1 among the sketch's own lines. Never raises."""
    layers: list[Layer] = []
    for number, line in enumerate(_lines(value), start=1):
        first = len(layers)
        pending: list[int] = []
        for segment in _ARROW.split(_normal(line)):
            found = list(_layers_of(segment, number, layers, at_start=len(layers) == first))
            if found:
                pending = list(range(len(layers), len(layers) + len(found)))
                layers += found
            elif pending and (shape := _loose_shape(segment, layers[pending[-1]].kind)):
                _give_shape(layers, pending, shape)
        if number >= _MOST_LINES:
            break
    return layers


def _give_shape(layers: list[Layer], pending: list[int], shape: Shape) -> None:
    """The shape behind "conv + relu" is that of both; of "conv + relu + pool" it is the last one's."""
    layers[pending[-1]] = replace(layers[pending[-1]], shape=shape)
    kinds = [layers[index].kind for index in pending]
    if kinds == ["conv", "relu"]:
        layers[pending[0]] = replace(layers[pending[0]], shape=shape)


def _lines(value: Value) -> list[str]:
    if isinstance(value, str):
        return [line for line in value.split("\n") if line.strip()]
    if isinstance(value, dict):
        lowered = {key.strip().lower(): item for key, item in value.items()}
        if "layer" in lowered:
            rest = ", ".join(_flat(item) for key, item in lowered.items() if key not in ("layer", "shape"))
            return [f"{_flat(lowered['layer'])} {rest} -> {_flat(lowered.get('shape', ''))}"]
        return [f"{key} -> {_flat(item)}" for key, item in value.items()]
    lines: list[str] = []
    for item in value:
        if isinstance(item, dict):
            lines += _lines(item)
        else:
            lines += [line for line in _flat(item).split("\n") if line.strip()]
    return lines


def _flat(value: Value) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return ", ".join(f"{key} {_flat(item)}" for key, item in value.items())
    return ", ".join(f"({_flat(item)})" if isinstance(item, list) else _flat(item) for item in value)


def _normal(line: str) -> str:
    # One character may become eighteen.
    text = unicodedata.normalize("NFKC", line[:_LONGEST_LINE]).lower()[:_LONGEST_LINE]
    text = re.sub(r"[×✕*·]|(?<=\d) by (?=\d)", "x", text)
    text = re.sub(r"\s*x\s*(?=\d)", "x", text)
    return re.sub(r"\s+", " ", re.sub(r"""["'`]""", "", text))


def _layers_of(segment: str, line: int, before: list[Layer], *, at_start: bool) -> Iterator[Layer]:
    matches = list(_LAYER.finditer(segment))
    if not matches and at_start and _OUTPUT.match(segment) and _is_new_output(segment, before):
        yield Layer("dense", line, shape=_loose_shape(segment, "dense"))
    if not matches:
        return
    for match, after in zip(matches, [*matches[1:], None], strict=True):
        begin = 0 if match is matches[0] else match.start()
        text = segment[begin : after.start() if after else len(segment)]
        kind: Kind = match.lastgroup  # type: ignore[assignment]
        if kind == "conv":
            yield _conv(text, line)
        elif kind == "pool":
            yield _pool(text, line)
        elif kind in ("flatten", "dense"):
            yield Layer(
                kind,
                line,
                shape=_loose_shape(text[match.end() - begin :] or text, kind) or _loose_shape(text, kind),
            )
        else:
            yield Layer(kind, line, shape=_strict_shape(text))


def _is_new_output(segment: str, before: list[Layer]) -> bool:
    """Whether "logits: 10" on a line of its own is a layer, and not a remark on the one before."""
    units = _WHOLE.findall(segment)
    if not before or not units:
        return False
    last = before[-1]
    return not (last.kind == "dense" and last.shape in (None, (int(units[-1]),)))


def _conv(text: str, line: int) -> Layer:
    if lesson := re.search(r"conv\w*, ?(\d+), ?(\d+), ?(\d+), ?(\d+)", text):
        filters, kernel, stride, pad = (int(number[:9]) for number in lesson.groups())
        return Layer("conv", line, filters, kernel, stride, pad, shape=_strict_shape(text[lesson.end() :]))
    filters_ = _number(text, *_FILTERS)
    return replace(_windowed("conv", text, line), filters=filters_)


def _pool(text: str, line: int) -> Layer:
    if lesson := re.search(r"pool\w*, ?(\d+), ?(\d+)\)", text):
        size, stride = (int(number[:9]) for number in lesson.groups())
        return Layer(
            "pool", line, kernel=size, stride=stride, pad=0, shape=_strict_shape(text[lesson.end() :])
        )
    return replace(_windowed("pool", text, line), everywhere="global" in text)


def _windowed(kind: Kind, text: str, line: int) -> Layer:
    spec = _TRIPLE.sub(" ", text)
    sides = [
        int(a)
        for a, b in re.findall(r"(?<!\d)(\d{1,2})x(\d{1,2})(?!\d)", spec)
        if a == b and int(a) <= _LARGEST_FILTER
    ]
    kernel = sides[0] if sides else _number(spec, *_KERNEL)
    return Layer(
        kind,
        line,
        kernel=kernel,
        stride=_number(spec, *_STRIDE),
        pad=0 if "valid" in spec or re.search(r"\b(?:no|without) pad", spec)
        else _number(spec, *_PAD),
        same=bool(re.search(r"\bsame\b", spec)),
        shape=_strict_shape(text, filters=kind == "conv"),
    )  # fmt: skip


def _number(text: str, *patterns: re.Pattern[str]) -> int | None:
    for pattern in patterns:
        if match := pattern.search(text):
            return int(match[1][:9])
    return None


def _is_a_bet(text: str) -> bool:
    """ "100 or 10", "10?": no shape, rather than the one of the two that is right."""
    sign = _OR.search(text)
    if not sign or not any(char.isdecimal() for char in text[: sign.start()]):
        return False
    return sign[0] == "?" or any(char.isdecimal() for char in text[sign.end() :])


def _strict_shape(text: str, *, filters: bool = False) -> Shape | None:
    """A shape among a layer's own words, where "3x3" is a filter and "26x26" hardly is.

    filters: it is a convolution's line, where "3x3x8" and "8, 3, 3" may well describe the filters.
    """
    if _is_a_bet(text):
        return None
    for match in _MAPS.finditer(text):
        if int(match[2]) > _LARGEST_FILTER:
            return (int(match[1]), int(match[2]), int(match[3]))
    for match in _TRIPLE.finditer(text):
        shape = _channels_first(int(match[1]), int(match[3]), int(match[4]))
        if shape[1] == shape[2] and (not filters or shape[1] > (7 if match[2] == "x" else 3)):
            return shape
    for match in _MIXED.finditer(text):
        if match[3] == match[4] and (match[2] == "@" or int(match[3]) > _LARGEST_FILTER):
            return (int(match[1]), int(match[3]), int(match[4]))
    pairs = [(int(a), int(b)) for a, b in _PAIR.findall(_TRIPLE.sub(" ", text))]
    return next(((None, a, b) for a, b in pairs if a == b > _LARGEST_FILTER), None)


def _loose_shape(text: str, kind: Kind) -> Shape | None:
    """A shape in words that hold nothing else, such as those behind an arrow."""
    if _is_a_bet(text):
        return None
    if kind in ("flatten", "dense"):
        product = re.search(r"(?<![\dx])\d{1,5}(?:x\d{1,5}){1,3}(?![\dx]) *$", text.rstrip(" )]."))
        if kind == "flatten" and product:
            return (math.prod(int(number) for number in product[0].split("x")),)
        numbers = _WHOLE.findall(text)
        if kind == "flatten" and (inside := _TRIPLE.search(text)) and len(numbers) == 3 and inside[2] == ",":
            return (int(inside[1]), int(inside[3]), int(inside[4]))
        return (int(numbers[-1]),) if numbers else None
    if match := _MAPS.search(text):
        return (int(match[1]), int(match[2]), int(match[3]))
    if triple := _TRIPLE.search(text):
        return _channels_first(int(triple[1]), int(triple[3]), int(triple[4]))
    if mixed := _MIXED.search(text):
        return (int(mixed[1]), int(mixed[3]), int(mixed[4]))
    if batch := re.search(r"\d+ ?, ?(\d{1,6}) ?, ?(\d{1,6}) ?, ?(\d{1,6})", text):
        return _channels_first(int(batch[1]), int(batch[2]), int(batch[3]))
    if pair := _PAIR.search(text):
        return (None, int(pair[1]), int(pair[2]))
    return None


def _channels_first(a: int, b: int, c: int) -> tuple[int, int, int]:
    return (c, a, b) if a == b != c else (a, b, c)
