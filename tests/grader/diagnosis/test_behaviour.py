"""What is written down of a wrong function: the same for the same mistake, and nothing of a right answer."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from grader.course.models import load_course
from grader.course.reference import Reference, load_functions
from grader.diagnosis import Diagnoser, topics_of


@pytest.fixture(scope="module")
def diagnoser() -> Diagnoser:
    course = load_course(Path(__file__).parents[3] / "course.yaml")
    assignment = course.assignments["cnn"]
    functions = load_functions(course.solutions("cnn"), assignment.chapter_of())
    return Diagnoser(assignment, Reference(functions), [], topics=topics_of(assignment))


def behaviour(diagnoser: Diagnoser, function: Any) -> str:
    return diagnoser.looked_at("relu", SimpleNamespace(relu=function))[1]


def in_loops(x: Any) -> Any:
    out = np.array(x, dtype=float)
    for place in np.ndindex(out.shape):
        if out[place] <= 0:
            out[place] = 0.01 * out[place]
    return out


def test_one_mistake_in_two_styles_is_one_behaviour(diagnoser: Diagnoser) -> None:
    leaky = behaviour(diagnoser, lambda x: np.where(x > 0, x, 0.01 * x))
    assert leaky == behaviour(diagnoser, in_loops)
    assert leaky != behaviour(diagnoser, lambda x: np.where(x > 0, x, 0.02 * x))
    assert "." in leaky.split()


def test_right_answers_and_code_that_only_stops_leave_nothing(diagnoser: Diagnoser) -> None:
    def stops(x: Any) -> Any:
        raise ValueError

    assert behaviour(diagnoser, lambda x: np.maximum(x, 0)) == ""
    assert behaviour(diagnoser, stops) == ""


def test_answers_that_vary_leave_nothing(diagnoser: Diagnoser) -> None:
    calls = iter(range(10_000))
    assert behaviour(diagnoser, lambda x: x + next(calls)) == ""


def test_which_exception_it_is_tells_behaviours_apart(diagnoser: Diagnoser) -> None:
    def only(kind: type[Exception]) -> Any:
        def relu(x: Any) -> Any:
            if x.ndim > 1:
                raise kind
            return np.maximum(x, 0)

        return relu

    assert behaviour(diagnoser, only(ValueError)) != behaviour(diagnoser, only(IndexError))
    words = set(behaviour(diagnoser, only(ValueError)).split()[1:])
    assert {word[0] for word in words} == {".", "!"}
    assert len(words) == 2
