"""An example as a student wrote it, and what is found out about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from grader.course import suggestion
from grader.errors import UsageError
from grader.examples.values import Plain
from grader.text import visible

#: valid: what the function gives; wrong: something else; outside: answered when graded; open: several answers are
#: right, so that it is no example; unjudged: there was no time for it, or it is too large.
Kind = Literal["valid", "wrong", "outside", "open", "unjudged"]


@dataclass(frozen=True)
class Example:
    """positional, named: the arguments; where: "line 12", "cell [3]" or nothing."""

    exercise: str
    positional: tuple[Plain, ...]
    named: Mapping[str, Plain]
    expect: Plain
    where: str = ""


@dataclass(frozen=True)
class Parameters:
    """The names of a function's parameters, in order, and the defaults of those that have one."""

    names: tuple[str, ...]
    defaults: Mapping[str, Plain] = field(default_factory=dict)

    def bind(self, example: Example) -> dict[str, Plain]:
        """Every argument by its name, in order. Raises UsageError, which says what does not fit."""
        if len(example.positional) > len(self.names):
            raise UsageError(
                f"{example.exercise} takes {len(self.names)} arguments, here are {len(example.positional)}"
            )
        found = dict(zip(self.names, example.positional, strict=False))
        for name, value in example.named.items():
            if name not in self.names:
                raise UsageError(
                    f"{example.exercise} has no argument {visible(name, 40)!r}{suggestion(name[:100], self.names)}"
                )
            if name in found:
                raise UsageError(f"{name} is given twice")
            found[name] = value
        missing = [name for name in self.names if name not in found and name not in self.defaults]
        if missing:
            raise UsageError(f"{example.exercise} needs {', '.join(missing)}, too")
        return {name: found.get(name, self.defaults.get(name)) for name in self.names}


@dataclass(frozen=True)
class Verdict:
    """What is known of one example. caught: numbers of the known mistakes that fail it; problem: what to change."""

    example: Example
    kind: Kind
    caught: frozenset[int] = frozenset()
    facts: frozenset[str] = frozenset()
    problem: str = ""


@dataclass(frozen=True)
class Found:
    """All examples of one exercise. traps: how many known mistakes it has; facts: those that help, in order."""

    exercise: str
    verdicts: tuple[Verdict, ...]
    traps: int
    facts: Sequence[str] = ()

    def of(self, kind: Kind) -> list[Verdict]:
        """The examples of one kind."""
        return [verdict for verdict in self.verdicts if verdict.kind == kind]

    @property
    def caught(self) -> frozenset[int]:
        """The known mistakes that the valid examples catch together."""
        return frozenset().union(*(verdict.caught for verdict in self.of("valid")))

    @property
    def untried(self) -> list[str]:
        """The facts that are true of none of the examples, those that would help most first."""
        tried = frozenset[str]().union(*(verdict.facts for verdict in self.verdicts))
        left = [fact for fact in self.facts if fact not in tried]
        # Whoever has no pad above 0 need not be told that none is above 1.
        return [fact for fact in left if fact.replace("above 1", "above 0") in (fact, *tried)]
