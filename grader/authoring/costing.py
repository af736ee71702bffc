"""What inputs of hidden tests cost right code: counted, not timed, so that the same course gives the same numbers."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType
from typing import Any
from unittest import mock

from grader.authoring.in_process import Function, OneFunction, by_exercise, quiet
from grader.authoring.perturbations import Perturbation, spoilt_by
from grader.authoring.validate import Material
from grader.course import Assignment, fingerprint
from grader.testing import HiddenTest

#: What a call costs beside the code in it, in bytecodes: its way to the student's process and back, and comparing.
A_CALL = 1500

#: The calls of each input of a test: what is the same for equal calls, and what one costs.
Costs = dict[str, list[dict[str, int]]]


@dataclass(frozen=True)
class Priced:
    """What the inputs of tests cost; pools: the further ones of those that take long."""

    inputs: Costs = field(default_factory=dict)
    pools: Costs = field(default_factory=dict)


def costs_of(tests: Sequence[HiddenTest], material: Material, assignment: Assignment) -> Priced:
    """What the calls of tests cost: the bytecodes that the slowest of the reference and the right variants run.

    Who writes plain loops writes them throughout: so the reference also calls the slowest of what it needs.
    """
    found, slowest, tests_of = Priced(), dict[str, Function](), by_exercise(tests)
    for exercise in assignment.chapter_of():
        mine = tests_of.get(exercise, [])
        reference = material.functions[exercise]
        right = [reference, *(v.function for v in material.variants if v.exercise == exercise)]
        weights = [_add(found, exercise, mine, function, material) for function in right]
        needs = {name: slowest[name] for name in assignment.all_needs(exercise) if name in slowest}
        if needs:
            with _calling(needs, [*material.functions.values(), *slowest.values()]):
                _add(found, exercise, mine, reference, material)
        if not isinstance(reference, type):
            slowest[exercise] = right[weights.index(max(weights))]
    return found


@contextlib.contextmanager
def _calling(needs: Mapping[str, Function], functions: Collection[Function]) -> Iterator[None]:
    """Where these functions look for one of `needs`, they find that one."""
    scopes = {
        id(scope): scope for f in functions if isinstance(scope := getattr(f, "__globals__", None), dict)
    }
    with contextlib.ExitStack() as stack:
        for scope in scopes.values():
            # In its own file the name may be that of what it calls itself.
            found = {
                name: function
                for name, function in needs.items()
                if callable(scope.get(name)) and getattr(function, "__globals__", None) is not scope
            }
            stack.enter_context(mock.patch.dict(scope, found))
        yield


def _add(
    found: Priced, exercise: str, tests: Sequence[HiddenTest], function: Function, material: Material
) -> int:
    """Count what `function` runs, and keep it where that is more than was known; the sum."""
    counter = _Counter()
    student = OneFunction(exercise, spoilt_by(Perturbation("", counter.wrap), function))
    for test in tests:
        every = [(found.inputs, test.inputs), (found.pools, test.pool if test.takes_long else [])]
        for costs, some in every:
            rows = costs.setdefault(test.id, [{} for _ in some])
            for calls, inputs in zip(rows, some, strict=True):
                counter.calls = {}
                with quiet(), contextlib.suppress(Exception):
                    test.run_once(student, material.reference, inputs)
                for call, count in counter.calls.items():
                    calls[call] = max(calls.get(call, 0), A_CALL + count)
    return sum(counter.known.values())


class _Counter:
    """Counts the bytecodes that a function runs, call by call; equal calls once."""

    def __init__(self) -> None:
        self.calls: dict[str, int] = {}
        self.known: dict[str, int] = {}
        self._count = 0
        self._tracing = False

    def wrap(self, function: Function) -> Function:
        def counted(*args: Any, **kwargs: Any) -> Any:
            if self._tracing:
                return function(*args, **kwargs)  # one method calls another
            call = fingerprint([list(args), kwargs])
            if call in self.known:
                self.calls[call] = self.known[call]
                return function(*args, **kwargs)
            before, self._count, self._tracing = sys.gettrace(), 0, True
            sys.settrace(self._enter)
            try:
                return function(*args, **kwargs)
            finally:
                sys.settrace(before)
                self._tracing = False
                self.calls[call] = self.known[call] = self._count

        return counted

    def _enter(self, frame: FrameType, event: str, arg: Any) -> Callable[..., Any]:
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        return self._step

    def _step(self, frame: FrameType, event: str, arg: Any) -> Callable[..., Any]:
        self._count += 1
        return self._step
