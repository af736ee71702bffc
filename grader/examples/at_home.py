"""Examples judged at a student's, by the handout's tables alone."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from grader.course import Assignment
from grader.errors import UsageError
from grader.examples.example import Example, Found, Verdict
from grader.examples.table import Table, read_tables


class Home:
    """The tables of one handout. checks: the folder they are in. Raises UsageError where they can't be read."""

    def __init__(self, assignment: Assignment, checks: Path) -> None:
        self._order = tuple(assignment.chapter_of())
        self.tables = read_tables(checks)

    def judge(self, examples: Iterable[Example]) -> list[Found]:
        """Every exercise that has examples, in the course's order."""
        verdicts: dict[str, list[Verdict]] = {}
        for example in examples:
            verdicts.setdefault(example.exercise, []).append(
                _judged(self.tables.get(example.exercise), example)
            )
        return [self._found(name, verdicts[name]) for name in self._order if name in verdicts]

    def _found(self, exercise: str, verdicts: list[Verdict]) -> Found:
        table = self.tables.get(exercise)
        traps, facts = (table.traps, table.facts) if table else (0, ())
        return Found(exercise, tuple(verdicts), traps, facts)


def _judged(table: Table | None, example: Example) -> Verdict:
    if table is None:
        return Verdict(example, "outside")
    try:
        return table.judge(example)
    except UsageError as error:
        return Verdict(example, "unjudged", problem=str(error))
