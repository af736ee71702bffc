"""A chapter's text → its top-level statements, as far as they can be told apart for certain.

Each is run on its own, so that a line that fails costs that line. Nothing is run here.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterable
from dataclasses import dataclass

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
    functions = {step.name: step for step in steps if isinstance(step, Definition)}
    imported = {
        name for step in steps if isinstance(step, ast.Import | ast.ImportFrom) for name in bound_by(step)
    }
    known = set(functions) | imported | set(dir(builtins))
    looked_up = {name: _names(node) - known for name, node in functions.items()}
    needed = set().union(*looked_up.values()) if looked_up else set()
    found = set()
    for number, step in enumerate(steps):
        if isinstance(
            step, Broken | ast.Import | ast.ImportFrom | ast.Assign | ast.AnnAssign | ast.AugAssign
        ):
            continue
        if isinstance(step, Definition) or any(
            isinstance(node, (*Definition, ast.Import, ast.ImportFrom)) for node in ast.walk(step)
        ):
            continue
        names = _names(step)
        if names & _CAN_REACH_ANYTHING or _changes(step, known):
            continue
        reached = set(names) - known
        waiting, seen = [name for name in names if name in functions], set()
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                reached |= _may_change(functions[name]) - known
                waiting += [other for other in _names(functions[name]) if other in functions]
        if not reached & (needed - _locals_only(functions)):
            found.add(number)
    return frozenset(found)


def _names(node: ast.AST) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def _may_change(function: ast.AST) -> set[str]:
    """Names whose values a function might change: stored into, asked to do something, or handed to a call."""
    found: set[str] = set()
    for node in ast.walk(function):
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
            found |= _names(part)
    return found


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


def _locals_only(functions: dict[str, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]) -> set[str]:
    """Names that every function which uses them binds itself: its own variables, no matter what the module has."""
    own: set[str] = set()
    shared: set[str] = set()
    for node in functions.values():
        if isinstance(node, ast.ClassDef):
            shared |= _names(node)
            continue
        bound = {part.arg for part in ast.walk(node) if isinstance(part, ast.arg)}
        bound |= {
            part.id
            for part in ast.walk(node)
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
        }
        declared = {
            name
            for part in ast.walk(node)
            if isinstance(part, ast.Global | ast.Nonlocal)
            for name in part.names
        }
        # Defaults and decorators are evaluated outside.
        outside = {
            name
            for part in [*node.args.defaults, *(d for d in node.args.kw_defaults if d), *node.decorator_list]
            for name in _names(part)
        }
        own |= bound - declared
        shared |= (_names(node) - bound) | declared | outside
    return own - shared
