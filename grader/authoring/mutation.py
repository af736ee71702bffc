"""Single-token mutants of a chapter: small changes of its code, each of which a hidden test should notice."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

_BEGIN, _END = "### BEGIN SOLUTION", "### END SOLUTION"

Change = tuple[str, Callable[[], None]]
#: What names a mutant: its function, and the first line that differs, before and after.
Key = tuple[str, str, str]

_OPERATORS: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Add, ast.Div),
    ast.Div: (ast.Mult, ast.FloorDiv),
    ast.FloorDiv: (ast.Mult, ast.Div),
    ast.Mod: (ast.Mult,),
    ast.Pow: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
}
_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
}
_TWINS = {
    "maximum": "minimum", "minimum": "maximum", "max": "min", "min": "max", "argmax": "argmin", "argmin": "argmax",
    "sum": "mean", "mean": "sum", "zeros": "ones", "exp": "log", "log": "exp", "ogrid": "mgrid",
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One change. `before` and `after`: the first line that differs; source: the whole changed chapter."""

    chapter: str
    function: str
    kind: str
    before: str
    after: str
    source: str

    @property
    def key(self) -> Key:
        """What names this mutant, whatever lines are added elsewhere."""
        return self.function, self.before, self.after


def mutants_of(
    path: Path, *, marked: bool = True, every: int = 1, most: int | None = None
) -> Iterator[Mutant]:
    """The mutants of a chapter, in order; two of one text only once.

    marked: only between the solution's markers, else in every function. every: each N-th change of a function.
    most: so many of a function at most, spread over it.
    """
    source = path.read_text(encoding="utf-8")
    lines = marked_lines(source) if marked else None
    tree = ast.parse(source)
    original = ast.unparse(tree)
    seen = {original}
    for position, which_method, function in _functions(tree):
        places = list(_places(function, lines))
        step = every if most is None else max(every, -(-len(places) // most))
        for number, which in places[step // 2 :: step]:
            # Only this function, or its class, is copied: the rest of the chapter stays as it is.
            whole = tree.body[position]
            twin = copy.deepcopy(whole)
            own = twin if which_method is None else cast(ast.ClassDef, twin).body[which_method]
            assert isinstance(own, ast.FunctionDef)
            kind, change = list(_changes(list(ast.walk(own))[number], own))[which]
            change()
            changed = ast.Module([*tree.body[:position], twin, *tree.body[position + 1 :]], [])
            text = ast.unparse(ast.fix_missing_locations(changed))
            if text not in seen:
                seen.add(text)
                name = cast(ast.FunctionDef | ast.ClassDef, whole).name
                yield Mutant(path.stem, name, kind, *_difference(original, text), text)


def _functions(tree: ast.Module) -> Iterator[tuple[int, int | None, ast.FunctionDef]]:
    """Functions, and the methods of classes: the number of the statement, that of the method in it, the node."""
    for position, node in enumerate(tree.body):
        if isinstance(node, ast.FunctionDef):
            yield position, None, node
        for number, method in enumerate(node.body if isinstance(node, ast.ClassDef) else ()):
            if isinstance(method, ast.FunctionDef):
                yield position, number, method


def _places(function: ast.FunctionDef, lines: set[int] | None) -> Iterator[tuple[int, int]]:
    """Where `function` can be changed: the number of the node, and which of its changes."""
    silent = _without_effect(function)
    for number, node in enumerate(ast.walk(function)):
        if node in silent or (lines is not None and getattr(node, "lineno", 0) not in lines):
            continue
        for which in range(len(list(_changes(node, function)))):
            yield number, which


def _without_effect(function: ast.FunctionDef) -> set[ast.AST]:
    """Texts of errors, annotations and decorators, the docstring: they may be what they like."""
    found: set[ast.AST] = set()
    for mark in function.decorator_list:
        found |= set(ast.walk(mark))
    if ast.get_docstring(function) is not None:
        found |= set(ast.walk(function.body[0]))
    for node in ast.walk(function):
        if isinstance(node, ast.Raise) and node.exc is not None:
            found |= set(ast.walk(node.exc))
        if isinstance(node, ast.AnnAssign):
            found |= set(ast.walk(node.annotation))
    return found


def _difference(before: str, after: str) -> tuple[str, str]:
    """The first line that differs, in both."""
    pairs = zip(before.splitlines(), after.splitlines(), strict=False)
    return next((old.strip(), new.strip()) for old, new in pairs if old != new)


def marked_lines(source: str) -> set[int]:
    """The numbers of the lines between the solution's markers."""
    found: set[int] = set()
    inside = False
    for number, line in enumerate(source.splitlines(), start=1):
        marker = line.strip()
        if marker == _END:
            inside = False
        if inside:
            found.add(number)
        if marker == _BEGIN:
            inside = True
    return found


def _changes(node: ast.AST, function: ast.FunctionDef) -> Iterator[Change]:
    """What can be changed at this very node; each entry changes it in place."""
    if isinstance(node, ast.BinOp):
        for operator in _OPERATORS.get(type(node.op), ()):
            yield "operator", _set(node, "op", operator())
    elif isinstance(node, ast.AugAssign):
        for operator in _OPERATORS.get(type(node.op), ()):
            yield "operator", _set(node, "op", operator())
        yield "assigned, not added", lambda: _replace(function, node, ast.Assign([node.target], node.value))
    elif isinstance(node, ast.Compare):
        for comparison in _COMPARISONS.get(type(node.ops[0]), ()):
            yield "comparison", _set(node, "ops", [comparison()])
    elif isinstance(node, ast.BoolOp):
        yield "and/or", _set(node, "op", ast.And() if isinstance(node.op, ast.Or) else ast.Or())
        for value in list(node.values):
            yield "condition dropped", _set(node, "values", [v for v in node.values if v is not value])
    elif isinstance(node, ast.UnaryOp):
        yield "sign", lambda: _replace(function, node, node.operand)
    elif isinstance(node, ast.Constant):
        yield from _constants(node)
    elif isinstance(node, ast.Call):
        for keyword in list(node.keywords):
            yield "keyword dropped", _set(node, "keywords", [k for k in node.keywords if k is not keyword])
        yield from _swaps(node, "args")
    elif isinstance(node, ast.Tuple | ast.List):
        yield from _swaps(node, "elts")
    elif isinstance(node, ast.MatchSequence):
        yield from _swaps(node, "patterns")
    elif isinstance(node, ast.Slice):
        for part in ("lower", "upper", "step"):
            if getattr(node, part) is not None:
                yield "slice", _set(node, part, None)
    elif isinstance(node, ast.Attribute) and node.attr in _TWINS:
        yield "function", _set(node, "attr", _TWINS[node.attr])
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        for other in _other_names(node.id, function):
            yield "name", _set(node, "id", other)
    elif isinstance(node, ast.If):
        yield "condition", _set(node, "test", ast.Constant(True))
        yield "condition", _set(node, "test", ast.Constant(False))
    elif isinstance(node, ast.Return):
        yield "return dropped", _set(node, "value", ast.Constant(None))
    if isinstance(node, ast.Assign | ast.AugAssign | ast.Expr | ast.Raise):
        yield "statement dropped", lambda: _replace(function, node, ast.Pass())


def _constants(node: ast.Constant) -> Iterator[Change]:
    value = node.value
    if isinstance(value, bool):
        yield "constant", _set(node, "value", not value)
    elif isinstance(value, int | float):
        yield "constant", _set(node, "value", value + 1)
        yield "constant", _set(node, "value", value - 1)
    elif isinstance(value, str):
        yield "constant", _set(node, "value", value[::-1] if value[::-1] != value else value + value)


def _swaps(node: ast.AST, name: str) -> Iterator[Change]:
    items = getattr(node, name)
    for i in range(len(items) - 1):
        swapped = [*items[:i], items[i + 1], items[i], *items[i + 2 :]]
        yield "swapped", _set(node, name, swapped)


def _other_names(name: str, function: ast.FunctionDef) -> list[str]:
    """The other variables of the function, if this is one of them."""
    stored = {n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    captured = {n.name for n in ast.walk(function) if isinstance(n, ast.MatchAs) and n.name}
    known = stored | captured | {a.arg for a in function.args.args}
    return sorted(known - {"_", name}) if name in known else []


def _set(node: ast.AST, name: str, value: object) -> Callable[[], None]:
    return lambda: setattr(node, name, value)


def _replace(function: ast.FunctionDef, old: ast.AST, new: ast.AST) -> None:
    for parent in ast.walk(function):
        for name, value in ast.iter_fields(parent):
            if value is old:
                setattr(parent, name, new)
            elif isinstance(value, list) and any(item is old for item in value):
                setattr(parent, name, [new if item is old else item for item in value])
