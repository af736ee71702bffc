"""Is this course fit to grade with? The course's own examination, with known mistakes and right variants.

A grader is a classifier: it must accept every correct program and reject every wrong one. Whatever speaks against
that is a reason, in a sentence that says what to change.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from grader.authoring.in_process import answer_digest, by_exercise, calls_of, draw_all, failures
from grader.authoring.survivors import Mutants
from grader.authoring.time_limits import Slowest
from grader.course import (
    Course,
    Mistake,
    Reference,
    Variant,
    hints_of,
    load_functions,
    load_mistakes,
    load_variants,
    suggestion,
)
from grader.errors import CourseError
from grader.grading import Grader, answer_key, check_points, course_seed
from grader.questions import Answers, by_a_person_alone, grade_questions, model_answers
from grader.testing import HiddenTest, collect, collect_visible

Progress = Callable[[int, int, str], None]

#: Visible checks bring their own examples; `draw` still wants a seed and a number.
_CHECKS_SEED = 0
_CHECKS_EXAMPLES = 15


@dataclass
class ExerciseExam:
    """What the examination found out about one exercise.

    caught: mistake → for each test whether it fails there; accepted: variant → whether it gets full marks.
    spoilt: perturbation of the reference → what became of it (`proof`); single: whether single precision is accepted,
    None where there are no fractions.
    """

    name: str
    points: float
    tests: Sequence[HiddenTest]
    checks: Sequence[HiddenTest]
    caught: dict[str, list[bool]] = field(default_factory=dict)
    accepted: dict[str, bool] = field(default_factory=dict)
    spoilt: dict[str, str] = field(default_factory=dict)
    single: bool | None = None

    def catches(self, number: int) -> int:
        """How many mistakes test `number` catches."""
        return sum(row[number] for row in self.caught.values())

    def alone(self, number: int) -> int:
        """How many mistakes only test `number` catches."""
        return sum(row[number] and sum(row) == 1 for row in self.caught.values())

    def first(self, number: int) -> int:
        """How many mistakes test `number` catches that no test before it does."""
        return sum(row[number] and not any(row[:number]) for row in self.caught.values())


@dataclass
class Examination:
    """The result: no `reasons`, and the course is fit.

    notes: what was run, for the reader. unproven: what nothing speaks for or against. mutants: None where none ran.
    """

    assignment: str
    exercises: dict[str, ExerciseExam] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unproven: list[str] = field(default_factory=list)
    mutants: Mutants | None = None
    #: Exercises whose tests make one call only: one answer may be all that is right.
    one_call: set[str] = field(default_factory=set)

    @property
    def mistakes(self) -> tuple[int, int]:
        """(caught, all)."""
        rows = [row for exam in self.exercises.values() for row in exam.caught.values()]
        return sum(any(row) for row in rows), len(rows)

    @property
    def variants(self) -> tuple[int, int]:
        """(accepted, all)."""
        rows = [row for exam in self.exercises.values() for row in exam.accepted.values()]
        return sum(rows), len(rows)


@dataclass(frozen=True)
class Material:
    """What a course is examined with."""

    functions: Mapping[str, Callable[..., Any]]
    reference: Reference
    mistakes: tuple[Mistake, ...]
    variants: tuple[Variant, ...]
    #: Whether the tests were rehearsed already, as they are before anybody is graded.
    rehearsed: bool = False
    slowest: Slowest = field(default_factory=Slowest)


def examine(
    course: Course,
    assignment_name: str,
    grader: Grader | None = None,
    progress: Progress = lambda done, total, what: None,
) -> tuple[Examination, Material | None]:
    """The quick examination: everything that needs no worker. Never raises for what is wrong with the course.

    grader: whose tests to take, their inputs drawn already; None where the course lets none be made, or for all of
    the reasons at once. The Material is None where the tests could not be run at all.
    """
    name, assignment = course.assignment(assignment_name)
    found = Examination(name)
    _hints(course, found)
    found.reasons += _questions(course, name)
    try:
        material = material_of(course, name, grader)
        _collect(course, name, material, grader, found)
    except CourseError as error:
        found.reasons.append(str(error))
        return found, None
    total = len(assignment.chapter_of())
    for number, exam in enumerate(found.exercises.values()):
        progress(number, total, exam.name)
        try:
            found.reasons += _examine_exercise(exam, material)
        except CourseError as error:
            found.reasons.append(str(error))
    progress(total, total, "")
    line, too_little = material.slowest.said(assignment.limits.call)
    (found.reasons if too_little else found.notes).extend([line] if line else [])
    return found, material


def _hints(course: Course, found: Examination) -> None:
    """An author need not write hints; where some are there, one missing may be an oversight, and is noted."""
    for chapter in course.assignments[found.assignment].open_chapters:
        path = course.solutions(found.assignment) / f"{chapter.name}.py"
        try:
            hints = hints_of(path)
        except CourseError as error:
            found.reasons.append(str(error))
            continue
        names = [exercise.name for exercise in chapter.exercises]
        found.reasons += [
            f"{path}: hints of {name}, which is no exercise of this chapter{suggestion(name, names)}"
            for name in hints.keys() - set(names)
        ]
        if hints and (without := [name for name in names if name not in hints]):
            found.notes.append(f"{path.name}: there are hints, but none of {', '.join(without)}")


def _questions(course: Course, name: str) -> list[str]:
    """Every question has a key, and the key's own answers are worth every point."""
    assignment = course.assignments[name]
    try:
        key = answer_key(course, name)
        results = grade_questions(assignment, key, Answers(model_answers(key, assignment)))
    except CourseError as error:
        return [str(error)]
    reasons = []
    for result in results:
        if by_a_person_alone(key.questions[result.name]):
            continue
        points = result.score if result.provisional is None else result.provisional
        if points < result.max_score:
            reasons.append(
                f"question {result.name}: the key's own answer gets {points:g} of {result.max_score:g} points"
            )
    return reasons


