"""Calls of a student's functions, and the scripts of calls that a hidden test is known to make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from grader.worker.given import given_as
from grader.worker.records import record_of
from grader.worker.wire import encode

_PLAIN = (float, int, str, bool)
Identity = tuple[str | int, ...]


@dataclass(frozen=True)
class Call:
    """One call of a student's function, or of an operation on an object: what is shown as example and evidence.

    number: of all calls of its run; its result has it, where that is an object. typed: lines for `input()`, where the
    call is watched.
    """

    name: str
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    number: int = 0
    typed: tuple[str, ...] | None = None

    @property
    def identity(self) -> Identity:
        """Equal for calls with the very same objects, as long as one of the calls is kept."""
        return (
            self.name,
            repr(self.typed),
            *map(id, self.args),
            *self.kwargs,
            *map(id, self.kwargs.values()),
        )

    @cached_property
    def frame(self) -> bytes:
        """As a worker gets it with others; encoded once for all students."""
        return encode([self.name, list(self.args), dict(self.kwargs)])

    def request(self, keep: list[int] | None) -> dict[str, Any]:
        """As a worker gets it alone. keep: run and number of its result, where that may be an object."""
        typed = None if self.typed is None else list(self.typed)
        return {
            **{"do": "call", "name": self.name, "args": list(self.args), "kwargs": dict(self.kwargs)},
            **{"keep": keep, "typed": typed},
        }

    def is_like(self, other: Call) -> bool:
        """Whether `other` is the same call, bit for bit."""
        if (self.name, self.typed) != (other.name, other.typed) or len(self.args) != len(other.args):
            return False
        if self.kwargs.keys() != other.kwargs.keys():
            return False
        return all(map(_same, self.args, other.args)) and all(
            _same(v, other.kwargs[k]) for k, v in self.kwargs.items()
        )


def _same(first: Any, second: Any) -> bool:
    if first is second:
        return True
    if type(first) is not type(second):
        return False
    if type(first) in _PLAIN:
        return bool(first == second)
    if isinstance(first, np.ndarray):
        same_form = first.shape == second.shape and first.dtype == second.dtype
        return bool(same_form and first.tobytes() == second.tobytes())
    if isinstance(first, list | tuple):
        return len(first) == len(second) and all(map(_same, first, second))
    if isinstance(first, dict):
        return _same([*first], [*second]) and all(_same(v, second[k]) for k, v in first.items())
    if isinstance(first, set | frozenset):
        # 1, 1.0 and True are one key, and not one value
        return first == second and sorted(map(repr, first)) == sorted(map(repr, second))
    if (record := record_of(first) or record_of(given_as(first))) is not None:
        return _same(record, record_of(second) or record_of(given_as(second)))
    return bool(first == second)


@dataclass(frozen=True)
class Script:
    """Calls that a test is known to make; answered without waiting in between."""

    calls: tuple[Call, ...]

    @classmethod
    def of(cls, calls: Sequence[Call]) -> Script:
        """Of these calls. Raises WireError where an argument does not cross."""
        for call in calls:
            _ = call.frame
        return cls(tuple(calls))
