"""What is worked out about the exercises of an assignment, kept from run to run beside the inputs of its hidden tests.

It takes seconds to ask every known mistake every probe, and the same catalogue always answers the same. A damaged or
outdated file only means asking again.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from grader.course import Course, Mistake
from grader.diagnosis.alike import Known, Mark
from grader.diagnosis.match import Entry, Table
from grader.diagnosis.topic import Topic
from grader.errors import GraderError
from grader.files import digest_of_code, forget_unused, read_kept, refuse_others, write_bytes
from grader.testing import cache_folder

_ENGINE = Path(__file__).parent


def kept_tables(course: Course, name: str) -> KeptTables:
    """Those of assignment `name`, in the user's own cache. Raises UsageError where others could change what is kept."""
    cache = cache_folder()
    if cache:
        refuse_others(cache)
    return KeptTables(cache, digest_of(course.solutions(name)))


def digest_of(solutions: Path) -> str:
    """What decides the tables: the reference and its mistakes, and what asks and compares."""
    return digest_of_code(np.__version__, _ENGINE, solutions)


class KeptTables:
    """Exercise → its table and what is known of its mistakes, a file each.

    folder: closed to others (see security.md), or None where nothing is kept.
    """

    def __init__(self, folder: Path | None, key: str = "") -> None:
        self._folder = folder
        self._key = key

    def get(self, topic: Topic, mistakes: Sequence[Mistake]) -> tuple[Table, list[Known]] | None:
        """What was put there for an exercise and the same mistakes."""
        if self._folder is None:
            return None
        try:
            data = json.loads(read_kept(self._file(topic.exercise)) or b"")
            known = [
                Known(
                    mistake,
                    tuple(tuple(Mark(*mark) for mark in form) for form in data["known"][mistake.name]),
                )
                for mistake in mistakes
            ]
            return _table_of(topic, data["table"]), known
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def put(self, topic: Topic, table: Table, known: Sequence[Known]) -> None:
        if self._folder is None:
            return
        marks = {
            one.mistake.name: [[[m.loose, m.exactly, m.raised] for m in form] for form in one.forms]
            for one in known
        }
        data = {"table": _data_of(table), "known": marks}
        with contextlib.suppress(GraderError, OSError):
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_bytes(self._file(topic.exercise), json.dumps(data, separators=(",", ":")).encode())
            forget_unused(self._folder, f"diagnosis-*-{topic.exercise}.json")

    def _file(self, exercise: str) -> Path:
        assert self._folder is not None
        return self._folder / f"diagnosis-{self._key}-{exercise}.json"


def _data_of(table: Table) -> dict[str, Any]:
    entries = [asdict(entry) for entry in table.entries]
    return {"right": table.right, "right_vectors": table.right_vectors, "entries": entries}


def _table_of(topic: Topic, data: dict[str, Any]) -> Table:
    entries = tuple(Entry(**(entry | {"also": tuple(entry["also"])})) for entry in data["entries"])
    return Table(topic, tuple(data["right"]), data["right_vectors"], entries)
