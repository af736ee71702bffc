"""Values ↔ trees of JSON, with the bytes of arrays beside: what may be an argument or a result, and in which form.

In the tree, JSON's own null, booleans, numbers, strings and lists stand for themselves; everything else is an
object with one key: {"t": tuple items} {"d": [key, value] pairs} {"c": [re, im]} {"i": "big integer"}
{"s": items of a set} {"f": items of a frozenset} {"y": bytes in hexadecimal digits} {"w": [kind, date or time]}
{"a": [dtype, shape, buffer number]} {"n": the same, of one number of numpy's} {"l": the same, of a long list}.
{"o": [name of a dataclass, [field, value] pairs]}
Decoding gives exact builtins, plain arrays, numbers of numpy's and Records, never a subclass.
"""

from __future__ import annotations

import datetime
import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from json.encoder import encode_basestring_ascii
from typing import Any

import numpy as np

from .given import given_as
from .records import Record, record_of
from .records import WireError as WireError

_MAX_NDIM = 8
_MAX_DIGITS = 4000
_MAX_FIELDS = 64
#: From so many on, numbers of one type in a list cross as the bytes of an array.
_LONG_LIST = 64
#: What json.loads makes of values that stand for themselves. An integer has to be looked at.
_PLAIN = frozenset([float, str, bool, type(None)])
_TOO_MUCH = "too many or too deeply nested values"
_LISTED = {float: np.dtype("<f8"), int: np.dtype("<i8"), bool: np.dtype("?")}
_DATES = {kind.__name__: kind for kind in (datetime.date, datetime.time, datetime.datetime)}
_HASHED = (str, int, float, bool, bytes, type(None), datetime.timedelta, *_DATES.values())

#: Real and complex numbers and booleans. No objects, strings, records or dates: those carry code or surprises.
DTYPES = {
    np.dtype(kind).str: np.dtype(kind)
    for kind in (
        *(np.bool_, np.int8, np.uint8, np.int16, np.uint16, np.int32, np.uint32, np.int64, np.uint64),
        *(np.float16, np.float32, np.float64, np.complex64, np.complex128),
    )
}


@dataclass(frozen=True)
class Caps:
    """What a frame may hold at most, checked before anything is allocated."""

    header: int = 4 << 20
    body: int = 64 << 20
    buffers: int = 2048
    nodes: int = 200_000
    depth: int = 24
    #: Keys and members of sets, texts aside: their hashes can be made to collide, and each collision takes time.
    hashed: int = 4000
    #: Numbers in long lists: each becomes an object.
    listed: int = 1 << 20


class Encoder:
    """A value as the JSON of its tree, written directly: most of what crosses is small, and there is much of it.

    buffers: the bytes that go beside it.
    """

    def __init__(self) -> None:
        self.buffers: list[bytes] = []

    def text(self, value: Any) -> str:
        """Raises WireError for a value that does not cross."""
        kind = type(value)
        if kind is np.ndarray:
            return f'{{"a": {self._array(value)}}}'
        if kind is int:
            return repr(value) if -(2**63) <= value < 2**63 else f'{{"i": "{_digits(value)}"}}'
        if kind is str:
            return encode_basestring_ascii(value)
        if kind is float:
            return repr(value) if math.isfinite(value) else json.dumps(value)
        if value is None:
            return "null"
        if kind is bool:
            return "true" if value else "false"
        if kind is list:
            if (listed := long_list(value)) is not None:
                return f'{{"l": {self._array(listed)}}}'
            return self._list(value)
        if kind is tuple:
            return f'{{"t": {self._list(value)}}}'
        if kind is dict:
            pairs = [f"[{self._key(key)}, {self.text(item)}]" for key, item in value.items()]
            return f'{{"d": [{", ".join(pairs)}]}}'
        if kind is set or kind is frozenset:
            # In one order: that of a set of texts differs from process to process.
            members = sorted([self.text(hashed(item)) for item in value])
            return f'{{"{"s" if kind is set else "f"}": [{", ".join(members)}]}}'
        if kind is bytes:
            return f'{{"y": "{value.hex()}"}}'
        if kind is complex:
            return f'{{"c": {self._list((value.real, value.imag))}}}'
        if kind.__module__ == "numpy" and isinstance(value, np.generic):
            return f'{{"n": {self._array(np.asarray(value))}}}'
        if kind is datetime.timedelta:
            return f'{{"w": ["timedelta", {[value.days, value.seconds, value.microseconds]}]}}'
        if _DATES.get(kind.__name__) is kind:
            return f'{{"w": {self._list((kind.__name__, value.isoformat()))}}}'
        if (record := record_of(value) or record_of(given_as(value))) is not None:
            name = self.text(record[0])
            fields = [f"[{self.text(field)}, {self.text(item)}]" for field, item in record[1].items()]
            return f'{{"o": [{name}, [{", ".join(fields)}]]}}'
        raise WireError(f"a {kind.__name__} does not cross the wire")

    def _key(self, key: Any) -> str:
        return encode_basestring_ascii(key) if type(key) is str else self.text(hashed(key))

    def _list(self, items: Iterable[Any]) -> str:
        return f"[{', '.join([self.text(item) for item in items])}]"

    def _array(self, value: np.ndarray[Any, Any]) -> str:
        code = value.dtype.str
        if code not in DTYPES:
            raise WireError(f"arrays of {value.dtype} do not cross the wire")
        self.buffers.append(value.tobytes())
        return f'["{code}", {[*value.shape]}, {len(self.buffers) - 1}]'


