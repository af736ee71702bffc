"""Frames on a line: a small JSON header and raw array bytes. Both ends use this file; neither trusts the other.

    frame  = header length (4 bytes) + body length (4 bytes) + header (JSON) + body
    header = {"m": tree, "b": [buffer sizes]}

In the tree, JSON's own null, booleans, numbers, strings and lists stand for themselves; everything else is an
object with one key: {"t": tuple items} {"d": [key, value] pairs} {"c": [re, im]} {"i": "big integer"}
{"s": items of a set} {"f": items of a frozenset} {"y": bytes in hexadecimal digits}
{"a": [dtype, shape, buffer number]}. Decoding gives exact builtins and plain arrays, never a subclass.
"""

from __future__ import annotations

import json
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from .ends import End

_LENGTHS = struct.Struct(">II")
_MAX_NDIM = 8
_PIECE = 1 << 18
_MAX_DIGITS = 4000
#: Keys and members of sets, texts aside: their hashes can be made to collide, and each collision takes time.
_MAX_HASHED = 4000
_HASHED = (str, int, float, bool, bytes, type(None))
#: An honest frame comes in pieces of at least so many bytes, save a few.
_CRUMB, _CRUMBS = 512, 64

#: Real and complex numbers and booleans. No objects, strings, records or dates: those carry code or surprises.
_DTYPES = {
    np.dtype(kind).str: np.dtype(kind)
    for kind in (
        *(np.bool_, np.int8, np.uint8, np.int16, np.uint16, np.int32, np.uint32, np.int64, np.uint64),
        *(np.float16, np.float32, np.float64, np.complex64, np.complex128),
    )
}


class WireError(Exception):
    """The other end broke the protocol; nothing more it says is believed."""


class Closed(WireError):
    """The other end is gone."""


class DeadlineExceeded(Exception):
    """No whole frame within the time given."""


@dataclass(frozen=True)
class Caps:
    """What a frame may hold at most, checked before anything is allocated."""

    header: int = 4 << 20
    body: int = 64 << 20
    buffers: int = 2048
    nodes: int = 200_000
    depth: int = 24


DEFAULT_CAPS = Caps()


class _Encoder:
    def __init__(self) -> None:
        self.buffers: list[bytes] = []

    def tree(self, value: Any) -> Any:
        kind = type(value)
        if value is None or kind is bool or kind is float or kind is str:
            return value
        if kind is int:
            return value if -(2**63) <= value < 2**63 else {"i": _digits(value)}
        if kind is list:
            return [self.tree(item) for item in value]
        if kind is tuple:
            return {"t": [self.tree(item) for item in value]}
        if kind is dict:
            return {"d": [[self.tree(hashed(key)), self.tree(item)] for key, item in value.items()]}
        if kind is set or kind is frozenset:
            # In one order: that of a set of texts differs from process to process.
            items = sorted((self.tree(hashed(item)) for item in value), key=json.dumps)
            return {"s" if kind is set else "f": items}
        if kind is bytes:
            return {"y": value.hex()}
        if kind is complex:
            return {"c": [value.real, value.imag]}
        if kind is np.ndarray:
            if value.dtype.str not in _DTYPES:
                raise WireError(f"arrays of {value.dtype} do not cross the wire")
            self.buffers.append(value.tobytes())
            return {"a": [value.dtype.str, list(value.shape), len(self.buffers) - 1]}
        raise WireError(f"a {kind.__name__} does not cross the wire")


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


def encode(message: Any) -> bytes:
    """One frame. Raises WireError for a value that does not cross."""
    encoder = _Encoder()
    tree = encoder.tree(message)
    header = json.dumps({"m": tree, "b": [len(b) for b in encoder.buffers]}).encode(
        "utf-8", "backslashreplace"
    )
    body = b"".join(encoder.buffers)
    return _LENGTHS.pack(len(header), len(body)) + header + body


