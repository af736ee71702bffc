"""Puts a function of the catalogue into a chapter, as if a student had written it there.

So a known mistake (or a right variant) can be submitted and graded behind the wall, where neither the catalogue nor
this package exists: the function comes with all it needs of its file and of the helpers beside it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from grader.errors import CourseError

_OWN_PACKAGE = "grader"


def transplanted(chapter_source: str, chapter: str, exercise: str, file: Path, function: str) -> str:
    """The chapter's source with `exercise` replaced by `function` of the catalogue file.

    Raises CourseError where the function needs something that can't be brought along.
    """
    needed = _closure(file, function, chapter)
    # One function around everything: no helper's name can get in the way of the chapter's own.
    wrapper = ast.parse("def _transplanted():\n    pass")
    body = [ast.parse(text).body[0] for text in needed]
    body.append(ast.Return(ast.Name(function, ast.Load())))
    cast(ast.FunctionDef, wrapper.body[0]).body = body
    code = ast.unparse(ast.fix_missing_locations(wrapper))
    return f"{chapter_source}\n\n{code}\n\n\n{exercise} = _transplanted()\n"


def _closure(file: Path, wanted: str, chapter: str) -> list[str]:
    """The statements that define `wanted` and all it uses, in an order in which they can run."""
    done: dict[tuple[Path, str], None] = {}
    statements: list[str] = []

    def need(place: Path, name: str) -> None:
        if (place, name) in done:
            return
        done[place, name] = None
        node = _definitions(place).get(name)
        if node is None:
            return  # a builtin, or a local name
        if (
            isinstance(node, ast.ImportFrom)
            and node.module
            and (place.parent / f"{node.module}.py").is_file()
        ):
            for alias in node.names:
                if alias.asname or alias.name == name:
                    need(place.parent / f"{node.module}.py", alias.name)
                if alias.asname:
                    statements.append(f"{alias.asname} = {alias.name}")
            return
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            node.decorator_list = [d for d in node.decorator_list if not _marks(d)]
        for used in _names(node):
            need(place, used)
        statements.append(_statement(node, name, chapter, place))

    need(file, wanted)
    return statements


def _definitions(file: Path) -> dict[str, ast.stmt]:
    """Top-level name → the statement that defines it."""
    found: dict[str, ast.stmt] = {}
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found[node.name] = node
        elif isinstance(node, ast.Assign):
            found.update({t.id: node for t in node.targets if isinstance(t, ast.Name)})
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found[node.target.id] = node
        elif isinstance(node, ast.Import):
            found.update({(a.asname or a.name).partition(".")[0]: node for a in node.names})
        elif isinstance(node, ast.ImportFrom) and node.module not in ("__future__", None):
            found.update({a.asname or a.name: node for a in node.names})
    return found


def _names(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load):
            yield part.id


def _marks(decorator: ast.expr) -> bool:
    function = decorator.func if isinstance(decorator, ast.Call) else decorator
    return isinstance(function, ast.Name) and function.id in ("mistake", "variant")


def _statement(node: ast.stmt, name: str, chapter: str, file: Path) -> str:
    if isinstance(node, ast.ImportFrom):
        module = node.module or ""
        if module.partition(".")[0] == _OWN_PACKAGE:
            raise CourseError(f"{file}: {name} comes from {module}, which a student does not have")
        alias = next(a for a in node.names if (a.asname or a.name) == name)
        if module == chapter:
            # what the chapter itself defines, before it is replaced
            return f"{name} = globals()[{alias.name!r}]"
        return ast.unparse(ast.ImportFrom(module, [alias], 0))
    return ast.unparse(node)
