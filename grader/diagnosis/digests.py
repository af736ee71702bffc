"""Diagnosis on a student's machine: digests of outcomes, and neither the reference nor any right value.

What the handout carries are digests of what known mistakes and the right function answer to the probes, and the
mistakes' names, diagnoses and hints in plain text: whoever reads them all learns what can go wrong, not how it is done
right. A digest of a right outcome can be used to check a guess, as `grader check` does; a small one (a single number)
could be found by trying, and gives away what one example in a docstring would. Inputs of the hidden tests are others.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from grader.course import Assignment, Course, Mistake
from grader.diagnosis.diagnoser import Diagnoser, Functions, ask_all, said
from grader.diagnosis.generic import topic_from
from grader.diagnosis.kept import KeptTables, kept_tables
from grader.diagnosis.match import Entry, Table
from grader.diagnosis.observe import Asked, how_often, observe
from grader.diagnosis.spec import Spec
from grader.diagnosis.topic import Topic
from grader.diagnosis.topics import specs_of, topics_of
from grader.errors import CourseError
from grader.result import Diagnosis

SCHEMA = 1
#: Beside the visible checks.
DIGESTS = "digests.json"


def make_digests(
    assignment: Assignment,
    reference: Any,
    mistakes: Sequence[Mistake],
    kept: KeptTables | None = None,
    specs: Callable[[str], Spec | None] = lambda exercise: None,
) -> dict[str, Any]:
    """JSON data for the handout. The same course gives the same data on every machine."""
    diagnoser = Diagnoser(assignment, reference, mistakes, kept, topics_of(assignment, specs))
    return {
        "schema": SCHEMA,
        "exercises": {
            name: _packed(table, specs)
            for name in assignment.chapter_of()
            if (table := diagnoser.table(name))
        },
    }


def _packed(table: Table, specs: Callable[[str], Spec | None]) -> dict[str, Any]:
    parts = table.topic.parts
    known = []
    for entry in table.entries:
        data: dict[str, Any] = {"name": entry.name, "is": [entry.vectors[part] for part in parts]}
        if entry.strict:
            data["strict"] = True
        if entry.kind == "mistake":
            data |= {"says": entry.says, "hint": entry.hint}
        known.append(data)
    # What the plug-in knows is in the handout already; what the tests show is not.
    spec = specs(table.topic.exercise) if table.topic.generic else None
    return {
        **({"calls": spec.to_json()} if spec else {}),
        "right": [[probe[part] for part in parts] for probe in table.right],
        "all": [table.right_vectors[part] for part in parts],
        "known": known,
    }


class DigestDiagnoser:
    """What `make_digests` wrote, ready to compare with. Data that can't be used gives no diagnosis."""

    def __init__(self, data: Mapping[str, Any], topics: Callable[[str], Topic | None]) -> None:
        self._tables: dict[str, Table] = {}
        if not isinstance(data, Mapping) or data.get("schema") != SCHEMA:
            return
        for exercise, packed in data.get("exercises", {}).items():
            try:
                topic = topics(exercise)
                if topic is None and "calls" in packed:
                    topic = topic_from(exercise, Spec.from_json(packed["calls"]))
                if topic:
                    self._tables[exercise] = _unpacked(topic, packed)
            except (KeyError, TypeError, ValueError, IndexError):
                continue  # an edited file costs its reader the diagnosis, nothing else

    def diagnose(self, exercise: str, student: Functions) -> Diagnosis | None:
        """As Diagnoser.diagnose, with less to say about mistakes that nobody has catalogued."""
        table = self._tables.get(exercise)
        if table is None or len(table.right) != len(table.topic.probes):
            return None
        answers = ask_all(table.topic, student)
        if answers is None or isinstance(answers, Diagnosis):
            return answers
        wrong = {
            part: frozenset(n for n, outcome in enumerate(answers) if not table.is_right(n, part, outcome))
            for part in table.right_vectors
        }
        asked = Asked(table.topic, answers, wrong, None)
        if entries := table.match(answers):
            return said(entries, table, how_often(asked))
        if any(outcome.coarse for outcome in answers):
            return None  # right results in float32 may have other digests: they would be called wrong
        return observe(asked)


def read_digests(path: Path, assignment: Assignment) -> DigestDiagnoser:
    """The digests of a handout; without the file, or if it can't be read, there are no diagnoses."""
    try:
        return DigestDiagnoser(json.loads(path.read_text(encoding="utf-8")), topics_of(assignment))
    except (OSError, ValueError, CourseError):
        return DigestDiagnoser({}, lambda exercise: None)


def digests_file(course: Course, name: str, reference: Any, mistakes: Sequence[Mistake]) -> bytes:
    """`make_digests` as a file's content: the same course, the same bytes. Nothing where there is nothing to ask."""
    assignment = course.assignments[name]
    data = make_digests(
        assignment, reference, mistakes, kept_tables(course, name), specs_of(course, name, reference)
    )
    if not data["exercises"]:
        return b""
    return (json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def _unpacked(topic: Topic, packed: Mapping[str, Any]) -> Table:
    parts = topic.parts
    words = {variant.code: (variant.says, variant.hint) for variant in topic.changes}
    entries = []
    for data in packed["known"]:
        name = str(data["name"])
        vectors = dict(zip(parts, data["is"], strict=True))
        strict = bool(data.get("strict"))
        if "says" in data:
            entries.append(Entry(name, "mistake", str(data["says"]), str(data["hint"]), vectors, strict))
            continue
        texts = [words[code] for code in name.split(" ")]
        says, hint = " and ".join(text for text, _ in texts), " ".join(text for _, text in texts)
        entries.append(Entry(name, "observation", says, hint, vectors, strict))
    return Table(
        topic=topic,
        right=tuple(dict(zip(parts, probe, strict=True)) for probe in packed["right"]),
        right_vectors=dict(zip(parts, packed["all"], strict=True)),
        entries=tuple(entries),
    )
