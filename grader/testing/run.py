"""One hidden test on one student: replay its inputs, and on a failure find a small one and keep the evidence."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from grader.course import Reference
from grader.errors import (
    CourseError,
    StudentFailure,
    StudentLost,
    StudentMissing,
    StudentRaised,
    StudentTimeout,
)
from grader.result import Evidence, TestOutcome, TestResult
from grader.testing.asserting import words_of
from grader.testing.chance import own_chance, same_chance
from grader.testing.compare import Mismatch, described
from grader.testing.evidence import evidence_of
from grader.testing.hidden import HiddenTest
from grader.testing.idioms import assertions, not_for_hidden_tests
from grader.testing.program import callee, example_of
from grader.testing.shrinking import size_of, smallest
from grader.wall import Call, Kept, Student, label_of, replayed

_OTHER_FAILURES = 3


class _Enough(Exception):
    """The search for a small input is over."""


@dataclass(frozen=True)
class Failure:
    """Why one run of a test did not pass."""

    outcome: TestOutcome
    message: str
    call: Call | None
    category: str
    got: Any = None
    expected: Any = None
    missing: bool = False
    raised: StudentRaised | None = None
    #: The calls of the run that had to do with objects.
    before: tuple[Call, ...] = ()


@dataclass(frozen=True)
class TestRun:
    """The outcome of one test. missing: the function is not written; lost: it was written and is not there.

    place: file and line of the student's where it raised.
    """

    result: TestResult
    missing: bool
    lost: bool = False
    place: tuple[str, int] | None = None


def run_test(
    test: HiddenTest,
    student: Student,
    reference: Reference,
    *,
    own: Sequence[int] = (),
    shrink: bool = True,
) -> TestRun:
    """Run `test` on every input it has. It passes only if each run ends normally and got at least one answer.

    own: numbers of the inputs of its pool that this submission gets beside. shrink: whether a small failing input is
    looked for.
    """
    with own_chance() if test.draws else contextlib.nullcontext():
        if not test.draws:
            same_chance()  # once, for what may be drawn where an answer is wrong
        return _run(test, student, reference, own, shrink)


def _run(
    test: HiddenTest, student: Student, reference: Reference, own: Sequence[int], shrink: bool
) -> TestRun:
    """As `run_test`, once chance is set."""
    start = time.perf_counter()
    failure, inputs = _replay(test, student, reference)
    alone = failure is None and bool(own)
    if alone:
        failure, inputs = _replay_own(test, student, reference, own)
    if shrink and failure and failure.outcome == "failed" and not failure.missing and test.is_property:
        failure = _smaller(test, student, reference, failure, inputs)
    return run_of(test, student, reference, failure, time.perf_counter() - start, alone=alone)


def run_of(
    test: HiddenTest,
    student: Student,
    reference: Reference,
    failure: Failure | None,
    seconds: float,
    *,
    alone: bool = False,
) -> TestRun:
    """What a test says. alone: it failed on an input that only this submission gets."""
    result = TestResult(
        id=test.id,
        title=test.title,
        outcome=failure.outcome if failure else "passed",
        points=0.0 if failure else test.points,
        max_points=test.points,
    )
    if failure:
        result.message = failure.message
        result.own_input = alone
        if failure.raised:
            # When something raised: where all passes, nothing of it is needed.
            from grader.explain import explain_raised

            result.fault = explain_raised(failure.raised, student.texts, test.exercise)
        if failure.call:
            result.example = example_of(failure.call, reference.function, failure.before)
            result.evidence = _evidence(failure, reference)
    result.seconds = round(seconds, 4)
    return TestRun(
        result,
        failure is not None and failure.missing,
        failure is not None and failure.category == StudentLost.__name__,
        _place_of(failure),
    )


def _place_of(failure: Failure | None) -> tuple[str, int] | None:
    raised = failure.raised if failure else None
    return (raised.file, raised.line) if raised and raised.file and raised.line else None


def _evidence(failure: Failure, reference: Reference) -> Evidence | None:
    if failure.call is None or failure.missing:
        return None
    function = callee(failure.call, reference.function)
    return evidence_of(failure.call, function, expected=failure.expected, got=failure.got)


def _replay(
    test: HiddenTest, student: Student, reference: Reference
) -> tuple[Failure | None, Mapping[str, Any]]:
    if not test.inputs:
        raise CourseError(f"hidden test {test.id} has no inputs")
    for number, inputs in enumerate(test.inputs):
        if script := test.scripts.get(number):
            student.expect(script)
        failure = attempt(test, student, reference, inputs)
        if failure:
            return failure, inputs
    return None, {}


def _replay_own(
    test: HiddenTest, student: Student, reference: Reference, own: Sequence[int]
) -> tuple[Failure | None, Mapping[str, Any]]:
    if script := test.script_of(own, reference):
        student.expect(script)
    for number in own:
        if failure := attempt(test, student, reference, test.pool[number]):
            return failure, test.pool[number]
    return None, {}


def attempt(
    test: HiddenTest, student: Student, reference: Reference, inputs: Mapping[str, Any]
) -> Failure | None:
    """One run. Whatever is not an explicit normal end is a failure, and an author's mistake a CourseError."""
    failure = _failure(test, student, reference, inputs)
    return (
        replace(failure, before=tuple(student.object_calls)) if failure and student.object_calls else failure
    )


