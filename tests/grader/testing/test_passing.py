"""A verdict on the very same answers is given once; on any other answers, and on anything beside them, anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from grader.errors import CourseError
from grader.grading.grader import Grader
from grader.result import ExerciseResult, Result
from grader.testing import passing
from grader.wall import can_fork_workers

from ..conftest import GOOD, submission

TWICE = "def double(x):\n    return 2 * np.asarray(x)\n"
CHANGES = "def double(x):\n    y = 2 * np.asarray(x)\n    x *= 0\n    return y\n"


def alpha(double: str) -> str:
    head, _, rest = GOOD["alpha"].partition("def double")
    return f"{head}{double}def total{rest.partition('def total')[2]}"


def exercise(result: Result, name: str = "double") -> ExerciseResult:
    return next(one for one in result.exercises if one.name == name)


def marks(result: Result) -> list[tuple[str, str, float]]:
    return [(test.id, test.outcome, test.points) for one in result.exercises for test in one.tests]


@pytest.fixture
def verdicts(monkeypatch: pytest.MonkeyPatch, grader: Grader) -> list[str]:
    """The tests that were really run in passing, since the list was cleared; none has passed before."""
    for test in grader.tests:
        for known in test.calls_on.values():
            known.passed.clear()
    run: list[str] = []
    attempt = passing.attempt

    def counted(test: Any, *rest: Any) -> Any:
        run.append(test.exercise)
        return attempt(test, *rest)

    monkeypatch.setattr(passing, "attempt", counted)
    return run


def test_the_same_answers_pass_without_being_looked_at_again(
    verdicts: list[str], grade: Callable[..., Result]
) -> None:
    first = grade(alpha=alpha(TWICE))
    assert "double" in verdicts
    verdicts.clear()
    second = grade(alpha=alpha(TWICE))
    assert "double" not in verdicts
    assert marks(second) == marks(first)
    assert exercise(first).status == "passed"


def test_what_the_reference_answers_has_passed_in_its_rehearsal(
    make_course: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever answers the very same bytes is as right; another type, or one bit, is looked at."""
    run: list[str] = []
    attempt = passing.attempt
    monkeypatch.setattr(
        passing, "attempt", lambda test, *rest: (run.append(test.id), attempt(test, *rest))[1]
    )
    with Grader(make_course().course, "tiny", confined=can_fork_workers()) as fresh:
        known = [known for test in fresh.tests for known in test.calls_on.values()]
        assert sum(len(one.passed) == 1 for one in known) > 30
        same = fresh.grade(submission(GOOD))
        # An int there, a float in the reference: that alone is looked at.
        assert [name.partition("::")[2] for name in run] == ["test_sum_of_nothing"]
        assert same.score == same.max_score
        other = fresh.grade(
            submission(GOOD | {"alpha": alpha("def double(x):\n    return list(2 * np.asarray(x))\n")})
        )
        assert {name.partition("::")[2] for name in run} >= {"test_doubles_anything"}
        assert exercise(other).status == "passed"


def test_one_wrong_answer_among_right_ones_is_looked_at(
    verdicts: list[str], grade: Callable[..., Result]
) -> None:
    grade(alpha=alpha(TWICE))
    for wrong in ("2 * np.asarray(x) + (np.size(x) > 1)", "3 * np.asarray(x)", "2 * np.asarray(x) * np.nan"):
        found = exercise(grade(alpha=alpha(f"def double(x):\n    return {wrong}\n")))
        assert found.status != "passed"
        assert found.score < found.max_score


def test_what_is_said_of_right_answers_is_said_each_time(
    verdicts: list[str], grade: Callable[..., Result]
) -> None:
    assert not exercise(grade(alpha=alpha(TWICE))).remarks
    for _ in range(2):
        found = exercise(grade(alpha=alpha(CHANGES)))
        assert found.status == "passed"
        assert any("changes one of its arguments" in remark for remark in found.remarks)


def test_a_call_that_was_not_foreseen_is_not_taken_as_known(
    verdicts: list[str], grade: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, grader: Grader
) -> None:
    # The test asks for more than in its rehearsal: its verdict is not only of the answers that were foreseen.
    for test in grader.tests:
        if test.exercise == "double":
            monkeypatch.setattr(test, "body", _asking_more(test.body))
    grade(alpha=alpha(TWICE))
    verdicts.clear()
    found = grade(alpha=alpha("def double(x):\n    return 2 * np.asarray(x) + (np.size(x) == 3)\n"))
    assert "double" in verdicts
    assert exercise(found).status != "passed"


def test_a_test_without_inputs_is_refused_and_passes_nobody(grader: Grader) -> None:
    empty = replace(grader.tests[0], inputs=[])
    with pytest.raises(CourseError, match="has no inputs"):
        passing.Passing([empty])


def _asking_more(body: Callable[..., Any]) -> Callable[..., Any]:
    def asking(student: Any, **rest: Any) -> None:
        body(student=student, **rest)
        assert list(student.double([7.0, 7.0, 7.0])) == [14.0, 14.0, 14.0]

    return asking
