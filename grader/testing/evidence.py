"""What a failing test saw, as bounded JSON data."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from grader.result import Evidence
from grader.testing.program import named_arguments, shown
from grader.text import visible
from grader.wall import Call, record_of

#: Values in one array of the evidence; larger ones are given by shape alone.
MAX_VALUES = 600
_MAX_ITEMS = 20
_MAX_PACKED = 15_000


def pack(value: Any, *, depth: int = 0) -> Any:
    """`value` as strict JSON.

    Numbers, strings, booleans and None stand for themselves, non-finite numbers as "nan", "inf", "-inf"; sequences
    become {"kind": "tuple" | "list", "items"}, arrays {"kind": "array", "shape", "values" (flat, row-major), "dtype",
    "truncated"}, mappings {"kind": "mapping", "items": [[key, value]]}, anything else {"kind": "other", "text"}.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | np.integer):
        return int(value) if abs(int(value)) < 2**53 else {"kind": "other", "text": visible(repr(value), 60)}
    if isinstance(value, float | np.floating):
        return _number(float(value))
    if isinstance(value, str):
        return visible(value, 300)
    if isinstance(value, np.ndarray):
        truncated = value.size > MAX_VALUES
        return {
            "kind": "array",
            "shape": list(value.shape),
            "dtype": str(value.dtype),
            "values": [] if truncated else [pack(item) for item in value.ravel().tolist()],
            "truncated": truncated,
        }
    if isinstance(value, list | tuple) and depth < 4:
        kind = "tuple" if isinstance(value, tuple) else "list"
        return {"kind": kind, "items": [pack(item, depth=depth + 1) for item in value[:_MAX_ITEMS]]}
    if isinstance(value, dict) and depth < 4:
        pairs = list(value.items())[:_MAX_ITEMS]
        return {
            "kind": "mapping",
            "items": [[visible(str(k), 60), pack(v, depth=depth + 1)] for k, v in pairs],
        }
    record = record_of(value)
    if record and depth < 4:
        items = [[name, pack(item, depth=depth + 1)] for name, item in list(record[1].items())[:_MAX_ITEMS]]
        return {"kind": "mapping", "items": items}
    return {"kind": "other", "text": f"a {record[0]}" if record else shown(value)}


def _bounded(packed: Any) -> Any:
    """What a student returned may hold very many small parts; only so much of it is kept."""
    if len(json.dumps(packed)) > _MAX_PACKED:
        return {"kind": "other", "text": "a result too large to show"}
    return packed


def _number(value: float) -> float | str:
    return value if math.isfinite(value) else str(value)


def evidence_of(
    call: Call | None, function: Callable[..., Any] | None, *, expected: Any, got: Any
) -> Evidence:
    """The evidence of one failing call."""
    arguments = named_arguments(call, function) if call else {}
    return Evidence(
        arguments={name: pack(value) for name, value in arguments.items()},
        expected=pack(expected),
        got=_bounded(pack(got)),
        first_difference=first_difference(got, expected),
    )


def first_difference(got: Any, expected: Any) -> list[int] | None:
    """Index of the first value that differs, where both are arrays of one shape."""
    try:
        mine, right = np.asarray(got), np.asarray(expected)
        if mine.dtype.kind not in "biuf" or right.dtype.kind not in "biuf":
            return None  # a text of a megabyte would be read as a number
        mine, right = mine.astype(np.float64), right.astype(np.float64)
    except (TypeError, ValueError, OverflowError):
        return None
    if mine.shape != right.shape or mine.ndim == 0:
        return None
    bound = 1e-6 * float(np.abs(right[np.isfinite(right)]).max(initial=0.0))
    wrong = ~(np.abs(mine - right) <= bound)
    if not wrong.any():
        return None
    return [int(i) for i in np.unravel_index(int(np.argmax(wrong)), wrong.shape)]
