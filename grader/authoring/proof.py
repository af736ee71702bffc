"""What do the hidden tests see, and what do they not? Proven with the reference, spoilt in many small ways.

Numbers spoilt (`perturbations`), single tokens changed (`mutation`): each must be caught. The reference in single
precision must be accepted. What is let through is a reason against the course, with an input that would tell it apart;
where no such input was found it is unproven, which is said, too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from grader.authoring.in_process import Call, calls_of, failures
from grader.authoring.perturbations import PERTURBATIONS, has_fractions, in_float32, spoilt_by
from grader.authoring.perturbed_values import OTHER_ORDER, PERTURBED_VALUES
from grader.authoring.survivors import (
    A_FEW,
    Mutants,
    allowed_perturbations,
    can_run_mutants,
    run_mutants,
)
from grader.authoring.telling import alike, answer, fresh_calls, telling_call
from grader.authoring.validate import Examination, ExerciseExam, Material, Progress
from grader.course import Course, living
from grader.errors import CourseError
from grader.grading import course_seed

#: What became of a perturbation: some test caught it; it passes, and a call tells it apart; it passes, and nothing
#: found tells it apart; the author says why it may pass.
CAUGHT, PASSED, NO_EFFECT, ALLOWED = "caught", "passed", "no effect", "allowed"
_SINGLE = "single precision"


def prove(
    course: Course, found: Examination, material: Material, *, everything: bool, progress: Progress
) -> None:
    """Spoil the reference and run the hidden tests on it; fills `found`. everything: every mutant, not a few."""
    try:
        allowed = allowed_perturbations(course, found.assignment)
        for number, exam in enumerate(found.exercises.values()):
            progress(number, len(found.exercises), exam.name)
            if exam.tests:
                found.reasons += _numbers(exam, material, allowed)
                _order(found, exam, material)
        if can_run_mutants():
            found.mutants = _mutants(course, found, material, everything=everything, progress=progress)
        else:
            found.unproven.append("mutants of the reference: not tried, this system can't run them")
    except CourseError as error:
        found.reasons.append(str(error))
    progress(1, 1, "")


def _numbers(exam: ExerciseExam, material: Material, allowed: Mapping[tuple[str, str], str]) -> list[str]:
    """Reasons of one exercise; `exam.spoilt` says what became of each perturbation."""
    right, reference = material.functions[exam.name], material.reference
    if any(failures(exam.tests, right, reference)):
        return []  # said already; nothing else would mean anything
    calls = calls_of(exam.tests, right, reference)
    answers = [answer(right, call) for call in calls[:3]]
    is_class = isinstance(right, type)
    if any(map(living, answers)) and not is_class:
        return []  # a function or a generator is given back: there is no result to spoil
    fractions = is_class or any(map(has_fractions, answers))
    reasons = []
    for perturbation in (*PERTURBATIONS, *PERTURBED_VALUES):
        if perturbation in PERTURBATIONS and not (fractions or perturbation.whole):
            continue
        spoilt = spoilt_by(perturbation, right)
        if perturbation in PERTURBED_VALUES and not _matters(spoilt, right, calls):
            continue
        if any(failures([test], spoilt, reference)[0] for test in exam.tests):
            exam.spoilt[perturbation.name] = CAUGHT
            continue
        if (exam.name, perturbation.name) in allowed:
            exam.spoilt[perturbation.name] = ALLOWED
            continue
        # A fresh one: the tests have filled the memory of those that remember.
        telling = telling_call(exam.name, perturbation.wrap(right), right, calls, reference)
        if not telling and len(calls) == 1:
            continue  # a function without arguments: its one answer has nothing of the kind
        exam.spoilt[perturbation.name] = PASSED if telling else NO_EFFECT
        if telling:
            reasons.append(
                f"{exam.name}: no hidden test notices results that are {perturbation.name}; this call would: {telling}"
            )
    if fractions and not is_class and (exam.name, _SINGLE) not in allowed:
        refused = failures(exam.tests, in_float32(right), reference)
        exam.single = not any(refused)
        reasons += [
            f"{exam.name}: the reference in {_SINGLE} does not pass {test.id} ({why})"
            for test, why in zip(exam.tests, refused, strict=True)
            if why
        ]
    return reasons


def _matters(spoilt: Callable[..., Any], right: Callable[..., Any], calls: Sequence[Call]) -> bool:
    """Whether an answer to one of the calls is another."""
    answers = ((answer(spoilt, call), answer(right, call)) for call in calls)
    return any(not living(expected) and not alike(got, expected) for got, expected in answers)


def _order(found: Examination, exam: ExerciseExam, material: Material) -> None:
    right, reference = material.functions[exam.name], material.reference
    spoilt = OTHER_ORDER.wrap(right)
    if any(failures(exam.tests, right, reference)):
        return
    if _matters(spoilt, right, calls_of(exam.tests, right, reference)) and not any(
        failures(exam.tests, spoilt, reference)
    ):
        found.unproven.append(
            f"{exam.name}: no hidden test notices {OTHER_ORDER.name}; right where any order is"
        )


def unproven(found: Examination) -> list[str]:
    """Exercises for which nothing wrong was shown to be noticed."""
    return [
        name
        for name, exam in found.exercises.items()
        if not any(map(any, exam.caught.values()))
        and CAUGHT not in exam.spoilt.values()
        and name not in (found.mutants.noticed if found.mutants else ())
    ]


def _mutants(
    course: Course, found: Examination, material: Material, *, everything: bool, progress: Progress
) -> Mutants:
    tests_of = {name: exam.tests for name, exam in found.exercises.items() if exam.tests}
    for name, tests in tests_of.items():  # the reference's answers, remembered for every mutant
        failures(tests, material.functions[name], material.reference)
    done = 0

    def step(function: str) -> None:
        nonlocal done
        done += 1
        progress(done, done, f"mutants of {function}")

    mutants = run_mutants(
        course,
        found.assignment,
        tests_of,
        material.reference,
        most=None if everything else A_FEW,
        tell=_teller(course, found, material),
        progress=step,
    )
    for mutant, telling in mutants.survivors:
        change = f"{mutant.before} → {mutant.after}"
        if telling:
            found.reasons.append(
                f"{mutant.function}: no hidden test notices {change}; this call would: {telling}"
            )
        else:
            found.unproven.append(
                f"{mutant.function}: {change} passes, and no call was found that tells it apart"
            )
    found.reasons += [
        f"{function}: listed as equivalent, but caught or no mutant: {before} → {after}"
        for function, before, after in sorted(mutants.stale)
    ]
    return mutants


def _teller(
    course: Course, found: Examination, material: Material
) -> Callable[[str, Callable[..., Any]], str]:
    seed = course_seed(course, found.assignment) + 1

    def tell(exercise: str, wrong: Callable[..., Any]) -> str:
        right, tests = material.functions[exercise], found.exercises[exercise].tests
        calls: list[Call] = calls_of(tests, right, material.reference)
        calls += fresh_calls(tests, seed, right, material.reference)
        return telling_call(exercise, wrong, right, calls, material.reference)

    return tell


def proven(found: Examination) -> str:
    """What a course was shown to do, in one line."""
    (caught, mistakes), (accepted, variants) = found.mistakes, found.variants
    exams = found.exercises.values()
    spoilt = [how for exam in exams for how in exam.spoilt.values() if how in (CAUGHT, PASSED)]
    single = [exam.single for exam in exams if exam.single is not None]
    parts = [
        f"{caught} of {mistakes} known mistakes caught",
        f"{accepted} of {variants} right variants accepted",
    ]
    if spoilt:
        parts.append(f"spoilt results noticed in {spoilt.count(CAUGHT)} of {len(spoilt)} cases")
    if single:
        parts.append(f"{_SINGLE} accepted in {sum(single)} of {len(single)} exercises")
    if found.mutants:
        counts = found.mutants.counts
        tried = counts.total() - found.mutants.listed
        parts.append(f"{counts['killed'] + counts['stopped']} of {tried} changed tokens noticed")
    return "; ".join(parts)


def not_proven(found: Examination) -> list[str]:
    """What nothing was tried for, or nothing found that speaks for or against it."""
    lines = []
    for exam in found.exercises.values():
        gaps = [
            what for what, known in (("mistake", exam.caught), ("right variant", exam.accepted)) if not known
        ]
        if gaps:
            lines.append(f"{exam.name}: the catalogue has no {' and no '.join(gaps)} of it")
        idle = [name for name, how in exam.spoilt.items() if how == NO_EFFECT]
        if idle and len(idle) < len(exam.spoilt):
            lines.append(
                f"{exam.name}: no call found on which it would matter that results are {', '.join(idle)}"
            )
        elif idle:
            lines.append(f"{exam.name}: spoiling its results changed nothing")
    if found.mutants and found.mutants.most is not None:
        lines.append(
            f"changed tokens: {found.mutants.most} of a function were tried at most; `grader validate --full` "
            "tries them all"
        )
    return lines + found.unproven
