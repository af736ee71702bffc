"""The exercises of one submission, graded in order: in passing, in a worker of their own, with prerequisites answered.

Where a failing exercise needs another failing one, it is graded again with the reference in that one's place, so that a
mistake costs its own points only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from grader.course import Assignment, Chapter, Exercise, Reference
from grader.errors import StudentFailure, StudentTimeout
from grader.intake import Submission
from grader.result import ExerciseResult, ExerciseStatus, TestOutcome, TestResult
from grader.testing import (
    HiddenTest,
    Passing,
    TestRun,
    cannot_run,
    key_of,
    remarks_on,
    rule_results,
    run_test,
    stands_elsewhere,
    status_of,
    syntax_fault,
    why_not_there,
)
from grader.text import visible
from grader.wall import Call, Identity, Session, StandIn, Student

_PRINTED_CHARACTERS = 2000
#: What no other exercise's doing can have led to.
_SETTLED = ("passed", "missing")


@dataclass(frozen=True)
class Material:
    """What the exercises of every submission are graded with.

    repeated: exercise → calls that its tests make repeatedly. sources: the reference's chapters, for a stand-in.
    secret: chooses, with the text of a chapter, the inputs that a submission gets alone.
    """

    assignment: Assignment
    tests: Mapping[str, Sequence[HiddenTest]]
    passing: Mapping[str, Passing]
    repeated: Mapping[str, Mapping[Identity, Call]]
    reference: Reference
    sources: Mapping[str, str]
    secret: int


class Exercises:
    """Grades one submission's exercises. session: surveyed; what it keeps loaded is used."""

    def __init__(self, material: Material, session: Session, submission: Submission) -> None:
        self._material = material
        self._assignment = material.assignment
        self._session = session
        self._submission = submission
        #: Exercise → how it ended as submitted.
        self._alone: dict[str, ExerciseStatus] = {}

    def grade(self) -> list[ExerciseResult]:
        """All of them, in the course's order."""
        return [self._grade(chapter, exercise) for chapter, exercise in self._assignment.exercises()]

    def add_rules(self, results: Sequence[ExerciseResult]) -> None:
        """Add what course.yaml's rules about the source say, and their points. After all else: a function that breaks
        one works, and what needs it is not graded as if it did not."""
        of = {exercise.name: (chapter, exercise) for chapter, exercise in self._assignment.exercises()}
        for result in results:
            chapter, exercise = of[result.name]
            if not exercise.rules:
                continue
            source = self._submission.sources.get(chapter.name)
            works = any(test.outcome == "passed" for test in result.tests)
            rules = rule_results(exercise, source.cells if source else (), of, works=works)
            result.tests = [*result.tests, *rules]
            result.score = total([result.score, *(rule.points for rule in rules)])
            if result.status == "passed" and any(rule.outcome != "passed" for rule in rules):
                result.status = "partly"

    def stand_in(self, exercise: str) -> StandIn:
        """Answers the prerequisites of `exercise` that did not pass as submitted."""
        return self._answering(self._failing(exercise))

    def _answering(self, exercises: frozenset[str]) -> StandIn:
        return StandIn(self._session.launcher, self._assignment, self._material.sources, exercises)

    def _grade(self, chapter: Chapter, exercise: Exercise) -> ExerciseResult:
        """As submitted; and where it fails beside a failing prerequisite, again with those answered."""
        alone, name = self._alone, exercise.name
        if reason := cannot_run(self._session, chapter.name, self._submission):
            alone[name] = "error"
            return self._not_runnable(chapter, exercise, reason)
        failing = self._failing(name)
        # What needs an endless function would wait for it in test after test.
        waits = any(alone[need] == "timeout" for need in failing)
        result = "unknown" if waits else self._run_in_passing(chapter, exercise)
        answered = None
        if failing and (waits or result == "failed"):
            answered = self._run_answered(chapter, exercise, failing)
            if not answered.answered:
                result = answered  # nothing was asked of the prerequisites: so it stands as submitted
            elif answered.status == "passed":
                alone[name] = "timeout" if waits else "failed"
                return answered
        if not isinstance(result, ExerciseResult):
            result = self._run(chapter, exercise, None)
        timed_out = any(test.outcome == "timeout" for test in result.tests)
        alone[name] = "timeout" if timed_out else result.status
        if result.status in _SETTLED or not failing:
            return result
        answered = answered or self._run_answered(chapter, exercise, failing)
        return answered if answered.score > result.score else result

    def _failing(self, exercise: str) -> frozenset[str]:
        """Prerequisites that the grader may answer; no classes: objects are not sent from process to process."""
        needs = self._assignment.all_needs(exercise)
        functions = (name for name in needs if not isinstance(self._material.reference.function(name), type))
        return frozenset(name for name in functions if self._alone.get(name, "passed") != "passed")

    def _run_in_passing(
        self, chapter: Chapter, exercise: Exercise
    ) -> ExerciseResult | Literal["failed", "unknown"]:
        """Run in the worker that the exercises before left as they found it: starting one of its own costs more
        than most exercises do.

        Gives a result only where everything passes, or is not written yet. No points are lost by a failure here,
        which may be another exercise's doing; nor does it cost any of the exercise's time.
        "failed": a wrong answer, and the same one each time; "unknown": anything else, as a call that takes too long.
        """
        limit, used = self._assignment.limits.submission, self._session.budget
        if used.cpu > limit.cpu / 4 or used.wall > limit.wall / 4:
            return "unknown"
        worker = self._session.take_loaded()
        if worker is None:
            return "unknown"
        repeated = self._material.repeated[exercise.name]
        student = Student(self._session, exercise.name, borrowed=worker, repeated=repeated)
        own = {test.id: numbers for test, numbers in self._tests(chapter, exercise)}
        try:
            runs = self._material.passing[exercise.name].run(student, self._material.reference, own)
            if isinstance(runs, str):
                return "failed" if runs == "failed" else "unknown"
            settled = status_of(runs) in _SETTLED
            return self._result(chapter, exercise, runs, student) if settled else "unknown"
        except (StudentTimeout, StudentFailure):
            return "unknown"
        finally:
            if kept := student.give_back():
                self._session.leave_loaded(kept)

    def _run_answered(self, chapter: Chapter, exercise: Exercise, failing: frozenset[str]) -> ExerciseResult:
        """Run with the failing prerequisites answered by the reference."""
        with self._answering(failing) as stand_in:
            result = self._run(chapter, exercise, stand_in)
            if not stand_in.asked:
                return result
        names = ", ".join(name for name in self._assignment.chapter_of() if name in failing)
        result.message = f"graded with {names} answered by the grader, because of mistakes there"
        result.answered = sorted(failing)
        return result

    def _run(self, chapter: Chapter, exercise: Exercise, stand_in: StandIn | None) -> ExerciseResult:
        repeated = self._material.repeated[exercise.name]
        student = Student(self._session, exercise.name, stand_in, repeated=repeated)
        try:
            runs = [
                run_test(test, student, self._material.reference, own=own)
                for test, own in self._tests(chapter, exercise)
            ]
            return self._result(chapter, exercise, runs, student)
        finally:
            student.close()

    def _tests(self, chapter: Chapter, exercise: Exercise) -> Iterator[tuple[HiddenTest, tuple[int, ...]]]:
        """The exercise's tests, and which inputs of their pools this submission gets."""
        source = self._submission.sources.get(chapter.name)
        key = key_of(self._material.secret, source.cells if source else ())
        for test in self._material.tests[exercise.name]:
            yield test, test.own(key)

    def _result(
        self, chapter: Chapter, exercise: Exercise, runs: list[TestRun], student: Student
    ) -> ExerciseResult:
        status = status_of(runs)
        return ExerciseResult(
            name=exercise.name,
            chapter=chapter.name,
            score=total([run.result.points for run in runs]),
            max_score=exercise.points,
            status=status,
            tests=[run.result for run in runs],
            message=why_not_there(runs),
            printed=visible(student.printed(), _PRINTED_CHARACTERS, multiline=True),
            remarks=remarks_on(student, exercise.name, status),
            fault=None if status == "passed" else syntax_fault(self._session, exercise.name),
        )

    def _not_runnable(self, chapter: Chapter, exercise: Exercise, reason: str) -> ExerciseResult:
        submitted = chapter.name in self._submission.sources
        # Said once, where it is to be mended: in one exercise, not with each of its tests and each other exercise.
        reason = stands_elsewhere(self._session, exercise.name) or reason
        outcome: TestOutcome = "error" if submitted else "failed"
        return ExerciseResult(
            name=exercise.name,
            chapter=chapter.name,
            score=0,
            max_score=exercise.points,
            status="error" if submitted else "missing",
            tests=[
                TestResult(
                    id=test.id,
                    title=test.title,
                    outcome=outcome,
                    points=0,
                    max_points=test.points,
                )
                for test in self._material.tests[exercise.name]
            ],
            message=reason,
            fault=syntax_fault(self._session, exercise.name),
        )


def total(points: Sequence[float]) -> float:
    """The sum, as an int where it is one."""
    found = sum(points)
    return int(found) if float(found).is_integer() else round(found, 4)
