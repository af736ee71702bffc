"""Calls as JSON, for the handout: plain values and arrays of numbers, exactly as they were."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

#: Values in one call; more are too much for a handout, and for a digest.
_MOST_VALUES = 400


class NotPlain(Exception):
    """A value that does not go into JSON and come back as it was."""


def to_json(value: Any) -> Any:
    """`value` as JSON data. Raises NotPlain."""
    if value is None or type(value) in (bool, str, int):
        return value
    if type(value) is float and math.isfinite(value):
        return value
    if type(value) in (list, tuple):
        return {type(value).__name__: [to_json(item) for item in value]}
    if type(value) is dict and all(type(key) in (str, int) for key in value):
        return {"dict": [[key, to_json(item)] for key, item in value.items()]}
    if type(value) is np.ndarray and value.dtype.kind in "biuf" and np.isfinite(value).all():
        return {"array": [value.dtype.str, list(value.shape), value.ravel().tolist()]}
    raise NotPlain(type(value).__name__)


def from_json(data: Any) -> Any:
    """What `to_json` made. Raises KeyError, TypeError or ValueError for anything else."""
    if not isinstance(data, dict):
        return data
    ((kind, inside),) = data.items()
    if kind == "array":
        dtype, shape, flat = inside
        return np.array(flat, dtype=dtype).reshape(shape)
    if kind == "dict":
        return {key: from_json(item) for key, item in inside}
    return {"list": list, "tuple": tuple}[kind](from_json(item) for item in inside)


def size(value: Any) -> int:
    """How many single values it holds."""
    if isinstance(value, np.ndarray):
        return int(value.size)
    if isinstance(value, dict):
        return sum(map(size, value.values()))
    return sum(map(size, value)) if isinstance(value, list | tuple) else 1


def numbers_in(value: Any) -> Iterator[float]:
    """Every number in it."""
    if isinstance(value, np.ndarray):
        yield from value.ravel().tolist()
    elif isinstance(value, dict):
        for item in value.values():
            yield from numbers_in(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from numbers_in(item)
    elif isinstance(value, int | float):
        yield value


def fits(args: tuple[Any, ...]) -> bool:
    """Whether a call may be shipped."""
    try:
        to_json(args)
    except NotPlain:
        return False
    return size(args) <= _MOST_VALUES


def canonical(value: Any) -> str:
    """One text for equal plain values: 2 and 2.0 are the same, a list and a tuple are not."""
    if isinstance(value, bool | np.bool_):
        return str(bool(value))
    if isinstance(value, int | np.integer) and abs(int(value)) >= 2**53:
        return str(int(value))
    if isinstance(value, int | float | np.integer | np.floating):
        return f"{float(value):.9g}"
    if isinstance(value, np.ndarray):
        return f"array({canonical(value.tolist())})"
    if isinstance(value, list | tuple):
        inside = ", ".join(map(canonical, value))
        return f"[{inside}]" if isinstance(value, list) else f"({inside})"
    if isinstance(value, set | frozenset):
        return "{" + ", ".join(sorted(map(canonical, value))) + "}"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{canonical(key)}: {canonical(item)}" for key, item in value.items()) + "}"
    return repr(value) if isinstance(value, str | bytes | None | complex) else f"a {type(value).__name__}"
