"""Time for a chapter's own code outside its functions: a statement that takes too long is stopped, the next one runs.

A kindness, not a wall: code that catches everything, or resets the timer, runs into the grader's own limits.
"""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Iterator
from typing import Any

#: After the first time, again this often: code that swallowed it once is stopped at the next chance.
_AGAIN = 0.05


class TookTooLong(BaseException):
    """A statement used up its time. A BaseException: `except Exception` around a training step must not eat it."""


class Clock:
    """statement: CPU seconds one statement may take; total: all of them together; wall: seconds by the clock."""

    def __init__(self, statement: float, total: float, wall: float) -> None:
        self.statement = statement
        self.left = total
        self.wall = wall
        self.able = hasattr(signal, "setitimer") and hasattr(signal, "SIGPROF")

    def arm(self) -> None:
        """Take over the signals; where that can't be done, nothing is stopped here."""
        if not self.able:
            return
        try:
            for number in (signal.SIGPROF, signal.SIGALRM):
                signal.signal(number, _stop)
        except (ValueError, OSError):
            self.able = False

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """While one statement runs. Raises TookTooLong inside it."""
        before = time.process_time()
        self._set(max(0.2, min(self.statement, self.left)), self.wall)
        try:
            yield
        finally:
            self._set(0, 0)
            self.left -= time.process_time() - before

    def _set(self, cpu: float, wall: float) -> None:
        if self.able:
            with contextlib.suppress(OSError):
                signal.setitimer(signal.ITIMER_PROF, cpu, _AGAIN if cpu else 0)
                signal.setitimer(signal.ITIMER_REAL, wall, _AGAIN if wall else 0)


def _stop(number: int, frame: Any) -> None:
    raise TookTooLong
