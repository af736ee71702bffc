"""Which exercises a function uses: a name that its code mentions, itself or by way of others. Nothing is run.

Only what a function uses can be why it fails; what the course says that it normally calls may not stand in it at all.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import CodeType, FunctionType
from typing import Any

from grader.intake import Source


def used_in_files(sources: Mapping[str, Source], exercise: str, needs: Sequence[str]) -> tuple[str, ...]:
    """Those of `needs` that `exercise` uses; all of them where a file can't be read."""
    mentions: dict[str, set[str]] = {}
    for source in sources.values():
        for cell in source.cells:
            try:
                tree = ast.parse(cell)
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                return tuple(needs)
            for node in tree.body:
                for name in _defined_by(node):
                    mentions.setdefault(name, set()).update(mentioned(node))
    return _reached(exercise, needs, lambda name: mentions.get(name, set()))


def used_live(names: Mapping[str, Any], exercise: str, needs: Sequence[str]) -> tuple[str, ...]:
    """The same of functions as they are in a kernel. names: the kernel's."""
    homes: dict[str, Mapping[str, Any]] = {exercise: names}

    def mentions(name: str) -> set[str]:
        function = homes.get(name, names).get(name)
        if not isinstance(function, FunctionType):
            return set()
        found = set(_names_in(function.__code__))
        homes.update(dict.fromkeys(found - homes.keys(), function.__globals__))
        # Under another name, it is still the function that it was.
        return found | {function.__name__}

    return _reached(exercise, needs, mentions)


def mentioned(node: ast.AST) -> set[str]:
    """Every name in a piece of code."""
    names: set[str] = set()
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            names.add(part.id)
        elif isinstance(part, ast.Attribute):
            names.add(part.attr)
        elif isinstance(part, ast.alias):
            names.add(part.name)
        elif isinstance(part, ast.ImportFrom) and part.module:
            names.add(part.module)
    return names


def _reached(start: str, needs: Sequence[str], mentions: Callable[[str], set[str]]) -> tuple[str, ...]:
    seen, left = {start}, [start]
    while left:
        more = mentions(left.pop()) - seen
        seen |= more
        left += more
    return tuple(name for name in needs if name in seen)


def _defined_by(node: ast.stmt) -> Iterator[str]:
    """The names that a statement at the top level gives a meaning."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Import | ast.ImportFrom):
        yield from (alias.asname for alias in node.names if alias.asname)
    else:
        yield from (p.id for p in ast.walk(node) if isinstance(p, ast.Name) and isinstance(p.ctx, ast.Store))


def _names_in(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for part in code.co_consts:
        if isinstance(part, CodeType):
            yield from _names_in(part)
