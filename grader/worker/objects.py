"""The objects of one run of a test, under the numbers that the grader gave them; and arguments as code gets them."""

from __future__ import annotations

from typing import Any

from .given import GIVEN, made_of
from .records import Record, record_of
from .standins import Unavailable

_MADE = frozenset([list, tuple, dict, Record])


class Objects:
    """What the grader holds by number. A new run of a test forgets those of the run before."""

    def __init__(self) -> None:
        self._run = -1
        self._kept: dict[int, Any] = {}

    def keep(self, run: int, number: int, value: Any) -> None:
        if run != self._run:
            self._run, self._kept = run, {}
        self._kept[number] = value

    def arguments(self, value: Any, module: Any) -> Any:
        """`value` with objects, functions and the chapter's own dataclasses in place of records.

        Raises Unavailable for a class that the chapter lacks, and for an object of a worker before this one.
        """
        kind = type(value)
        if kind is list or kind is tuple:
            if _MADE.isdisjoint(map(type, value)):
                return value  # fresh from the wire, with nothing inside that has to be made
            return kind([self.arguments(item, module) for item in value])
        if kind is dict:
            if not value:
                return value
            return {key: self.arguments(item, module) for key, item in value.items()}
        if kind is not Record:
            return value
        name, fields = record_of(value) or ("", {})
        if name == "_Kept":
            if fields["number"] not in self._kept:
                raise Unavailable("the object of an earlier call is gone, with the process in which it was")
            return self._kept[fields["number"]]
        if name in GIVEN:
            return made_of(name, fields, lambda part: self.arguments(part, module))
        made = getattr(module, name, None)
        if not isinstance(made, type):
            raise Unavailable(f"needs the class {name}, which is not in its chapter")
        return made(**{field: self.arguments(item, module) for field, item in fields.items()})
