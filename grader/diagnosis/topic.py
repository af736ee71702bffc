"""An exercise as diagnosis sees it: calls to try, what is true of them, how an answer is read, what to look for.

A plug-in of the assignment (`diagnosis`) may say it for some exercises; for the others generic.py works it out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from grader.diagnosis.change import Variant
from grader.diagnosis.pairs import Pair, Part, Probe, Relation

Arguments = tuple[Any, ...]


@dataclass(frozen=True, eq=False)
class Topic:
    """One exercise.

    phrases: fact → (phrase where it does not hold, phrase where it does), the first ones tried first; both_ways: facts
    whose opposite can be the reason of a mistake, too. changes: of the right function, the most telling first. axes:
    part of the result → what one item along each axis is called. words: a hint of the engine → the lesson's own.

    parts: the names of the values that are returned, ("",) for a single one; asked: these in words, "two values: loss,
    grads"; read: a returned value → part → array or a few words, where reading numbers does not do. integer: a whole
    number is asked for; inexact: results are no exact numbers; shaped: their shapes are worth speaking of; refuses:
    the exception that some calls ask for.

    relation: what wrong results have in common, in place of the engine's relations. sentences: for an exercise with
    many right answers, what is wrong with one that can be read; look: the hint that goes with it; code: what such a
    diagnosis is called. generic: nobody has looked at the changes, so one that raises where the right function does not
    is left out.
    """

    exercise: str
    probes: tuple[Probe, ...]
    phrases: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    both_ways: frozenset[str] = frozenset()
    changes: tuple[Variant, ...] = ()
    axes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    parts: tuple[str, ...] = ("",)
    asked: str = ""
    read: Callable[[Any], Mapping[str, Part] | None] | None = None
    integer: bool = False
    inexact: bool = False
    shaped: bool = True
    refuses: str = ""
    relation: Callable[[Sequence[Pair]], Relation | None] | None = None
    sentences: Callable[[Any], Sequence[str]] | None = None
    look: str = ""
    code: str = "answers"
    generic: bool = False


class Topics(Protocol):
    """The plug-in `diagnosis`."""

    def topic(self, exercise: str) -> Topic | None:
        """What is known of an exercise; None leaves it to the engine."""


def probes_from(
    calls: Iterable[Arguments],
    fresh: Iterable[Arguments],
    facts: Callable[..., Mapping[str, bool]],
    quantities: Callable[[Arguments, Mapping[str, bool]], Mapping[str, float]] | None = None,
) -> tuple[Probe, ...]:
    """Calls as probes. Statements are found on `calls`, and must hold on `fresh`, too.

    facts: arguments → what is true of the call, the same facts for all. quantities: numbers of a call by which a result
    may be multiplied by mistake.
    """
    first, more = list(calls), list(fresh)
    most = max((len(args) for args in first), default=0)
    found = []
    for number, args in enumerate([*first, *more]):
        known = {**facts(*args), "default": len(args) < most}
        counted = quantities(args, known) if quantities else {}
        found.append(Probe(args, known, number >= len(first), counted))
    return tuple(found)