def _failure(
    test: HiddenTest, student: Student, reference: Reference, inputs: Mapping[str, Any]
) -> Failure | None:
    student.last_call = None
    answers = student.answers
    try:
        test.run_once(student, reference, inputs)
    except Mismatch as mismatch:
        return Failure(
            "failed", mismatch.message, student.last_call, "mismatch", mismatch.got, mismatch.expected
        )
    except StudentFailure as failure:
        kind = failure.kind if isinstance(failure, StudentRaised) else type(failure).__name__
        missing = isinstance(failure, StudentMissing)
        outcome: TestOutcome = failure.outcome  # type: ignore[assignment]
        expected = None if missing else _expected(student, reference)
        raised = failure if isinstance(failure, StudentRaised) else None
        # Of a function that is not there no call is shown: none was made.
        call = None if isinstance(failure, StudentLost) else student.last_call
        return Failure(outcome, failure.message, call, kind, failure.message, expected, missing, raised)
    except StudentTimeout as timeout:
        return Failure("timeout", timeout.message, student.last_call, "timeout")
    except assertions() as error:
        expected = _expected(student, reference)
        message = words_of(error, student.last_value, expected)
        return Failure("failed", message, student.last_call, "assertion", student.last_value, expected)
    except not_for_hidden_tests() as error:
        raise CourseError(f"hidden test {test.id} must not use {type(error).__name__}") from error
    except Exception as error:
        # The reference passes, so it is what the student returned that the test stumbles over.
        message = _unusable(test, student, error)
        return Failure("failed", message, student.last_call, "unusable")
    if student.answers == answers:
        raise CourseError(f"hidden test {test.id} passes without an answer from the student")
    return None


def _unusable(test: HiddenTest, student: Student, error: Exception) -> str:
    call = student.last_call
    if call and label_of(call) in (test.objects or ()) and type(student.last_value) is not Kept:
        return (
            f"returned {described(student.last_value)}, where something is asked for that can be used further"
        )
    return f"the returned value can't be used ({type(error).__name__})"


def _expected(student: Student, reference: Reference) -> Any:
    """What the reference answers to the call on which the student's code failed; None where it raises."""
    call = student.last_call
    if call is None or call.typed is not None:
        return None
    try:
        return replayed([*student.object_calls, call], reference)
    except Exception:
        return None


def _smaller(
    test: HiddenTest,
    student: Student,
    reference: Reference,
    first: Failure,
    inputs: Mapping[str, Any],
) -> Failure:
    """The failure, of the same kind, on the smallest input that was come by."""
    best, best_size = first, size_of(inputs)
    others = 0

    def fails(candidate: Mapping[str, Any]) -> bool:
        nonlocal best, best_size, others
        if not student.own.for_courtesies:
            raise StudentTimeout(student.own.left_out)
        failure = attempt(test, student, reference, candidate)
        if failure is None:
            return False
        if failure.category != first.category:
            others += 1
            # Whoever fails in a new way on each input learns no more of them.
            if others >= _OTHER_FAILURES:
                raise _Enough
            return False
        size = size_of(candidate)
        if size <= best_size:
            best, best_size = failure, size
        return True

    def valid(candidate: Mapping[str, Any]) -> bool:
        """Whether the reference passes on it: an input that no strategy drew may not be one of the lesson's."""
        try:
            test.run_once(reference, reference, candidate)
        except Exception:
            return False
        return True

    try:
        smallest(test.inputs, inputs, fails, valid)
    except _Enough:
        return best
    except StudentTimeout:
        return first  # how far the search came would depend on the machine's speed
    return best
