"""Which part of a call's arguments its first wrong value comes from: what the pictures of evidence outline.

An assignment's plug-in `outlines` says it, worked out from the arguments and the place of the first difference alone,
so that no test has to. Read with suspicion, like all evidence: what does not fit together outlines nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol, cast

import numpy as np

from grader.course import Assignment
from grader.errors import CourseError
from grader.result import Evidence, Outline, TestResult
from grader.testing import TOLERANCE, parts_of, unpack

Index = tuple[int, ...]
Span = slice | int

_LARGEST = 10_000


class Unfit(Exception):
    """The arguments are not what the exercise takes."""


class WrongCall:
    """The arguments of one failing call, and the element of its result in question.

    shape: the result's, or of that part of it that differs; part: the part's name, as the test's message has it.
    """

    def __init__(
        self, arguments: Mapping[str, Any], at: Index | None, shape: Index = (), part: str = ""
    ) -> None:
        self._arguments = arguments
        self._at = at
        self.shape = shape
        self.part = part
        self.outlines: dict[str, Outline] = {}

    def at(self, ndim: int) -> Index:
        """The place of the first difference. Raises Unfit unless it has so many axes."""
        if self._at is None or len(self._at) != ndim:
            raise Unfit
        return self._at

    def sides(self, name: str, ndim: int | None = None) -> Index:
        """The shape of an argument. Raises Unfit where it is no array, or has another number of axes."""
        array = unpack(self._arguments.get(name))
        if array is None or (ndim is not None and array.ndim != ndim):
            raise Unfit
        return array.shape

    def has(self, name: str) -> bool:
        """Whether there is an argument of this name that is an array."""
        return unpack(self._arguments.get(name)) is not None

    def number(self, name: str, default: int | None = None) -> int:
        """A whole number, 0 or above, that was given, or its default. Raises Unfit for anything else."""
        value = self._arguments.get(name, default)
        if type(value) is not int or not 0 <= value <= _LARGEST:
            raise Unfit
        return value

    def outline(self, name: str, spans: Sequence[Span], note: str) -> None:
        """Outline `spans` of argument `name`, one an axis; what lies outside the array is left out."""
        shape = self.sides(name, len(spans))
        ranges = [_inside(span, side) for span, side in zip(spans, shape, strict=True)]
        if all(range(*ends) for ends in ranges):
            self.outlines[name] = Outline(note=note, spans=ranges)


class Outlines(Protocol):
    """The plug-in `outlines`: exercise → a function that calls `call.outline` for what made `call.at`."""

    RULES: Mapping[str, Callable[[WrongCall], None]]


def _inside(span: Span, side: int) -> list[int]:
    if isinstance(span, int):
        span = slice(span, span + 1)
    start, stop = span.start or 0, side if span.stop is None else span.stop
    return [min(max(0, start), side), min(max(0, stop), side), span.step or 1]


def outline(assignment: Assignment, tests: Iterable[TestResult]) -> None:
    """Add outlines to the evidence of failing tests, where the assignment has a rule for their exercise."""
    try:
        plugin = cast(Outlines | None, assignment.plugin("outlines"))
    except CourseError:
        return
    if plugin is None:
        return
    for test in tests:
        rule = plugin.RULES.get(test.example.partition("(")[0])
        if rule and test.evidence:
            at, shape = _first_difference(test.evidence)
            call = WrongCall(test.evidence.arguments, at, shape, test.message.partition(":")[0])
            test.evidence.outlines = outlines_by(rule, call)


def outlines_by(rule: Callable[[WrongCall], None], call: WrongCall) -> dict[str, Outline]:
    """What a rule outlines; nothing where the call is not one that it knows."""
    try:
        rule(call)
    except Exception:
        # What a student's code returned decides the place: it may be anything.
        return {}
    return call.outlines


def _first_difference(evidence: Evidence) -> tuple[Index | None, Index]:
    """The place and the shape of the first part that differs in a value."""
    right, mine = parts_of(evidence.expected), parts_of(evidence.got)
    if right is None or mine is None or list(right) != list(mine):
        right, mine = {"": evidence.expected}, {"": evidence.got}
    for name, value in right.items():
        wanted, got = unpack(value), unpack(mine[name])
        if wanted is None or got is None or wanted.shape != got.shape:
            continue
        bound = TOLERANCE * max(1.0, float(np.abs(wanted[np.isfinite(wanted)]).max(initial=0.0)))
        with np.errstate(invalid="ignore"):
            wrong = ~(np.abs(got - wanted) <= bound)
        where = [tuple(int(i) for i in index) for index in np.argwhere(wrong)]
        if where:
            said = tuple(evidence.first_difference or ()) if not name else ()
            return said if said in where else where[0], wanted.shape
    return None, ()
