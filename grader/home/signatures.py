"""The names of arguments, read from a student's own `def` lines: what the self-check has in place of a reference."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Mapping
from typing import Any

from grader.course import Reference
from grader.intake import Submission


class SignaturesOnly(Reference):
    """Stands where the reference would: knows the names of arguments, from the student's own `def` lines."""

    def __init__(self, submission: Submission) -> None:
        super().__init__({})
        self._signatures = _signatures(submission)

    def function(self, name: str) -> Callable[..., Any] | None:
        return self._signatures.get(name)


def _signatures(submission: Submission) -> Mapping[str, Callable[..., Any]]:
    """Empty functions with the argument names found in the sources, which are read and not run."""
    found: dict[str, Callable[..., Any]] = {}
    for text in (cell for source in submission.sources.values() for cell in source.cells):
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        found.update(_empty(tree.body))
    return found


def _empty(body: list[ast.stmt]) -> dict[str, Callable[..., Any]]:
    """Name → an empty function, or a class with empty methods."""
    found: dict[str, Callable[..., Any]] = {}
    for node in body:
        if isinstance(node, ast.FunctionDef) and not node.args.vararg and not node.args.kwarg:
            found[node.name] = _empty_function(node)
        elif isinstance(node, ast.ClassDef):
            found[node.name] = type(node.name, (), dict(_empty(node.body)))
    return found


def _empty_function(node: ast.FunctionDef) -> Callable[..., Any]:
    names = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
    required = len(names) - len(node.args.defaults)
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    parameters = [
        inspect.Parameter(name, kind, default=inspect.Parameter.empty if i < required else None)
        for i, name in enumerate(names)
    ]

    def empty() -> None:
        """Never called: it carries a signature."""

    empty.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return empty
