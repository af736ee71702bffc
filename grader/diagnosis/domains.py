"""Where is a function wrong? The facts about calls that part the wrong ones from the right ones."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.diagnosis.facts import PHRASES
from grader.diagnosis.probes import Probe

#: Facts whose opposite can be the reason of a mistake, too: a slice that fails for pad = 0.
_BOTH_WAYS = frozenset(
    [
        "pad>0",
        "stride>1",
        "size>1",
        "size!=stride",
        "size!=2",
        "k>1",
        "n>1",
        "c>1",
        "invalid",
        "default",
        "relu",
        "ndim=4",
    ]
)
#: So many probes must speak for a statement on each side.
_LEAST_FOR_ONE = 2
_LEAST_FOR_TWO = 3
_LEAST_RIGHT = 4


@dataclass(frozen=True)
class Side:
    """A fact, or its opposite."""

    fact: str
    holds: bool

    @property
    def code(self) -> str:
        return self.fact if self.holds else f"!{self.fact}"

    @property
    def phrase(self) -> str:
        return PHRASES[self.fact][self.holds]

    @property
    def opposite(self) -> str:
        return PHRASES[self.fact][not self.holds]


@dataclass(frozen=True)
class Domain:
    """Wrong only where all `sides` hold.

    always: wrong on every probe where they do; otherwise on some of them.
    """

    sides: tuple[Side, ...]
    always: bool

    @property
    def code(self) -> str:
        """`iff:` or `only:`, then the sides."""
        return f"{'iff' if self.always else 'only'}:{'&'.join(side.code for side in self.sides)}"

    @property
    def where(self) -> str:
        """The calls it is about, in words."""
        return " and ".join(side.phrase for side in self.sides)

    def sentence(self, wrong: str) -> str:
        """`wrong`: what happens there, e.g. "wrong" or "raises IndexError"."""
        where = self.where
        if not self.always:
            where += ", though not always"
        if len(self.sides) == 1:
            return f"Right as long as {self.sides[0].opposite}; {wrong} where {where}."
        return f"Right everywhere else; {wrong} where {where}."


def find_domain(probes: Sequence[Probe], bad: frozenset[int]) -> Domain | None:
    """The simplest statement about where the probes `bad` lie; None if there is none with enough to speak for it."""
    everywhere = frozenset(range(len(probes)))
    good = everywhere - bad
    if len(bad) < _LEAST_FOR_ONE or len(good) < _LEAST_FOR_ONE:
        return None
    sides = list(_sides(probes))
    for side, where in sides:
        if where == bad:
            return Domain((side,), always=True)
    if len(bad) >= _LEAST_FOR_TWO and len(good) >= _LEAST_FOR_TWO:
        for (one, where), (other, there) in itertools.combinations(sides, 2):
            # Each fact must be needed for more than one probe, which may be right by chance.
            if where & there == bad and min(len(where), len(there)) >= len(bad) + 2:
                return Domain((one, other), always=True)
    wider = [(len(where), number) for number, (_, where) in enumerate(sides) if bad < where]
    if wider:
        size, number = min(wider)
        if len(everywhere) - size >= _LEAST_RIGHT and 2 * len(bad) >= size:
            return Domain((sides[number][0],), always=False)
    return None


def _sides(probes: Sequence[Probe]) -> Iterator[tuple[Side, frozenset[int]]]:
    """Every fact and its opposite, with the probes on which it holds; a fact of all probes or none says nothing."""
    for fact in PHRASES:
        if fact not in probes[0].facts:
            continue
        holds = frozenset(number for number, probe in enumerate(probes) if probe.facts[fact])
        fails = frozenset(range(len(probes))) - holds
        if holds and fails:
            yield Side(fact, True), holds
            if fact in _BOTH_WAYS:
                yield Side(fact, False), fails
