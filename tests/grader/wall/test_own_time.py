"""What a submission costs the grader itself is counted and ended; no score hangs on it before that."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from grader.diagnosis import failed_exercises
from grader.errors import StudentTimeout
from grader.grading import grader as grading
from grader.grading.grader import Grader
from grader.result import Result
from grader.wall.own_time import OwnTime
from grader.wall.student import Student

from ..conftest import submission

#: Right for small numbers, and wrong in a way that has to be looked at.
WRONG = "import numpy as np\ndef double(x):\n    return np.asarray(x, dtype=float) + 1\n"


def burn(seconds: float) -> None:
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


def test_courtesies_end_at_half_and_calls_at_all_of_it() -> None:
    own = OwnTime(0.2)
    own.check()
    assert own.for_courtesies
    burn(0.12)
    own.check()
    assert not own.for_courtesies
    burn(0.1)
    with pytest.raises(StudentTimeout):
        own.check()
    own.discount(0.2)
    own.check()


def test_waiting_costs_nothing() -> None:
    own = OwnTime(0.05)
    time.sleep(0.1)
    assert own.for_courtesies


def test_it_is_a_third_of_what_the_submission_may_use_and_never_tight() -> None:
    assert OwnTime.beside(90).limit == 30
    assert OwnTime.beside(0.3).limit == 5


@pytest.fixture
def graded(grader: Grader, monkeypatch: pytest.MonkeyPatch) -> Callable[[float], tuple[Result, bool]]:
    """Grade WRONG with so many CPU seconds left; the result, and whether a diagnosis was made."""

    def grade(left: float) -> tuple[Result, bool]:
        asked: list[str] = []
        looked_at = failed_exercises.Diagnoser.looked_at

        def noted(diagnoser: failed_exercises.Diagnoser, exercise: str, student: Student) -> Any:
            asked.append(exercise)
            return looked_at(diagnoser, exercise, student)

        monkeypatch.setattr(grading.OwnTime, "beside", lambda cpu: made(left))
        monkeypatch.setattr(failed_exercises.Diagnoser, "looked_at", noted)
        return grader.grade(submission({"alpha": WRONG})), bool(asked)

    def made(left: float) -> OwnTime:
        own = OwnTime(60 + left)
        own.discount(-60)
        return own

    return grade


def test_courtesies_are_left_out_and_said_and_cost_no_points(
    graded: Callable[[float], tuple[Result, bool]],
) -> None:
    (whole, looked), (less, looked_too) = graded(600), graded(30)
    assert looked
    assert not looked_too
    assert whole.score == less.score > 0
    assert OwnTime.left_out in next(e for e in less.exercises if e.name == "double").remarks
    assert not [remark for e in whole.exercises for remark in e.remarks]


def test_a_submission_that_has_spent_it_all_is_not_run_on(
    graded: Callable[[float], tuple[Result, bool]],
) -> None:
    result, _ = graded(-1)
    assert result.score == 0
    double = next(e for e in result.exercises if e.name == "double")
    assert double.message.endswith("was not loaded: what came back before took the grader too long to read")


def test_an_honest_submission_is_far_from_it(grader: Grader, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[OwnTime] = []

    def beside(cpu: float) -> OwnTime:
        made.append(OwnTime(60))
        return made[-1]

    monkeypatch.setattr(grading.OwnTime, "beside", beside)
    grader.grade(submission({"alpha": WRONG}))
    assert made[0].used < 2.5
