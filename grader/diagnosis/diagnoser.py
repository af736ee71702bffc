"""Asking a student's function the probes, and saying what its answers show."""

from __future__ import annotations

import inspect
import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from grader.course import Assignment, Mistake
from grader.diagnosis.alike import Known, same_mistake
from grader.diagnosis.change import Variant
from grader.diagnosis.kept import KeptTables
from grader.diagnosis.match import Entry, Table, build_table, outcomes_of, vectors_of
from grader.diagnosis.observe import Asked, how_often, observe
from grader.diagnosis.outcomes import Outcome, Unanswered, agrees, ask
from grader.diagnosis.probes import Probe, probes_of
from grader.diagnosis.state import answers_vary
from grader.diagnosis.variants import variants_of
from grader.errors import StudentTimeout
from grader.result import Diagnosis

#: A pair of mistakes is looked up by its outcomes on so many probes before all are compared.
_KEYS = 2

Functions = Any  # attribute access gives functions: a Student, a Reference, a module


def ask_all(exercise: str, student: Functions, probes: Sequence[Probe]) -> list[Outcome] | Diagnosis | None:
    """The outcomes on all probes, or what to say of a function that answers the same call differently.

    None where it can't be asked, or one call does not end in time.
    """
    try:
        function: Callable[..., Any] = getattr(student, exercise)
        outcomes = [ask(exercise, function, probe) for probe in probes]
        return answers_vary(exercise, function, probes, outcomes) or outcomes
    except (Unanswered, StudentTimeout, AttributeError):
        return None


def said(entries: Sequence[Entry], table: Table, often: str) -> Diagnosis:
    """The statement for the entries that explain a student's results; often: how often they are wrong."""
    texts = [e.says if e.kind == "mistake" else f"{_subject(e, table)} {e.says}." for e in entries]
    if len(entries) == 1:
        entry = entries[0]
        text = texts[0] if entry.kind == "mistake" else f"{often}. {texts[0]}"
        return Diagnosis(mistake=entry.name, hint=entry.hint, says=text, kind=entry.kind)
    kind = "combination" if any(entry.kind == "mistake" for entry in entries) else "observation"
    return Diagnosis(
        mistake=" + ".join(entry.name for entry in entries),
        hint=" ".join(_each_once(entry.hint for entry in entries)),
        says=f"{len(entries)} things at once: {' '.join(texts)}",
        kind=kind,  # type: ignore[arg-type]
    )


def _each_once(hints: Iterable[str]) -> list[str]:
    """The sentences of hints; one that two hints share is said once."""
    return list(dict.fromkeys(sentence for hint in hints for sentence in re.split(r"(?<=[.?!]) ", hint)))


def _subject(entry: Entry, table: Table) -> str:
    """What an observation is about: the parts it touches, or the result."""
    parts = [part for part, vector in entry.vectors.items() if vector != table.right_vectors[part]]
    return "The result" if len(parts) == len(entry.vectors) else " and ".join(parts)


