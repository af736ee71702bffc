"""Is it a known mistake, written in another way? Compared where the mistake's idea decides, and not on every call.

A mistake differs from the right function on some calls: there its idea decides. A function is the same mistake where it
gives on each of them what one of the mistake's forms gives, or fails on its way there, and is right on all others.
Calls on which a form says that style decides count neither way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader.course import Mistake, StyleDecides
from grader.diagnosis.outcomes import Outcome, digest

#: So many equal answers must speak for a name.
_LEAST = 3
#: A mistake that shows in nothing but failing must leave so much right.
_LEAST_RIGHT = 0.25


@dataclass(frozen=True)
class Mark:
    """All of an outcome that tells it from another one: a digest over its parts. raised, exactly: as in Outcome."""

    loose: str
    exactly: str
    raised: str = ""


def marked(outcomes: Sequence[Outcome]) -> tuple[Mark, ...]:
    """The marks of outcomes on all probes."""
    found = []
    for one in outcomes:
        loose, exactly = (
            digest(*(one.token(part, strict=strict) for part in one.parts)) for strict in (False, True)
        )
        found.append(Mark(loose, exactly, one.raised))
    return tuple(found)


@dataclass(frozen=True)
class Known:
    """A mistake and what each of its forms gives, the one in the catalogue first."""

    mistake: Mistake
    forms: tuple[tuple[Mark, ...], ...]


def same_mistake(known: Sequence[Known], mine: Sequence[Outcome], right: Sequence[Outcome]) -> Mistake | None:
    """The one mistake that `mine` agrees with; None where there is none, or where two have as much for them."""
    if all(outcome.collapsed for outcome in mine):
        return None
    got, wanted = marked(mine), marked(right)
    found = [(count, one.mistake) for one in known if (count := _agreement(one, got, wanted))]
    found.sort(key=lambda pair: -pair[0])
    if not found or (len(found) > 1 and found[0][0] == found[1][0]):
        return None
    return found[0][1]


def _agreement(known: Known, mine: Sequence[Mark], right: Sequence[Mark]) -> int:
    """On how many calls `mine` is wrong as the mistake is; 0 where anything speaks against it."""
    values = failures = others = 0
    for number, (got, wanted) in enumerate(zip(mine, right, strict=True)):
        forms = [form[number] for form in known.forms]
        if any(form.raised == StyleDecides.__name__ for form in forms):
            continue
        equal = any(got.exactly == form.exactly for form in forms)
        if equal and got.loose == wanted.loose:
            continue
        if equal and got.raised:
            failures += 1
        elif equal or any(not form.raised and got.loose == form.loose for form in forms):
            values += 1
        elif got.raised and not all(form.loose == wanted.loose for form in forms):
            others += 1
        else:
            return 0
    if values:
        return values + failures if values + failures >= _LEAST and others <= values else 0
    rightly = len(mine) - failures
    return failures if failures >= _LEAST and not others and rightly >= _LEAST_RIGHT * len(mine) else 0
