"""Results side by side: the same report, and room for parts that differ alone."""

from __future__ import annotations

import random

from grader.report import side_by_side
from grader.result import Evidence, Picture, Result

from .test_report import CLASS, graded, render


def copies(results: list[Result]) -> list[Result]:
    return [result.model_copy(deep=True) for result in results]


def with_values(number: int) -> Result:
    """A student with much that nobody else has."""
    draw = random.Random(number)
    result = graded(f"s{number}", *draw.choice([(2, 6), (0, 6), (2, 0)]))
    for test in result.exercises[0].tests:
        test.seconds = draw.random() / 100
        test.evidence = Evidence(arguments={"x": [draw.random() for _ in range(50)]})
    result.exercises[0].pictures = [Picture(title="", text="", height=1, width=1, levels="AA==")]
    return result


def test_the_report_is_the_same() -> None:
    assert render(side_by_side(copies(CLASS))) == render(CLASS)


def test_seconds_of_an_exercise_stay_to_a_hundredth() -> None:
    one = graded("ada", 2, 6)
    one.exercises[0].tests[0].seconds, one.exercises[0].tests[1].seconds = 0.123, 0.234
    (lighter,) = side_by_side([one])
    assert sum(test.seconds for test in lighter.exercises[0].tests) == 0.36


def test_what_is_alike_is_kept_once_and_what_is_not_stays_apart() -> None:
    results = side_by_side(with_values(number) for number in range(300))
    kept = {id(exercise): exercise for result in results for exercise in result.exercises}
    # Three kinds of outcome, and 0.00, 0.01 or 0.02 s.
    assert len(kept) <= 9
    assert len({id(test) for exercise in kept.values() for test in exercise.tests}) <= 12
    assert [result.score for result in results] == [with_values(number).score for number in range(300)]
    assert not any(test.evidence for exercise in kept.values() for test in exercise.tests)