def long_list(value: list[Any]) -> np.ndarray[Any, Any] | None:
    """A long list of numbers of one type as an array; None for any other list."""
    if len(value) < _LONG_LIST or len(kinds := set(map(type, value))) != 1:
        return None
    dtype = _LISTED.get(kinds.pop())
    try:
        return None if dtype is None else np.array(value, dtype)
    except OverflowError:
        return None


def hashed(value: Any, depth: int = 0) -> Any:
    """`value`, if it may be a key or a member of a set: nothing but plain types is ever hashed. Raises WireError."""
    kind = type(value)
    if kind is tuple and depth < 4 and len(value) <= 64:
        return tuple(hashed(item, depth + 1) for item in value)
    plain = kind in _HASHED and (kind is not int or -(2**63) <= value < 2**63)
    if not plain or (kind is float and value != value):
        raise WireError(f"a {kind.__name__} is no key or member of a set that crosses the wire")
    return value


def _digits(value: int) -> str:
    if value.bit_length() > _MAX_DIGITS * 3:
        raise WireError("an integer is too large for the wire")
    return str(value)


class Decoder:
    """Trees back into values. Raises WireError for anything that `Encoder` would not have written."""

    def __init__(self, buffers: list[memoryview], caps: Caps) -> None:
        self.buffers = buffers
        self.used = [False] * len(buffers)
        self.left = caps.nodes
        self.hashed_left = caps.hashed
        self.listed_left = caps.listed
        self.max_depth = caps.depth

    def value(self, tree: Any, depth: int = 0) -> Any:
        """What the tree stands for."""
        self.left -= 1
        if self.left < 0 or depth > self.max_depth:
            raise WireError(_TOO_MUCH)
        return self._value(tree, depth)

    def _items(self, content: list[Any], depth: int) -> list[Any]:
        """What the trees in a list stand for, most of them for themselves."""
        self.left -= len(content)
        if self.left < 0 or (content and depth > self.max_depth):
            raise WireError(_TOO_MUCH)
        return [item if type(item) in _PLAIN else self._value(item, depth) for item in content]

    def _value(self, tree: Any, depth: int) -> Any:
        kind = type(tree)  # what json.loads makes: exact builtins
        if kind is list:
            return self._items(tree, depth + 1)
        if kind is not dict:
            if kind is int and not -(2**63) <= tree < 2**63:
                raise WireError("an integer out of range")
            return tree
        if len(tree) != 1:
            raise WireError("a tagged value needs exactly one tag")
        ((tag, content),) = tree.items()
        if tag == "i":
            return self._big_integer(content)
        if tag == "y":
            return self._bytes(content)
        if type(content) is not list:
            raise WireError("a tagged value needs a list")
        if tag == "a":
            return self._array(content)
        if tag == "t":
            return tuple(self._items(content, depth + 1))
        if tag == "d":
            return self._mapping(content, depth)
        if tag == "c":
            return self._complex(content)
        if tag == "s" or tag == "f":
            return self._set(content, depth) if tag == "s" else frozenset(self._set(content, depth))
        if tag == "n":
            return self._array(content, ndim=0)[()]
        if tag == "l":
            return self._long_list(content)
        if tag == "w":
            return self._date(content)
        if tag == "o":
            return self._record(content, depth)
        raise WireError("unknown tag")

    @staticmethod
    def _big_integer(content: Any) -> int:
        if not isinstance(content, str) or len(content) > _MAX_DIGITS or not content.lstrip("-").isdecimal():
            raise WireError("not an integer")
        try:
            return int(content)
        except ValueError:
            raise WireError("not an integer") from None

    def _mapping(self, content: list[Any], depth: int) -> dict[Any, Any]:
        result: dict[Any, Any] = {}
        for pair in content:
            if type(pair) is not list or len(pair) != 2:
                raise WireError("not a mapping")
            key = self._hashed(pair[0], depth)
            if key in result:
                raise WireError("not a mapping")
            result[key] = self.value(pair[1], depth + 1)
        return result

    def _set(self, content: list[Any], depth: int) -> set[Any]:
        items = {self._hashed(item, depth) for item in content}
        if len(items) != len(content):
            raise WireError("not a set")
        return items

    def _hashed(self, tree: Any, depth: int) -> Any:
        if type(tree) is str:
            return self.value(tree, depth + 1)
        self.hashed_left -= 1
        if self.hashed_left < 0:
            raise WireError("too many keys or members of sets")
        return hashed(self.value(tree, depth + 1))

    @staticmethod
    def _bytes(content: Any) -> bytes:
        if type(content) is not str or len(content) % 2 or content.strip("0123456789abcdef"):
            raise WireError("not bytes")
        return bytes.fromhex(content)

    @staticmethod
    def _complex(content: list[Any]) -> complex:
        if len(content) != 2 or not all(type(part) is float for part in content):
            raise WireError("not a complex number")
        return complex(*content)

    def _record(self, content: list[Any], depth: int) -> Record:
        name, pairs = content if len(content) == 2 else ("", None)
        if type(pairs) is not list or len(pairs) > _MAX_FIELDS:
            raise WireError("not a record")
        fields = self._mapping(pairs, depth)
        if not all(
            type(word) is str and len(word) <= 100 and word.isidentifier() for word in (name, *fields)
        ):
            raise WireError("not a record")
        return Record(name, fields)

    @staticmethod
    def _date(content: list[Any]) -> Any:
        name, said = content if len(content) == 2 else ("", None)
        try:
            if name == "timedelta" and type(said) is list and [*map(type, said)] == [int, int, int]:
                return datetime.timedelta(*said)
            kind = _DATES.get(name) if type(name) is str else None
            if kind and type(said) is str and len(said) <= 50:
                value = kind.fromisoformat(said)
                if value.isoformat() == said:
                    return value
        except (ValueError, OverflowError):
            pass
        raise WireError("not a date or time")

    def _long_list(self, content: list[Any]) -> list[Any]:
        array = self._array(content, ndim=1)
        self.listed_left -= array.size
        if self.listed_left < 0 or array.dtype not in _LISTED.values():
            raise WireError("not a long list of numbers")
        listed: list[Any] = array.tolist()
        return listed

    def _array(self, content: list[Any], ndim: int | None = None) -> np.ndarray[Any, Any]:
        if len(content) != 3:
            raise WireError("an array needs dtype, shape and buffer")
        code, shape, number = content
        dtype = DTYPES.get(code) if isinstance(code, str) else None
        if dtype is None:
            raise WireError("this dtype does not cross the wire")
        if type(shape) is not list or len(shape) > _MAX_NDIM:
            raise WireError("not a shape")
        size = 1
        for side in shape:  # Python integers: a product that overflows would pass for a small one
            if type(side) is not int or side < 0:
                raise WireError("not a shape")
            size *= side
        if ndim is not None and len(shape) != ndim:
            raise WireError("an array of another shape")
        if type(number) is not int or not 0 <= number < len(self.buffers) or self.used[number]:
            raise WireError("each buffer is used exactly once")
        self.used[number] = True
        buffer = self.buffers[number]
        if size * dtype.itemsize != len(buffer):
            raise WireError("shape and bytes do not agree")
        try:
            # copied: the buffer need not be aligned, and whoever gets the array may change it
            return np.ndarray(shape, dtype, buffer).copy()
        except ValueError:
            raise WireError("not a shape") from None
