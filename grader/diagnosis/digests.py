"""Diagnosis on a student's machine: digests of outcomes, and neither the reference nor any right value.

What the handout carries are digests of what known mistakes and the right function answer to the probes, and the
mistakes' names, diagnoses and hints in plain text: whoever reads them all learns what can go wrong, not how it is done
right. A digest of a right outcome can be used to check a guess, as `grader check` does; a small one (a single number)
could be found by trying, and gives away what one example in a docstring would. Inputs of the hidden tests are others.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from grader.course import Assignment, Mistake
from grader.diagnosis.diagnoser import Diagnoser, Functions, ask_all, said
from grader.diagnosis.kept import KeptTables
from grader.diagnosis.match import Entry, Table
from grader.diagnosis.observe import Asked, how_often, observe
from grader.diagnosis.outcomes import parts_of
from grader.diagnosis.probes import probes_of
from grader.diagnosis.variants import variants_of
from grader.result import Diagnosis

SCHEMA = 1
#: Beside the visible checks.
DIGESTS = "digests.json"


def can_diagnose(assignment: Assignment) -> bool:
    """Whether there are probes for any exercise of the assignment."""
    return any(probes_of(name) for name in assignment.chapter_of())


def make_digests(
    assignment: Assignment, reference: Any, mistakes: Sequence[Mistake], kept: KeptTables | None = None
) -> dict[str, Any]:
    """JSON data for the handout. The same course gives the same data on every machine."""
    diagnoser = Diagnoser(assignment, reference, mistakes, kept)
    return {
        "schema": SCHEMA,
        "exercises": {
            name: _packed(diagnoser.table(name)) for name in assignment.chapter_of() if probes_of(name)
        },
    }


def _packed(table: Table) -> dict[str, Any]:
    parts = parts_of(table.exercise)
    known = []
    for entry in table.entries:
        data: dict[str, Any] = {"name": entry.name, "is": [entry.vectors[part] for part in parts]}
        if entry.strict:
            data["strict"] = True
        if entry.kind == "mistake":
            data |= {"says": entry.says, "hint": entry.hint}
        known.append(data)
    return {
        "right": [[probe[part] for part in parts] for probe in table.right],
        "all": [table.right_vectors[part] for part in parts],
        "known": known,
    }


class DigestDiagnoser:
    """What `make_digests` wrote, ready to compare with. Data that can't be used gives no diagnosis."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._tables: dict[str, Table] = {}
        if not isinstance(data, Mapping) or data.get("schema") != SCHEMA:
            return
        for exercise, packed in data.get("exercises", {}).items():
            try:
                self._tables[exercise] = _unpacked(exercise, packed)
            except (KeyError, TypeError, ValueError):
                continue  # an edited file costs its reader the diagnosis, nothing else

    def diagnose(self, exercise: str, student: Functions) -> Diagnosis | None:
        """As Diagnoser.diagnose, with less to say about mistakes that nobody has catalogued."""
        table, probes = self._tables.get(exercise), probes_of(exercise)
        if table is None or len(table.right) != len(probes):
            return None
        answers = ask_all(exercise, student, probes)
        if answers is None or isinstance(answers, Diagnosis):
            return answers
        wrong = {
            part: frozenset(n for n, outcome in enumerate(answers) if not table.is_right(n, part, outcome))
            for part in table.right_vectors
        }
        asked = Asked(exercise, probes, answers, wrong, None)
        if entries := table.match(answers):
            return said(entries, table, how_often(asked))
        if any(outcome.coarse for outcome in answers):
            return None  # right results in float32 may have other digests: they would be called wrong
        return observe(asked)


def read_digests(path: Path) -> DigestDiagnoser:
    """The digests of a handout; without the file, or if it can't be read, there are no diagnoses."""
    try:
        return DigestDiagnoser(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return DigestDiagnoser({})


def digests_file(
    assignment: Assignment, reference: Any, mistakes: Sequence[Mistake], kept: KeptTables | None = None
) -> bytes:
    """`make_digests` as a file's content: the same course, the same bytes."""
    data = make_digests(assignment, reference, mistakes, kept)
    return (json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def _unpacked(exercise: str, packed: Mapping[str, Any]) -> Table:
    parts = parts_of(exercise)
    words = {variant.code: (variant.says, variant.hint) for variant in variants_of(exercise)}
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
        exercise=exercise,
        right=tuple(dict(zip(parts, probe, strict=True)) for probe in packed["right"]),
        right_vectors=dict(zip(parts, packed["all"], strict=True)),
        entries=tuple(entries),
    )
