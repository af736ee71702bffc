"""How do wrong results differ from right ones? Relations that hold on every wrong probe, the most telling first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.diagnosis.outcomes import Array, Part
from grader.diagnosis.probes import Probe

_CLOSE = 2e-6


#: What the axes of a result are called, in one image and in several; (exercise, part) → names.
AXES: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("conv2d_single", ""): ("row", "column"),
    ("conv2d", ""): ("image", "map", "row", "column"),
    ("maxpool", ""): ("image", "channel", "row", "column"),
    ("maxpool_backward", ""): ("image", "channel", "row", "column"),
    ("flatten", ""): ("image", "number"),
    ("conv_matrix", ""): ("row", "column"),
    ("conv2d_backward", "dx"): ("image", "channel", "row", "column"),
    ("conv2d_backward", "dw"): ("filter", "channel", "row", "column"),
    ("conv2d_backward", "db"): ("filter",),
    ("cnn_forward", ""): ("image", "class"),
    ("softmax_loss", "dlogits"): ("image", "class"),
}


@dataclass(frozen=True)
class Pair:
    """One wrong result beside the right one."""

    probe: Probe
    got: Part
    right: Array


@dataclass(frozen=True)
class Relation:
    """`says` completes "The result …" (of the wrong calls); `hint` says where to look; `code` for machines."""

    code: str
    says: str
    hint: str


def relation_of(pairs: Sequence[Pair], axes: tuple[str, ...] = ()) -> Relation | None:
    """What all the wrong results have in common; None if nothing that is known here. Needs two of them.

    axes: what the axes of the result are called.
    """
    if len(pairs) < 2:
        return None
    texts = {pair.got for pair in pairs if isinstance(pair.got, str)}
    if texts:
        return _in_words(texts, pairs)
    if all(_got(pair).shape != pair.right.shape for pair in pairs):
        return _of_shapes(pairs, axes)
    if any(_got(pair).shape != pair.right.shape for pair in pairs):
        return None
    if not all(np.isfinite(_got(pair)).all() for pair in pairs):
        return Relation(
            "not-finite", "holds values that are not finite", "Look for a division by 0, log 0 or exp of a large number."
        ) if all(not np.isfinite(_got(pair)).all() for pair in pairs) else None  # fmt: skip
    for find in (_all_zero, _factor, _known_factor, _offset, _offset_per_map, _signs, _filled, _order):
        found = find(pairs)
        if found:
            return found
    return _places(pairs, axes) or _alike(pairs, axes)


def _in_words(texts: set[str], pairs: Sequence[Pair]) -> Relation | None:
    if len(texts) > 1 or any(not isinstance(pair.got, str) for pair in pairs):
        return None
    text = texts.pop()
    if text.startswith("raised "):
        kind = text.removeprefix("raised ")
        return Relation(
            f"raises:{kind}", f"is missing: {kind} is raised", "Run one such call and read the last lines."
        )
    if text == "None":
        return Relation("none", "is None", "Does every way through the function end in a return?")
    return Relation("words", f"is {text}", "Compare what you return with what the docstring asks for.")


def _got(pair: Pair) -> Array:
    assert not isinstance(pair.got, str)
    return pair.got


def _equal(a: Any, b: Any) -> bool:
    scale = max(1.0, float(np.abs(b).max(initial=0.0)))
    return bool((np.abs(np.asarray(a) - b) <= _CLOSE * scale).all())


_AXES = {1: ("numbers",), 2: ("rows", "columns"), 3: ("channels", "rows", "columns")}
_AXES_4 = ("images", "maps", "rows", "columns")
_COUNT = "Count the places of the window on a small image, and the rows and columns of your result."


def _of_shapes(pairs: Sequence[Pair]) -> Relation | None:
    dims = {(_got(pair).ndim, pair.right.ndim) for pair in pairs}
    if len(dims) > 1:
        return None
    mine, asked = dims.pop()
    if mine != asked:
        return Relation(
            f"ndim:{mine}",
            f"has {mine} axes and should have {asked}",
            "Compare its shape with the docstring.",
        )
    if asked >= 2:
        swapped = [(*p.right.shape[:-2], p.right.shape[-1], p.right.shape[-2]) for p in pairs]
        if all(_got(p).shape == s for p, s in zip(pairs, swapped, strict=True)):
            return Relation(
                "shape-exchanged",
                "has the numbers of its rows and columns exchanged",
                "Which side is the height?",
            )
    deltas = {tuple(np.subtract(_got(p).shape, p.right.shape).tolist()) for p in pairs}
    names = _AXES_4 if asked == 4 else _AXES.get(asked)
    if names is None:
        return None
    if len(deltas) == 1:
        delta = deltas.pop()
        words = " and ".join(_too_many(d, name) for d, name in zip(delta, names, strict=True) if d)
        return Relation("shape:" + ",".join(f"{d:+d}" for d in delta), f"has {words}", _COUNT)
    wrong_axes = [i for i in range(asked) if any(delta[i] for delta in deltas)]
    if len(wrong_axes) < asked:
        ok = " and ".join(names[i] for i in range(asked) if i not in wrong_axes)
        off = " or ".join(names[i] for i in wrong_axes)
        return Relation(
            f"shape-axes:{','.join(map(str, wrong_axes))}", f"has the wrong number of {off}, and the right number of {ok}",
            _COUNT,
        )  # fmt: skip
    return Relation("shape-wrong", "has another shape than it should", _COUNT)


def _too_many(delta: int, name: str) -> str:
    one = {"rows": "row", "columns": "column", "images": "image", "maps": "map", "channels": "channel"}
    count = "one" if abs(delta) == 1 else str(abs(delta))
    noun = one.get(name, "number") if abs(delta) == 1 else name
    return f"{count} {noun} too {'many' if delta > 0 else 'few'}"


def _all_zero(pairs: Sequence[Pair]) -> Relation | None:
    if any(_got(pair).any() for pair in pairs):
        return None
    return Relation("zeros", "is 0 everywhere", "Is the array that you fill the one that you return?")


def _ratio(pair: Pair) -> float | None:
    """got / right where that is one number, else None."""
    right = pair.right.ravel()
    if not right.any():
        return None
    where = int(np.argmax(np.abs(right)))
    ratio = float(_got(pair).ravel()[where] / right[where])
    return ratio if ratio and _equal(_got(pair), ratio * pair.right) else None


def _factor(pairs: Sequence[Pair]) -> Relation | None:
    ratios = [_ratio(pair) for pair in pairs]
    first = ratios[0]
    if first is None or any(r is None or abs(r - first) > _CLOSE for r in ratios):
        return None
    if abs(first + 1) < _CLOSE:
        return Relation("factor:-1", "has the wrong sign", "Look for a minus sign too many or too few.")
    if abs(first) > 1:
        return Relation(
            f"factor:{first:.6g}", f"is {first:.4g} times what it should be", "Is something counted twice?"
        )
    return Relation(
        f"factor:{first:.6g}",
        f"is 1/{1 / first:.4g} of what it should be",
        "Is something divided or left out?",
    )


def quantities(probe: Probe) -> Mapping[str, float]:
    """Numbers of a call by which a result may be multiplied by mistake: name → number."""
    found: dict[str, float] = {}
    arrays = [a for a in probe.args if isinstance(a, np.ndarray)]
    if arrays and arrays[0].ndim == 4:
        image = arrays[1] if len(arrays) > 1 and _is_gradient(probe) else arrays[0]
        n, c, h, w = image.shape
        found |= {"the number of images": n, "the number of channels": c, "the number of pixels": h * w}
        if len(arrays) > 1 and arrays[-1].ndim == 4 and arrays[-1] is not image and not _is_pool(probe):
            f, _, kh, kw = arrays[-1].shape
            found |= {
                "the number of filters": f,
                "the size of the filter": kh * kw,
                "the filter's weights": c * kh * kw,
            }
    elif arrays and arrays[0].ndim == 2:
        found |= {"the number of rows": arrays[0].shape[0], "the number of columns": arrays[0].shape[1]}
    if probe.args and isinstance(probe.args[0], dict):
        found["the number of images"] = arrays[0].shape[0]
    return {name: float(number) for name, number in found.items()}


def _is_gradient(probe: Probe) -> bool:
    return isinstance(probe.args[1], np.ndarray) and probe.args[1].ndim == 4


def _is_pool(probe: Probe) -> bool:
    return "overlap" in probe.facts


def _known_factor(pairs: Sequence[Pair]) -> Relation | None:
    ratios = [_ratio(pair) for pair in pairs]
    if any(ratio is None for ratio in ratios):
        return None
    counted = [quantities(pair.probe) for pair in pairs]
    for name in counted[0]:
        if all(
            r is not None and abs(r - q[name]) < _CLOSE * q[name]
            for r, q in zip(ratios, counted, strict=True)
        ):
            return Relation(
                f"times:{name}", f"is multiplied by {name}", "Is something added once too often, in a loop?"
            )
        if all(r is not None and abs(r * q[name] - 1) < _CLOSE for r, q in zip(ratios, counted, strict=True)):
            return Relation(f"over:{name}", f"is divided by {name}", "A sum is asked for; is there a mean?")
    return Relation(
        "own-factor", "is right up to a factor that differs from call to call", "What is it divided by?"
    )


def _offset(pairs: Sequence[Pair]) -> Relation | None:
    offsets = [_got(pair) - pair.right for pair in pairs]
    if any(not _equal(offset, offset.ravel()[0]) for offset in offsets if offset.size):
        return None
    values = [float(offset.ravel()[0]) for offset in offsets]
    if all(abs(value - values[0]) < _CLOSE for value in values):
        amount = f"{abs(values[0]):.6g} too {'large' if values[0] > 0 else 'small'}"
        return Relation(
            f"offset:{values[0]:.6g}", f"is {amount}", "Count by hand: which end is counted once too often?"
        )
    if sum(offset.size > 1 for offset in offsets) < 2:
        return None
    return Relation(
        "offset", "is off by the same amount everywhere", "What is added at the end, and how often?"
    )


def _offset_per_map(pairs: Sequence[Pair]) -> Relation | None:
    offsets = [_got(pair) - pair.right for pair in pairs]
    if any(offset.ndim != 4 for offset in offsets) or sum(o[0, 0].size > 1 for o in offsets) < 2:
        return None
    if any(not _equal(offset, offset[:1, :, :1, :1]) for offset in offsets):
        return None
    return Relation(
        "offset-per-map", "is off by one amount for each map", "Which number belongs to each map: its bias?"
    )


Mask = NDArray[np.bool_]


def _at(index: Any) -> Callable[[Array], Mask]:
    def mask(right: Array) -> Mask:
        found = np.zeros(right.shape, bool)
        found[index] = True
        return found

    return mask


def _not(inner: Callable[[Array], Mask]) -> Callable[[Array], Mask]:
    return lambda right: ~inner(right)


def _border(right: Array) -> Mask:
    found = np.ones(right.shape, bool)
    found[..., 1:-1, 1:-1] = False
    return found


_EDGE = "Follow the window at the edge: where does it start, and what does it cover?"
#: code → (least ndim, in words, hint, mask of the places)
PLACES: Mapping[str, tuple[int, str, str, Callable[[Array], Mask]]] = {
    "last-row": (2, "in the last row", _EDGE, _at((..., -1, slice(None)))),
    "last-column": (2, "in the last column", _EDGE, _at((..., -1))),
    "first-row": (2, "in the first row", _EDGE, _at((..., 0, slice(None)))),
    "first-column": (2, "in the first column", _EDGE, _at((..., 0))),
    "corner": (2, "in the first place (row 0, column 0)", _EDGE, _at((..., 0, 0))),
    "border": (2, "in the first and last rows and columns", _EDGE, _border),
    "not-corner": (
        2,
        "outside the first place (row 0, column 0)",
        "Does the window move?",
        _not(_at((..., 0, 0))),
    ),
    "not-first-row": (
        2,
        "below the first row",
        "How does the window move down?",
        _not(_at((..., 0, slice(None)))),
    ),
    "not-first-column": (
        2,
        "right of the first column",
        "How does the window move right?",
        _not(_at((..., 0))),
    ),
    "not-first-image": (4, "after the first image", "Is the image's index used?", _not(_at((0,)))),
    "not-first-map": (4, "after the first map", "Is the index of the map used?", _not(_at((slice(None), 0)))),
    "first-image": (4, "in the first image", "Is the image's index used?", _at((0,))),
    "last-map": (4, "in the last map", "Does the loop over maps reach the last one?", _at((slice(None), -1))),
}
_SMALLEST_AXIS = {"not-first-image": 0, "first-image": 0, "not-first-map": 1, "last-map": 1}


def _places(pairs: Sequence[Pair]) -> Relation | None:
    wrong = [
        np.abs(_got(p) - p.right) > _CLOSE * max(1.0, float(np.abs(p.right).max(initial=0))) for p in pairs
    ]
    for code, (ndim, words, hint, mask) in PLACES.items():
        if any(pair.right.ndim < ndim for pair in pairs):
            continue
        masks = [mask(pair.right) for pair in pairs]
        if sum(not m.all() for m in masks) < 2 or any(
            (w & ~m).any() for w, m in zip(wrong, masks, strict=True)
        ):
            continue
        return Relation(f"at:{code}", f"is wrong only {words}", hint)
    return None


def _signs(pairs: Sequence[Pair]) -> Relation | None:
    wrong = [
        np.abs(_got(p) - p.right) > _CLOSE * max(1.0, float(np.abs(p.right).max(initial=0))) for p in pairs
    ]
    tests: Mapping[str, tuple[str, str, Callable[[Array], Mask]]] = {
        "negative": (
            "is wrong only where it should be negative",
            "Where is a sign cut off?",
            lambda r: r < 0,
        ),
        "positive": (
            "is wrong only where it should be above 0",
            "What happens to large values?",
            lambda r: r > 0,
        ),
        "zero": ("is wrong only where it should be 0", "What is left there, and why?", lambda r: r == 0),
        "not-zero": (
            "is right wherever it should be 0",
            "The pattern is right; the amounts are not.",
            lambda r: r != 0,
        ),
    }
    for code, (says, hint, mask) in tests.items():
        masks = [mask(pair.right) for pair in pairs]
        if sum(not m.all() for m in masks) < 2 or any(
            (w & ~m).any() for w, m in zip(wrong, masks, strict=True)
        ):
            continue
        return Relation(f"sign:{code}", says, hint)
    return None


def _filled(pairs: Sequence[Pair]) -> Relation | None:
    """0 stands where the result is wrong; or the result is never too small, or never too large."""
    off = [
        np.abs(_got(p) - p.right) > _CLOSE * max(1.0, float(np.abs(p.right).max(initial=0))) for p in pairs
    ]
    if all(not _got(pair)[wrong].any() for pair, wrong in zip(pairs, off, strict=True)):
        return Relation("zero-there", "is 0 where it is wrong", "Which places are never filled?")
    return None


def _order(pairs: Sequence[Pair]) -> Relation | None:
    if sum(pair.right.size > 3 for pair in pairs) < 2:
        return None
    if all(_equal(np.sort(_got(pair), axis=None), np.sort(pair.right, axis=None)) for pair in pairs):
        return Relation(
            "order", "holds the right numbers in wrong places", "Check reshape, transpose and index order."
        )
    return None


def _alike(pairs: Sequence[Pair]) -> Relation | None:
    """Images or maps that should differ and do not."""
    for axis, name in ((0, "images"), (1, "maps")):
        if any(pair.right.ndim != 4 for pair in pairs):
            return None
        several = [p for p in pairs if p.right.shape[axis] > 1]
        if len(several) < 2 or any(_same(p.right, axis) for p in several):
            continue
        if all(_same(_got(pair), axis) for pair in several):
            return Relation(f"alike:{name}", f"is the same for all {name}", "Which index is not used?")
    return None


def _same(array: Array, axis: int) -> bool:
    return _equal(array, np.take(array, [0], axis=axis))


def pairs_of(
    probes: Sequence[Probe], got: Sequence[Part], right: Sequence[Part], bad: frozenset[int]
) -> Iterator[Pair]:
    """The wrong results of one part beside the right ones, where these are arrays."""
    for number in sorted(bad):
        expected = right[number]
        if not isinstance(expected, str):
            yield Pair(probes[number], got[number], expected)
