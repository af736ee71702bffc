"""Which known function does this one equal? Compared by digests of its outcomes on every probe of the exercise.

Equal means: on all probes, where the known function is right as well as where it is wrong. Only digests are kept, so
that the same comparison works on a student's machine, where no right result may be.
"""

from __future__ import annotations

import inspect
import itertools
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from grader.course import Mistake
from grader.diagnosis.alike import Known, marked
from grader.diagnosis.change import Variant
from grader.diagnosis.outcomes import Outcome, ask, digest
from grader.diagnosis.pairs import Probe
from grader.diagnosis.topic import Topic

Kind = Literal["mistake", "combination", "observation"]
_MOST_AT_ONCE = 3


@dataclass(frozen=True)
class Entry:
    """A known function. `vectors`: part → digest over all probes.

    strict: it differs from right only by raising, so that which exception it raises counts, too.
    also: names of catalogued mistakes that give the same on every probe.
    """

    name: str
    kind: Kind
    says: str
    hint: str
    vectors: Mapping[str, str]
    strict: bool = False
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """All that is known about one exercise, in digests. `right`: for each probe, part → digest of the right outcome."""

    topic: Topic
    right: tuple[Mapping[str, str], ...]
    right_vectors: Mapping[str, str]
    entries: tuple[Entry, ...]

    def is_right(self, number: int, part: str, outcome: Outcome) -> bool:
        """Whether `outcome` is right in `part` on probe `number`."""
        return probe_digest(self.topic.exercise, number, part, outcome) == self.right[number][part]

    def overlooks(self, mistake: Mistake) -> bool:
        """Whether `mistake` is right on every probe."""
        return all(
            vectors_of(self.topic, outcomes_of(self.topic, function), strict=False) == self.right_vectors
            for function in (mistake.function, *mistake.forms)
        )

    def match(self, outcomes: Sequence[Outcome]) -> tuple[Entry, ...]:
        """The entry that equals these outcomes, or several that explain a part each; () if none do.

        What collapses on every probe, all raised or all unusable, equals everything that does, and is nothing.
        """
        if all(outcome.collapsed for outcome in outcomes):
            return ()
        loose = vectors_of(self.topic, outcomes, strict=False)
        strict = vectors_of(self.topic, outcomes, strict=True)
        wrong = [part for part in loose if loose[part] != self.right_vectors[part]]
        if not wrong:
            return ()

        def equals(entry: Entry, part: str) -> bool:
            return entry.vectors[part] == (strict if entry.strict else loose)[part]

        for entry in self.entries:
            if all(equals(entry, part) for part in loose):
                return (entry,)
        return self._by_parts(wrong, equals) if len(loose) > 1 else ()

    def _by_parts(self, wrong: list[str], equals: Callable[[Entry, str], bool]) -> tuple[Entry, ...]:
        """A few entries, each right or equal in every part, that explain all wrong parts together."""
        found: list[Entry] = []
        left = set(wrong)
        for entry in self.entries:
            mine = {part for part in wrong if equals(entry, part)}
            spoiled = {part for part, v in entry.vectors.items() if v != self.right_vectors[part]}
            if mine & left and spoiled <= set(wrong) and spoiled == mine:
                found.append(entry)
                left -= mine
            if not left:
                return tuple(found) if len(found) <= _MOST_AT_ONCE else ()
        return ()


def probe_digest(exercise: str, number: int, part: str, outcome: Outcome) -> str:
    """Salted by exercise, probe and part, so that equal results of different probes look different."""
    return digest(f"{exercise} {number} {part}".encode(), outcome.token(part))


def vectors_of(topic: Topic, outcomes: Sequence[Outcome], *, strict: bool) -> dict[str, str]:
    """part → one digest over the outcomes on all probes."""
    return {
        part: digest(
            f"{topic.exercise} {part}".encode(), *(outcome.token(part, strict=strict) for outcome in outcomes)
        )
        for part in topic.parts
    }


