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


def mutants_of(source: Path, exercises: list[str]) -> Iterator[tuple[str, str, str, str]]:
    """(exercise, function, what was changed, the whole module's text with the change)."""
    text = source.read_text(encoding="utf-8")
    tree = ast.parse(text)
    for index, node in enumerate(tree.body):
        if isinstance(node, ast.FunctionDef) and _exercise_of(node, exercises) in exercises:
            body = node.body[1:] if ast.get_docstring(node) else node.body
            if not body:
                continue
            used = [n for part in body for n in ast.walk(part) if isinstance(n, ast.Name)]
            names = sorted(
                {n.id for n in used if isinstance(n.ctx, ast.Store)} | {a.arg for a in node.args.args}
            )
            total = sum(1 for part in body for _ in ast.walk(part))
            for place in range(total):
                for variant in range(4):
                    changed = copy.deepcopy(tree)
                    function = changed.body[index]
                    assert isinstance(function, ast.FunctionDef)
                    parts = function.body[1:] if ast.get_docstring(function) else function.body
                    target = [n for part in parts for n in ast.walk(part)][place]
                    what = change(target, variant, names)
                    if what:
                        yield (
                            _exercise_of(node, exercises),
                            node.name,
                            f"line {getattr(target, 'lineno', '?')}: {what}",
                            ast.unparse(changed),
                        )


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
