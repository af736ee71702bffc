"""Reading packed evidence: values as `pack` in evidence.py writes them, as text.

Read with suspicion: a result may come from a file, and whatever is not as `pack` writes it is shown as text.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from grader.testing import is_array, is_nonfinite, is_shape, items_of, mapping_of, unpack
from grader.text import visible

_TEXT_LIMIT = 400
_MAX_DEPTH = 8


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


def shape_text(shape: Sequence[int]) -> str:
    """A shape as Python writes it: (2, 3), (4,)."""
    return str(tuple(int(side) for side in shape))


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
        known = shape_text(shape) if isinstance(shape, list) and is_shape(shape) else "?"
        return f"array of shape {known}{why}"
    if isinstance(value, dict) and value.get("kind") == "other":
        return str(value.get("text", ""))
    if isinstance(value, float):
        return number(value, digits) if not value.is_integer() else repr(value)
    if is_nonfinite(value):
        return str(value)
    if isinstance(value, int) and value.bit_length() > 1000:
        return "a very large integer"  # Python refuses to print the longest ones
    if value is None or isinstance(value, bool | int | str):
        return repr(value)
    return json.dumps(value, ensure_ascii=False, default=str)
