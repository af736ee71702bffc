"""Two gradings of one submission: what came out otherwise, in sentences that a student may read."""

from __future__ import annotations

from collections.abc import Iterator

from grader.result import ExerciseResult, QuestionResult, Result, TestResult
from grader.text import visible


def what_changed(before: Result, after: Result) -> list[str]:
    """A sentence for each exercise, test and question that came out otherwise. Titles only, no inputs."""
    return [*_exercises(before, after), *_questions(before, after)]


def _exercises(before: Result, after: Result) -> Iterator[str]:
    earlier = {exercise.name: exercise for exercise in before.exercises}
    for now in after.exercises:
        then = earlier.pop(now.name, None)
        if then is None:
            yield f"{now.name} is new: {_points(now.score)} of {_points(now.max_score)} points."
        elif (then.score, then.max_score) != (now.score, now.max_score):
            yield f"{now.name}: {_from_to(then, now)}{_because(then, now)}."
    for then in earlier.values():
        yield f"{then.name} is no longer part of it ({_points(then.score)} points before)."


def _because(then: ExerciseResult, now: ExerciseResult) -> str:
    """The tests behind it, as far as they can be told apart by their titles."""
    earlier = {test.title: test for test in then.tests}
    parts = [part for test in now.tests if (part := _test(earlier.get(test.title), test))]
    gone = [title for title in earlier if title not in {test.title for test in now.tests}]
    parts += [f"“{visible(title, 120)}” is no longer asked" for title in gone]
    return f" ({'; '.join(parts)})" if parts else ""


def _test(then: TestResult | None, now: TestResult) -> str:
    title = f"“{visible(now.title, 120)}”"
    if then is None:
        return f"{title} is a new test, which {'passes' if now.outcome == 'passed' else 'does not pass'}"
    if (then.outcome == "passed") != (now.outcome == "passed"):
        return f"{title} {'passes' if now.outcome == 'passed' else 'does not pass'} now"
    if then.max_points != now.max_points:
        return f"{title} is worth {_points(now.max_points)} now, {_points(then.max_points)} before"
    return ""


def _questions(before: Result, after: Result) -> Iterator[str]:
    earlier = {question.name: question for question in before.questions}
    for now in after.questions:
        then = earlier.get(now.name)
        if then and (then.score, then.max_score) != (now.score, now.max_score):
            yield f"Question {now.name}: {_from_to(then, now)}."


def _from_to(then: ExerciseResult | QuestionResult, now: ExerciseResult | QuestionResult) -> str:
    of_then = "" if then.max_score == now.max_score else f" of {_points(then.max_score)}"
    return f"{_points(now.score)} of {_points(now.max_score)} points, {_points(then.score)}{of_then} before"


def _points(value: float) -> str:
    return f"{round(value, 4):g}"
