"""How fast one person may go on: so many at once, then so many a second."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

#: More people than that are never counted at once: those who have waited longest are forgotten, and start anew.
_MOST_KNOWN = 10_000


class Pace:
    """For each key, `burst` at once, and one more every `seconds`."""

    def __init__(self, burst: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._burst, self._seconds, self._clock = burst, seconds, clock
        self._full_at: dict[str, float] = {}
        self._lock = threading.Lock()

    def wait(self, key: str) -> int:
        """0, and it is counted; or whole seconds until it would be."""
        with self._lock:
            return self._wait(key, self._clock())

    def _wait(self, key: str, now: float) -> int:
        full_at = max(now, self._full_at.pop(key, now)) + self._seconds
        over = full_at - now - self._burst * self._seconds
        if over > 1e-9:
            self._full_at[key] = full_at - self._seconds
            return int(over) + 1
        self._full_at[key] = full_at
        while len(self._full_at) > _MOST_KNOWN:
            del self._full_at[next(iter(self._full_at))]
        return 0
