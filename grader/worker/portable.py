"""What a student returned → what crosses the wire: exact builtins and plain arrays.

Generous on purpose: correct code in an unusual style (lists, Fractions, float32, read-only views, subclasses of
ndarray) gets through. Nothing here is trusted by the other end.
"""

from __future__ import annotations

import array
import collections
import operator
from typing import Any

import numpy as np

from .wire import WireError, hashed

_MAX_TEXT = 2000
_MAX_BYTES = 1 << 20
_MAX_DEPTH = 16
_MAX_LIST = 50_000
#: What one array in a list counts for: a frame carries at most 256 of them.
_ARRAY_WEIGHT = 250


class Unsupported(Exception):
    """The value can't be sent; the message says what it is."""


def portable(value: Any, depth: int = 0) -> Any:
    """`value` as builtins and plain little-endian arrays. Raises Unsupported."""
    if depth > _MAX_DEPTH:
        raise Unsupported("a value nested too deeply")
    kind = type(value)
    if value is None or kind in (bool, int, float, complex):
        return value
    if isinstance(value, np.ndarray):
        return _plain_array(value)
    if isinstance(value, np.generic):
        return _builtin_scalar(value)
    if isinstance(value, str):
        return str(value)[:_MAX_TEXT]
    if isinstance(value, dict):
        made = {_key(key): portable(item, depth + 1) for key, item in value.items()}
        if len(made) != len(value):
            raise Unsupported("a dict with keys that are alike")
        return made
    if isinstance(value, set | frozenset):
        members = {_key(item) for item in value}
        return frozenset(members) if isinstance(value, frozenset) else members
    if isinstance(value, bytes):
        return _bytes(value)
    if isinstance(value, list | tuple):
        if _count(value) > _MAX_LIST:
            return _as_array(value)
        items = [portable(item, depth + 1) for item in value]
        return tuple(items) if isinstance(value, tuple) else items
    return _converted(value)


def _key(value: Any) -> Any:
    """A key of a dict or a member of a set: texts, numbers, None, bytes, and tuples of them."""
    if isinstance(value, np.generic):
        value = _builtin_scalar(value)
    elif isinstance(value, str):
        value = str(value)[:_MAX_TEXT]
    try:
        return hashed(value)
    except WireError:
        raise Unsupported(f"a dict or set with a key of type {type(value).__name__}") from None


def _bytes(value: bytes) -> bytes:
    if len(value) > _MAX_BYTES:
        raise Unsupported(f"{len(value)} bytes")
    return bytes(value)


def _count(value: Any, depth: int = 0) -> int:
    """Values in nested lists, roughly: as many as a wire of single values would have to carry."""
    total = len(value)
    for item in value:
        if isinstance(item, list | tuple):
            total += _count(item, depth + 1) if depth < _MAX_DEPTH else 0
        elif isinstance(item, np.ndarray):
            total += _ARRAY_WEIGHT
        if total > _MAX_LIST:
            return total
    return total


def _as_array(value: Any) -> np.ndarray[Any, Any]:
    """A long regular list of numbers, or of arrays, as one array."""
    try:
        return _plain_array(np.asarray(value))
    except (ValueError, TypeError):
        raise Unsupported(f"a list of {len(value)} things that are not one array of numbers") from None


def _plain_array(value: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    plain = np.array(value, subok=False, copy=True, order="C")
    if plain.dtype.kind == "O" or (plain.dtype.itemsize > 8 and plain.dtype.kind == "f"):
        try:
            plain = plain.astype(np.float64)
        except (TypeError, ValueError):
            raise Unsupported(f"an array of {plain.dtype} (not of numbers)") from None
    if plain.dtype.kind not in "biufc" or plain.dtype.itemsize > 16:
        raise Unsupported(f"an array of {plain.dtype} (not of numbers)")
    if plain.ndim > 8:
        raise Unsupported(f"an array with {plain.ndim} dimensions")
    return plain.astype(plain.dtype.newbyteorder("<"), copy=False)


def _builtin_scalar(value: np.generic) -> Any:
    if isinstance(value, np.floating):
        return float(value)
    if isinstance(value, np.complexfloating):
        return complex(value)
    if isinstance(value, np.bool_ | np.integer):
        return value.item()
    raise Unsupported(f"a value of type {type(value).__name__}")


def _converted(value: Any) -> Any:
    """Objects that say themselves how they convert: integers first, then arrays, then floats."""
    name = type(value).__name__
    try:
        if hasattr(type(value), "__index__"):
            return int(operator.index(value))
        if hasattr(type(value), "__array__") or isinstance(
            value, range | memoryview | bytearray | array.array | collections.deque
        ):
            return _plain_array(np.asarray(value))
        if hasattr(type(value), "__float__"):
            return float(value)
    except Exception as error:
        raise Unsupported(f"a value of type {name} that fails to convert ({type(error).__name__})") from None
    raise Unsupported(f"a value of type {name}")
