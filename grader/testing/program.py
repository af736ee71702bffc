"""A call as Python source, with what led to it: the objects made before, the functions given, what was typed."""

from __future__ import annotations

import ast
import inspect
import linecache
import random
import re
import types
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from grader.wall import Call, Kept, has_kept, kept_in

_MAX_EXAMPLE_VALUES = 200
_MOST_LINES, _MOST_SOURCE = 24, 600
#: Values that a function of a test names are shown with it.
_SIMPLE, _MOST_SIMPLE = (bool, int, float, complex, str, list, tuple, np.ndarray), 80
_METHOD = re.compile(r"(\w+)\(\)\.(\w+)")
_SIGNS = {
    f".{sign}": sign for sign in ["+", "-", "*", "/", "//", "%", "**", "@", "==", "!=", "<", "<=", ">", ">="]
}
_PREFIXED = {".len": "len", ".str": "str", ".bool": "bool", ".abs": "abs", ".next": "next", ".take": "take"}


def callee(call: Call, function: Callable[[str], Callable[..., Any] | None]) -> Callable[..., Any] | None:
    """What `call` calls, for its signature: a function, a class, a method. function: exercise → what it is."""
    if not call.name.startswith("."):
        return function(call.name)
    match = _METHOD.fullmatch(call.args[0]._label) if call.name == ".call" and call.args else None
    method = getattr(function(match[1]), match[2], None) if match else None
    return types.MethodType(method, call) if isinstance(method, types.FunctionType) else None


def named_arguments(call: Call, function: Callable[..., Any] | None) -> dict[str, Any]:
    """The call's arguments by the names the exercise gives them; by position where those are unknown.

    Of an operation those beside its object; none of reading an attribute.
    """
    args = call.args if not call.name.startswith(".") else call.args[1:] if call.name != ".get" else ()
    if function is not None:
        try:
            return dict(inspect.signature(function).bind(*args, **call.kwargs).arguments)
        except (TypeError, ValueError):
            pass
    return {**{f"argument {i}": value for i, value in enumerate(args, 1)}, **call.kwargs}


def example_of(
    call: Call,
    function: Callable[[str], Callable[..., Any] | None],
    before: Sequence[Call] = (),
) -> str:
    """The call as Python source, e.g. `conv2d(x=np.array([[[[0., 1.]]]]), w=..., stride=2)`.

    before: calls that had to do with objects; those that led to this one come first, a line each.
    """
    steps = (
        [step for step in before if step.number < call.number] if has_kept([call.args, call.kwargs]) else []
    )
    return _Program(function).text([*steps, call])


class _Program:
    def __init__(self, function: Callable[[str], Callable[..., Any] | None]) -> None:
        self._function = function
        self._sources: dict[str, str] = {}
        #: Number of an object → the expression that gives it.
        self._names: dict[int, str] = {}

    def text(self, calls: Sequence[Call]) -> str:
        used = {kept._number for call in calls for kept in kept_in([call.args, call.kwargs])}
        lines = []
        for call in calls:
            source, last = self._source(call), call is calls[-1]
            if last or call.number not in used:
                # What was only looked at has led to nothing.
                lines += [source] if last or call.name != ".get" else []
            elif call.name == ".get":
                self._names[call.number] = source
            else:
                name = self._names[call.number] = self._new_name(call)
                lines.append(f"{name} = {source}")
        if len(lines) > _MOST_LINES:
            half = _MOST_LINES // 2
            lines[half:-half] = [f"# … {len(lines) - 2 * half} more lines"]
        return "\n".join([*self._sources.values(), *lines])

    def _new_name(self, call: Call) -> str:
        is_class = isinstance(self._function(call.name), type)
        name = call.name.lower() if is_class and call.name != call.name.lower() else "it"
        taken = set(self._names.values())
        return next(one for one in (name, *(f"{name}{n}" for n in range(2, 10_000))) if one not in taken)

    def _source(self, call: Call) -> str:
        name, args = call.name, call.args
        if not name.startswith("."):
            return self._called(name, call) + _typed(call)
        first, *rest = map(self._literal, args)
        if name == ".call":
            return self._called(first, call) + _typed(call)
        if name in (".get", ".set"):
            place = f"{first}.{args[1]}"
            return place if name == ".get" else f"{place} = {rest[1]}"
        if name in (".item", ".put"):
            return f"{first}[{rest[0]}]" + (f" = {rest[1]}" if name == ".put" else "")
        if name == ".in":
            return f"{rest[0]} in {first}"
        if name == ".neg":
            return f"-{first}"
        if name in _SIGNS:
            return f"{first} {_SIGNS[name]} {rest[0]}"
        return f"{_PREFIXED[name]}({', '.join([first, *rest])})"

    def _called(self, what: str, call: Call) -> str:
        arguments = named_arguments(call, callee(call, self._function))
        return f"{what}({', '.join(self._argument(name, value) for name, value in arguments.items())})"

    def _argument(self, name: str, value: Any) -> str:
        return self._literal(value) if " " in name else f"{name}={self._literal(value)}"

    def _literal(self, value: Any) -> str:
        if type(value) is Kept:
            return self._names.get(value._number, repr(value))
        if isinstance(value, np.ndarray):
            if value.size > _MAX_EXAMPLE_VALUES:
                return f"... array of shape {value.shape} ..."
            if value.size == 0:
                return f"np.zeros({value.shape})"
            return f"np.array({_nested(value.tolist())})"
        if isinstance(value, dict):
            return "{" + ", ".join(f"{key!r}: {self._literal(item)}" for key, item in value.items()) + "}"
        if type(value) in (list, tuple) and any(map(callable, value)):
            items = ", ".join(map(self._literal, value))
            return f"[{items}]" if type(value) is list else f"({items},)"
        if isinstance(value, types.FunctionType):
            return self._given(value)
        if callable(value) and hasattr(value, "__name__"):
            return name_of(value)
        if isinstance(value, np.random.Generator):
            return _generator(value)
        return "random.Random(...)" if isinstance(value, random.Random) else repr(value)

    def _given(self, function: types.FunctionType) -> str:
        """A function of the test's: a lambda as it is, another by its name, its `def` before, with what it names."""
        source = _source_of(function)
        if source and function.__name__ not in self._sources:
            named = inspect.getclosurevars(function)
            if not source.startswith("lambda"):
                self._sources[function.__name__] = source
            for name, value in {**named.globals, **named.nonlocals}.items():
                if isinstance(value, types.FunctionType):
                    self._given(value)
                elif isinstance(value, _SIMPLE) and len(repr(value)) <= _MOST_SIMPLE:
                    self._sources.setdefault(name, f"{name} = {self._literal(value)}")
        return source if source.startswith("lambda") else name_of(function)


