"""`example("double", 3, expect=6)` in the cells of a notebook → Examples, read from the source: nothing is run.

So that what a student tried beside the function is handed in with it. Arguments are numbers, texts, lists, the arrays
that one writes by hand, and names that such were given to in the same notebook.
"""

from __future__ import annotations

import ast
import builtins
import math
from collections.abc import Iterator, Mapping
from dataclasses import replace

from grader.course import Assignment, suggestion
from grader.examples.example import Example
from grader.examples.reading import (
    MOST_EXAMPLES,
    MOST_NUMBERS,
    Examples,
    Unclear,
    filled,
    folded,
    read_examples,
)
from grader.examples.values import NotPlain, Plain, plain
from grader.intake import EXAMPLES, Source, Submission
from grader.questions import Budget, OverBudget
from grader.text import visible

_CPU_SECONDS = 3.0
_MOST_PROBLEMS = 5
_DOOR = "grader"
_EXAMPLE = "example"


def own_examples(submission: Submission, assignment: Assignment) -> Examples:
    """All that a submission has: those of examples.yaml, then those of its notebooks. Never raises."""
    found = read_examples(submission.examples or "", EXAMPLES, assignment)
    for source in submission.sources.values():
        if source.kind == "ipynb" and any(f"{_EXAMPLE}(" in cell for cell in source.cells):
            more = _of_notebook(source, assignment)
            kept = (*found.examples, *more.examples)[:MOST_EXAMPLES]
            found = replace(found, examples=kept, problems=(*found.problems, *more.problems))
    return found


def _of_notebook(source: Source, assignment: Assignment) -> Examples:
    examples: list[Example] = []
    problems: list[str] = []
    try:
        with Budget(_CPU_SECONDS):
            for cell, call, names in _calls(source):
                try:
                    examples.append(_example(call, names, f"cell {cell}", assignment))
                except (Unclear, NotPlain) as error:
                    if len(problems) < _MOST_PROBLEMS:
                        problems.append(visible(f"{source.file} cell {cell}: {error}", 300))
    except OverBudget:
        problems.append(f"{source.file}: reading its examples took too long; take fewer and smaller ones")
    return Examples(tuple(examples), tuple(problems))


def _calls(source: Source) -> Iterator[tuple[int, ast.Call, Mapping[str, Plain]]]:
    """Number of the cell, the call, and the values that names have there."""
    values: dict[str, Plain] = {}
    called: set[str] = set()
    for number, cell in enumerate(source.cells, start=1):
        try:
            statements = ast.parse(cell).body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        for statement in statements:
            if isinstance(statement, ast.ImportFrom) and statement.module == _DOOR:
                called |= {alias.asname or alias.name for alias in statement.names if alias.name == _EXAMPLE}
            elif isinstance(statement, ast.FunctionDef):
                called.discard(statement.name)
            if (
                isinstance(call := getattr(statement, "value", None), ast.Call)
                and _name_of(call.func) in called
            ):
                yield number, call, values
            if isinstance(statement, ast.Assign):
                _assign(statement, values)


def _name_of(called: ast.expr) -> str:
    return called.id if isinstance(called, ast.Name) else ""


def _assign(statement: ast.Assign, values: dict[str, Plain]) -> None:
    for target in statement.targets:
        for name in (part.id for part in ast.walk(target) if isinstance(part, ast.Name)):
            values.pop(name, None)
        if isinstance(target, ast.Name):
            try:
                values[target.id] = _value(statement.value, values)
            except (Unclear, NotPlain):
                continue


def _example(call: ast.Call, names: Mapping[str, Plain], where: str, assignment: Assignment) -> Example:
    if not call.args:
        raise Unclear('an example begins with the exercise: example("its_name", …)')
    first, *rest = call.args
    name = first.id if isinstance(first, ast.Name) else first.value if isinstance(first, ast.Constant) else ""
    if name not in assignment.chapter_of():
        known = assignment.chapter_of()
        raise Unclear(f"there is no exercise {str(name)[:100]!r}{suggestion(str(name)[:100], known)}")
    named = {}
    for keyword in call.keywords:
        if keyword.arg is None:
            raise Unclear("`**` can't be read here: write the arguments out")
        named[keyword.arg] = _value(keyword.value, names)
    if "expect" not in named:
        raise Unclear("`expect` is missing: what should come back")
    expect = named.pop("expect")
    return Example(str(name), tuple(_value(part, names) for part in rest), named, expect, where)


