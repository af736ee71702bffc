"""A chapter's text → its top-level statements, as far as they can be told apart for certain.

Each is run on its own, so that a line that fails costs that line. Nothing is run here.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property

#: Lines that begin a statement wherever they stand at the left margin, save within a string of many lines.
_OPENS = re.compile(r"(?:async[ \t]+def|def|class|import|from|@)\b|@")
#: Lines at the left margin that go on with the statement above.
_GOES_ON = re.compile(r"(?:else|elif|except|finally)\b|[)\]}#]|$")
_DEFINES = re.compile(r"^(?:async[ \t]+def|def|class)[ \t]+(\w+)", re.M)
_ENDLESS_STRING = "unterminated triple-quoted string literal"
_CAN_REACH_ANYTHING = frozenset(
    ["globals", "vars", "locals", "exec", "eval", "setattr", "delattr", "sys", "builtins"]
)

Definition = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True)
class Broken:
    """A piece of text that is no Python. names: the functions and classes that it would have defined.

    columns: the first and the last of what Python points at, as SyntaxError has them.
    """

    message: str
    line: int | None
    names: tuple[str, ...]
    columns: tuple[int | None, int | None] = (None, None)


def label_of(file: str, cells: int, number: int) -> str:
    """What a file, or cell `number` of a notebook, is called in messages and frames."""
    return file if cells == 1 else f"{file}, cell {number}"


def statements_of(text: str) -> list[ast.stmt | Broken]:
    """The top-level statements of `text`, in order.

    Raises what `ast.parse` raises where it can't be told which statements are whole: a string that never ends.
    """
    try:
        return list(ast.parse(text).body)
    except SyntaxError as error:
        whole = error
    found: list[ast.stmt | Broken] = []
    for first, piece in _pieces(text):
        try:
            found += ast.parse("\n" * (first - 1) + piece).body
        except SyntaxError as error:
            if _ENDLESS_STRING in str(error.msg):
                raise whole from None
            columns = error.offset, error.end_offset if error.end_lineno == error.lineno else None
            found.append(Broken(str(error.msg), error.lineno, defined_in(piece), columns))
    if not any(isinstance(step, Definition) for step in found):
        raise whole
    return found


def defined_in(text: str) -> tuple[str, ...]:
    """The functions and classes that begin at the left margin of text that may be no Python."""
    return tuple(_DEFINES.findall(text))


def _pieces(text: str) -> Iterable[tuple[int, str]]:
    """(first line, text) of pieces that begin at the left margin with a definition or an import.

    What stands between two such lines stays together with what is above it, unless that is whole without it.
    """
    lines = text.split("\n")
    start = 0
    decorated = False
    for number, line in enumerate(lines):
        if number == start or not line.strip() or line[0] in " \t" or _GOES_ON.match(line):
            continue
        opens = _OPENS.match(line) is not None
        if decorated:
            decorated = line.startswith("@")
            continue
        if opens or _whole("\n".join(lines[start:number])):
            yield start + 1, "\n".join(lines[start:number])
            start = number
            decorated = line.startswith("@")
    yield start + 1, "\n".join(lines[start:])


def _whole(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def bound_by(statement: ast.stmt) -> tuple[str, ...]:
    """The names that a statement gives a value to at the top level."""
    if isinstance(statement, Definition):
        return (statement.name,)
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return tuple(alias.asname or alias.name.partition(".")[0] for alias in statement.names)
    return tuple(
        node.id
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    )


def only_tries_out(steps: list[ast.stmt | Broken]) -> frozenset[int]:
    """The numbers of statements without which every function of the chapter works the same: tests, training, plots.

    Cautious: a statement counts only if nothing that it names, or that the chapter's functions which it names could
    change, is looked up by a function or a class. Imports, definitions and assignments never do.
    """
    functions = {step.name: _Parts(step) for step in steps if isinstance(step, Definition)}
    imported = {
        name for step in steps if isinstance(step, ast.Import | ast.ImportFrom) for name in bound_by(step)
    }
    known = set(functions) | imported | set(dir(builtins))
    needed: set[str] | None = None
    found = set()
    for number, step in enumerate(steps):
        if isinstance(
            step,
            (Broken, *Definition, ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign, ast.AugAssign),
        ):
            continue
        if any(isinstance(node, (*Definition, ast.Import, ast.ImportFrom)) for node in ast.walk(step)):
            continue
        names = _names(ast.walk(step))
        if names & _CAN_REACH_ANYTHING or _changes(step, known):
            continue
        reached = set(names)
        waiting, seen = [name for name in names if name in functions], set()
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                reached |= functions[name].may_change
                waiting += [other for other in functions[name].names if other in functions]
        reached -= known
        if reached and needed is None:
            needed = _looked_up(functions.values())
        if not (needed and reached & needed):
            found.add(number)
    return frozenset(found)


def _names(nodes: Iterable[ast.AST]) -> set[str]:
    return {node.id for node in nodes if isinstance(node, ast.Name)}


class _Parts:
    """A function or class and all that is in it: walked once, and only where a statement outside asks for it."""

    def __init__(self, definition: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        self._definition = definition

    @cached_property
    def _nodes(self) -> list[ast.AST]:
        return list(ast.walk(self._definition))

    @cached_property
    def names(self) -> set[str]:
        return _names(self._nodes)

    @cached_property
    def may_change(self) -> set[str]:
        """Names whose values it might change: stored into, asked to do something, or handed to a call."""
        found: set[str] = set()
        for node in self._nodes:
            parts: list[ast.expr] = []
            if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
                parts = [node]
            elif isinstance(node, ast.Call):
                parts = [node.func, *node.args, *(keyword.value for keyword in node.keywords)]
            elif isinstance(node, ast.AugAssign):
                parts = [node.target]
            elif isinstance(node, ast.Global | ast.Nonlocal):
                found |= set(node.names)
            for part in parts:
                found |= _names(ast.walk(part))
        return found

    def own_and_shared(self) -> tuple[set[str], set[str]]:
        """Names that it binds itself, its own variables; and names that it looks up outside."""
        definition = self._definition
        if isinstance(definition, ast.ClassDef):
            return set(), self.names
        bound, declared = set[str](), set[str]()
        for node in self._nodes:
            if isinstance(node, ast.arg):
                bound.add(node.arg)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                bound.add(node.id)
            elif isinstance(node, ast.Global | ast.Nonlocal):
                declared |= set(node.names)
        # Defaults and decorators are evaluated outside.
        defaults = [*definition.args.defaults, *filter(None, definition.args.kw_defaults)]
        outside = {
            name for part in [*defaults, *definition.decorator_list] for name in _names(ast.walk(part))
        }
        return bound - declared, (self.names - bound) | declared | outside


def _changes(step: ast.stmt, known: set[str]) -> bool:
    """Whether it stores into something that has a name of its own elsewhere: `np.dot = …`, `conv.cache[0] = …`."""
    for node in ast.walk(step):
        if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
            base: ast.expr = node
            while isinstance(base, ast.Attribute | ast.Subscript):
                base = base.value
            if not isinstance(base, ast.Name) or base.id in known:
                return True
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del) and node.id in known:
            return True
    return False


def _looked_up(functions: Collection[_Parts]) -> set[str]:
    """Names that functions use, save those that every function which uses them binds itself."""
    own, shared = set[str](), set[str]()
    for one in functions:
        mine, outside = one.own_and_shared()
        own |= mine
        shared |= outside
    return set[str]().union(*(one.names for one in functions)) - (own - shared)
