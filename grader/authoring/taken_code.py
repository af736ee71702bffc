"""What is read off the code of a notebook that is taken over."""

from __future__ import annotations

import ast
import re

from grader.authoring.taken_parts import Tests
from grader.course import BEGIN_SOLUTION, END_SOLUTION


def title(part: Tests, exercise: str) -> str:
    """A comment or a text at the top of the cell says what it tests; else its name does."""
    first = part.source.strip().partition("\n")[0]
    match = re.fullmatch(r"#+\s*(.+)|(\"{3}|'{3}|[\"'])(.+)\2", first)
    words = (match[1] or match[3]) if match else ""
    return (
        words.replace('"', "'").replace("\\", "/").strip()[:100].rstrip(".")
        or f"{exercise}, as in {part.name}"
    )


def plain(source: str) -> str:
    return "\n".join("" if line.lstrip().startswith(("%", "!")) else line for line in source.splitlines())


def by_function(source: str) -> list[str]:
    """A cell of several functions, cut before each but the first: every exercise has a cell of its own."""
    lines = source.splitlines()
    try:
        body = ast.parse(plain(source)).body
    except SyntaxError:
        return [source]
    starts = [
        min([node.lineno, *(d.lineno for d in node.decorator_list)]) - 1
        for node in body
        if isinstance(node, ast.FunctionDef)
    ]
    cuts = [0]
    for start in starts[1:]:
        above = [line.strip() for line in lines[:start]]
        if above.count(BEGIN_SOLUTION) == above.count(END_SOLUTION):
            cuts.append(start)
    return ["\n".join(lines[a:b]).strip("\n") for a, b in zip(cuts, [*cuts[1:], len(lines)], strict=True)]


def roots(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        return [(node.module or "").partition(".")[0]] if node.module else []
    return [alias.name.partition(".")[0] for alias in node.names]


def defined(statement: ast.stmt) -> set[str]:
    return {
        node.id
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