class _Decoder:
    def __init__(self, buffers: list[memoryview], caps: Caps) -> None:
        self.buffers = buffers
        self.used = [False] * len(buffers)
        self.left = caps.nodes
        self.hashed_left = _MAX_HASHED
        self.max_depth = caps.depth

    def value(self, tree: Any, depth: int = 0) -> Any:
        self.left -= 1
        if self.left < 0 or depth > self.max_depth:
            raise WireError("too many or too deeply nested values")
        kind = type(tree)  # what json.loads makes: exact builtins
        if kind is list:
            return [self.value(item, depth + 1) for item in tree]
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
        if not isinstance(content, list):
            raise WireError("a tagged value needs a list")
        if tag == "t":
            return tuple(self.value(item, depth + 1) for item in content)
        if tag == "d":
            return self._mapping(content, depth)
        if tag == "c":
            return self._complex(content)
        if tag == "s" or tag == "f":
            return self._set(content, depth) if tag == "s" else frozenset(self._set(content, depth))
        if tag == "a":
            return self._array(content)
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

    def _array(self, content: list[Any]) -> np.ndarray[Any, Any]:
        if len(content) != 3:
            raise WireError("an array needs dtype, shape and buffer")
        code, shape, number = content
        dtype = _DTYPES.get(code) if isinstance(code, str) else None
        if dtype is None:
            raise WireError("this dtype does not cross the wire")
        if (
            not isinstance(shape, list)
            or len(shape) > _MAX_NDIM
            or not all(type(side) is int and side >= 0 for side in shape)
        ):
            raise WireError("not a shape")
        if type(number) is not int or not 0 <= number < len(self.buffers) or self.used[number]:
            raise WireError("each buffer is used exactly once")
        self.used[number] = True
        size = 1
        for side in shape:  # Python integers: a product that overflows would pass for a small one
            size *= side
        buffer = self.buffers[number]
        if size * dtype.itemsize != len(buffer):
            raise WireError("shape and bytes do not agree")
        try:
            # copied: the buffer need not be aligned, and whoever gets the array may change it
            return np.frombuffer(buffer, dtype=dtype).reshape(shape).copy()
        except ValueError:
            raise WireError("not a shape") from None


def decode(header: bytes | bytearray, body: bytes | bytearray, caps: Caps = DEFAULT_CAPS) -> Any:
    """The message of one frame. Raises WireError on anything that `encode` would not have written."""
    try:
        frame = json.loads(header)
    except (ValueError, RecursionError, MemoryError):
        raise WireError("the header is not JSON") from None
    if not isinstance(frame, dict) or frame.keys() != {"m", "b"} or not isinstance(frame["b"], list):
        raise WireError("the header has the wrong form")
    sizes = frame["b"]
    if len(sizes) > caps.buffers or not all(type(size) is int and size >= 0 for size in sizes):
        raise WireError("wrong buffer sizes")
    if sum(sizes) != len(body):
        raise WireError("buffer sizes and body do not agree")
    view, buffers, start = memoryview(body), [], 0
    for size in sizes:
        buffers.append(view[start : start + size])
        start += size
    decoder = _Decoder(buffers, caps)
    message = decoder.value(frame["m"])
    if not all(decoder.used):
        raise WireError("a buffer was not used")
    return message


class Channel:
    """One end of a line that carries frames, each with one absolute deadline."""

    def __init__(self, end: End, caps: Caps = DEFAULT_CAPS) -> None:
        self.caps = caps
        self._end = end
        self._buffer = bytearray()

    def send(self, message: Any, deadline: float | None = None) -> None:
        """Send a frame. Raises Closed, DeadlineExceeded, or WireError for a value that does not cross."""
        self.send_bytes(encode(message), deadline)

    def send_bytes(self, frame: bytes, deadline: float | None = None) -> None:
        """Send what `encode` made."""
        view = memoryview(frame)
        while view:
            try:
                view = view[self._end.write(view, _left(deadline)) :]
            except OSError as error:
                raise Closed(str(error)) from None

    def receive(self, deadline: float | None = None, watch: Callable[[], float] | None = None) -> Any:
        """The next message. `deadline` (time.monotonic) is for the whole frame: a trickle does not extend it.

        watch: called before each waiting; says in how many seconds to call it again, or raises to end it all.
        """
        pieces = _Pieces()
        lengths = self._exactly(_LENGTHS.size, deadline, watch, pieces)
        header_size, body_size = _LENGTHS.unpack(lengths)
        if header_size > self.caps.header or body_size > self.caps.body:
            raise WireError("a frame is too large")
        header = self._exactly(header_size, deadline, watch, pieces)
        return decode(header, self._exactly(body_size, deadline, watch, pieces), self.caps)

    def close(self) -> None:
        """Close this end."""
        self._end.close()

    def _exactly(
        self, count: int, deadline: float | None, watch: Callable[[], float] | None, pieces: _Pieces
    ) -> bytearray:
        while len(self._buffer) < count:
            wait = _left(deadline)
            if watch:
                wait = min(watch(), wait) if wait is not None else watch()
            try:
                # in pieces: a length alone must not make this end allocate
                piece = self._end.read(_PIECE, wait)
            except OSError as error:
                raise Closed(str(error)) from None
            if piece is None:
                continue
            if not piece:
                raise Closed("the other end is gone")
            pieces.count(len(piece))
            self._buffer += piece
        data = self._buffer[:count]
        del self._buffer[:count]
        return data


class _Pieces:
    """How a frame arrives. Crumbs would cost this end much more than the other."""

    def __init__(self) -> None:
        self._left = _CRUMBS

    def count(self, size: int) -> None:
        self._left += size // _CRUMB - 1
        if self._left < 0:
            raise WireError("a frame in crumbs")


def _left(deadline: float | None) -> float | None:
    if deadline is None:
        return None
    left = deadline - time.monotonic()
    if left <= 0:
        raise DeadlineExceeded
    return left
