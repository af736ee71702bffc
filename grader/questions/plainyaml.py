"""The plain part of YAML: mappings, lists and text, with line numbers. Nothing else is let in.

Read from the parser's events, so that nothing is built before it was looked at. An alias is where a small file
becomes a huge one ("billion laughs"); a tag is where a file asks for objects. Both are refused, and so is
depth. Every scalar stays text: `12`, `yes`, `1:30` and `0x1f` mean what the student typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import yaml

from grader.course import why_no_yaml

#: Text, or a list or mapping of values.
Value: TypeAlias = "str | list[Value] | dict[str, Value]"

_DEEPEST = 8
_TOP = 1
#: PyYAML looks at each open bracket again for every character of a run of them, before it gives a single event.
_TOO_DEEP = re.compile(r"(?:[\[{]\s*){9}")
_DEEP = "brackets or lists stand too deep in each other"
_MOST_NODES = 5000


class NotPlainError(Exception):
    """The text is no plain YAML. line: counted from 1; reason: a phrase for the student."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"{reason}, line {line}")
        self.line = line
        self.reason = reason


@dataclass(frozen=True)
class Entry:
    """One `key: value` of the top level. line: the key's, counted from 1; items: the lines of a list's own items."""

    key: str
    line: int
    value: Value
    items: tuple[int, ...] = ()


def read_entries(text: str) -> list[Entry]:
    """The entries of the top-level mapping, duplicates included. Raises NotPlainError, and nothing else."""
    if deep := _TOO_DEEP.search(text):
        raise NotPlainError(text.count("\n", 0, deep.start()) + 1, _DEEP)
    try:
        return _Reader(text).entries()
    except NotPlainError:
        raise
    except Exception as error:
        # PyYAML raises more than its own errors on hostile text, such as ValueError for the escape "\UFFFFFFFF".
        raise NotPlainError(*why_no_yaml(error, text)) from None


def is_empty(value: Value) -> bool:
    """Whether nothing was answered: no letter and no digit anywhere, or only YAML's words for nothing."""
    if isinstance(value, str):
        return value.strip().lower() == "null" or not any(char.isalnum() for char in value)
    return all(is_empty(item) for item in (value.values() if isinstance(value, dict) else value))


def as_text(value: Value) -> str:
    """The value as a person would read it: an item or `key: item` a line."""
    if isinstance(value, str):
        return value.strip("\n")
    if isinstance(value, dict):
        return "\n".join(f"{key}: {_on_one_line(item)}".rstrip() for key, item in value.items())
    return "\n".join(as_text(item) if isinstance(item, dict) else _on_one_line(item) for item in value)


def _on_one_line(value: Value) -> str:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_on_one_line(item)}" for key, item in value.items())
    return ", ".join(_on_one_line(item) for item in value)


class _Reader:
    def __init__(self, text: str) -> None:
        self._events: Iterator[yaml.Event] = iter(yaml.parse(text, Loader=yaml.SafeLoader))
        self._nodes = 0
        #: Where the items of the list stand that is the value of an entry of the top level.
        self._items: list[int] = []

    def entries(self) -> list[Entry]:
        entries: list[Entry] = []
        for event in self._events:
            if isinstance(event, yaml.MappingStartEvent):
                self._look_at(event, depth=0)
                entries += self._mapping(depth=_TOP)
            elif isinstance(event, yaml.ScalarEvent) and not event.value.strip():
                continue
            elif isinstance(event, yaml.NodeEvent):
                raise NotPlainError(_line(event), "a colon is missing: write lines such as `name: value`")
        return entries

    def _mapping(self, depth: int) -> list[Entry]:
        entries = []
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            self._look_at(event, depth)
            if not isinstance(event, yaml.ScalarEvent):
                raise NotPlainError(_line(event), "a name was expected before the colon")
            if depth == _TOP:
                self._items = []
            value = self._value(next(self._events), depth)
            entries.append(
                Entry(event.value, _line(event), value, tuple(self._items) if depth == _TOP else ())
            )
        return entries

    def _value(self, event: yaml.Event, depth: int) -> Value:
        self._look_at(event, depth)
        if isinstance(event, yaml.ScalarEvent):
            return str(event.value)
        if isinstance(event, yaml.MappingStartEvent):
            found: dict[str, Value] = {}
            for entry in self._mapping(depth + 1):
                if is_empty(found.get(entry.key, "")):
                    found[entry.key] = entry.value
                elif not is_empty(entry.value):
                    raise NotPlainError(entry.line, f"{entry.key[:40]!r} stands here twice")
            return found
        items: list[Value] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            if depth == _TOP:
                self._items.append(_line(event))
            items.append(self._value(event, depth + 1))
        return items

    def _look_at(self, event: yaml.Event, depth: int) -> None:
        self._nodes += 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise NotPlainError(_line(event), "`&` and `*` at the start of a value have a meaning in YAML")
        if getattr(event, "tag", None) not in (None, "!"):
            raise NotPlainError(_line(event), "`!` at the start of a value has a meaning in YAML")
        if depth > _DEEPEST:
            raise NotPlainError(_line(event), _DEEP)
        if self._nodes > _MOST_NODES:
            raise NotPlainError(_line(event), "too many entries")


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1
