"""Is there a call on which two functions differ? The input that a hidden test would need to tell them apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from grader.authoring.in_process import Call, Function, calls_of, explicit_examples, quiet
from grader.authoring.perturbations import changed
from grader.course import Reference, living
from grader.testing import EXAMPLES, HiddenTest, example_of
from grader.wall import Call as NamedCall
from grader.wall import sent

#: What the numbers of a call are multiplied with, where as they are they tell nothing apart.
_UNITS = (1.0, 142857.1, 1.3e-6, 0.137)
#: Differences that single precision explains are none.
_ROUNDING = 1e-5
_CALLS = 60
_WIDTH = 300


def telling_call(
    exercise: str, wrong: Function, right: Function, calls: Sequence[Call], reference: Reference
) -> str:
    """A call of `calls`, as it is or in another unit, on which `wrong` differs, as source; '' if there is none.

    Smallest calls first. Functions that remember are asked in this order, too.
    """
    for call in _in_units(sorted(calls, key=_size)[:_CALLS]):
        expected, got = answer(right, call), answer(wrong, call)
        # Of an object nothing is known until something is done with it.
        if not isinstance(expected, Exception) and not living(expected) and not alike(got, expected):
            text = example_of(NamedCall(exercise, *call), reference.function)
            return text if len(text) <= _WIDTH else f"{text[:_WIDTH]}…"
    return ""


def answer(function: Function, call: Call) -> Any:
    """What `function` answers, or the exception that it raises."""
    args, kwargs = sent(call)
    with quiet():
        try:
            return function(*args, **kwargs)
        except Exception as error:
            return error


def share_alike(got: Any, expected: Any) -> float:
    """How much of an answer is right, 0 to 1: the parts of a tuple, and the values of a dict, count alike."""
    if isinstance(expected, tuple) and isinstance(got, list | tuple) and len(got) == len(expected) > 0:
        return sum(share_alike(mine, right) for mine, right in zip(got, expected, strict=True)) / len(
            expected
        )
    if isinstance(expected, dict) and isinstance(got, dict) and expected:
        return sum(share_alike(got.get(key), value) for key, value in expected.items()) / len(expected)
    return float(alike(got, expected))


def alike(got: Any, expected: Any) -> bool:
    """Whether two answers are the same, rounding aside: in shape, and in values beside the largest."""
    if isinstance(expected, Exception):
        return type(got) is type(expected)
    if isinstance(expected, dict):
        return (
            isinstance(got, dict)
            and got.keys() == expected.keys()
            and all(alike(got[key], value) for key, value in expected.items())
        )
    if isinstance(expected, list | tuple):
        return (
            isinstance(got, list | tuple | np.ndarray)
            and len(got) == len(expected)
            and all(alike(mine, value) for mine, value in zip(got, expected, strict=True))
        )
    if isinstance(expected, int | np.integer) and not isinstance(got, int | np.integer):
        return False
    if isinstance(expected, str | bytes):
        return type(got) is type(expected) and bool(got == expected)
    kind = np.complex128 if np.iscomplexobj(expected) else np.float64
    try:
        mine, right = np.asarray(got), np.asarray(expected, dtype=kind)
        if kind is np.float64 and np.iscomplexobj(mine):
            return False
        mine = mine.astype(kind)
    except (TypeError, ValueError, OverflowError):
        return bool(type(got) is type(expected) and got == expected)
    if mine.shape != right.shape:
        return False
    bound = _ROUNDING * float(np.abs(right[np.isfinite(right)]).max(initial=0.0))
    return bool(
        ((np.abs(mine - right) <= bound) | (mine == right) | (np.isnan(mine) & np.isnan(right))).all()
    )


def fresh_calls(
    tests: Sequence[HiddenTest], seed: int, right: Function, reference: Reference, *, examples: int = EXAMPLES
) -> Iterator[Call]:
    """Calls that the tests' own strategies draw with another seed: as many of each test, its author's examples not."""
    for test in tests:
        if not test.is_property:
            continue
        kept = test.inputs
        try:
            test.draw(seed, examples=examples)
            test.inputs = test.inputs[explicit_examples(test) :]
            yield from calls_of([test], right, reference)
        finally:
            test.inputs = kept


def _in_units(calls: Sequence[Call]) -> Iterator[Call]:
    for unit in _UNITS:
        for args, kwargs in calls:
            given = changed([list(args), kwargs], _times(unit), whole=False)
            yield tuple(given[0]), given[1]


def _times(unit: float) -> Callable[[Any], Any]:
    return lambda values: values * unit


def _size(call: Call) -> int:
    sizes: list[int] = []

    def count(values: Any) -> Any:
        sizes.append(values.size)
        return values

    changed([list(call[0]), call[1]], count, whole=True)
    return sum(sizes)
