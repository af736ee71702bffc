"""The ends of a line between grader and worker: a pair of pipes, or a socket where there is no fork.

Pipes carry bytes and nothing else: no descriptors, no addresses, no urgent data.
"""

from __future__ import annotations

import contextlib
import math
import os
import select
import socket
from typing import Protocol


class End(Protocol):
    """One end. `wait`: seconds to wait at most; None: for ever."""

    def read(self, size: int, wait: float | None) -> bytes | None:
        """Up to `size` bytes; b"" at the end; None if nothing came. Raises OSError."""

    def write(self, data: memoryview, wait: float | None) -> int:
        """How many bytes were taken; 0 if none were. Raises OSError."""

    def close(self) -> None:
        """Release it."""


class PipeEnd:
    """Reads from one pipe, writes to another. It owns both descriptors."""

    def __init__(self, reading: int, writing: int, *, waits: bool) -> None:
        """waits: whether this end waits with limits, and so must never block in a write."""
        self._reading, self._writing = reading, writing
        if waits:
            os.set_blocking(writing, False)

    def read(self, size: int, wait: float | None) -> bytes | None:
        if wait is not None and not _ready(self._reading, select.POLLIN, wait):
            return None
        return os.read(self._reading, size)

    def write(self, data: memoryview, wait: float | None) -> int:
        if wait is not None and not _ready(self._writing, select.POLLOUT, wait):
            return 0
        try:
            return os.write(self._writing, data)
        except BlockingIOError:
            return 0

    def close(self) -> None:
        for descriptor in (self._reading, self._writing):
            with contextlib.suppress(OSError):
                os.close(descriptor)


class SocketEnd:
    """A connected socket, for workers that are plain processes: Windows can't wait for a pipe."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock

    def read(self, size: int, wait: float | None) -> bytes | None:
        self._socket.settimeout(wait)
        try:
            return self._socket.recv(size)
        except (TimeoutError, BlockingIOError):
            return None

    def write(self, data: memoryview, wait: float | None) -> int:
        self._socket.settimeout(wait)
        try:
            return self._socket.send(data)
        except (TimeoutError, BlockingIOError):
            return 0

    def close(self) -> None:
        self._socket.close()


def _ready(descriptor: int, event: int, wait: float) -> bool:
    poll = select.poll()
    poll.register(descriptor, event)
    return bool(poll.poll(math.ceil(max(0.0, wait) * 1000)))


def pipes(size: int = 1 << 20) -> tuple[PipeEnd, tuple[int, int]]:
    """The grader's end of two new pipes, and the descriptors (to read, to write) of the other.

    size: bytes that each holds, where the system allows it; large arrays cross in fewer pieces then.
    """
    theirs_in, mine_out = os.pipe()
    mine_in, theirs_out = os.pipe()
    with contextlib.suppress(OSError, ImportError, AttributeError):
        import fcntl

        for descriptor in (mine_out, theirs_out):
            fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, size)
    return PipeEnd(mine_in, mine_out, waits=True), (theirs_in, theirs_out)
