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
from grader.diagnosis.behaviour import behaviour_of
from grader.diagnosis.change import Variant
from grader.diagnosis.kept import KeptTables
from grader.diagnosis.match import Entry, Table, build_table, outcomes_of, vectors_of
from grader.diagnosis.observe import Asked, how_often, observe
from grader.diagnosis.outcomes import Outcome, Unanswered, agrees, ask
from grader.diagnosis.state import answers_vary
from grader.diagnosis.topic import Topic
from grader.diagnosis.topics import topics_of
from grader.errors import StudentTimeout
from grader.result import Diagnosis

#: A pair of mistakes is looked up by its outcomes on so many probes before all are compared.
_KEYS = 2

Functions = Any  # attribute access gives functions: a Student, a Reference, a module


def ask_all(topic: Topic, student: Functions) -> list[Outcome] | Diagnosis | None:
    """The outcomes on all probes, or what to say of a function that answers the same call differently.

    None where it can't be asked, or one call does not end in time.
    """
    try:
        function: Callable[..., Any] = getattr(student, topic.exercise)
        outcomes = [ask(topic, function, probe) for probe in topic.probes]
        return answers_vary(topic, function, outcomes) or outcomes
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

    reference: gives the right functions by name (`function(name)`, as reference.Reference does). kept: where what the
    calls of a plug-in show is kept longer. topics: what is known of each exercise; by default what the plug-in says.
    """

    def __init__(
        self,
        assignment: Assignment,
        reference: Any,
        mistakes: Sequence[Mistake],
        kept: KeptTables | None = None,
        topics: Callable[[str], Topic | None] | None = None,
    ) -> None:
        self._topics = topics or topics_of(assignment)
        #: CPU seconds for what is kept.
        self.learned = 0.0
        self._reference = reference
        self._mistakes = tuple(mistakes)
        self._kept = kept or KeptTables(None)
        self._known: dict[str, tuple[Table, list[Outcome], list[Known]] | None] = {}
        self._pairs: dict[str, dict[tuple[bytes, ...], list[_Pair]]] = {}

    def diagnose(self, exercise: str, student: Functions) -> Diagnosis | None:
        """Which mistake the student's function is, or what can be observed; None where nothing can be said for sure.

        Fewer than a hundred calls; the first one that does not end in time ends it.
        """
        return self.looked_at(exercise, student)[0]

    def looked_at(self, exercise: str, student: Functions) -> tuple[Diagnosis | None, str]:
        """The same, and what the function does on the probes (behaviour.py); "" where that can't be told."""
        about = self._about(exercise)
        if about is None:
            return None, ""
        table, right, known = about
        answers = ask_all(table.topic, student)
        if answers is None or isinstance(answers, Diagnosis):
            return answers, ""
        wrong = _wrong_of(answers, right)
        spoiled = frozenset().union(*wrong.values())
        if not spoiled:
            return None, ""
        is_wrong = [number in spoiled for number in range(len(answers))]
        behaviour = behaviour_of(exercise, table.right_vectors, answers, is_wrong)
        asked = Asked(table.topic, answers, wrong, right)
        if entries := table.match(answers):
            return said(entries, table, how_often(asked)), behaviour
        if found := same_mistake(known, answers, right):
            return Diagnosis(mistake=found.name, hint=found.hint, says=found.says), behaviour
        return self._combined(table.topic, answers) or observe(asked), behaviour

    def table(self, exercise: str) -> Table | None:
        """What is known about an exercise, in digests; None where there is nothing to ask."""
        about = self._about(exercise)
        return about[0] if about else None

    def _about(self, exercise: str) -> tuple[Table, list[Outcome], list[Known]] | None:
        if exercise not in self._known:
            started = time.thread_time()
            topic = self._topics(exercise)
            mine = [mistake for mistake in self._mistakes if mistake.exercise == exercise]
            function = self._reference.function(exercise)
            self._known[exercise] = (
                self._worked_out(topic, function, mine) if topic and topic.probes else None
            )
            self.learned += time.thread_time() - started
        return self._known[exercise]

    def _worked_out(
        self, topic: Topic, function: Callable[..., Any], mistakes: Sequence[Mistake]
    ) -> tuple[Table, list[Outcome], list[Known]]:
        # What the tests show changes with the tests, which the key of what is kept does not know.
        kept = KeptTables(None) if topic.generic else self._kept
        found = kept.get(topic, mistakes)
        if not found:
            found = build_table(topic, function, mistakes)
            kept.put(topic, *found)
        return found[0], outcomes_of(topic, function), found[1]

    def _combined(self, topic: Topic, outcomes: Sequence[Outcome]) -> Diagnosis | None:
        """A catalogued mistake and a common change of the right function, both at once."""
        if all(outcome.collapsed for outcome in outcomes):
            return None
        for pair in self._pairs_of(topic).get(_key(outcomes[-_KEYS:]), []):
            theirs = outcomes_of(topic, pair.function)
            if vectors_of(topic, theirs, strict=True) == vectors_of(topic, outcomes, strict=True):
                return Diagnosis(
                    mistake=f"{pair.mistake.name} + {pair.variant.code}",
                    hint=f"{pair.mistake.hint} {pair.variant.hint}",
                    says=f"Two things at once: {pair.mistake.says} Besides, the result {pair.variant.says}.",
                    kind="combination",
                )
        return None

    def _pairs_of(self, topic: Topic) -> dict[tuple[bytes, ...], list[_Pair]]:
        """All pairs, by their outcomes on the last probes, which differ in many things at once."""
        exercise = topic.exercise
        if exercise not in self._pairs:
            probes = topic.probes[-_KEYS:]
            started = time.thread_time()
            found = self._pairs[exercise] = {}
            signature = inspect.signature(self._reference.function(exercise))
            for mistake in self._mistakes:
                for variant in topic.changes if mistake.exercise == exercise else ():
                    if variant.common:
                        pair = _Pair(mistake, variant, variant.of(mistake.function, signature))
                        key = _key(outcomes_of(topic, pair.function, probes))
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
