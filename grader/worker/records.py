"""Dataclasses on their way: each end has its own class of that name, so name and fields are what crosses."""

from __future__ import annotations

from typing import Any


class WireError(Exception):
    """The other end broke the protocol; nothing more it says is believed."""


class Numbered:
    """An object that lives in the worker, under a number that the grader has given it."""

    __slots__ = ("_number",)
    _number: int


class Record:
    """A dataclass as it crosses: its name, and its fields as attributes. Equal to what has the same of both."""

    __slots__ = ("_fields", "_name")

    def __init__(self, name: str, fields: dict[str, Any]) -> None:
        self._name = name
        self._fields = fields

    def __getattr__(self, name: str) -> Any:
        if name in Record.__slots__ or name not in self._fields:
            raise AttributeError(name)
        return self._fields[name]

    def __eq__(self, other: object) -> bool:
        parts = record_of(other)
        return parts is not None and parts == (self._name, self._fields)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"{self._name}({', '.join(f'{name}={value!r}' for name, value in self._fields.items())})"


def record_of(value: object) -> tuple[str, dict[str, Any]] | None:
    """Name and fields of a dataclass's instance, or of a Record; None for anything else."""
    if type(value) is Record:
        return value._name, value._fields
    kind: Any = type(value)
    names = getattr(kind, "__dataclass_fields__", None)
    return None if names is None else (kind.__name__, {name: getattr(value, name) for name in names})