def material_of(course: Course, name: str, grader: Grader | None = None) -> Material:
    """What a course is examined with. Raises CourseError."""
    functions = load_functions(course.solutions(name), course.assignments[name].chapter_of())
    reference = grader.reference if grader else Reference(functions)
    return Material(
        functions, reference, load_mistakes(course, name), load_variants(course, name), grader is not None
    )


def _collect(
    course: Course, name: str, material: Material, grader: Grader | None, found: Examination
) -> None:
    assignment = course.assignments[name]
    chapter_of = assignment.chapter_of()
    if grader:
        tests = grader.tests
    else:
        tests = collect(course.hidden_tests(name), chapter_of)
        draw_all(tests, course_seed(course, name))
    try:
        check_points(assignment, tests)
    except CourseError as error:
        found.reasons.append(str(error))
    found.reasons += [f"hidden test {test.id} is worth nothing" for test in tests if test.points <= 0]
    checks = collect_visible(course.solutions(name), assignment)
    for check in checks:
        check.draw(_CHECKS_SEED, examples=_CHECKS_EXAMPLES)
    tests_of, checks_of = by_exercise(tests), by_exercise(checks)
    for _, exercise in assignment.exercises():
        if exercise.name not in checks_of:
            found.reasons.append(
                f"{exercise.name} has no visible check: show an example in its docstring (`>>> {exercise.name}(…)` "
                f"and the result below it), or write solutions/{name}/checks/test_{chapter_of[exercise.name]}.py"
            )
        found.exercises[exercise.name] = ExerciseExam(
            exercise.name, exercise.points, tests_of.get(exercise.name, []), checks_of.get(exercise.name, [])
        )


def _examine_exercise(exam: ExerciseExam, material: Material) -> list[str]:
    reference = material.reference
    right = material.functions[exam.name]
    reasons = [f"{exam.name}: the reference does not pass {what}" for what in _failed(exam, right, reference)]
    if not reasons and not material.rehearsed:
        reasons += _refused(exam, reference)
    if reasons:
        return reasons  # nothing else would mean anything
    reasons += _stub(exam, reference)
    for variant in (v for v in material.variants if v.exercise == exam.name):
        whose = f"{exam.name}, {variant.name!r}"
        failed = _failed(exam, material.slowest.watching(variant.function, whose), reference)
        exam.accepted[variant.name] = not failed
        reasons += [
            f"{exam.name}: the right variant {variant.name!r} does not pass {what}" for what in failed
        ]
    mistakes = [m for m in material.mistakes if m.exercise == exam.name]
    for mistake in mistakes:
        exam.caught[mistake.name] = [bool(why) for why in failures(exam.tests, mistake.function, reference)]
        if not any(exam.caught[mistake.name]):
            reasons.append(f"{exam.name}: no hidden test catches the mistake {mistake.name!r}")
    if mistakes:
        for number, test in enumerate(exam.tests):
            if not exam.first(number):
                reasons.append(
                    f"{exam.name}: {test.id} catches no known mistake that the tests before it let through: add the "
                    "mistake that it is for, or drop it"
                )
    return reasons + _look_alikes(exam, mistakes, right, reference)


def _refused(exam: ExerciseExam, reference: Reference) -> list[str]:
    """What keeps hidden tests from grading, though the reference passes them here."""
    reasons = []
    for test in exam.tests:
        try:
            test.rehearse(reference)
        except CourseError as error:
            reasons.append(f"{exam.name}: {error}")
    return reasons


def _failed(exam: ExerciseExam, function: Callable[..., Any], reference: Reference) -> list[str]:
    """The hidden tests and visible checks that a correct function fails."""
    hidden = zip(exam.tests, failures(exam.tests, function, reference), strict=True)
    visible = zip(exam.checks, failures(exam.checks, function, None), strict=True)
    return [
        *(f"the hidden test {test.id} ({why})" for test, why in hidden if why),
        *(f"the visible check {check.id} ({why})" for check, why in visible if why),
    ]


def _stub(exam: ExerciseExam, reference: Reference) -> list[str]:
    def stub(*args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError

    outcomes = [
        *zip(exam.tests, failures(exam.tests, stub, reference), strict=True),
        *zip(exam.checks, failures(exam.checks, stub, None), strict=True),
    ]
    return [f"{exam.name}: the untouched stub passes {test.id}" for test, why in outcomes if not why]


def _look_alikes(
    exam: ExerciseExam, mistakes: Sequence[Mistake], right: Callable[..., Any], reference: Reference
) -> list[str]:
    """Mistakes that answer alike whatever they are asked: a diagnosis could not tell them apart."""
    groups: list[list[Mistake]] = [list(mistakes)]
    for call in calls_of(exam.tests, right, reference):
        refined: list[list[Mistake]] = []
        for group in groups:
            parts: dict[str, list[Mistake]] = defaultdict(list)
            for mistake in group:
                parts[answer_digest(mistake.function, call)].append(mistake)
            refined += [part for part in parts.values() if len(part) > 1]
        groups = refined
        if not groups:
            break
    return [
        f"{exam.name}: these mistakes give the same answers, make them one: {', '.join(m.name for m in group)}"
        for group in groups
        if len(group) > 1
    ]
