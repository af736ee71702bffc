"""A topic made of a spec alone: facts about sizes and values of arguments, and changes that make sense anywhere."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from grader.diagnosis.changes import changes_of
from grader.diagnosis.outcomes import array_of
from grader.diagnosis.pairs import Part
from grader.diagnosis.spec import Spec, flattened, plain_part
from grader.diagnosis.topic import Topic, probes_from

#: fact → (whether it holds, phrase where it does not, phrase where it does)
Found = dict[str, tuple[bool, str, str]]
#: More axes than these are not compared with each other.
_MOST_AXES = 8
_AXES_OF_RESULT: Mapping[int, tuple[str, ...]] = {
    1: ("number",),
    2: ("row", "column"),
    3: ("item", "row", "column"),
    4: ("item", "part", "row", "column"),
}
#: Changes that are looked for beside a known mistake, too, as they end.
_COMMON = (
    "-transposed",
    "transposed",
    "-first-0",
    "negated",
    "clipped",
    "whole",
    "+1",
    "-1",
    "=0",
    "=1",
    "-but-last",
)


def topic_from(exercise: str, spec: Spec) -> Topic:
    """The same topic from the same spec, with the tests at hand or without."""
    facts = [facts_of(spec, args) for args in spec.calls]
    shared = [name for name in facts[0] if all(name in found for found in facts)]
    phrases = {name: facts[0][name][1:] for name in shared}
    of = {
        id(args): {name: found[name][0] for name in shared}
        for args, found in zip(spec.calls, facts, strict=True)
    }
    first = len(spec.calls) - spec.fresh
    probes = probes_from(
        spec.calls[:first],
        spec.calls[first:],
        lambda *args: {},
        None,
    )
    probes = tuple(
        replace(
            probe, facts={**of[id(args)], "default": probe.facts["default"]}, quantities=_sizes(spec, args)
        )
        for probe, args in zip(probes, spec.calls, strict=True)
    )
    changes = changes_of(spec.names, spec.calls, spec.kind, spec.ndims)
    return Topic(
        exercise,
        probes,
        phrases={"default": ("every argument is given", "an argument is left to its default"), **phrases},
        both_ways=frozenset(["default", *(name for name in shared if name.endswith((">0", ">1", "!=1")))]),
        changes=tuple(replace(change, common=change.code.endswith(_COMMON)) for change in changes),
        axes={part: _AXES_OF_RESULT[spec.ndims[0]] for part in spec.parts if _one_kind_of_array(spec)},
        parts=spec.parts,
        asked=spec.asked,
        read=_reader(spec),
        integer=spec.kind == "integer",
        inexact=spec.inexact,
        shaped=spec.kind == "numbers",
        refuses=spec.refuses,
        generic=True,
    )


def _one_kind_of_array(spec: Spec) -> bool:
    return len(spec.ndims) == 1 and spec.ndims[0] in _AXES_OF_RESULT


def _reader(spec: Spec) -> Callable[[Any], Mapping[str, Part] | None] | None:
    if spec.kind == "plain":
        return plain_part

    def by_name(value: Any) -> Mapping[str, Part] | None:
        found = flattened(value, spec.items, anything=True)
        return found and {part: array_of(found[part]) if part in found else "missing" for part in spec.parts}

    return None if spec.parts == ("",) else by_name


def _sides(spec: Spec, args: tuple[Any, ...]) -> dict[str, int]:
    """Name of an axis → its length: as the docstring calls it, the first argument that has it."""
    found: dict[str, int] = {}
    for name, value in zip(spec.names, args, strict=False):
        if not isinstance(value, np.ndarray):
            continue
        for axis, side in zip(_names_of_axes(spec, name, value), value.shape, strict=True):
            found.setdefault(axis, side)
    return found


def _sizes(spec: Spec, args: tuple[Any, ...]) -> dict[str, float]:
    """Numbers by which a result may be multiplied by mistake: sides, lengths, whole numbers that are given."""
    found = {
        f"the length of {axis}" if " " in axis else axis: float(n) for axis, n in _sides(spec, args).items()
    }
    for name, value in zip(spec.names, args, strict=False):
        if isinstance(value, list | str):
            found[f"the length of {name}"] = float(len(value))
        elif type(value) is int or type(value) is float:
            found[name] = float(value)
        elif isinstance(value, np.ndarray) and value.ndim > 1:
            found[f"the number of values in {name}"] = float(value.size)
    return {name: number for name, number in found.items() if number > 0}


def facts_of(spec: Spec, args: tuple[Any, ...]) -> Found:
    """What is true of one call, the plainest first."""
    found: Found = {}
    sides = list(itertools.islice(_sides(spec, args).items(), _MOST_AXES))
    numbers = [(n, v) for n, v in zip(spec.names, args, strict=False) if type(v) is int]
    for name, value in numbers:
        found |= _of_number(name, value)
        found[f"{name}!=1"] = value != 1, f"{name} is 1", f"{name} is not 1"
        found[f"{name}>1"] = value > 1, f"{name} is at most 1", f"{name} is above 1"
        found[f"{name}-odd"] = value % 2 == 1, f"{name} is even", f"{name} is odd"
    for axis, side in sides:
        found[f"{axis}>1"] = side > 1, f"{axis} is at most 1", f"{axis} is above 1"
    for (one, a), (other, b) in itertools.combinations(numbers, 2):
        found |= _of_two(one, a, other, b)
    for (one, a), (other, b) in _neighbours(spec, args):
        found |= _of_two(one, a, other, b)
    for name, value in zip(spec.names, args, strict=False):
        if type(value) is float:
            found |= _of_number(name, value)
        elif isinstance(value, bool):
            found[name] = value, f"{name} is False", f"{name} is True"
        elif isinstance(value, np.ndarray):
            found |= _of_values(name, value.ravel().tolist(), "values")
            found[f"{name}.ndim>1"] = value.ndim > 1, f"{name} has one axis", f"{name} has several axes"
            found[f"{name}.ndim>2"] = (
                value.ndim > 2,
                f"{name} has at most two axes",
                f"{name} has more than two axes",
            )
        elif isinstance(value, list | str):
            found |= _of_sequence(name, value)
    return found


def _of_two(one: str, a: int, other: str, b: int) -> Found:
    return {
        f"{one}!={other}": (a != b, f"{one} and {other} are the same", f"{one} and {other} differ"),
        f"{one}>{other}": (a > b, f"{one} is not above {other}", f"{one} is above {other}"),
        f"{other}>{one}": (b > a, f"{other} is not above {one}", f"{other} is above {one}"),
    }


def _neighbours(spec: Spec, args: tuple[Any, ...]) -> Iterator[tuple[tuple[str, int], tuple[str, int]]]:
    """Sides that are taken for each other: the last two of an array. Others differ for no reason."""
    for name, value in zip(spec.names, args, strict=False):
        if isinstance(value, np.ndarray) and value.ndim > 1:
            one, other = _names_of_axes(spec, name, value)[-2:]
            yield (one, value.shape[-2]), (other, value.shape[-1])


def _names_of_axes(spec: Spec, name: str, value: Any) -> Sequence[str]:
    named = (spec.shapes or {}).get(name, ())
    return named if len(named) == value.ndim else [f"axis {n} of {name}" for n in range(value.ndim)]


def _of_number(name: str, value: float) -> Found:
    return {
        f"{name}>0": (value > 0, f"{name} is not above 0", f"{name} is above 0"),
        f"{name}<0": (value < 0, f"{name} is not negative", f"{name} is negative"),
        f"{name}=0": (value == 0, f"{name} is not 0", f"{name} is 0"),
        f"{name}-fraction": (value % 1 != 0, f"{name} is a whole number", f"{name} is no whole number"),
    }


def _of_values(name: str, values: Sequence[Any], what: str) -> Found:
    numbers = [value for value in values if isinstance(value, int | float)]
    if len(numbers) < len(values):
        return {}
    twice = len(set(numbers)) < len(numbers)
    return {
        f"{name}-negative": (
            any(v < 0 for v in numbers),
            f"no value of {name} is negative",
            f"some {what} of {name} are negative",
        ),
        f"{name}-all-negative": (
            bool(numbers) and all(v < 0 for v in numbers),
            f"not all {what} of {name} are negative",
            f"all {what} of {name} are negative",
        ),
        f"{name}-zero": (0 in numbers, f"{name} holds no 0", f"{name} holds a 0"),
        f"{name}-fractions": (
            any(v % 1 != 0 for v in numbers),
            f"all {what} of {name} are whole numbers",
            f"some {what} of {name} are no whole numbers",
        ),
        f"{name}-ties": (twice, f"{name} holds no number twice", f"{name} holds a number twice"),
    }


def _of_sequence(name: str, value: list[Any] | str) -> Found:
    count = len(value)
    found: Found = {
        f"{name}-empty": (not count, f"{name} is not empty", f"{name} is empty"),
        f"len({name})=1": (count == 1, f"{name} has not exactly one item", f"{name} has one item"),
        f"len({name})>1": (count > 1, f"{name} has at most one item", f"{name} has several items"),
        f"len({name})-odd": (count % 2 == 1, f"the length of {name} is even", f"the length of {name} is odd"),
    }
    if isinstance(value, str):
        found |= {
            f"{name}-capitals": (value != value.lower(), f"{name} has no capitals", f"{name} has capitals"),
            f"{name}-blanks": (
                any(c.isspace() for c in value),
                f"{name} has no blanks",
                f"{name} has blanks",
            ),
            f"{name}-signs": (
                any(not (c.isalnum() or c.isspace()) for c in value),
                f"{name} is letters and numbers only",
                f"{name} has other signs than letters and numbers",
            ),
        }
        return found
    same = any(item in value[:number] for number, item in enumerate(value))
    found[f"{name}-twice"] = same, f"{name} holds no item twice", f"{name} holds an item twice"
    try:
        ordered = sorted(value) == value
    except TypeError:
        return found
    found[f"{name}-sorted"] = ordered, f"{name} is not sorted", f"{name} is sorted"
    return found | _of_values(name, value, "items")
