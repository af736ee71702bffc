"""A time limit is held against what right code takes."""

from __future__ import annotations

import time

import pytest

from grader.authoring.time_limits import Slowest
from grader.course import Limit


def work(seconds: float) -> float:
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass
    return seconds


def test_the_slowest_call_is_found_whatever_it_ends_with() -> None:
    found = Slowest()
    assert found.watching(work, "quick")(0.001) == 0.001

    def raising(seconds: float) -> None:
        work(seconds)
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        found.watching(raising, "slow")(0.03)
    assert found.whose == "slow"
    assert found.seconds >= 0.03


@pytest.mark.parametrize(
    ("cpu", "seconds", "words", "too_little"),
    [
        (1, 0.2, "raise it to 10 times at least", True),
        (1, 0.05, "is 20 times that", False),
        (2, 0.001, "a lower one", False),
        (1, 0.001, "is 1000 times that", False),
        (2, 0.0, "", False),
    ],
)
def test_what_is_said_of_a_limit(cpu: float, seconds: float, words: str, too_little: bool) -> None:
    line, found = Slowest(seconds, "f, 'loops'").said(Limit(cpu=cpu, wall=20))
    assert words in line
    assert found == too_little
    assert ("a lower one" in line) == (words == "a lower one")
