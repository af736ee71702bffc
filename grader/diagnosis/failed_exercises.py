"""Diagnosis in batch grading: the exercises of one submission that failed, each in a worker of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from grader.course import Course, Reference, load_mistakes
from grader.diagnosis.budget import with_limits_of_its_own
from grader.diagnosis.diagnoser import Diagnoser
from grader.diagnosis.kept import kept_tables
from grader.diagnosis.topics import specs_of, topics_of
from grader.intake import Source
from grader.result import Diagnosis, ExerciseResult, TestResult
from grader.testing import HiddenTest
from grader.wall import Session, StandIn, Student


class Diagnosing:
    """Adds diagnoses to results. Raises CourseError where the catalogue of mistakes can't be loaded.

    tests: the hidden tests, if they are collected and can be drawn from.
    """

    def __init__(
        self, course: Course, name: str, reference: Reference, tests: Sequence[HiddenTest] | None
    ) -> None:
        assignment = course.assignments[name]
        topics = topics_of(assignment, specs_of(course, name, reference, tests))
        mistakes = load_mistakes(course, name)
        self._mistakes = mistakes
        self._diagnoser = Diagnoser(assignment, reference, mistakes, kept_tables(course, name), topics)
        self._assignment = assignment

    def prepare(self) -> None:
        """Work out what is kept of every exercise that a plug-in knows."""
        known = topics_of(self._assignment)
        for exercise in filter(known, self._assignment.chapter_of()):
            self._diagnoser.table(exercise)

    def unnamed(self) -> Iterator[str]:
        """Known mistakes that no student will hear of, and why, for the author."""
        for mistake in self._mistakes:
            table = self._diagnoser.table(mistake.exercise)
            why = (
                "that is done for functions which take and return values and whose tests draw calls with @given"
                if table is None
                else "it is right on the calls that its @given tests draw and its visible checks make"
            )
            if table is None or table.overlooks(mistake):
                yield f"{mistake.exercise}: the mistake {mistake.name!r} is not named to students: {why}"

    def add(
        self,
        exercises: Sequence[ExerciseResult],
        session: Session,
        sources: Mapping[str, Source],
        stand_in: Callable[[str], StandIn],
    ) -> None:
        """Give every exercise that ran and failed its diagnosis.

        stand_in: answers the failing prerequisites of an exercise, so that what is diagnosed is the exercise's own.
        """
        apart = with_limits_of_its_own(session, sources)
        for exercise in exercises:
            if not worth_asking(exercise):
                continue
            if not session.own.for_courtesies:
                exercise.remarks = list(dict.fromkeys([*exercise.remarks, session.own.left_out]))
                continue
            learned = self._diagnoser.learned
            with stand_in(exercise.name) as helper:
                student = Student(apart, exercise.name, helper if helper.allowed else None)
                try:
                    found, behaviour = self._diagnoser.looked_at(exercise.name, student)
                    if helper.allowed and not helper.asked:
                        # What it needs is wrong and was not answered: this may follow from that.
                        found, behaviour = (None if found and found.kind == "observation" else found), ""
                    exercise.behaviour = behaviour
                    exercise.diagnosis = beside(found, exercise.tests)
                except Exception:
                    # A diagnosis is a courtesy: no answer of a student's, however odd, may cost the grade.
                    exercise.diagnosis = None
                finally:
                    student.close()
                    session.own.discount(self._diagnoser.learned - learned)


def beside(found: Diagnosis | None, tests: Iterable[TestResult]) -> Diagnosis | None:
    """What is left to say beside tests: where an error is explained with its line, nothing has to be followed."""
    first = next((test for test in tests if test.outcome != "passed"), None)
    if found and found.kind == "observation" and first and first.fault:
        return found.model_copy(update={"hint": ""})
    return found


def worth_asking(exercise: ExerciseResult) -> bool:
    """Whether the exercise failed with answers that can be looked at."""
    outcomes = {test.outcome for test in exercise.tests}
    return (
        exercise.status in ("failed", "partly", "error")
        and "timeout" not in outcomes
        and "failed" in outcomes
    )