def _value(node: ast.expr, names: Mapping[str, Plain], depth: int = 0) -> Plain:
    """The value of an expression, as far as that can be told without running it. Raises Unclear, or NotPlain."""
    found = _told(node, names, depth)
    if isinstance(found, float) and not math.isfinite(found):
        raise Unclear("a number is too large")
    # A name can hold a list of names: without a bound each line could double what the one before has.
    left, seen = [found], 0
    while left:
        part = left.pop()
        seen += 1
        if seen > 2 * MOST_NUMBERS:
            raise Unclear("too many numbers")
        left += part if isinstance(part, list) else list(part.values()) if isinstance(part, dict) else []
    return plain(found)


def _told(node: ast.expr, names: Mapping[str, Plain], depth: int) -> Plain:
    if depth > 20:
        raise Unclear("brackets stand too deep in each other")
    if isinstance(node, ast.Constant):
        return plain(node.value)
    if isinstance(node, ast.Name):
        if node.id in names:
            return names[node.id]
        kind = getattr(builtins, node.id, None)
        if isinstance(kind, type) and issubclass(kind, BaseException):
            return plain(kind)
    if isinstance(node, ast.List | ast.Tuple):
        return [_value(part, names, depth + 1) for part in node.elts]
    if isinstance(node, ast.Dict) and all(isinstance(key, ast.Constant) for key in node.keys):
        pairs = zip(node.keys, node.values, strict=True)
        return {
            str(key.value): _value(part, names, depth + 1)
            for key, part in pairs
            if isinstance(key, ast.Constant)
        }
    if isinstance(node, ast.UnaryOp | ast.BinOp):
        return _counted(node, names, depth)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return _array(node, node.func, names, depth)
    raise Unclear(f"`{ast.unparse(node)[:60]}` is not worked out here: write the numbers, or use {EXAMPLES}")


def _counted(node: ast.UnaryOp | ast.BinOp, names: Mapping[str, Plain], depth: int) -> Plain:
    """-2, 1/3: numbers alone."""
    parts = [node.operand] if isinstance(node, ast.UnaryOp) else [node.left, node.right]
    numbers = [_value(part, names, depth + 1) for part in parts]
    first, last = numbers[0], numbers[-1]
    if isinstance(first, float) and isinstance(last, float):
        match node.op:
            case ast.USub():
                return 0.0 - first
            case ast.UAdd():
                return first
            case ast.Add():
                return first + last
            case ast.Sub():
                return first - last
            case ast.Mult():
                return first * last
            case ast.Div() if last:
                return first / last
    raise Unclear(f"`{ast.unparse(node)[:60]}` is not worked out here: write the number")


def _array(node: ast.Call, called: ast.Attribute, names: Mapping[str, Plain], depth: int) -> Plain:
    """np.array([...]), np.ones((2, 3)), np.arange(6).reshape(2, 3): as they are written by hand."""
    arguments = [_value(part, names, depth + 1) for part in node.args]
    if any(keyword.arg != "dtype" for keyword in node.keywords):
        arguments = []
    match called.attr:
        case "array" | "asarray" if len(arguments) == 1:
            return arguments[0]
        case "ones" | "zeros" if len(arguments) == 1:
            return filled(called.attr, _sides(arguments[0]))
        case "arange" if len(arguments) in (1, 2):
            start = arguments[0] if len(arguments) == 2 else 0.0
            if isinstance(start, float) and isinstance(arguments[-1], float):
                count = _sides(float(math.ceil(arguments[-1] - start)))
                return [start + number for number in range(count[0])]
        case "reshape" if arguments:
            flat = _value(called.value, names, depth + 1)
            sides = _sides(arguments[0] if len(arguments) == 1 else arguments)
            if isinstance(flat, list) and math.prod(sides) == len(flat):
                return folded(flat, sides)
    raise Unclear(f"`{ast.unparse(node)[:60]}` is not worked out here: write the numbers")


def _sides(shape: Plain) -> list[int]:
    sides = shape if isinstance(shape, list) else [shape]
    if not all(isinstance(side, float) and side.is_integer() and 0 <= side <= 1000 for side in sides):
        raise Unclear("a shape is a few whole numbers")
    found = [int(side) for side in sides if isinstance(side, float)]
    if math.prod(found) > MOST_NUMBERS or len(found) > 8:
        raise Unclear("too many numbers")
    return found
