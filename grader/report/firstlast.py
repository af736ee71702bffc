"""First submission against last: what handing in again brought those who did."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from grader.report.items import READABLE
from grader.result import Result

_95_PERCENT = 1.96
#: With fewer, an interval from the normal curve would be too narrow by far.
_MIN_FOR_INTERVAL = 10


@dataclass(frozen=True)
class FirstLast:
    """Means in points over the `students` with several submissions. half_width: of the 95 % interval around the gain;
    None for a few students."""

    students: int
    first: float
    last: float
    half_width: float | None
    up: int
    down: int

    @property
    def gain(self) -> float:
        """Points, last less first."""
        return self.last - self.first


def first_and_last(results: Sequence[Result]) -> FirstLast | None:
    """Of the students with two readable submissions or more; None where there are none.

    Paired differences with their standard error, SD / √n. Each as it was graded last, late work counted.
    """
    pairs = []
    for result in results:
        lines = result.attempts.lines if result.attempts else []
        lines = [line for line in lines if line.status in READABLE]
        if len(lines) > 1:
            pairs.append((lines[0].score, lines[-1].score))
    if not pairs:
        return None
    gains = [last - first for first, last in pairs]
    wide = len(pairs) >= _MIN_FOR_INTERVAL
    return FirstLast(
        students=len(pairs),
        first=statistics.fmean(first for first, _ in pairs),
        last=statistics.fmean(last for _, last in pairs),
        half_width=_95_PERCENT * statistics.stdev(gains) / math.sqrt(len(pairs)) if wide else None,
        up=sum(gain > 0 for gain in gains),
        down=sum(gain < 0 for gain in gains),
    )
