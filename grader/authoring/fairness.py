"""Partial credit beside what is right: how often a known mistake answers rightly, and what share of points it gets."""

from __future__ import annotations

from dataclasses import dataclass

from grader.authoring.telling import answer, fresh_calls, share_alike
from grader.authoring.validate import ExerciseExam, Material
from grader.course import living

#: Right on more than this share of calls, and less than that share of points: too little. And the other way round.
MOSTLY_RIGHT, TOO_LITTLE = 0.6, 0.4
HARDLY_RIGHT, TOO_MUCH = 0.05, 0.5
#: Calls of each test, as far as it wants so many: with fewer the shares vary by several percent from seed to seed.
_DRAWS = 60
#: A share of points that is 2 of 5 is 40 %, whatever floats make of it.
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Fairness:
    """One mistake. right: the share of ordinary calls that it answers rightly; points: of the exercise's points."""

    exercise: str
    mistake: str
    right: float
    points: float

    @property
    def unfair(self) -> str:
        """'too little' or 'too much' credit, or ''."""
        if self.right > MOSTLY_RIGHT and self.points < TOO_LITTLE - _ROUNDING:
            return "too little"
        return "too much" if self.right < HARDLY_RIGHT and self.points > TOO_MUCH + _ROUNDING else ""


def fairness_of(exam: ExerciseExam, material: Material, seed: int) -> list[Fairness]:
    """The mistakes of one exercise, the one most often right first. `exam.caught` is filled.

    Ordinary calls are what the tests' own strategies draw with another seed, their authors' examples left out. Where
    an answer has several parts, each counts. Empty where no test draws calls: then nothing is ordinary.
    """
    right = material.functions[exam.name]
    calls = list(fresh_calls(exam.tests, seed, right, material.reference, examples=_DRAWS))
    expected = [answer(right, call) for call in calls]
    worth = sum(test.points for test in exam.tests)
    if not calls or worth <= 0 or any(map(living, expected)):
        return []
    found = []
    for mistake in material.mistakes:
        if mistake.exercise != exam.name or mistake.name not in exam.caught:
            continue
        shares = (share_alike(answer(mistake.function, c), e) for c, e in zip(calls, expected, strict=True))
        caught = exam.caught[mistake.name]
        earned = sum(test.points for test, wrong in zip(exam.tests, caught, strict=True) if not wrong)
        found.append(Fairness(exam.name, mistake.name, sum(shares) / len(calls), earned / worth))
    return sorted(found, key=lambda row: (-row.right, row.points))
