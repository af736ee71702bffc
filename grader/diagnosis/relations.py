"""How do wrong results differ from right ones? Relations that hold on every wrong probe, the most telling first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from grader.diagnosis.pairs import Pair, Relation, equal, several, tolerance
from grader.diagnosis.places import alike_relation, place_relation
from grader.diagnosis.shapes import shape_relation


def relation_of(pairs: Sequence[Pair], axes: tuple[str, ...] = ()) -> Relation | None:
    """What all the wrong results have in common; None if nothing that is known here. Needs two of them.

    axes: what the axes of the result are called.
    """
    if len(pairs) < 2:
        return None
    texts = {pair.got for pair in pairs if isinstance(pair.got, str)}
    if texts:
        return _in_words(texts, pairs)
    same_shape = [pair.array.shape == pair.right.shape for pair in pairs]
    if not any(same_shape):
        return shape_relation(pairs, axes)
    if not all(same_shape):
        return None
    finite = [bool(np.isfinite(pair.array).all()) for pair in pairs]
    if not any(finite):
        look = "Look for a division by 0, a log of 0, or exp of a large number."
        return Relation("not-finite", "holds numbers that are not finite", look)
    if not all(finite):
        return None
    for find in (_all_zero, _factor, _known_factor, _offset):
        if found := find(pairs):
            return found
    if found := _offset_per_item(pairs, axes) or _zero_there(pairs) or _order(pairs):
        return found
    return alike_relation(pairs, axes) or place_relation(pairs, axes) or _same_sum(pairs) or _one_sided(pairs)


def _in_words(texts: set[str], pairs: Sequence[Pair]) -> Relation | None:
    if any(not isinstance(pair.got, str) for pair in pairs):
        return None
    if all("is not an integer" in text for text in texts):
        return Relation("not-integer", "is not an integer", "Divide with //, or make it an int at the end.")
    if len(texts) > 1:
        return None
    text = texts.pop()
    if text.startswith("raised "):
        return raises(text.removeprefix("raised "))
    if text == "None":
        return Relation("none", "is None", "Does every way through the function end in a return?")
    return Relation("words", f"is {text}", "Compare what you return with what the docstring asks for.")


def raises(kind: str) -> Relation:
    """There is no result: an exception is raised each time."""
    return Relation(f"raises:{kind}", f"is missing: {kind} is raised", "")


def _all_zero(pairs: Sequence[Pair]) -> Relation | None:
    if any(pair.array.any() for pair in pairs):
        return None
    return Relation("zeros", "is 0 everywhere", "Is the array that you fill the one that you return?")


def _ratio(pair: Pair) -> float | None:
    """got / right where that is one number, else None."""
    right = pair.right.ravel()
    if not right.any():
        return None
    where = int(np.argmax(np.abs(right)))
    ratio = float(pair.array.ravel()[where] / right[where])
    return ratio if ratio and equal(pair.array, ratio * pair.right) else None


def _factor(pairs: Sequence[Pair]) -> Relation | None:
    ratios = [_ratio(pair) for pair in pairs]
    first = ratios[0]
    if first is None or any(r is None or abs(r - first) > 1e-6 * abs(first) for r in ratios):
        return None
    code = f"factor:{first:.6g}"
    if abs(first + 1) < 1e-6:
        return Relation(code, "has the wrong sign", "Look for a minus sign too many or too few.")
    if abs(first) > 1:
        return Relation(
            code, f"is {first:.4g} times what it should be", "Is something counted more than once?"
        )
    if abs(1 / first - round(1 / first)) < 1e-6:
        says = f"is 1/{round(1 / first)} of what it should be"
        return Relation(code, says, "Is something divided, or counted too seldom?")
    return Relation(code, f"is {first:.4g} times what it should be", "Is something divided or left out?")


def _known_factor(pairs: Sequence[Pair]) -> Relation | None:
    ratios = [_ratio(pair) for pair in pairs]
    if any(ratio is None for ratio in ratios):
        return None
    known = [ratio for ratio in ratios if ratio is not None]
    counted = [pair.probe.quantities for pair in pairs]
    for name in counted[0]:
        numbers = [quantity[name] for quantity in counted]
        if all(abs(r - q) < 1e-6 * q for r, q in zip(known, numbers, strict=True)):
            return Relation(
                f"times:{name}", f"is multiplied by {name}", "Is something added too often, in a loop?"
            )
        if all(abs(r * q - 1) < 1e-6 for r, q in zip(known, numbers, strict=True)):
            return Relation(
                f"over:{name}", f"is divided by {name}", "Over how many numbers is the mean or the sum taken?"
            )
    if several(pairs, 3):
        says = "is right up to a factor, which differs from call to call"
        return Relation("own-factor", says, "What is it multiplied or divided by at the end?")
    return None


def _offset(pairs: Sequence[Pair]) -> Relation | None:
    offsets = [pair.array - pair.right for pair in pairs]
    if any(not offset.size or not equal(offset, offset.ravel()[0]) for offset in offsets):
        return None
    amounts = [float(offset.ravel()[0]) for offset in offsets]
    if all(abs(amount - amounts[0]) < 1e-6 for amount in amounts):
        says = f"is {abs(amounts[0]):.6g} too {'large' if amounts[0] > 0 else 'small'}"
        return Relation(
            f"offset:{amounts[0]:.6g}", says, "Count by hand: what is counted once too often or too seldom?"
        )
    if not several(pairs, 3):
        return None
    return Relation(
        "offset", "is off by the same amount everywhere", "What is added at the end, and how often?"
    )


def _offset_per_item(pairs: Sequence[Pair], axes: tuple[str, ...]) -> Relation | None:
    """Off by an amount that depends on the place along the second axis alone, whatever there is behind it."""
    offsets = [pair.array - pair.right for pair in pairs]
    if len(axes) < 3 or any(offset.ndim != len(axes) for offset in offsets):
        return None
    if sum(offset[:1, :1].size > 1 for offset in offsets) < 2:
        return None
    if any(
        not equal(offset, offset[(slice(1), slice(None), *[slice(1)] * (offset.ndim - 2))])
        for offset in offsets
    ):
        return None
    look = f"Which number belongs to a whole {axes[1]}?"
    return Relation(f"offset-per-{axes[1]}", f"is off by one amount for each {axes[1]}", look)


def _zero_there(pairs: Sequence[Pair]) -> Relation | None:
    if any(np.abs(pair.array[pair.wrong]).max(initial=0.0) > tolerance(0) for pair in pairs):
        return None
    return Relation("zero-there", "is 0 in every place where it is wrong", "Which places are never filled?")


def _order(pairs: Sequence[Pair]) -> Relation | None:
    if not several(pairs, 4):
        return None
    if not all(equal(np.sort(pair.array, axis=None), np.sort(pair.right, axis=None)) for pair in pairs):
        return None
    look = "Check each reshape, each transpose and the order of indices."
    return Relation("order", "holds the right numbers in wrong places", look)


def _same_sum(pairs: Sequence[Pair]) -> Relation | None:
    """What was handed out is all there, in other places."""
    if not several(pairs, 4) or not all(equal(pair.array.sum(), pair.right.sum()) for pair in pairs):
        return None
    look = "Nothing is lost: at which index is each number added?"
    return Relation("sum", "adds up to the right sum, so that the numbers stand in wrong places", look)


def _one_sided(pairs: Sequence[Pair]) -> Relation | None:
    """Every wrong number is too small, or every one too large."""
    signs = {int(sign) for pair in pairs for sign in np.sign((pair.array - pair.right)[pair.wrong]).ravel()}
    if len(signs) != 1:
        return None
    size, other = ("large", "small") if signs == {1} else ("small", "large")
    one = all(pair.right.ndim == 0 for pair in pairs)
    says = f"is too {size}" if one else f"has numbers that are too {size}, and none that is too {other}"
    look = "Compare one wrong number with the right one: what is missing, or too much?"
    return Relation(f"too-{size}", says, look)