def outcomes_of(
    topic: Topic, function: Callable[..., Any], probes: Sequence[Probe] | None = None
) -> list[Outcome]:
    """The outcomes of a function of this process on all probes, or on these."""
    # Some mistakes overflow or divide by zero: that is what they are here for.
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return [ask(topic, function, probe) for probe in (topic.probes if probes is None else probes)]


def build_table(
    topic: Topic, reference: Callable[..., Any], mistakes: Sequence[Mistake]
) -> tuple[Table, list[Known]]:
    """The table of one exercise, and what every form of its mistakes gives.

    Of functions that equal each other on every probe the first one counts: catalogued mistakes before changes of the
    right function, and these before two changes at once; of two mistakes both are said. One that equals the right
    function is left out.
    """
    right = outcomes_of(topic, reference)
    right_vectors = vectors_of(topic, right, strict=False)
    entries: dict[tuple[str, ...], Entry] = {}

    def add(name: str, kind: Kind, says: str, hint: str, outcomes: Sequence[Outcome]) -> None:
        if all(outcome.collapsed for outcome in outcomes):
            return  # raising on every input is what any mistake may lead to
        vectors = vectors_of(topic, outcomes, strict=False)
        # Two mistakes that only raise, but different exceptions, would be one by their loose vectors.
        strict = only_raises(outcomes, right)
        if strict:
            vectors = vectors_of(topic, outcomes, strict=True)
        key = tuple(vectors.values())
        twin = entries.get(key)
        if twin and name in (twin.name, *twin.also):
            return
        if twin and kind == "mistake":
            # Two ways to the same results: which one it is can't be told, so both are named.
            says = f"{twin.says} Or, which comes to the same: {says}"
            entries[key] = replace(twin, says=says, also=(*twin.also, name))
        elif not twin and vectors != right_vectors:
            entries[key] = Entry(name, kind, says, hint, vectors, strict)

    known = []
    for mistake in mistakes:
        functions = (mistake.function, *mistake.forms)
        forms = tuple(outcomes_of(topic, function) for function in functions)
        known.append(Known(mistake, tuple(map(marked, forms))))
        for outcomes in forms:
            add(mistake.name, "mistake", mistake.says, mistake.hint, outcomes)
    signature = inspect.signature(reference)
    variants = topic.changes
    for variant in variants:
        changed = outcomes_of(topic, variant.of(reference, signature))
        if topic.generic and any(c.raised and not r.raised for c, r in zip(changed, right, strict=True)):
            continue
        add(variant.code, "observation", variant.says, variant.hint, changed)
    # Where there are several parts, two mistakes are told apart by them.
    for first, second in pairs_of(variants) if len(right_vectors) == 1 else ():
        function = second.of(first.of(reference, signature), signature)
        says = f"{first.says} and {second.says}"
        hint = f"{first.hint} {second.hint}"
        add(f"{first.code} {second.code}", "observation", says, hint, outcomes_of(topic, function))
    per_probe = tuple(
        {part: probe_digest(topic.exercise, number, part, outcome) for part in right_vectors}
        for number, outcome in enumerate(right)
    )
    return Table(topic, per_probe, right_vectors, tuple(entries.values())), known


def pairs_of(variants: Iterable[Variant]) -> list[tuple[Variant, Variant]]:
    """Two common changes of different things, an argument's before the result's."""
    common = [variant for variant in variants if variant.common]
    return [
        (a, b) if b.on == "result" or a.on != "result" else (b, a)
        for a, b in itertools.combinations(common, 2)
        if a.on != b.on
    ]


def only_raises(outcomes: Sequence[Outcome], right: Sequence[Outcome]) -> bool:
    """Whether the outcomes differ from the right ones only where an exception was raised."""
    return all(
        outcome.raised or all(outcome.token(part) == expected.token(part) for part in outcome.parts)
        for outcome, expected in zip(outcomes, right, strict=True)
    )
