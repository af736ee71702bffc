"""Reliability and its kin: against published figures, by hand, and on classes whose truth is known."""

from __future__ import annotations

import math
import statistics
import sys
from pathlib import Path

import pytest

from grader.report.firstlast import first_and_last
from grader.report.items import fifths_of
from grader.report.reliability import (
    alpha_with_error,
    interval,
    near_pass_mark,
    reliability,
    standard_error_of_measurement,
)
from grader.result import AttemptLine, Attempts, ExerciseResult, Late, QuestionResult, Result

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

from simulated_classes import draw, is_named, items_of, results_of

#: Chatterjee & Price, Regression Analysis by Example, 1977, p. 68: thirty departments, seven scales; R calls it
#: `attitude`. R's package psych gives for it, in its vignette: alpha 0.84, mean 60 and SD 8.2 of the mean score.
ATTITUDE = """43 51 30 39 61 92 45|63 64 51 54 63 73 47|71 70 68 69 76 86 48|61 63 45 47 54 84 35|81 78 56 66 71 83 47
43 55 49 44 54 49 34|58 67 42 56 66 68 35|71 75 50 55 70 66 41|72 82 72 67 71 83 31|67 61 45 47 62 80 41
64 53 53 58 58 67 34|67 60 47 39 59 74 41|69 62 57 42 55 63 25|68 83 83 45 59 77 35|77 77 54 72 79 77 46
81 90 50 72 60 54 36|74 85 64 69 79 79 63|65 60 65 75 55 80 60|65 70 46 57 75 85 46|50 58 68 54 64 78 52
50 40 33 34 43 64 33|64 61 52 62 66 80 41|53 66 52 50 63 80 37|40 37 42 58 50 57 49|63 54 42 48 66 75 33
66 77 66 63 88 76 72|78 75 58 74 80 78 49|48 57 44 45 51 83 38|85 85 71 71 77 74 55|82 82 39 59 64 78 39"""
MATRIX = [[float(cell) for cell in row.split()] for row in ATTITUDE.replace("\n", "|").split("|")]


def in_parts(student: str, *parts: float, **changes: object) -> Result:
    exercises = [
        ExerciseResult(name=f"e{n}", score=score, max_score=4, status="partly")
        for n, score in enumerate(parts)
    ]
    given = {"status": "graded", "score": sum(parts), "max_score": 4 * len(parts)} | changes
    return Result.model_validate({"assignment": "a", "student": student, "exercises": exercises, **given})


def test_alpha_of_a_published_example_is_the_published_one() -> None:
    means = [statistics.fmean(row) for row in MATRIX]
    assert (round(statistics.fmean(means)), round(statistics.stdev(means), 1)) == (60, 8.2)
    found = alpha_with_error(MATRIX)
    assert found is not None
    alpha, error = found
    assert round(alpha, 2) == 0.84
    low, high = interval(alpha, error)
    assert low < alpha < high
    # SD 57.4 of the sum, and √(1 - 0.843).
    sem = standard_error_of_measurement(statistics.stdev(map(sum, MATRIX)), alpha)
    assert sem == pytest.approx(7 * 8.2 * math.sqrt(1 - 0.843), rel=0.01)


def test_alpha_worked_out_by_hand() -> None:
    # Variances 1, 1, 1/3 and of the totals 2 4 4 8: 19/3. alpha = 3/2 · (1 - (7/3) / (19/3)) = 18/19.
    matrix = [[1, 1, 0], [1, 2, 1], [2, 1, 1], [3, 3, 2]]
    variances = [statistics.variance(column) for column in zip(*matrix, strict=True)]
    found = alpha_with_error(matrix)
    assert found is not None
    assert found[0] == pytest.approx(1.5 * (1 - sum(variances) / statistics.variance([2, 4, 4, 8])))
    assert alpha_with_error([[1, 1]] * 5) is None
    assert alpha_with_error([[1], [2], [3]]) is None
    opposed = alpha_with_error([[3, 0], [0, 2], [2, 0], [0, 3], [2, 1], [3, 1]])
    assert opposed is not None
    assert opposed[0] < 0
    assert standard_error_of_measurement(2.0, opposed[0]) == 2.0


