"""What a student returned → what crosses the wire: exact builtins and plain arrays.

Generous on purpose: correct code in an unusual style (lists, Fractions, float32, read-only views, subclasses of
ndarray) gets through. Nothing here is trusted by the other end.
"""

from __future__ import annotations

import array
import collections
import datetime
import operator
from collections.abc import Collection
from typing import Any

import numpy as np

from .records import Record, record_of
from .values import DTYPES, Caps, WireError, hashed, long_list

_PLAIN = frozenset([bool, int, float, complex])
#: An array of so many bytes is not copied here: there is room for what the wire makes of it.
_SMALL = 1 << 18
_MAX_TEXT = 200_000
_MAX_BYTES = 1 << 20
_MAX_DEPTH = 16
_MAX_LIST = 50_000
#: What an array in a list counts for, and a long list of numbers in another: a frame has room for so many of them.
_ARRAY_WEIGHT, _LONG_WEIGHT = 250, 50


class Unsupported(Exception):
    """The value can't be sent; the message says what it is."""


def portable(value: Any, depth: int = 0) -> Any:
    """`value` as builtins and plain little-endian arrays, small ones as they are. Raises Unsupported."""
    if depth > _MAX_DEPTH:
        raise Unsupported("a value nested too deeply")
    kind = type(value)
    if value is None or kind in _PLAIN:
        return value
    if kind is np.ndarray and value.nbytes <= _SMALL and value.dtype.str in DTYPES and value.ndim <= 8:
        return value
    if isinstance(value, np.ndarray):
        return _plain_array(value)
    if isinstance(value, np.generic):
        return _builtin_scalar(value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, dict):
        _few_enough(value)
        made = {_key(key): portable(item, depth + 1) for key, item in value.items()}
        if len(made) != len(value):
            raise Unsupported("a dict with keys that are alike")
        return made
    if isinstance(value, set | frozenset):
        _few_enough(value)
        members = {_key(item) for item in value}
        return frozenset(members) if isinstance(value, frozenset) else members
    if isinstance(value, bytes):
        return _bytes(value)
    if isinstance(value, datetime.date | datetime.time | datetime.timedelta):
        return _date(value)
    if isinstance(value, list | tuple):
        if _count(value) > _MAX_LIST:
            return _much(value)
        items = [portable(item, depth + 1) for item in value]
        return tuple(items) if isinstance(value, tuple) else items
    return _converted(value, depth)


def _key(value: Any) -> Any:
    """A key of a dict or a member of a set: texts, numbers, None, bytes, and tuples of them."""
    if isinstance(value, np.generic):
        value = _builtin_scalar(value)
    elif isinstance(value, str):
        value = _text(value)
    elif isinstance(value, datetime.date | datetime.time | datetime.timedelta):
        value = _date(value)
    try:
        return hashed(value)
    except WireError:
        raise Unsupported(f"a dict or set with a key of type {type(value).__name__}") from None


def _few_enough(keys: Collection[Any]) -> None:
    most = Caps().hashed
    if len(keys) > most and sum(not isinstance(key, str) for key in keys) > most:
        raise Unsupported(f"a {type(keys).__name__} of more than {most} keys that are no text")


def _text(value: str) -> str:
    if len(value) > _MAX_TEXT:
        raise Unsupported(f"a text of {len(value)} characters (at most {_MAX_TEXT} can be looked at)")
    return str(value)


def _date(value: Any) -> Any:
    """Exactly one of the types of `datetime`, in place of a subclass."""
    for kind in (datetime.datetime, datetime.date, datetime.time):
        if isinstance(value, kind):
            return kind.fromisoformat(value.isoformat())
    return datetime.timedelta(value.days, value.seconds, value.microseconds)


def _bytes(value: bytes) -> bytes:
    if len(value) > _MAX_BYTES:
        raise Unsupported(f"{len(value)} bytes")
    return bytes(value)


def _count(value: Any, depth: int = 0) -> int:
    """Values in nested lists, roughly: as many as a wire of single values would have to carry."""
    total = len(value)
    if type(value) is list and depth and long_list(value) is not None:
        return _LONG_WEIGHT
    for item in value:
        if isinstance(item, list | tuple):
            total += _count(item, depth + 1) if depth < _MAX_DEPTH else 0
        elif isinstance(item, np.ndarray):
            total += _ARRAY_WEIGHT
        if total > _MAX_LIST:
            return total
    return total


def _much(value: Any) -> Any:
    """A long list of numbers stays one; what else is regular becomes an array."""
    if type(value) is list and len(value) <= Caps().listed:
        numbers = [_builtin_scalar(item) if isinstance(item, np.generic) else item for item in value]
        if long_list(numbers) is not None:
            return numbers
    return _as_array(value)


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


def _converted(value: Any, depth: int) -> Any:
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
        record = record_of(value)
    except Exception as error:
        raise Unsupported(f"a value of type {name} that fails to convert ({type(error).__name__})") from None
    if record is None:
        raise Unsupported(f"a value of type {name}")
    return Record(record[0], {field: portable(item, depth + 1) for field, item in record[1].items()})
