"""The near end of one worker: sends requests, waits within CPU and wall limits, checks that a reply is to the call."""

from __future__ import annotations

import contextlib
import os
import secrets
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

from grader.course import Limit
from grader.errors import StudentBroke, StudentTimeout
from grader.wall import replies
from grader.wall.calls import Call
from grader.worker.wire import Channel, Closed, DeadlineExceeded, WireError, encode

Answerer = Callable[[replies.Question], dict[str, Any]]


class Reaper(Protocol):
    """Who started a worker, and ends it."""

    def reap(self, worker: Worker) -> float:
        """Kill and reap; the CPU seconds it used."""


class Worker:
    """The near end of one worker process."""

    def __init__(self, channel: Channel, output: int, pid: int, launcher: Reaper) -> None:
        self.pid = pid
        self._channel = channel
        self._output = output
        self._launcher = launcher
        self._closed = False
        self._number = ""
        self.cpu_used = 0.0

    def request(self, message: dict[str, Any], limit: Limit, ask: Answerer | None = None) -> dict[str, Any]:
        """Send `message` and return the fields of the reply to it, which `replies` has to check.

        ask: answers what the worker asks meanwhile; without it, asking breaks the protocol.
        Raises StudentTimeout past `limit`, StudentBroke if the worker died or broke the protocol; the worker is
        of no use after either.
        """
        self._number = secrets.token_hex(8)
        with _as_failures(limit):
            self._channel.send({**message, "id": self._number}, time.monotonic() + limit.wall)
        return self._reply(limit, ask)

    def request_all(self, calls: Sequence[Call], limit: Limit, *, together: bool = False) -> None:
        """Send many calls. `next_reply` has the answers.

        together: `all_replies` has them, all at once.
        """
        self._number = secrets.token_hex(8)
        with _as_failures(limit):
            head = encode({"do": "calls", "id": self._number, "together": together, "calls": len(calls)})
            frames = b"".join([head, *(call.frame for call in calls)])
            self._channel.send_bytes(frames, time.monotonic() + limit.wall)

    def all_replies(
        self, count: int, limit: Limit, ask: Answerer | None = None
    ) -> tuple[list[replies.Unread], int]:
        """The answers to all calls of `request_all`, within the limit of one, and how much was printed by then.

        Raises what `request` raises.
        """
        wall, watch = self._limited(limit)
        printed = replies.together(self._next(wall, watch, limit, ask))
        with _as_failures(limit):
            frames = self._channel.receive_raw(count, wall, watch)
        return [replies.Unread(bytes(header), bytes(body)) for header, body in frames], printed

    def next_reply(self, number: int, limit: Limit, ask: Answerer | None = None) -> replies.Answer:
        """The reply to call `number` of `request_all`. Raises what `request` raises."""
        return replies.answer(self._reply(limit, ask), number)

    def _reply(self, limit: Limit, ask: Answerer | None) -> dict[str, Any]:
        wall, watch = self._limited(limit)
        return self._next(wall, watch, limit, ask)

    def _limited(self, limit: Limit) -> tuple[float, Callable[[], float]]:
        """The deadline by the clock, and what watches the CPU time: both from now on."""
        cpu_start = self.cpu_seconds()

        def watch() -> float:
            """CPU time decides, to the last byte, so that a loaded machine fails nobody."""
            left = limit.cpu - (self.cpu_seconds() - cpu_start)
            if left <= 0:
                raise StudentTimeout(_too_slow(limit, cpu=True))
            return max(left, 0.01)

        return time.monotonic() + limit.wall, watch

    def _next(
        self, wall: float, watch: Callable[[], float], limit: Limit, ask: Answerer | None
    ) -> dict[str, Any]:
        with _as_failures(limit):
            while True:
                reply = replies.envelope(self._channel.receive(wall, watch), self._number)
                if "ask" not in reply:
                    return reply
                if ask is None:
                    raise StudentBroke("broke the protocol: nothing may be asked here")
                self._channel.send(ask(replies.question(reply["ask"])), wall)

    def cpu_seconds(self) -> float:
        """CPU seconds this worker has used so far; 0 where the system does not tell."""
        if not sys.platform.startswith("linux"):
            return 0.0
        try:
            # Linux makes a clock of every process; clock_getcpuclockid(3) computes its number the same way.
            return time.clock_gettime((~self.pid << 3) | 2)
        except OSError:
            return self.cpu_used

    def printed_bytes(self) -> int:
        """How much the worker has printed so far."""
        return os.fstat(self._output).st_size

    def printed(self, start: int, end: int) -> str:
        """What it printed between two positions, as text: untrusted."""
        size = max(0, end - start)
        with contextlib.suppress(OSError):
            if hasattr(os, "pread"):
                return os.pread(self._output, size, start).decode("utf-8", "replace")
            os.lseek(self._output, start, os.SEEK_SET)
            return os.read(self._output, size).decode("utf-8", "replace")
        return ""

    def close(self) -> None:
        """Kill the process, reap it, release everything. May be called twice."""
        if self._closed:
            return
        self._closed = True
        self._channel.close()
        self.cpu_used = self._launcher.reap(self)
        os.close(self._output)


@contextlib.contextmanager
def _as_failures(limit: Limit) -> Iterator[None]:
    """What went wrong on the wire, as what it means for the student's call."""
    try:
        yield
    except DeadlineExceeded:
        raise StudentTimeout(_too_slow(limit, cpu=False)) from None
    except Closed:
        raise StudentBroke(
            "the process ended in the middle of the call (os._exit, or out of memory)"
        ) from None
    except WireError as error:
        raise StudentBroke(f"broke the protocol: {error}") from None


def _too_slow(limit: Limit, *, cpu: bool) -> str:
    seconds = f"{limit.cpu:g} s of computing" if cpu else f"{limit.wall:g} s"
    return f"did not finish within {seconds}: is there a loop that never ends?"