def test_alpha_and_sem_recover_the_truth_of_a_simulated_class() -> None:
    errors, alphas, truths = [], [], []
    for seed in range(8):
        one = draw(200, 10, seed)
        alpha, _ = alpha_with_error(one.parts.tolist()) or (0.0, 0.0)
        sem = standard_error_of_measurement(float(one.parts.sum(axis=1).std(ddof=1)), alpha)
        errors.append(sem / one.true_sem)
        alphas.append(alpha)
        truths.append(one.true_reliability)
    # Alpha is a lower bound where parts differ in what they measure; here by 0.01.
    assert statistics.fmean(alphas) == pytest.approx(statistics.fmean(truths), abs=0.02)
    assert statistics.fmean(alphas) <= statistics.fmean(truths)
    assert statistics.fmean(errors) == pytest.approx(1, abs=0.06)


def test_reliability_is_taken_over_exercises_as_items_of_one_fall_together() -> None:
    one = draw(300, 10, 3, together=1.5)
    found = reliability(results_of(one))
    over_tests = alpha_with_error(one.passed.reshape(300, -1).astype(float).tolist())
    assert found is not None
    assert over_tests is not None
    assert (found.parts, found.points, found.students) == (10, 40, 300)
    assert found.alpha < over_tests[0] - 0.03


@pytest.mark.parametrize("bad", ["reversed", "random", "nobody", "everybody"])
def test_the_bad_test_of_a_simulated_class_is_named_and_good_ones_are_not(bad: str) -> None:
    bad_one, *others = items_of(draw(300, 8, 5, bad=bad))
    assert is_named(bad_one)
    assert not any(map(is_named, others))
    if bad == "reversed":
        assert bad_one.fifths[0] > bad_one.fifths[-1]  # type: ignore[operator]
    assert all(test.fifths[0] < test.fifths[-1] for test in others)  # type: ignore[operator]


def test_answers_that_wait_and_empty_submissions_are_no_part_of_it() -> None:
    question = QuestionResult(name="why", score=0, max_score=4, needs_manual=True)
    results = [in_parts(f"s{n}", n % 5, (n + n % 3) % 5, score=5, questions=[question]) for n in range(12)]
    empty = in_parts("empty", 0, 0)
    for exercise in empty.exercises:
        exercise.status = "missing"
    other = in_parts("other", 1, 2, 3)
    found = reliability([*results, empty, other])
    assert found is not None
    assert (found.students, found.left_out, found.parts, found.points) == (12, 1, 2, 8)
    assert found.waiting == ("why",)
    assert reliability(results[:9]) is None
    assert reliability([]) is None


def test_who_is_within_one_error_of_the_pass_mark() -> None:
    results = [in_parts(f"s{n}", min(4, n // 2 + n % 2), min(4, n // 2)) for n in range(12)]
    found = reliability(results)
    assert found is not None
    near = near_pass_mark(results, 50, found)
    assert near.points == 4
    assert [abs(results[place].score - 4) <= found.sem for place in near.near] == [True] * len(near.near)
    assert [place for place, r in enumerate(results) if abs(r.score - 4) <= found.sem] == sorted(near.near)
    late = in_parts("late", 4, 4, score=4.0, late=Late(due="x", days=1, penalty_percent=50, score_before=8))
    # Half the points, half the error.
    just = in_parts("just", 4, 4, score=4 + found.sem * 0.6, late=late.late)
    assert near_pass_mark([late, just], 50, found).near == (0,)


def test_equal_scores_share_a_fifth_and_small_classes_have_none() -> None:
    results = [in_parts(f"s{n}", n // 4) for n in range(20)]
    assert fifths_of(results) == [n // 4 for n in range(20)]
    assert set(fifths_of([in_parts(f"s{n}", 2) for n in range(20)])) == {2}
    assert fifths_of(results[:14]) == [None] * 14


def test_first_and_last_compare_those_who_handed_in_again() -> None:
    def again(*scores: float) -> Result:
        lines = [
            AttemptLine(submission_sha256=str(n), status="graded", score=score, max_score=8)
            for n, score in enumerate(scores)
        ]
        return in_parts("s", 1, attempts=Attempts(says="x", lines=lines))

    # Gains 3, -1, 1, three of each and once more 3: mean 1.2, SD 1.751, so 1.96 · 1.751 / √10 = 1.09.
    found = first_and_last([again(1, 7, 4), again(3, 2), again(2, 3)] * 3 + [again(1, 4), in_parts("one", 3)])
    assert found is not None
    assert (found.students, found.up, found.down) == (10, 7, 3)
    assert found.gain == pytest.approx(1.2)
    assert found.half_width == pytest.approx(1.085, abs=0.01)
    assert first_and_last([in_parts("one", 3)]) is None
    few = first_and_last([again(1, 2)])
    assert few is not None
    assert few.half_width is None
