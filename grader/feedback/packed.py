"""Reading packed evidence: values as `pack` in evidence.py writes them, as arrays or as text.

Read with suspicion: a result may come from a file, and whatever is not as `pack` writes it is shown as text.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.text import visible

_TEXT_LIMIT = 400
_MAX_DEPTH = 8
_NONFINITE = ("nan", "inf", "-inf")


def unpack(value: Any, depth: int = 0) -> NDArray[np.float64] | None:
    """A packed array, rectangular nested list of numbers, or number, as float64; None for anything else."""
    if isinstance(value, bool | int | float) or _is_nonfinite(value):
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
    if not isinstance(shape, list) or not _is_shape(shape):
        return None
    if not isinstance(values, list) or len(values) != math.prod(shape):
        return None
    flat = _floats(values)
    return None if flat is None else flat.reshape(shape)


def literal(value: Any, digits: int = 17) -> str:
    """A packed value in one line of text, as Python would write it; bounded."""
    return visible(_literal(value, digits), _TEXT_LIMIT)


def value_text(value: Any) -> str:
    """A packed value as numpy prints it."""
    array = unpack(value) if is_array(value) else None
    return literal(value) if array is None else repr(array)


def number(value: float, digits: int) -> str:
    """A float in at most `digits` significant digits; whole numbers without a point."""
    if not math.isfinite(value):
        return str(value)
    if value == int(value) and abs(value) < 1e7:
        return str(int(value))
    if digits >= 17:
        return repr(value)
    return f"{value:.{digits}g}"


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


def is_array(value: Any) -> bool:
    """Whether `value` is a packed array."""
    return isinstance(value, dict) and value.get("kind") == "array"


def shape_text(shape: Sequence[int]) -> str:
    """A shape as Python writes it: (2, 3), (4,)."""
    return str(tuple(int(side) for side in shape))


def _floats(values: Any) -> NDArray[np.float64] | None:
    """Numbers, and "nan", "inf", "-inf", as float64."""
    try:
        if isinstance(values, list):
            return np.array([float(value) for value in values], dtype=np.float64)
        return np.array(float(values), dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        return None


def _is_nonfinite(value: Any) -> bool:
    return isinstance(value, str) and value in _NONFINITE


def _literal(value: Any, digits: int, depth: int = 0) -> str:
    if depth > _MAX_DEPTH:
        return "…"
    if isinstance(value, np.ndarray):
        return (
            number(float(value), digits) if value.ndim == 0 else f"array of shape {shape_text(value.shape)}"
        )
    items = items_of(value)
    if items is not None:
        inside = ", ".join(_literal(item, digits, depth + 1) for item in items[:60])
        inside += ", …" if len(items) > 60 else ""
        if value["kind"] == "list":
            return f"[{inside}]"
        return f"({inside},)" if len(items) == 1 else f"({inside})"
    mapping = mapping_of(value)
    if mapping is not None:
        return "{" + ", ".join(f"{key!r}: {_literal(item, digits, depth + 1)}" for key, item in mapping) + "}"
    if is_array(value):
        shape = value.get("shape")
        array = unpack(value)
        if array is not None and array.ndim == 0:
            return number(float(array), digits)
        why = ", too big to show" if value.get("truncated") else ""
        known = shape_text(shape) if isinstance(shape, list) and _is_shape(shape) else "?"
        return f"array of shape {known}{why}"
    if isinstance(value, dict) and value.get("kind") == "other":
        return str(value.get("text", ""))
    if isinstance(value, float):
        return number(value, digits) if not value.is_integer() else repr(value)
    if _is_nonfinite(value):
        return str(value)
    if isinstance(value, int) and value.bit_length() > 1000:
        return "a very large integer"  # Python refuses to print the longest ones
    if value is None or isinstance(value, bool | int | str):
        return repr(value)
    return json.dumps(value, ensure_ascii=False, default=str)


def _is_shape(shape: list[Any]) -> bool:
    return all(type(side) is int and side >= 0 for side in shape)
