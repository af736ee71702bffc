"""Where is a function wrong? The facts about calls that part the wrong ones from the right ones."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from grader.diagnosis.pairs import Probe
from grader.diagnosis.topic import Topic

#: So many probes must speak for a statement on each side.
_LEAST_FOR_ONE = 2
_LEAST_FOR_TWO = 3
_LEAST_RIGHT = 4
#: Of the probes where a fact holds, this share must be wrong to speak of it; and of the wrong ones, this share must be
#: where it holds to say that it always goes wrong.
_SHARE = 0.3
#: Where more of the others are wrong, too, that a fact always goes wrong says nothing about the reason.
_MOST_ELSEWHERE = 0.45


@dataclass(frozen=True)
class Side:
    """A fact, or its opposite."""

    fact: str
    holds: bool
    phrase: str

    @property
    def code(self) -> str:
        return self.fact if self.holds else f"!{self.fact}"


@dataclass(frozen=True)
class Domain:
    """Where the wrong calls lie, beside the calls on which all `sides` hold.

    kind: "iff": wrong where they hold and nowhere else; "only": nowhere else; "all": always there, and elsewhere
    sometimes, too.
    """

    sides: tuple[Side, ...]
    kind: Literal["iff", "only", "all"]

    @property
    def code(self) -> str:
        """Its kind, then the sides."""
        return f"{self.kind}:{'&'.join(side.code for side in self.sides)}"

    @property
    def where(self) -> str:
        """The calls it is about, in words."""
        return " and ".join(side.phrase for side in self.sides)

    def inside(self, probes: Sequence[Probe]) -> frozenset[int]:
        """The numbers of the probes on which all sides hold."""
        return frozenset(
            n for n, probe in enumerate(probes) if all(probe.facts[s.fact] == s.holds for s in self.sides)
        )

    def sentence(self, probes: Sequence[Probe], bad: frozenset[int]) -> str:
        """Continues "… on 7 of 90 calls tried"."""
        inside = self.inside(probes)
        if self.kind == "iff":
            return f": whenever {self.where}, and only then."
        if self.kind == "only":
            return f", all of them calls where {self.where} ({len(bad)} of {len(inside)} such calls)."
        others, elsewhere = len(bad - inside), len(probes) - len(inside)
        return f": whenever {self.where}, and on {others} of the {elsewhere} others."


def find_domain(topic: Topic, bad: frozenset[int]) -> Domain | None:
    """The simplest statement about where the probes `bad` lie; None if there is none with enough to speak for it.

    It is found on the probes that are not fresh, and must hold on those that are.
    """
    probes = topic.probes
    old = range(sum(not probe.fresh for probe in probes))
    for domain in _domains(topic, [probes[n] for n in old], bad & frozenset(old)):
        inside = domain.inside(probes)
        if domain.kind != "all" and not bad <= inside:
            continue
        elsewhere = len(bad - inside) / (len(probes) - len(inside))
        if domain.kind == "only" or (inside <= bad and elsewhere <= _MOST_ELSEWHERE):
            return domain
    return None


def _domains(topic: Topic, probes: Sequence[Probe], bad: frozenset[int]) -> Iterator[Domain]:
    everywhere = frozenset(range(len(probes)))
    good = everywhere - bad
    if len(bad) < _LEAST_FOR_ONE or len(good) < _LEAST_FOR_ONE:
        return
    sides = list(_sides(topic, probes))
    for side, where in sides:
        if where == bad:
            yield Domain((side,), "iff")
    if len(bad) >= _LEAST_FOR_TWO and len(good) >= _LEAST_FOR_TWO:
        for (one, where), (other, there) in itertools.combinations(sides, 2):
            # Each fact must be needed for more than one probe, which may be right by chance.
            if where & there == bad and min(len(where), len(there)) >= len(bad) + 2:
                yield Domain((one, other), "iff")
    for side, where in sorted(sides, key=lambda found: len(found[1])):
        if bad < where and len(everywhere - where) >= _LEAST_RIGHT and len(bad) >= _SHARE * len(where):
            yield Domain((side,), "only")
    for side, where in sorted(sides, key=lambda found: -len(found[1])):
        if where < bad and len(where) >= max(_LEAST_RIGHT, _SHARE * len(bad)):
            yield Domain((side,), "all")


def _sides(topic: Topic, probes: Sequence[Probe]) -> Iterator[tuple[Side, frozenset[int]]]:
    """Every fact and its opposite, with the probes on which it holds; a fact of all probes or none says nothing."""
    for fact, (fails_so, holds_so) in topic.phrases.items():
        if fact not in probes[0].facts:
            continue
        holds = frozenset(number for number, probe in enumerate(probes) if probe.facts[fact])
        fails = frozenset(range(len(probes))) - holds
        if holds and fails:
            yield Side(fact, True, holds_so), holds
            if fact in topic.both_ways:
                yield Side(fact, False, fails_so), fails