def name_of(value: Any) -> str:
    """A function as source has it: `np.sin`, `math.cos`, `f`."""
    name = str(value.__name__)
    if isinstance(value, np.ufunc) or getattr(np, name, None) is value:
        return f"np.{name}"
    module = getattr(value, "__module__", None) or "builtins"
    return f"math.{name}" if module == "math" else name


def _typed(call: Call) -> str:
    return f"  # typed: {', '.join(map(repr, call.typed))}" if call.typed else ""


def _source_of(function: types.FunctionType) -> str:
    """The source of a test's function, without docstring and comments; '' where it is not for certain, or too long."""
    try:
        code = function.__code__
        tree = ast.parse("".join(linecache.getlines(code.co_filename)))
        kinds = ast.Lambda if function.__name__ == "<lambda>" else ast.FunctionDef
        found = [
            node
            for node in ast.walk(tree)
            if isinstance(node, kinds) and _first_line(node) == code.co_firstlineno
        ]
        if found[1:]:  # lambdas, on one line
            places = set(code.co_positions())
            found = [node for node in found if isinstance(node, ast.Lambda) and _place(node.body) in places]
        (node,) = found
    except (OSError, TypeError, SyntaxError, ValueError):
        return ""
    if isinstance(node, ast.FunctionDef):
        node.decorator_list = []
        if ast.get_docstring(node) is not None:
            node.body[:1] = [] if node.body[1:] else [ast.Expr(ast.Constant(...))]
    text = ast.unparse(node)
    return text if len(text) <= _MOST_SOURCE else ""


def _place(node: ast.expr) -> tuple[int | None, ...]:
    return node.lineno, node.end_lineno, node.col_offset, node.end_col_offset


def _first_line(node: ast.Lambda | ast.FunctionDef) -> int:
    marks = node.decorator_list if isinstance(node, ast.FunctionDef) else []
    return min([node.lineno, *(mark.lineno for mark in marks)])


def _generator(value: np.random.Generator) -> str:
    """With its seed, where nothing was drawn from it."""
    seed = getattr(value.bit_generator.seed_seq, "entropy", None)
    fresh = type(seed) is int and np.random.default_rng(seed).bit_generator.state == value.bit_generator.state
    return f"np.random.default_rng({seed})" if fresh else "np.random.default_rng(...)"


def _nested(value: Any) -> str:
    """Lists with `1.` for 1.0: many tests use small whole numbers."""
    if isinstance(value, list):
        return "[" + ", ".join(_nested(item) for item in value) + "]"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return f"{int(value)}."
    return repr(value)


def shown(value: Any) -> str:
    """What evidence says of a value that it does not show."""
    if type(value) is Kept:
        return repr(value)
    if callable(value) and hasattr(value, "__name__"):
        return f"the function {name_of(value)}"
    return f"a {type(value).__name__}"
