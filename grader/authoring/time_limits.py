"""What a call may take, beside what right code takes: too little costs right points, too much is waited for by all."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from grader.course import Limit

#: A limit leaves the slowest right code at least so many times what it takes here; beyond so many it may be lowered.
_ROOM, _MUCH = 10, 200


@dataclass
class Slowest:
    """The slowest call of right code: CPU seconds, and whose it was."""

    seconds: float = 0.0
    whose: str = ""

    def watching(self, function: Callable[..., Any], whose: str) -> Callable[..., Any]:
        """`function`, its calls timed. A class as it is: what takes long are its methods."""
        if isinstance(function, type):
            return function

        @functools.wraps(function)
        def timed(*args: Any, **kwargs: Any) -> Any:
            start = time.process_time()
            try:
                return function(*args, **kwargs)
            finally:
                if (spent := time.process_time() - start) > self.seconds:
                    self.seconds, self.whose = spent, whose

        return timed

    def said(self, limit: Limit) -> tuple[str, bool]:
        """A line about `limits.call`, and whether that is too little."""
        if not self.seconds:
            return "", False
        times = limit.cpu / self.seconds
        line = (
            f"the slowest call of right code takes {self.seconds:.2g} s of computing here ({self.whose}); "
            f"limits.call.cpu ({limit.cpu:g} s) is {times:.0f} times that"
        )
        if times < _ROOM:
            return (
                f"{line}: raise it to {_ROOM} times at least, for slower machines and slower right code",
                True,
            )
        if times > _MUCH and limit.cpu > 1:
            return f"{line}: a lower one (1 s, say) makes code that never ends cheaper to grade", False
        return line, False
