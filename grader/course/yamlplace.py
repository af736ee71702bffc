"""Where something stands in a YAML file, and what was probably meant: for messages an author can act on."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

import yaml


def line_of(node: yaml.Node | None, location: tuple[Any, ...]) -> int:
    """The line of the deepest node that `location` reaches; a missing key is reported at its parent."""
    line = node.start_mark.line + 1 if node else 1
    for part in location:
        if isinstance(node, yaml.MappingNode):
            found = next((pair for pair in node.value if pair[0].value == str(part)), None)
            if found is None:
                break
            line, node = found[0].start_mark.line + 1, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
        else:
            break
    return line


def duplicate_key(node: yaml.Node | None) -> tuple[str, int] | None:
    """PyYAML silently keeps the last of two equal keys; an author would never notice."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                return str(key.value), key.start_mark.line + 1
            seen.add(key.value)
            if found := duplicate_key(value):
                return found
    elif isinstance(node, yaml.SequenceNode):
        for child in node.value:
            if found := duplicate_key(child):
                return found
    return None


def suggestion(name: str, known: Iterable[str]) -> str:
    """ " (did you mean …?)", or nothing."""
    close = difflib.get_close_matches(name, list(known), n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""
