"""Frames on a line: a small JSON header and raw array bytes. Both ends use this file; neither trusts the other.

    frame  = header length (4 bytes) + body length (4 bytes) + header (JSON) + body
    header = {"m": tree, "b": [buffer sizes]}

How values become trees: values.py.
"""

from __future__ import annotations

import json
import struct
import time
from collections.abc import Callable
from typing import Any

from .ends import End
from .values import Caps as Caps
from .values import Decoder, Encoder
from .values import WireError as WireError

LENGTHS = struct.Struct(">II")
#: Less than json.loads does: what `encode` writes has no white space around it, and is ASCII.
_READ_JSON = json.JSONDecoder().raw_decode
_PIECE = 1 << 18
#: An honest frame comes in pieces of at least so many bytes, save a few.
_CRUMB, _CRUMBS = 512, 64
DEFAULT_CAPS = Caps()


class Closed(WireError):
    """The other end is gone."""


class DeadlineExceeded(Exception):
    """No whole frame within the time given."""


def encode(message: Any) -> bytes:
    """One frame. Raises WireError for a value that does not cross."""
    encoder = Encoder()
    tree = encoder.text(message)
    header = f'{{"m": {tree}, "b": {[*map(len, encoder.buffers)]}}}'.encode("ascii")
    body = b"".join(encoder.buffers)
    return LENGTHS.pack(len(header), len(body)) + header + body


def header_size(frame: bytes) -> int:
    """Bytes of the header of a frame that `encode` made."""
    size: int = LENGTHS.unpack_from(frame)[0]
    return size


def decode(header: bytes | bytearray, body: bytes | bytearray, caps: Caps = DEFAULT_CAPS) -> Any:
    """The message of one frame. Raises WireError on anything that `encode` would not have written."""
    try:
        text = header.decode("ascii")
        frame, end = _READ_JSON(text)
        if end < len(text):
            raise ValueError
    except (ValueError, RecursionError, MemoryError):
        raise WireError("the header is not JSON") from None
    if not isinstance(frame, dict) or frame.keys() != {"m", "b"} or not isinstance(frame["b"], list):
        raise WireError("the header has the wrong form")
    sizes = frame["b"]
    if len(sizes) > caps.buffers:
        raise WireError("wrong buffer sizes")
    view, buffers, start = memoryview(body), [], 0
    for size in sizes:
        if type(size) is not int or size < 0:
            raise WireError("wrong buffer sizes")
        buffers.append(view[start : start + size])
        start += size
    if start != len(body):
        raise WireError("buffer sizes and body do not agree")
    decoder = Decoder(buffers, caps)
    message = decoder.value(frame["m"])
    if not all(decoder.used):
        raise WireError("a buffer was not used")
    return message


def crossed(value: Any, body: int) -> Any:
    """`value` as the other end would get it. body: bytes of arrays that it takes.

    Raises WireError where the value does not cross, or would not be read.
    """
    frame = encode(value)
    start = LENGTHS.size + header_size(frame)
    if start > DEFAULT_CAPS.header or len(frame) > body:
        raise WireError(f"a result of {len(frame) >> 20} MB (at most {body >> 20} are read)")
    return decode(frame[LENGTHS.size : start], frame[start:])


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
        ((header, body),) = self.receive_raw(1, deadline, watch)
        return decode(header, body, self.caps)

    def receive_raw(
        self, count: int, deadline: float | None = None, watch: Callable[[], float] | None = None
    ) -> list[tuple[bytearray, bytearray]]:
        """Headers and bodies of the next `count` messages, all of them no larger than one may be; not looked at."""
        pieces, frames = _Pieces(), []
        headers, bodies = self.caps.header, self.caps.body
        for _ in range(count):
            lengths = self._exactly(LENGTHS.size, deadline, watch, pieces)
            header_size, body_size = LENGTHS.unpack(lengths)
            headers, bodies = headers - header_size, bodies - body_size
            if headers < 0 or bodies < 0:
                raise WireError("a frame is too large")
            header = self._exactly(header_size, deadline, watch, pieces)
            frames.append((header, self._exactly(body_size, deadline, watch, pieces)))
        return frames

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
