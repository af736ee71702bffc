"""A student's own examples, judged by the course's own functions, and their points where the course gives any."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from grader.course import Course
from grader.examples import Found, Judges, judge_all, judges_of, own_examples, sentences
from grader.intake import Submission
from grader.result import ExerciseResult, OwnExamples

#: The share of the known mistakes that has to be caught for all points: hardly anybody catches all of them by hand.
_ENOUGH = 0.5


class OwnExamplesJudged:
    """Adds what became of examples to results. The catalogue is loaded when the first examples come."""

    def __init__(self, course: Course, name: str) -> None:
        self._course = course
        self._name = name
        self._points = {e.name: e.examples for _, e in course.assignments[name].exercises() if e.examples}

    @cached_property
    def _judges(self) -> Mapping[str, Judges]:
        return judges_of(self._course, self._name)

    def add(self, exercises: Sequence[ExerciseResult], submission: Submission) -> tuple[str, ...]:
        """Give every exercise with examples, or with points for them, what became of them; what can't be read."""
        read = own_examples(submission, self._course.assignments[self._name])
        found = {one.exercise: one for one in judge_all(read.examples, self._judges)} if read.examples else {}
        for exercise in exercises:
            points = self._points.get(exercise.name, 0)
            if exercise.name in found or points:
                own = _own(found.get(exercise.name, Found(exercise.name, (), 0)), points)
                exercise.examples = own
                exercise.score += own.score
                exercise.max_score += own.max_score
        return read.problems


def _own(found: Found, points: float) -> OwnExamples:
    caught, valid = len(found.caught), len(found.of("valid"))
    share = min(1.0, caught / (_ENOUGH * found.traps)) if found.traps else float(valid > 0)
    score = round(points * share, 2)
    return OwnExamples(
        valid=valid,
        wrong=len(found.of("wrong")),
        caught=caught,
        traps=found.traps,
        says=sentences(found) or ["None were handed in."],
        score=int(score) if score.is_integer() else score,
        max_score=int(points) if float(points).is_integer() else points,
    )
