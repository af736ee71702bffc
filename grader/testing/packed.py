"""Reading packed evidence back: values as `pack` in evidence.py writes them, as arrays and parts.

Read with suspicion: a result may come from a file, and whatever is not as `pack` writes it is nothing.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

_MAX_DEPTH = 8
_NONFINITE = ("nan", "inf", "-inf")


def unpack(value: Any, depth: int = 0) -> NDArray[np.float64] | None:
    """A packed array, rectangular nested list of numbers, or number, as float64; None for anything else."""
    if isinstance(value, bool | int | float) or is_nonfinite(value):
        return _floats(value)
    items = items_of(value)
    if items is not None:
        if depth >= _MAX_DEPTH:
            return None
        parts = [unpack(item, depth + 1) for item in items]
        if not parts or any(part is None or part.shape != parts[0].shape for part in parts):  # type: ignore[union-attr]
            return None
        return np.array(parts, dtype=np.float64)
    if not isinstance(value, dict) or value.get("kind") != "array":
        return None
    shape, values = value.get("shape"), value.get("values")
    if not isinstance(shape, list) or not is_shape(shape):
        return None
    if not isinstance(values, list) or len(values) != math.prod(shape):
        return None
    flat = _floats(values)
    return None if flat is None else flat.reshape(shape)


def items_of(value: Any) -> list[Any] | None:
    """The items of a packed tuple or list; None for anything else."""
    if (
        isinstance(value, dict)
        and value.get("kind") in ("tuple", "list")
        and isinstance(value.get("items"), list)
    ):
        return list(value["items"])
    return None


def mapping_of(value: Any) -> list[tuple[str, Any]] | None:
    """The entries of a packed mapping; None for anything else."""
    if not isinstance(value, dict) or value.get("kind") != "mapping":
        return None
    items = value.get("items")
    if not isinstance(items, list) or not all(isinstance(item, list) and len(item) == 2 for item in items):
        return None
    return [(str(key), item) for key, item in items]


def parts_of(value: Any) -> dict[str, Any] | None:
    """The parts of a tuple that holds an array, or of a mapping, by name; None for anything else."""
    mapping = mapping_of(value)
    if mapping is not None:
        return dict(mapping)
    items = items_of(value)
    if items is None or not any(is_array(item) for item in items):
        return None
    return {f"part {number}": item for number, item in enumerate(items)}


def is_array(value: Any) -> bool:
    """Whether `value` is a packed array."""
    return isinstance(value, dict) and value.get("kind") == "array"


def _floats(values: Any) -> NDArray[np.float64] | None:
    """Numbers, and "nan", "inf", "-inf", as float64."""
    try:
        if isinstance(values, list):
            return np.array([float(value) for value in values], dtype=np.float64)
        return np.array(float(values), dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        return None


def is_nonfinite(value: Any) -> bool:
    """Whether `value` stands for a number that JSON does not have."""
    return isinstance(value, str) and value in _NONFINITE


def is_shape(shape: list[Any]) -> bool:
    """Whether a list can be an array's shape."""
    return all(type(side) is int and side >= 0 for side in shape)
