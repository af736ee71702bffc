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
    for new in after.exercises:
        then = earlier.pop(new.name, None)
        if then is None:
            yield f"{new.name} is new: {_points(new.score)} of {_points(new.max_score)} points."
        elif (then.score, then.max_score) != (new.score, new.max_score):
            yield f"{new.name}: {_from_to(then, new)}{_because(then, new)}."
    for then in earlier.values():
        yield f"{then.name} is no longer part of it ({_points(then.score)} points before)."


def _because(then: ExerciseResult, new: ExerciseResult) -> str:
    """The tests behind it, as far as they can be told apart by their titles."""
    earlier = {test.title: test for test in then.tests}
    parts = [part for test in new.tests if (part := _test(earlier.get(test.title), test))]
    gone = [title for title in earlier if title not in {test.title for test in new.tests}]
    parts += [f"“{visible(title, 120)}” is no longer asked" for title in gone]
    return f" ({'; '.join(parts)})" if parts else ""


def _test(then: TestResult | None, new: TestResult) -> str:
    title = f"“{visible(new.title, 120)}”"
    if then is None:
        return f"{title} is a new test, which {'passes' if new.outcome == 'passed' else 'does not pass'}"
    if (then.outcome == "passed") != (new.outcome == "passed"):
        return f"{title} {'passes' if new.outcome == 'passed' else 'does not pass'} now"
    if then.max_points != new.max_points:
        return f"{title} is worth {_points(new.max_points)} now, {_points(then.max_points)} before"
    return ""


def _questions(before: Result, after: Result) -> Iterator[str]:
    earlier = {question.name: question for question in before.questions}
    for new in after.questions:
        then = earlier.get(new.name)
        if then and (then.score, then.max_score) != (new.score, new.max_score):
            yield f"Question {new.name}: {_from_to(then, new)}."


def _from_to(then: ExerciseResult | QuestionResult, new: ExerciseResult | QuestionResult) -> str:
    of_then = "" if then.max_score == new.max_score else f" of {_points(then.max_score)}"
    return f"{_points(new.score)} of {_points(new.max_score)} points, {_points(then.score)}{of_then} before"


def _points(value: float) -> str:
    return f"{round(value, 4):g}"
