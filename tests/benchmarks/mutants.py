"""Single-token mutations of functions: one operator, comparison, constant or name changed."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from pathlib import Path

OPERATORS: dict[type[ast.AST], list[type[ast.AST]]] = {
    ast.Add: [ast.Sub, ast.Mult],
    ast.Sub: [ast.Add],
    ast.Mult: [ast.Add, ast.FloorDiv],
    ast.Div: [ast.Mult],
    ast.FloorDiv: [ast.Mult, ast.Div],
    ast.MatMult: [ast.Mult],
    ast.Lt: [ast.LtE, ast.Gt],
    ast.LtE: [ast.Lt],
    ast.Gt: [ast.GtE, ast.Lt],
    ast.GtE: [ast.Gt],
    ast.Eq: [ast.NotEq],
    ast.NotEq: [ast.Eq],
    ast.Or: [ast.And],
    ast.And: [ast.Or],
    ast.USub: [ast.UAdd],
}


def _exercise_of(node: ast.FunctionDef, exercises: list[str]) -> str:
    """The exercise that a function is: by its name, or by its mark as a right variant; '' if none."""
    for mark in node.decorator_list:
        if isinstance(mark, ast.Call) and mark.args and isinstance(mark.args[0], ast.Constant):
            return str(mark.args[0].value)
    return node.name if node.name in exercises else ""


def mutants_of(source: Path, exercises: list[str], every: int = 1) -> Iterator[tuple[str, str, str, str]]:
    """(exercise, function, what was changed, the module's text with the change), every N-th of a file's mutants."""
    tree = ast.parse(source.read_text(encoding="utf-8"))
    count = 0
    for index, node in enumerate(tree.body):
        if not isinstance(node, ast.FunctionDef) or _exercise_of(node, exercises) not in exercises:
            continue
        start = 1 if ast.get_docstring(node) else 0
        used = [n for part in node.body[start:] for n in ast.walk(part)]
        stored = {n.id for n in used if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        names = sorted(stored | {argument.arg for argument in node.args.args})
        for place in range(len(used)):
            for variant in range(4):
                if not isinstance(used[place], _CHANGED):
                    continue
                changed = copy.deepcopy(node)
                target = [n for part in changed.body[start:] for n in ast.walk(part)][place]
                what = change(target, variant, names)
                count += bool(what)
                if what and count % every == 0:
                    module = ast.Module([*tree.body[:index], changed, *tree.body[index + 1 :]], [])
                    where = f"{source.name}, line {getattr(target, 'lineno', '?')}: {what}"
                    yield _exercise_of(node, exercises), node.name, where, ast.unparse(module)


_CHANGED = (ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.AugAssign, ast.Compare, ast.Constant, ast.Name)


def change(node: ast.AST, variant: int, names: list[str]) -> str:
    """Change `node` in place; the description, or '' where there is no such variant."""
    if isinstance(node, ast.BinOp | ast.UnaryOp | ast.BoolOp | ast.AugAssign):
        options = OPERATORS.get(type(node.op), [])
        if variant < len(options):
            old, node.op = type(node.op).__name__, options[variant]()  # type: ignore[assignment]
            return f"{old} → {type(node.op).__name__}"
    elif isinstance(node, ast.Compare):
        options = OPERATORS.get(type(node.ops[0]), [])
        if variant < len(options):
            old, node.ops[0] = type(node.ops[0]).__name__, options[variant]()  # type: ignore[assignment]
            return f"{old} → {type(node.ops[0]).__name__}"
    elif isinstance(node, ast.Constant) and type(node.value) is int:
        if variant < 2:
            old_value, node.value = node.value, node.value + (1 if variant == 0 else -1)
            return f"{old_value} → {node.value}"
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in names:
        others = [name for name in names if name != node.id]
        if variant < 2 and len(others) > variant:
            # Not the same neighbour for every name.
            old_name, node.id = node.id, others[(len(node.id) * 7 + variant * 3 + node.lineno) % len(others)]
            return f"{old_name} → {node.id}"
    return ""
