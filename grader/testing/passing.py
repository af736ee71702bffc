"""The tests of one exercise on work that will probably pass them all: a few frames in place of one a test.

A test's verdict on an input depends on nothing but the answers to the calls that it makes. So where it has passed on
an input in this process, for the reference or for a submission, and another one answers the very same bytes to the very
same calls, it passes there.
"""

from __future__ import annotations

import contextlib
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grader.course import Reference
from grader.errors import CourseError
from grader.result import TestOutcome
from grader.testing.chance import own_chance, same_chance
from grader.testing.hidden import HiddenTest
from grader.testing.rehearsal import CallsOn
from grader.testing.run import Failure, TestRun, attempt, run_of
from grader.wall import Call, Identity, Purpose, Student

#: Of so many different right answers to an input is it remembered that they passed.
_MOST_WAYS = 64
#: Of calls that are sent at once.
_MOST_BYTES = 4 << 20


@dataclass(frozen=True)
class _Turn:
    """One test on one of its inputs. to_send: the calls that no turn before makes; none where they are not known."""

    test: HiddenTest
    number: int
    inputs: Mapping[str, Any]
    known: CallsOn | None = None
    to_send: Sequence[Call] = ()

    @property
    def purpose(self) -> Purpose:
        """What its calls are made for."""
        return self.test.id, self.number

    def attempt(self, student: Student, reference: Reference) -> Failure | None:
        """Why the test fails on this input; None if it passes."""
        student.begin_turn(self.purpose)
        seen = student.answers_here.digest(self.known.calls) if self.known else None
        if self.known and seen in self.known.passed:
            student.take_as_passed(self.known.calls)
            return None
        failure = attempt(self.test, student, reference, self.inputs)
        if (
            self.known
            and seen
            and student.by_the_book
            and not failure
            and len(self.known.passed) < _MOST_WAYS
        ):
            self.known.passed.add(seen)
        return failure


class Passing:
    """The tests of one exercise, rehearsed."""

    def __init__(self, tests: Sequence[HiddenTest]) -> None:
        """Raises CourseError for a test without inputs: it would pass unasked."""
        if empty := [test.id for test in tests if not test.inputs]:
            raise CourseError(f"hidden test {empty[0]} has no inputs")
        self._tests = tests
        sent: set[Identity] = set()
        self._first = [self._turn(test, 0, sent) for test in tests]
        self._later = {
            test.id: [self._turn(test, number, sent) for number in range(1, len(test.inputs))]
            for test in tests
        }

    @staticmethod
    def _turn(test: HiddenTest, number: int, sent: set[Identity]) -> _Turn:
        known = test.calls_on.get(number)
        to_send = []
        for call in known.calls if known else ():
            if call.identity not in sent:
                sent.add(call.identity)
                to_send.append(call)
        return _Turn(test, number, test.inputs[number], known, to_send)

    def run(
        self, student: Student, reference: Reference, own: Mapping[str, Sequence[int]]
    ) -> list[TestRun] | TestOutcome:
        """A run of each test, if each passes, or finds nothing to call; else how the first other one ended.

        own: test → numbers of the inputs of its pool that this submission gets.
        Raises StudentTimeout and StudentFailure where what was asked for many tests at once did not come back.
        """
        missing: dict[str, Failure] = {}
        seconds: dict[str, float] = defaultdict(float)
        draws = any(test.draws for test in self._tests)
        with own_chance() if draws else contextlib.nullcontext():
            same_chance()  # also once for all tests that draw nothing, for what may be drawn where an answer is wrong
            for turns in self._frames(student, reference, own):
                student.make_ahead(
                    [(turn.purpose, turn.to_send) for turn in turns if turn.test.id not in missing]
                )
                for turn in turns:
                    if turn.test.id in missing:
                        continue
                    start = time.perf_counter()
                    failure = turn.attempt(student, reference)
                    seconds[turn.test.id] += time.perf_counter() - start
                    if failure and not failure.missing:
                        return failure.outcome
                    if failure:
                        missing[turn.test.id] = failure
            return [
                run_of(test, student, reference, missing.get(test.id), seconds[test.id])
                for test in self._tests
            ]

    def _frames(
        self, student: Student, reference: Reference, own: Mapping[str, Sequence[int]]
    ) -> Iterator[list[_Turn]]:
        """The first turns of all tests, which show most of what is wrong; then as many as may be asked for at once."""
        yield self._first
        turns: list[_Turn] = []
        calls = size = 0
        for turn in self._others(reference, own):
            calls, size = calls + len(turn.to_send), size + sum(len(call.frame) for call in turn.to_send)
            if turns and (calls > student.calls_at_once or size > _MOST_BYTES):
                yield turns
                turns, calls, size = [], len(turn.to_send), sum(len(call.frame) for call in turn.to_send)
            turns.append(turn)
        yield turns

    def _others(self, reference: Reference, own: Mapping[str, Sequence[int]]) -> Iterator[_Turn]:
        for test in self._tests:
            yield from self._later[test.id]
            yield from self._alone(test, reference, own[test.id])

    @staticmethod
    def _alone(test: HiddenTest, reference: Reference, own: Sequence[int]) -> Iterator[_Turn]:
        for number in own:
            known = test.rehearsed(number, reference)
            scripted = known if test.in_scripts else None
            yield _Turn(test, ~number, test.pool[number], scripted, scripted.calls if scripted else ())
