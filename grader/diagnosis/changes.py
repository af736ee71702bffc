"""Changes that make sense for any function, by the kinds of its arguments and of what it returns."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from grader.diagnosis.change import ORDER, Variant, argument, exchanged, raw_result, result, set_to, shifted

_TURNED = "Rows come before columns: compare every index and every shape, one by one."
_USED = "Is every argument used, and is each index used everywhere?"


def kinds_of(names: Sequence[str], calls: Sequence[tuple[Any, ...]]) -> Mapping[str, str]:
    """Argument → "int", "float", "bool", "str", "list", "array" or "array2" (with two axes or more), else left out."""
    found: dict[str, str] = {}
    for place, name in enumerate(names):
        given = [args[place] for args in calls if len(args) > place]
        kinds = {type(value).__name__ for value in given}
        if kinds == {"ndarray"}:
            found[name] = "array2" if all(value.ndim > 1 for value in given) else "array"
        elif len(kinds) == 1 and kinds <= {"int", "float", "bool", "str", "list"}:
            found[name] = kinds.pop()
    return found


def changes_of(
    names: Sequence[str], calls: Sequence[tuple[Any, ...]], kind: str, ndims: Sequence[int]
) -> tuple[Variant, ...]:
    """The changes to look for. kind, ndims: of what is returned."""
    kinds = kinds_of(names, calls)
    found = list(itertools.chain(*(_of_argument(name, what) for name, what in kinds.items())))
    found += [
        exchanged(one, other)
        for one, other in itertools.combinations(kinds, 2)
        if kinds[one] == kinds[other] and kinds[one] not in ("array", "array2")
    ]
    found += _of_plain() if kind == "plain" else _of_integer() if kind == "integer" else _of_numbers(ndims)
    return tuple(found)


def _of_argument(name: str, kind: str) -> Iterator[Variant]:
    if kind == "int":
        yield from (set_to(name, value) for value in (0, 1, 2))
        yield from (shifted(name, by) for by in (1, -1))
        yield argument(name, f"{name}*2", f"is what comes out for twice {name}", _USED, lambda v: 2 * v)
    if kind in ("int", "float"):
        yield argument(name, f"{name}-abs", f"ignores the sign of {name}", "Where does a sign get lost?", abs)
        yield argument(
            name, f"{name}-negated", f"is what comes out for -{name}", "Look for a minus sign.", _minus
        )
    if kind == "bool":
        yield from (set_to(name, value) for value in (False, True))
        yield argument(
            name, f"{name}-not", f"is what comes out for the opposite of {name}", _USED, lambda v: not v
        )
    if kind == "str":
        for code, says, change in (
            ("lower", "in small letters", str.lower),
            ("upper", "in capitals", str.upper),
            ("strip", "without blanks around it", str.strip),
            ("reversed", "read backwards", lambda v: v[::-1]),
        ):
            yield argument(name, f"{name}-{code}", f"is what comes out for {name} {says}", _USED, change)
    if kind in ("list", "str"):
        yield argument(
            name, f"{name}-but-first", f"leaves out the first item of {name}", _ENDS, lambda v: v[1:]
        )
        yield argument(
            name, f"{name}-but-last", f"leaves out the last item of {name}", _ENDS, lambda v: v[:-1]
        )
    if kind == "list":
        yield argument(name, f"{name}-reversed", f"takes {name} in reverse order", ORDER, lambda v: v[::-1])
        yield argument(
            name, f"{name}-sorted", f"is what comes out when {name} is sorted first", ORDER, _sorted
        )
        yield argument(
            name, f"{name}-once", f"counts each item of {name} once", "What of items that come twice?", _once
        )
    if kind in ("array", "array2"):
        yield argument(
            name, f"{name}-abs", f"ignores the signs in {name}", "Where does a sign get lost?", np.abs
        )
        yield argument(name, f"{name}-whole", f"cuts the fractions off {name}", _WHOLE, np.trunc)
        yield argument(name, f"{name}-reversed", f"takes {name} in reverse order", ORDER, _reversed)
        yield argument(
            name, f"{name}-but-last", f"leaves out the last item of {name}", _ENDS, lambda v: v[:-1]
        )
    if kind == "array2":
        says = f"is what comes out when the last two axes of {name} are exchanged"
        yield argument(name, f"{name}-transposed", says, _TURNED, lambda v: np.swapaxes(v, -1, -2))
        for words, axes in _FLIPS.items():
            says = f"is what comes out when {name} is flipped {words}"
            code = f"{name}-flipped-{words.replace(' ', '-')}"
            yield argument(name, code, says, "Does an index run backwards?", partial(np.flip, axis=axes))
        for axis, which in enumerate(("first", "second")):
            says = f"uses what stands first along the {which} axis of {name} for all"
            yield argument(name, f"{name}-first-{axis}", says, _USED, partial(_first_for_all, axis=axis))


_ENDS = "Do your loops reach the first and the last place?"
_WHOLE = "Is an array of integers used?"
_FLIPS: Mapping[str, tuple[int, ...]] = {"up-down": (-2,), "left-right": (-1,), "both ways": (-2, -1)}


def _minus(value: Any) -> Any:
    return -value


def _sorted(value: Any) -> Any:
    return sorted(value)


def _once(value: list[Any]) -> list[Any]:
    return [item for number, item in enumerate(value) if item not in value[:number]]


def _reversed(value: Any) -> Any:
    return value[::-1]


def _first_for_all(value: Any, axis: int) -> Any:
    return np.repeat(np.take(value, [0], axis=axis), value.shape[axis], axis=axis)


def _of_integer() -> Iterator[Variant]:
    for by in (1, -1):
        says = f"is always one too {'large' if by > 0 else 'small'}"
        look = "Count a small case by hand: is the last one counted, and only once?"
        yield result(f"{by:+d}", says, look, partial(_plus, by=by))
    yield result(
        "float", "is right but not an integer", "Divide with //, or make it an int at the end.", float
    )
    yield from _of_any_numbers()


def _plus(number: Any, by: int) -> Any:
    return int(number) + by


def _of_any_numbers() -> Iterator[Variant]:
    yield result(
        "negated", "has every sign reversed", "Look for a minus sign too many or too few.", np.negative
    )
    yield result("no-signs", "has lost its signs", "Where does a sign get lost?", np.abs)
    look = "Where does a maximum begin, or a sign get cut off?"
    yield result(
        "clipped", "is right but for 0 in place of every negative number", look, lambda a: np.maximum(a, 0)
    )
    yield result("squared", "is the square of what it should be", "Is something multiplied twice?", np.square)
    yield result(
        "root", "is the square root of what it should be", "Is a root taken that is not asked for?", _root
    )
    yield result("zeros", "holds nothing but zeros", "Is what you fill what you return?", np.zeros_like)


def _root(value: Any) -> Any:
    return np.sqrt(np.abs(value))


def _of_numbers(ndims: Sequence[int]) -> Iterator[Variant]:
    yield from _of_any_numbers()
    yield result("whole", "has lost its fractions", f"{_WHOLE} Make it one of floats.", np.trunc)
    if ndims and min(ndims) > 0:
        yield result("reversed", "is right but in reverse order", ORDER, _reversed)
        yield result(
            "but-last", "is right but lacks what comes last along its first axis", _ENDS, lambda a: a[:-1]
        )
        yield result(
            "running", "holds running sums of what it should", "What is added up, and when?", _running
        )
    if ndims and min(ndims) > 1:
        yield result("transposed", "is right but for rows and columns exchanged", _TURNED, _swapped)
        says = "holds the right numbers in the right order, in a shape with rows and columns exchanged"
        yield result("reshaped", says, _TURNED, lambda a: a.reshape(*a.shape[:-2], a.shape[-1], a.shape[-2]))
        for words, axes in _FLIPS.items():
            says, code = f"is right but flipped {words}", f"flipped-{words.replace(' ', '-')}"
            yield result(code, says, "Does an index run backwards?", partial(np.flip, axis=axes))
        for code, cut, words in (
            ("no-last-row", (1, 0), "row"),
            ("no-last-col", (0, 1), "column"),
            ("no-last-row-and-col", (1, 1), "row and column"),
        ):
            yield result(
                code, f"is right but lacks the last {words}", _ENDS, partial(_cut, rows=cut[0], cols=cut[1])
            )
    if ndims and min(ndims) > 2:
        yield result(
            "axes-01", "is right but for its first two axes exchanged", ORDER, lambda a: np.swapaxes(a, 0, 1)
        )
        yield result(
            "axis-1-last", "is right but has its second axis last", ORDER, lambda a: np.moveaxis(a, 1, -1)
        )


def _swapped(a: Any) -> Any:
    return np.swapaxes(a, -1, -2)


def _running(a: Any) -> Any:
    return np.cumsum(a, axis=0)


def _cut(a: Any, rows: int, cols: int) -> Any:
    return a[..., : a.shape[-2] - rows, : a.shape[-1] - cols]


def _of_plain() -> Iterator[Variant]:
    changes: tuple[tuple[str, str, str, Callable[[Any], Any]], ...] = (
        ("reversed", "is right but in reverse order", ORDER, _back),
        ("sorted", "holds the right items in sorted order", ORDER, lambda v: type(v)(sorted(v))),
        ("but-first", "is right but lacks its first item", _ENDS, lambda v: v[1:]),
        ("but-last", "is right but lacks its last item", _ENDS, lambda v: v[:-1]),
        ("once", "is right but holds each item once", "What of items that come twice?", _once),
        ("lower", "is right but in small letters", "Where does a capital get lost?", lambda v: v.lower()),
        ("upper", "is right but in capitals", "Where does a small letter get lost?", lambda v: v.upper()),
        ("strip", "is right but for blanks around it", "What stands at its ends?", lambda v: v.strip()),
        ("not", "is the opposite of what it should be", "Is a condition the wrong way round?", _opposite),
        ("text", "is right but as text", "What is asked for, a number or a text?", str),
        (
            "as-list",
            "is right but as a list",
            "Compare what you return with what the docstring asks for.",
            list,
        ),
    )
    for code, says, hint, change in changes:
        yield raw_result(code, says, hint, change)


def _back(value: Any) -> Any:
    return value[::-1]


def _opposite(value: Any) -> Any:
    if type(value) is not bool:
        raise TypeError("nothing has no opposite")
    return not value
