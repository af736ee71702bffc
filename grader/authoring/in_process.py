"""Hidden tests and visible checks, run in this process on the course's own functions: no worker, no wall.

Only for code that the course's authors wrote (the catalogue, the variants, mutants of the reference), never for a
submission. It makes examining a course quick; what a student gets is decided by workers alone.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from grader.course import Reference, fingerprint, unheard
from grader.errors import CourseError
from grader.testing import EXAMPLES, HiddenTest, not_for_hidden_tests
from grader.wall import Call as NamedCall
from grader.wall import InProcess, done, has_kept, sent

Function = Callable[..., Any]
Call = tuple[tuple[Any, ...], dict[str, Any]]


class OneFunction(InProcess):
    """Stands where a student stands: knows one function, and remembers the calls of it.

    A test that calls another one would make a mistake there cost points here, so it raises CourseError.
    """

    def __init__(self, exercise: str, function: Function) -> None:
        super().__init__(Reference({exercise: function}))
        self._exercise = exercise
        #: Those that can be made again by themselves, and whether there was any at all.
        self.calls: list[Call] = []
        self.called = False

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("_") and name != self._exercise:
            raise CourseError(f"a test of {self._exercise} calls the student's {name}")
        return super().__getattr__(name)

    def do_call(
        self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], typed: tuple[str, ...] | None = None
    ) -> Any:
        self.called = True
        if name == self._exercise and typed is None and not has_kept([args, kwargs]):
            self.calls.append((args, kwargs))
        return super().do_call(name, args, kwargs, typed)

    def answer_to(self, call: NamedCall) -> Any:
        if call.name != self._exercise:
            return super().answer_to(call)
        with unheard():
            return done(self._functions.function(call.name), call)


def failures(tests: Sequence[HiddenTest], function: Function, reference: Reference | None) -> list[str]:
    """For each test of one exercise: why `function` fails it, or '' where it passes on every input."""
    with quiet():
        return [_failure(test, function, reference) for test in tests]


def _failure(test: HiddenTest, function: Function, reference: Reference | None) -> str:
    student = OneFunction(test.exercise, function)
    for inputs in test.inputs:
        try:
            test.run_once(student, reference, inputs)
        except (CourseError, KeyboardInterrupt):
            raise
        except not_for_hidden_tests() as error:
            raise CourseError(f"hidden test {test.id} must not use {type(error).__name__}") from error
        except BaseException as error:  # pytest.fail, and whatever a wrong function raises
            text = str(error).splitlines()[0] if str(error) else ""
            return f"{type(error).__name__}: {text}" if text else type(error).__name__
    return "" if student.called else "passes without an answer"


def calls_of(tests: Sequence[HiddenTest], function: Function, reference: Reference) -> list[Call]:
    """The different calls that the tests of one exercise make, as `function` (the reference's) meets them."""
    found: dict[str, Call] = {}
    with quiet():
        for test in tests:
            student = OneFunction(test.exercise, function)
            for inputs in test.inputs:
                test.run_once(student, reference, inputs)
            for args, kwargs in student.calls:
                found.setdefault(fingerprint([args, kwargs]), (args, kwargs))
    return list(found.values())


def answer_digest(function: Function, call: Call) -> str:
    """What `function` answers to a call: equal for answers that no test could tell apart, rounding aside."""
    args, kwargs = sent(call)
    with quiet():
        try:
            return fingerprint(_rounded(function(*args, **kwargs)))
        except Exception as error:
            return type(error).__name__


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, tuple) and any(isinstance(item, np.ndarray | dict) for item in value):
        return tuple(_rounded(item) for item in value)
    try:
        # + 0.0: no test tells −0 from 0
        return np.round(np.asarray(value, dtype=np.float64), 6) + 0.0
    except (TypeError, ValueError):
        return value


@contextmanager
def quiet() -> Iterator[None]:
    """A wrong function may divide by zero; nobody wants to read about it."""
    with unheard(), np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def draw_all(tests: Sequence[HiddenTest], course_seed: int, *, examples: int = EXAMPLES) -> None:
    """Draw the inputs of `tests` without running them on anything. examples: how many."""
    for test in tests:
        test.draw(course_seed, examples=examples)


def draw_candidates(tests: Sequence[HiddenTest], course_seed: int) -> None:
    """Draw what an author's choice is made from, pools too."""
    for test in tests:
        drawn = test.candidates(course_seed)
        test.inputs, test.pool = drawn.inputs, drawn.pool


def by_exercise(tests: Sequence[HiddenTest]) -> dict[str, list[HiddenTest]]:
    """Exercise → its tests, in order."""
    found: dict[str, list[HiddenTest]] = {}
    for test in tests:
        found.setdefault(test.exercise, []).append(test)
    return found


def explicit_examples(test: HiddenTest) -> int:
    """How many of a drawn test's inputs are its author's `@example`s; they come first."""
    return len(getattr(test.function, "hypothesis_explicit_examples", ()))
