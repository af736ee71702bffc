"""The rehearsal of a hidden test: the reference in the student's place, and what it shows of the calls made."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import FunctionType
from typing import Any

import numpy as np

from grader.course import Reference
from grader.errors import CourseError
from grader.testing.shrinking import leaves
from grader.wall import (
    Call,
    Function,
    Handle,
    Identity,
    InProcess,
    Kept,
    WireError,
    answer_digest,
    crossed,
    has_kept,
    label_of,
    of_all,
    record_of,
)

#: Arrays and bytes in a script, after which it is sent.
_ARRAYS_A_SCRIPT = 200
_BYTES_A_SCRIPT = 4 << 20


@dataclass(frozen=True)
class CallsOn:
    """The calls that a test makes on one input, and digests of the answers on which it has passed."""

    calls: tuple[Call, ...]
    passed: set[bytes] = field(default_factory=set)


@dataclass
class Made:
    """The calls that the tests of one exercise make, and which of them more than once: their answers are remembered.

    Keeps the calls, or the identity of one could be that of another later.
    """

    calls: dict[Identity, Call] = field(default_factory=dict)
    repeated: set[Identity] = field(default_factory=set)

    def first(self, call: Call) -> bool:
        """Note a call; whether it is the first of its kind, which has to be sent."""
        if has_kept([call.args, call.kwargs]):
            return True  # an object lives as long as a run, and changes in it: no answer holds for the next
        identity = call.identity
        if identity in self.calls:
            self.repeated.add(identity)
            return False
        self.calls[identity] = call
        return True


class Notes(InProcess):
    """Stands in a student's place and keeps what was called. Answers are what a student's would be on arrival.

    all_calls: with those that were made before, of which only the first is in `calls`.
    arrived: says of the last answer that came as something else what it came as. values_seen: how many answers were
    values; object_labels: of those that were none. watches_calls: whether a call was watched.
    """

    def __init__(self, student: Reference, made: Made) -> None:
        super().__init__(student)
        self._made = made
        self.calls: list[Call] = []
        self.all_calls: list[Call] = []
        #: Number of a call → digest of its answer, where that is a value.
        self._digests: dict[int, bytes | None] = {}
        self._arrays = self._bytes = 0
        self.arrived = ""
        self.values_seen = 0
        self.object_labels: set[str] = set()
        self.watches_calls = False

    def clear(self) -> None:
        self.calls = []
        self.all_calls = []
        self._digests = {}
        self._arrays = self._bytes = 0

    def calls_since(self, start: int) -> CallsOn:
        """The calls from that number on, and the digest of the reference's answers, on which the test has passed."""
        numbers = range(start, len(self.all_calls))
        digests = [digest for number in numbers if (digest := self._digests.get(number))]
        passed = {of_all(digests)} if len(digests) == len(numbers) else set[bytes]()
        return CallsOn(tuple(self.all_calls[start:]), passed)

    @property
    def much(self) -> bool:
        """Whether the calls hold so much that no more should be sent with them."""
        return self._arrays > _ARRAYS_A_SCRIPT or self._bytes > _BYTES_A_SCRIPT

    def note_call(
        self, name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any], typed: tuple[str, ...] | None
    ) -> Call:
        call = super().note_call(name, args, kwargs, typed)
        self.watches_calls |= typed is not None
        first = self._made.first(call)
        self.all_calls.append(call if first else self._made.calls[call.identity])
        if first:
            self.calls.append(call)
            for leaf in leaves([args, kwargs]):
                if isinstance(leaf, np.ndarray):
                    self._arrays += 1
                    self._bytes += leaf.nbytes
            self._refuse_unknown_classes(name, [args, kwargs])
            for leaf in leaves([args, kwargs]):
                self._refuse_living_names(leaf)
        return call

    def keep_result(self, call: Call, target: Any = None) -> Kept:
        kept = super().keep_result(call, target)
        self.object_labels.add(label_of(call))
        return kept

    def do_call(
        self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], typed: tuple[str, ...] | None = None
    ) -> Any:
        value = super().do_call(name, args, kwargs, typed)
        if type(value) is Kept:
            return value
        self.values_seen += name not in (".set", ".put")
        try:
            arrived = crossed(value)
        except WireError as error:
            raise CourseError(
                f"what {name} returns does not come back from a student's process: {error}"
            ) from error
        self._digests[len(self.all_calls) - 1] = answer_digest(value)
        if type(arrived) is not type(value):
            self.arrived = f" ({name} returns {_kind(value)}, which reaches a test as {_kind(arrived)})"
        return arrived

    def _refuse_living_names(self, value: Any) -> None:
        """A function goes to the student's process with what it names."""
        if isinstance(value, FunctionType):
            named = inspect.getclosurevars(value)
            for name, used in {**named.globals, **named.nonlocals}.items():
                if isinstance(used, Handle | Function | Kept):
                    raise CourseError(
                        f"an argument can't be sent: the function {value.__name__} uses {name}, which stays with the "
                        "grader; give it what it needs as values"
                    )

    def _refuse_unknown_classes(self, name: str, value: Any) -> None:
        """A dataclass arrives as the one of its name in the chapter, so there must be one."""
        if isinstance(value, list | tuple):
            for item in value:
                self._refuse_unknown_classes(name, item)
        elif isinstance(value, dict):
            self._refuse_unknown_classes(name, list(value.values()))
        elif type(value) is not float and (record := record_of(value)):
            function = self._functions.function(name)
            if not isinstance(getattr(function, "__globals__", {}).get(record[0]), type):
                raise CourseError(
                    f"an argument of {name} can't be sent: its chapter has no class {record[0]} to make of it"
                )
            self._refuse_unknown_classes(name, list(record[1].values()))


def _kind(value: Any) -> str:
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"
