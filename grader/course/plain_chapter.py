"""A chapter without `# %%` lines: its docstring is the lesson text, each top-level function or class a cell."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Sequence

from grader.course.marks import BEGIN, END

_OWN_CELL = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def plain_cells(lines: Sequence[str]) -> list[tuple[str, list[str]]]:
    """(header, lines) of the cells that a plain Python file is read as. A file that is no Python is one cell."""
    try:
        body = ast.parse("\n".join(lines)).body
    except (SyntaxError, ValueError, RecursionError):
        return [("", list(lines))]
    cells: list[tuple[str, list[str]]] = []
    start = 0
    if body and (text := _docstring(body[0])) is not None:
        cells.append(("[markdown]", [f"# {line}".rstrip() for line in text.splitlines()]))
        start = body[0].end_lineno or 0
        body = body[1:]
    cuts = {start}
    for before, node in zip([None, *body], body, strict=False):
        if isinstance(node, _OWN_CELL) or isinstance(before, _OWN_CELL):
            cuts.add(_first_line(node, lines, start))
    edges = [*(cut for cut in sorted(cuts) if cut == start or not _inside_solution(lines[:cut])), len(lines)]
    cells += [("", list(lines[a:b])) for a, b in itertools.pairwise(edges)]
    return [(header, part) for header, part in cells if any(line.strip() for line in part)]


def _docstring(node: ast.stmt) -> str | None:
    if (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    ):
        return node.value.value.strip()
    return None


def _first_line(node: ast.stmt, lines: Sequence[str], least: int) -> int:
    """Where a statement begins (from 0), with its decorators and the comment right above it."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(each.lineno for each in decorators)]) - 1
    while first > least and lines[first - 1].startswith("#") and lines[first - 1].strip() != END:
        first -= 1
    return first


def _inside_solution(before: Sequence[str]) -> bool:
    marks = [line.strip() for line in before]
    return marks.count(BEGIN) > marks.count(END)
