"""Gradescope's submission_metadata.yml: which folder of an export is whose, and when it was submitted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from grader.intake.disk import MB, read_file
from grader.intake.layout import Unreadable
from grader.times import parse_time

METADATA = "submission_metadata.yml"
# It holds every test's output of every student.
_MAX_MB = 256


@dataclass(frozen=True)
class Handed:
    """One student's part in one submission. entry: its folder or file; submitted: ISO 8601 with a zone, or ''."""

    entry: str
    person: dict[str, str]
    submitted: str


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # the C one is optional
    """Reads what Ruby wrote: its own kinds of objects count as the plain mappings they are written as."""


def _plainly(loader: Any, suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_scalar(node)


_Loader.add_multi_constructor("", _plainly)


def read_metadata(path: Path) -> list[Handed]:
    """Every student of every submission in the file. Raises Unreadable."""
    data = read_file(path, _MAX_MB * MB)
    try:
        tree = yaml.load(data, Loader=_Loader)
    except (yaml.YAMLError, RecursionError, ValueError, TypeError):
        raise Unreadable("not the YAML that Gradescope writes; download the export again") from None
    if not isinstance(tree, dict):
        raise Unreadable("not the YAML that Gradescope writes; download the export again")
    return list(_handed(tree))


def _handed(tree: dict[Any, Any]) -> Iterator[Handed]:
    for entry, record in tree.items():
        if not isinstance(record, dict):
            continue
        submitters = _value(record, "submitters")
        people = [one for one in submitters if isinstance(one, dict)] if isinstance(submitters, list) else []
        for person in people or [{}]:
            fields = {key: str(_value(person, key) or "").strip() for key in ("name", "email", "sid")}
            yield Handed(
                str(entry),
                {key: text for key, text in fields.items() if text},
                _time(_value(record, "created_at")),
            )


def _value(record: dict[Any, Any], key: str) -> Any:
    # Ruby's symbols: ":name".
    return record.get(f":{key}", record.get(key))


def _time(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("utc", value.get("time"))
    moment = value if isinstance(value, datetime) else parse_time(str(value or ""))
    # All in one zone, so that the later of two is the greater text.
    return moment.astimezone(UTC).isoformat() if moment is not None and moment.tzinfo is not None else ""
