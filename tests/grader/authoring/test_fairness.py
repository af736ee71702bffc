"""Partial credit: a mistake that is mostly right gets a good part of the points, one that never is gets little."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from grader.authoring.fairness import Fairness, fairness_of
from grader.authoring.validate import examine
from grader.commands.validate import run

from .tiny_courses import CATALOGUE, MISTAKES


@pytest.mark.parametrize(
    ("right", "points", "unfair"),
    [
        (0.7, 0.3, "too little"),
        (0.7, 2 / 5, ""),
        (0.6, 0.0, ""),
        (0.0, 0.6, "too much"),
        (0.0, 0.5, ""),
        (0.05, 1.0, ""),
    ],
)
def test_what_is_too_little_and_too_much(right: float, points: float, unfair: str) -> None:
    assert Fairness("double", "tripled", right, points).unfair == unfair


def test_a_mistake_that_is_mostly_right_and_gets_nothing_is_found(make_course: Callable[..., Any]) -> None:
    often = MISTAKES + (
        '\n@mistake("total", name="but-nine", says="Wrong with a 9.", hint="Try a 9.")\n'
        "def but_nine(x):\n    if len(x) == 0:\n        return 0\n    return sum(x) - (9 in x)\n"
    )
    course = make_course({**CATALOGUE, "solutions/tiny/mistakes/all.py": often})
    found, material = examine(course.course, "tiny")
    assert material is not None
    (row,) = fairness_of(found.exercises["total"], material, seed=5)
    assert (row.mistake, row.points, row.unfair) == ("but-nine", 0.0, "too little")
    assert 0.6 < row.right < 1
    rows = {row.mistake: row for row in fairness_of(found.exercises["double"], material, seed=5)}
    assert rows["flattened"].right == 1.0, "drawn calls have one axis"
    assert rows["flattened"].points == pytest.approx(2 / 3)
    assert rows["tripled"].points == pytest.approx(1 / 3)
    assert fairness_of(found.exercises["clip"], material, seed=5) == [], "its one test draws nothing"


@pytest.mark.slow
def test_the_command_prints_the_shares_beside_each_other(
    make_course: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    run(False, 0, make_course(CATALOGUE).root, fairness=True)
    out = " ".join(capsys.readouterr().out.split())
    assert "flattened 100% 67%" in out
    assert "partial credit is not judged where no test draws calls: clip" in out
    assert "mistakes that get too little: none" in out