class Diagnoser:
    """Knows the reference and the catalogue. What it works out for an exercise is kept, once a process.

    reference: gives the right functions by name (`function(name)`, as reference.Reference does). kept: where it is
    kept longer.
    """

    def __init__(
        self,
        assignment: Assignment,
        reference: Any,
        mistakes: Sequence[Mistake],
        kept: KeptTables | None = None,
    ) -> None:
        self._exercises = frozenset(assignment.chapter_of())
        #: CPU seconds for what is kept.
        self.learned = 0.0
        self._reference = reference
        self._mistakes = tuple(mistakes)
        self._kept = kept or KeptTables(None)
        self._known: dict[str, tuple[tuple[Probe, ...], Table, list[Outcome], list[Known]]] = {}
        self._pairs: dict[str, dict[tuple[bytes, ...], list[_Pair]]] = {}

    def diagnose(self, exercise: str, student: Functions) -> Diagnosis | None:
        """Which mistake the student's function is, or what can be observed; None where nothing can be said for sure.

        Fewer than a hundred calls; the first one that does not end in time ends it.
        """
        probes, table, right, known = self._about(exercise)
        answers = ask_all(exercise, student, probes) if probes else None
        if answers is None or isinstance(answers, Diagnosis):
            return answers
        wrong = _wrong_of(answers, right)
        if not any(wrong.values()):
            return None
        asked = Asked(exercise, probes, answers, wrong, right)
        if entries := table.match(answers):
            return said(entries, table, how_often(asked))
        if found := same_mistake(known, answers, right):
            return Diagnosis(mistake=found.name, hint=found.hint, says=found.says)
        return self._combined(exercise, answers) or observe(asked)

    def table(self, exercise: str) -> Table:
        """What is known about an exercise, in digests."""
        return self._about(exercise)[1]

    def _about(self, exercise: str) -> tuple[tuple[Probe, ...], Table, list[Outcome], list[Known]]:
        if exercise not in self._known:
            started = time.thread_time()
            probes = probes_of(exercise) if exercise in self._exercises else ()
            mine = [mistake for mistake in self._mistakes if mistake.exercise == exercise]
            function = self._reference.function(exercise)
            found = self._kept.get(exercise, mine)
            if not found:
                found = build_table(exercise, function, mine, probes)
                self._kept.put(exercise, *found)
            self._known[exercise] = probes, found[0], outcomes_of(exercise, function, probes), found[1]
            self.learned += time.thread_time() - started
        return self._known[exercise]

    def _combined(self, exercise: str, outcomes: Sequence[Outcome]) -> Diagnosis | None:
        """A catalogued mistake and a common change of the right function, both at once."""
        probes = self._about(exercise)[0]
        if all(outcome.collapsed for outcome in outcomes):
            return None
        for pair in self._pairs_of(exercise).get(_key(outcomes[-_KEYS:]), []):
            theirs = outcomes_of(exercise, pair.function, probes)
            if vectors_of(exercise, theirs, strict=True) == vectors_of(exercise, outcomes, strict=True):
                return Diagnosis(
                    mistake=f"{pair.mistake.name} + {pair.variant.code}",
                    hint=f"{pair.mistake.hint} {pair.variant.hint}",
                    says=f"Two things at once: {pair.mistake.says} Besides, the result {pair.variant.says}.",
                    kind="combination",
                )
        return None

    def _pairs_of(self, exercise: str) -> dict[tuple[bytes, ...], list[_Pair]]:
        """All pairs, by their outcomes on the last probes, which differ in many things at once."""
        if exercise not in self._pairs:
            probes = self._about(exercise)[0][-_KEYS:]
            started = time.thread_time()
            found = self._pairs[exercise] = {}
            signature = inspect.signature(self._reference.function(exercise))
            for mistake in self._mistakes:
                for variant in variants_of(exercise) if mistake.exercise == exercise else ():
                    if variant.common:
                        pair = _Pair(mistake, variant, variant.of(mistake.function, signature))
                        key = _key(outcomes_of(exercise, pair.function, probes))
                        found.setdefault(key, []).append(pair)
            self.learned += time.thread_time() - started
        return self._pairs[exercise]


@dataclass(frozen=True)
class _Pair:
    mistake: Mistake
    variant: Variant
    function: Callable[..., Any]


def _key(outcomes: Sequence[Outcome]) -> tuple[bytes, ...]:
    return tuple(outcome.token(part, strict=True) for outcome in outcomes for part in outcome.parts)


def _wrong_of(outcomes: Sequence[Outcome], right: Sequence[Outcome]) -> dict[str, frozenset[int]]:
    """part → the numbers of the probes on which it is wrong, as the hidden tests would see it."""
    return {
        part: frozenset(
            number
            for number, (mine, wanted) in enumerate(zip(outcomes, right, strict=True))
            if not agrees(mine.parts[part], wanted.parts[part])
        )
        for part in right[0].parts
    }
