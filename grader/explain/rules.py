"""Does the source of an exercise keep to a rule that the course declares? Looked up, never run; no verdict on anybody.

What counts is the function and the helpers of the same file that it calls by name. Other exercises are their own.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice

from grader.explain.source import Text, read

_MOST_NODES = 20_000
_MOST_TEXTS = 200
#: Of a whole chapter: reading more would take the grader's own time.
_MOST_CHARACTERS = 300_000
_MOST_HELPERS = 30
_CONSTRUCTS: Mapping[str, tuple[type[ast.AST], ...]] = {
    "for": (ast.For, ast.AsyncFor),
    "while": (ast.While,),
    "comprehension": (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp),
    "lambda": (ast.Lambda,),
    "try": (ast.Try, ast.TryStar),
    "global": (ast.Global, ast.Nonlocal),
}

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class Unread(Exception):
    """The source can't be looked at: no such function in it, or far longer than anybody writes."""


def uncalled(exercise: str, texts: Sequence[str], others: Collection[str], name: str) -> str:
    """'' where `name` is called, else what was looked for. Raises Unread."""
    source = _Source(exercise, texts, others)
    for _, node in source.nodes():
        if isinstance(node, ast.Call) and source.means(node.func, name):
            return ""
    return f"no call of {name} was found in {source.where}"


def used(exercise: str, texts: Sequence[str], others: Collection[str], names: Sequence[str]) -> str:
    """'' where none of `names` is used, else which, and in which line. Raises Unread."""
    source = _Source(exercise, texts, others)
    for _, node in source.nodes():
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
            for name in names:
                if source.means(node, name):
                    return f"{name} is used in line {node.lineno}"
    return ""


def written_with(
    exercise: str, texts: Sequence[str], others: Collection[str], constructs: Sequence[str]
) -> str:
    """'' where none of `constructs` is used, else which, and in which line. Raises Unread."""
    source = _Source(exercise, texts, others)
    for construct in constructs:
        for name, node in source.nodes():
            itself = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name
            if isinstance(node, _CONSTRUCTS.get(construct, ())) or (construct == "recursion" and itself):
                return f"a {construct} stands in line {getattr(node, 'lineno', '?')}"
    return ""


class _Source:
    """An exercise with its helpers, and what the names in its file stand for."""

    def __init__(self, exercise: str, texts: Sequence[str], others: Collection[str]) -> None:
        if sum(map(len, texts)) > _MOST_CHARACTERS:
            raise Unread("the file is too long to be looked at")
        found: dict[str, Definition] = {}
        self._meant: dict[str, str] = {"np": "numpy"}
        for text in map(read, texts[:_MOST_TEXTS]):
            found |= {node.name: node for node in text.statements if isinstance(node, Definition)}
            self._note_imports(text)
        if exercise not in found:
            raise Unread(f"no {exercise} was found in the source")
        self.where = f"{exercise}, or in functions of its file that it calls"
        self._parts: dict[str, list[ast.AST]] = {}
        waiting = [exercise]
        while waiting and len(self._parts) < _MOST_HELPERS:
            name = waiting.pop(0)
            nodes = list(islice(ast.walk(found[name]), _MOST_NODES))
            if len(nodes) == _MOST_NODES:
                raise Unread(f"{name} is too long to be looked at")
            self._parts[name] = nodes
            named = dict.fromkeys(node.id for node in nodes if isinstance(node, ast.Name))
            waiting += [
                helper
                for helper in named
                if helper in found
                and helper not in others
                and helper not in self._parts
                and helper not in waiting
            ]

    def _note_imports(self, text: Text) -> None:
        for statement in text.statements:
            for node in islice(ast.walk(statement), _MOST_NODES):
                if isinstance(node, ast.Import):
                    for alias in node.names:
                        top = alias.name.partition(".")[0]
                        self._meant[alias.asname or top] = alias.name if alias.asname else top
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    for alias in node.names:
                        self._meant[alias.asname or alias.name] = f"{node.module}.{alias.name}"

    def nodes(self) -> Iterator[tuple[str, ast.AST]]:
        """The functions' names, and all that stands in them."""
        for name, nodes in self._parts.items():
            for node in nodes:
                yield name, node

    def means(self, node: ast.expr, name: str) -> bool:
        """Whether an expression is `name`: with dots as the file's imports have it, without any by its last part."""
        found = _dotted(node)
        first, dot, rest = found.partition(".")
        full = f"{self._meant.get(first, first)}{dot}{rest}"
        if "." not in name:
            return name in (full.rpartition(".")[2], found.rpartition(".")[2])
        return full == (f"numpy{name[2:]}" if name.startswith("np.") else name)


def _dotted(node: ast.expr) -> str:
    """`a.b.c` of names and attributes; "?.c" where it begins with another expression, '' for what is neither."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute) and len(parts) < 10:
        parts.append(node.attr)
        node = node.value
    if isinstance(node, ast.Name):
        return ".".join([node.id, *reversed(parts)])
    return ".".join(["?", *reversed(parts)]) if parts else ""
