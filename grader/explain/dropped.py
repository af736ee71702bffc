"""Static remarks on values that get lost: results that nobody takes, functions that are named and not called."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.explain.source import Function, Text, bound_by, parameters, within

#: Functions of numpy, and methods of arrays, that change nothing and only give a result.
_PURE = frozenset(
    """
    pad zeros ones empty zeros_like ones_like reshape transpose sum mean max min maximum minimum
    where concatenate stack vstack hstack exp log sqrt abs dot matmul tensordot einsum argmax
    argmin clip flip roll rot90 expand_dims squeeze array asarray arange linspace astype copy
    flatten ravel swapaxes moveaxis prod cumsum std var repeat tile append insert delete unique
    sort argsort broadcast_to multiply divide
    """.split()  # noqa: SIM905
)
#: Methods of lists that have the same names and work in place.
_IN_PLACE = frozenset(["append", "insert", "sort", "copy"])
_OF_LISTS = ("append", "extend", "sort", "reverse", "insert")
_NUMPY = ("np", "numpy")


def dropped_results(function: Function, text: Text) -> Iterator[str]:
    """`np.pad(x, 1)` or `x + 1` alone in a line."""
    # In a `try`, that a line raises may be all that it is there for.
    tried = {id(part) for node in within(function) if isinstance(node, ast.Try) for part in node.body}
    for node in within(function):
        if not isinstance(node, ast.Expr) or id(node) in tried:
            continue
        value, code = node.value, text.segment(node.value)
        if isinstance(value, ast.Compare) and isinstance(value.ops[0], ast.Eq):
            yield f"Line {node.lineno}, `{code}`, compares and does nothing with the answer: is `=` meant?"
        elif isinstance(value, ast.BinOp | ast.Compare | ast.UnaryOp | ast.Subscript):
            yield f"Line {node.lineno}, `{code}`, computes something that nobody takes: `x = …` would keep it"
        elif isinstance(value, ast.Call) and _is_pure(value):
            yield (
                f"Line {node.lineno}, `{code}`, gives its result back and changes nothing: `x = …` "
                "would keep it"
            )


def _is_pure(call: ast.Call) -> bool:
    function = call.func
    if any(keyword.arg in ("out", None) for keyword in call.keywords):
        return False
    if isinstance(function, ast.Name):
        return function.id == "sorted"
    if not isinstance(function, ast.Attribute) or function.attr not in _PURE:
        return False
    of_numpy = isinstance(function.value, ast.Name) and function.value.id in _NUMPY
    return of_numpy or function.attr not in _IN_PLACE


def assigned_nothing(function: Function, text: Text) -> Iterator[str]:
    """`xs = xs.append(1)`: a list's methods give None."""
    lists = {
        target.id
        for node in within(function)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.List | ast.ListComp)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in within(function):
        value = node.value if isinstance(node, ast.Assign | ast.Return) else None
        if not (isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute)):
            continue
        owner = value.func.value
        if value.func.attr in _OF_LISTS and isinstance(owner, ast.Name) and owner.id in lists:
            yield (
                f"Line {value.lineno}: `.{value.func.attr}` changes the list itself and gives None, so that nothing "
                f"else is to be kept of `{text.segment(value)}`"
            )


def not_called(function: Function, text: Text) -> Iterator[str]:
    """`return x.sum`, `m = x.max`, `return f`."""
    own = _locals(function)
    called = {n.func.id for n in within(function) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
    for node in within(function):
        if (
            isinstance(node, ast.Return)
            and isinstance(node.value, ast.Name)
            and node.value.id == function.name
            and node.value.id not in own
        ):
            yield f"Line {node.lineno} returns the function `{function.name}` itself, no value"
        if isinstance(node, ast.Return) or (
            isinstance(node, ast.Assign)
            and all(isinstance(t, ast.Name) and t.id not in called for t in node.targets)
        ):
            value = node.value
        else:
            continue
        if isinstance(value, ast.Attribute) and value.attr in _METHODS and not _is_module(value.value):
            code = text.segment(value)
            yield (
                f"Line {node.lineno}: `{code}` is the method itself, not what it gives; the brackets "
                f"are missing, `{code}()`"
            )


_METHODS = frozenset(
    """
    sum mean max min copy flatten ravel argmax argmin all any std var prod tolist transpose
    """.split()  # noqa: SIM905
)


def _is_module(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in (*_NUMPY, "self", "torch", "math")


def _locals(function: Function) -> set[str]:
    return {*parameters(function), *(name for part in function.body for name in bound_by(part))}
