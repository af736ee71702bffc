"""Doors that open late: names of a room imported from its files when they are first asked for.

For rooms that bring a lot with them (pages, terminals, pytest), of which most who come by need little.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def opened_late(room: str, homes: Mapping[str, str]) -> Callable[[str], Any]:
    """The `__getattr__` of a door. homes: the room's file → the names it has, parted by spaces."""
    file_of = {name: file for file, names in homes.items() for name in names.split()}

    def get(name: str) -> Any:
        if name not in file_of:
            raise AttributeError(f"module {room!r} has no attribute {name!r}")
        return getattr(import_module(f"{room}.{file_of[name]}"), name)

    return get
