"""Functions that are nearly right: the reference with its numbers spoilt in one way, and what must be told apart.

Nobody hands in exactly these. They stand for values that a test does not look at: fractions, large numbers, small
ones, a second call. A test that lets one of them through would let a student's mistake of that kind through, too.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import FunctionType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.course import living

Function = Callable[..., Any]
Change = Callable[[NDArray[np.float64]], NDArray[Any]]


@dataclass(frozen=True)
class Perturbation:
    """`wrap` makes the nearly right function of the right one; a fresh one each time, for those that remember.

    name: what its results are. whole: spoils results that are integers, too.
    """

    name: str
    wrap: Callable[[Function], Function]
    whole: bool = False


def _numbers(name: str, change: Change, *, whole: bool = False) -> Perturbation:
    """The right function, each number of its result changed; with `whole` integers, too, which stay integers."""
    return Perturbation(
        name,
        lambda right: lambda *args, **kwargs: changed(right(*args, **kwargs), change, whole=whole),
        whole,
    )


def changed(value: Any, change: Change, *, whole: bool) -> Any:
    """`value` with every number in it changed. whole: integers, too."""
    if isinstance(value, list | tuple):
        return type(value)(changed(item, change, whole=whole) for item in value)
    if isinstance(value, Mapping):
        return {key: changed(item, change, whole=whole) for key, item in value.items()}
    if isinstance(value, np.ndarray | float | np.floating):
        if np.asarray(value).dtype.kind != "f":
            return value
        result = change(np.asarray(value, dtype=np.float64))
        return result if isinstance(value, np.ndarray) else result[()]
    if whole and isinstance(value, int | np.integer) and not isinstance(value, bool):
        result = change(np.asarray(value, dtype=np.float64))
        return int(result) if np.isfinite(result) else value
    return value


def _to_int8(values: NDArray[np.float64]) -> NDArray[Any]:
    limited = np.clip(np.nan_to_num(values), -(2.0**62), 2.0**62)
    return limited.astype(np.int64).astype(np.int8)


def _offset(values: NDArray[np.float64]) -> NDArray[Any]:
    return np.asarray(values + 1e-3 * np.abs(values).max(initial=0.0))


def _fixed_seed(right: Function) -> Function:
    """Answers as if its arguments were what one seed gives."""

    def function(*args: Any, **kwargs: Any) -> Any:
        rng = np.random.default_rng(0)
        given = changed([list(args), kwargs], lambda values: rng.normal(size=values.shape), whole=False)
        return right(*given[0], **given[1])

    return function


def _one_call_late(right: Function) -> Function:
    kept: list[Any] = []

    def function(*args: Any, **kwargs: Any) -> Any:
        kept.append(copy.deepcopy(right(*args, **kwargs)))
        return kept[max(0, len(kept) - 2)]

    return function


def _first_call_remembered(right: Function) -> Function:
    kept: list[Any] = []

    def function(*args: Any, **kwargs: Any) -> Any:
        kept.append(right(*args, **kwargs)) if not kept else None
        return copy.deepcopy(kept[0])

    return function


def _remembered_by_shape(right: Function) -> Function:
    """A memory that looks at shapes and options only, not at the numbers in arrays."""
    kept: dict[str, Any] = {}

    def function(*args: Any, **kwargs: Any) -> Any:
        if living([args, kwargs]):
            return right(*args, **kwargs)  # functions and random generators have no shapes
        key = repr(_shapes([list(args), kwargs]))
        if key not in kept:
            kept[key] = right(*args, **kwargs)
        return copy.deepcopy(kept[key])

    return function


def _shapes(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_shapes(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _shapes(item) for key, item in value.items()}
    return value.shape if isinstance(value, np.ndarray) else value


PERTURBATIONS = (
    _numbers("rounded to 2 decimals", lambda values: np.round(values, 2)),
    _numbers("clipped at ±255", lambda values: np.clip(values, -255, 255), whole=True),
    _numbers("cut off at 6", lambda values: np.minimum(values, 6), whole=True),
    _numbers("in half precision", lambda values: values.astype(np.float16).astype(np.float64), whole=True),
    _numbers("wrapped to int8", _to_int8, whole=True),
    _numbers("cast to int", lambda values: np.trunc(values)),
    _numbers("1e-3 too large", lambda values: values + 1e-3),
    _numbers("too large by 1e-3 of the largest", _offset),
    _numbers("times 1.001", lambda values: values * 1.001),
    _numbers("below 1e-5 made 0", lambda values: np.where(np.abs(values) < 1e-5, 0.0, values)),
    Perturbation("those of a fixed seed", _fixed_seed),
    Perturbation("those of the call before", _one_call_late, whole=True),
    Perturbation("those of the first call", _first_call_remembered, whole=True),
    Perturbation("remembered by the arguments' shapes", _remembered_by_shape),
)


def spoilt_by(perturbation: Perturbation, right: Function) -> Function:
    """The right function, spoilt; of a class, all its methods are."""
    if not isinstance(right, type):
        return perturbation.wrap(right)
    methods = {name: method for name, method in vars(right).items() if isinstance(method, FunctionType)}
    spoilt = {name: perturbation.wrap(method) for name, method in methods.items() if name != "__init__"}
    return type(right.__name__, (right,), spoilt)


def in_float32(right: Function) -> Function:
    """The right function in single precision: arguments, results, and what its code keeps of it in between."""

    def function(*args: Any, **kwargs: Any) -> Any:
        given = changed([list(args), kwargs], _single, whole=False)
        return changed(right(*given[0], **given[1]), _single, whole=False)

    return function


def _single(values: NDArray[np.float64]) -> NDArray[Any]:
    sizes = np.abs(values[np.isfinite(values) & (values != 0)])
    limits = np.finfo(np.float32)
    if sizes.size and not limits.tiny <= sizes.min() <= sizes.max() <= limits.max:
        return values  # what single precision can't hold at all says nothing of rounding
    return values.astype(np.float32)


def has_fractions(value: Any) -> bool:
    """Whether a result holds numbers that are no integers by their type."""
    found: list[bool] = []

    def note(values: NDArray[np.float64]) -> NDArray[Any]:
        found.append(True)
        return values

    changed(value, note, whole=False)
    return bool(found)
