"""A result and who it is of."""

from __future__ import annotations

from dataclasses import dataclass

from grader.gradebook import Row
from grader.result import Result


@dataclass(frozen=True)
class Pair:
    """A result and its line of the roster. doubtful: it fits several lines, or shares its line with another; member:
    the result is that of a group, the line one of its members'; more: other lines about the same person.
    """

    result: Result
    row: Row | None
    doubtful: bool = False
    member: bool = False
    more: tuple[Row, ...] = ()

    @property
    def rows(self) -> tuple[Row, ...]:
        """All lines about the person."""
        return (self.row, *self.more) if self.row else ()
