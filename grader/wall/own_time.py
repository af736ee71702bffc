"""What one submission may cost the grader itself: reading, comparing, making small, diagnosis, pictures."""

from __future__ import annotations

import math
import time

from grader.errors import StudentTimeout

#: Of the CPU seconds that the submission's own code may use; and never less than so many.
_SHARE, _LEAST = 3, 5.0


class OwnTime:
    """CPU seconds of this thread since this was made. Far more than any honest submission takes, on any machine.

    Past half of it, courtesies are left out; past all of it, nothing more is asked of the submission's code.
    """

    #: Said on each exercise after that.
    left_out = (
        "what came back took the grader long to read: from there on, small examples, diagnosis and pictures "
        "are left out"
    )

    def __init__(self, limit: float = math.inf) -> None:
        self.limit = limit
        self._start = time.thread_time()

    @classmethod
    def beside(cls, cpu: float) -> OwnTime:
        """For a submission whose own code may use `cpu` seconds."""
        return cls(max(_LEAST, cpu / _SHARE))

    @property
    def used(self) -> float:
        """CPU seconds so far."""
        return time.thread_time() - self._start

    @property
    def for_courtesies(self) -> bool:
        """Whether there is time for what changes no score."""
        return self.used < self.limit / 2

    def discount(self, seconds: float) -> None:
        """Not this submission's: what was worked out for all that follow, too."""
        self._start += seconds

    @property
    def spent(self) -> bool:
        """Whether nothing more is asked."""
        return self.used > self.limit

    def check(self) -> None:
        """Raises StudentTimeout where all of it is spent."""
        if self.spent:
            raise StudentTimeout("not run: what came back before took the grader too long to read")
