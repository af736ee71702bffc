"""One exception in a student's code, and what its source says about the values that took part."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from grader.explain.source import Function, Spot, Text, parameters, within

#: What changes its object in place, and gives None.
IN_PLACE = frozenset(
    """
    append extend sort reverse insert update clear fill shuffle add remove resize
    """.split()  # noqa: SIM905
)
#: Types as exception texts call them, in words.
_WORDS: Mapping[str, str] = {
    "int": "a whole number",
    "float": "a number",
    "bool": "True or False",
    "complex": "a complex number",
    "str": "text",
    "list": "a list",
    "tuple": "a tuple",
    "dict": "a dict",
    "set": "a set",
    "NoneType": "None",
    "ndarray": "an array",
    "range": "a range",
    "module": "a module",
    "type": "a type",
    "function": "a function",
    "method": "a method",
    "builtin_function_or_method": "a function",
    "generator": "a generator",
    "ufunc": "a function of numpy",
}
UNCALLED = frozenset(
    ["function", "method", "builtin_function_or_method", "ufunc", "_ArrayFunctionDispatcher"]
)


def in_words(kind: str) -> str:
    """A type as exception texts call it, in words: "a list"."""
    short = kind.rpartition(".")[2]
    if kind.startswith("numpy.") and short.rstrip("0123456789") in (
        "float",
        "int",
        "uint",
        "bool",
        "complex",
    ):
        return "a single number"
    return _WORDS.get(short, f"a `{short}`")


@dataclass(frozen=True)
class Case:
    """kind and text: the exception's; exercise: the one under test; spots: the student's frames, outermost first.

    texts: all of the submission that was read. All of `text` is the student's word: parsed by plain patterns only.
    """

    kind: str
    text: str
    exercise: str
    spots: tuple[Spot, ...]
    texts: tuple[Text, ...]

    @property
    def spot(self) -> Spot:
        """The innermost frame."""
        return self.spots[-1]

    @property
    def node(self) -> Any:
        """What was being computed there: an expression, a statement, or None."""
        return self.spot.node

    def code(self, node: ast.expr | ast.stmt) -> str:
        """The source of a node of the innermost frame, in backticks."""
        return self.spot.code(node)

    def own_function(self, name: str) -> tuple[Function, Text] | None:
        """A function that the student defined: in the innermost frame's text, or elsewhere."""
        for text in (*(spot.text for spot in self.spots[-1:]), *self.texts):
            if name in text.functions:
                return text.functions[name], text
        return None

    def origin(self, name: str) -> ast.expr | None:
        """The expression that a local variable got its value from, where there is only one assignment to it."""
        found = [value for target, value in self.assignments() if target == name]
        return found[0] if len(found) == 1 else None

    def assignments(self) -> Iterator[tuple[str, ast.expr | None]]:
        """(name, value) of whatever gives a value to a name in the innermost function; None: no plain assignment."""
        function = self.spot.function
        plain: set[ast.AST] = set()
        for node in within(function) if function else ():
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    if isinstance(target, ast.Name):
                        plain.add(target)
                        yield target.id, node.value
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node not in plain:
                yield node.id, None

    def is_parameter(self, name: str) -> bool:
        """Whether `name` is an argument of the innermost function that it leaves as it was handed over."""
        function = self.spot.function
        if function is None or name not in parameters(function):
            return False
        return all(target != name for target, _ in self.assignments())

    def why_none(self, value: ast.expr) -> str:
        """A clause that says that `value` is None, and why as far as that is certain."""
        code = self.code(value)
        if isinstance(value, ast.Call):
            return f"{code} gives None{self._returns_nothing(value)}"
        if isinstance(value, ast.Name):
            if self.is_parameter(value.id):
                return f"{code} is None, as this call was given it or by its default"
            made = self.origin(value.id)
            if isinstance(made, ast.Call):
                return (
                    f"{code} is None: line {made.lineno} makes it with {self.code(made)}, which gives None"
                    f"{self._returns_nothing(made)}"
                )
        return f"{code} is None here"

    def _returns_nothing(self, call: ast.Call) -> str:
        if isinstance(call.func, ast.Attribute) and call.func.attr in IN_PLACE:
            return f" (`.{call.func.attr}` changes what it is called on, and returns nothing)"
        if not isinstance(call.func, ast.Name):
            return ""
        if call.func.id == "print":
            return " (print only shows a value)"
        found = self.own_function(call.func.id)
        if found is None:
            return ""
        returns = any(isinstance(n, ast.Return) and n.value for n in within(found[0]))
        how = "ended without coming to its `return`" if returns else "has no `return` with a value"
        return f" (your `{call.func.id}` {how})"


def operands(node: Any) -> list[ast.expr]:
    """What an operation computes with, in order: of `a + b`, `a += b`, `a < b`, `-a`; of a call, its arguments."""
    if isinstance(node, ast.BinOp):
        return [node.left, node.right]
    if isinstance(node, ast.AugAssign):
        return [node.target, node.value]
    if isinstance(node, ast.Compare) and len(node.comparators) == 1:
        return [node.left, node.comparators[0]]
    if isinstance(node, ast.UnaryOp):
        return [node.operand]
    if isinstance(node, ast.Call) and not any(isinstance(arg, ast.Starred) for arg in node.args):
        return list(node.args)
    return []


def names_in(node: ast.AST) -> list[str]:
    """The variables that stand in an expression."""
    return [part.id for part in within(node) if isinstance(part, ast.Name)]
