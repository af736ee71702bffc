"""A test cell of another tool → the lines of a hidden test: calls of exercises become `student.name(…)`."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Collection, Iterable, Sequence

#: What nose and unittest call it → how it is written here.
_PLAIN = {
    "assert_equal": ast.Eq, "assertEqual": ast.Eq, "assert_not_equal": ast.NotEq, "eq_": ast.Eq,
    "assert_in": ast.In, "assert_is": ast.Is,
}  # fmt: skip
_TRUE = ("assert_true", "assertTrue", "ok_")
_RAISES = ("raises", "assert_raises", "assertRaises")


class Untranslatable(Exception):
    """Why a test cell can't be taken over, in words."""


def called(source: str, names: Collection[str]) -> list[str]:
    """Those of `names` that a cell names, in their own order. Raises Untranslatable for what is no Python."""
    used = {node.id for node in ast.walk(_parsed(source)) if isinstance(node, ast.Name)}
    return [name for name in names if name in used]


def translated(source: str, exercise: str, others: Collection[str]) -> list[ast.stmt]:
    """The statements of a test of `exercise`; other exercises are asked of the reference.

    Raises Untranslatable.
    """
    rewrite = _Rewrite(exercise, others)
    body = [made for statement in _parsed(source).body if (made := rewrite.visit(statement)) is not None]
    if not any(
        isinstance(node, ast.Assert | ast.Raise) or _is_check(node) for s in body for node in ast.walk(s)
    ):
        raise Untranslatable("it asserts nothing")
    if not rewrite.asked:
        raise Untranslatable(f"it does not call {exercise}")
    return [ast.fix_missing_locations(statement) for statement in body]


def first_call(statements: Iterable[ast.stmt], exercise: str) -> str:
    """The first call of the student's function whose arguments are written out, or ''."""
    for statement in statements:
        for node in ast.walk(statement):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == f"student.{exercise}":
                values = [*node.args, *(keyword.value for keyword in node.keywords)]
                if not any(isinstance(inner, ast.Name) for value in values for inner in ast.walk(value)):
                    return ast.unparse(node)
    return ""


def unknown_names(statements: Sequence[ast.stmt]) -> set[str]:
    """The names that statements take from elsewhere."""
    loaded: set[str] = set()
    stored: set[str] = set()
    for statement in statements:
        for node in ast.walk(statement):
            if isinstance(node, ast.Name):
                (loaded if isinstance(node.ctx, ast.Load) else stored).add(node.id)
            elif isinstance(node, ast.arg):
                stored.add(node.arg)
            elif isinstance(node, ast.alias):
                stored.add((node.asname or node.name).partition(".")[0])
            elif isinstance(node, ast.FunctionDef | ast.ClassDef | ast.ExceptHandler) and node.name:
                stored.add(node.name)
    return loaded - stored - set(vars(builtins)) - {"student", "reference"}


def _parsed(source: str) -> ast.Module:
    lines = [line for line in source.splitlines() if not line.lstrip().startswith(("%", "!"))]
    try:
        return ast.parse("\n".join(lines))
    except (SyntaxError, ValueError):
        raise Untranslatable("it is no plain Python") from None


def _is_check(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    name = ast.unparse(node.func).rpartition(".")[2]
    return name.startswith(("assert", "agree")) or name in ("must_raise", "fail")


class _Rewrite(ast.NodeTransformer):
    def __init__(self, exercise: str, others: Collection[str]) -> None:
        self._exercise = exercise
        self._others = frozenset(others) - {exercise}
        self.asked = False

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if isinstance(node.ctx, ast.Load) and node.id == self._exercise:
            self.asked = True
            return ast.Attribute(ast.Name("student", ast.Load()), node.id, ast.Load())
        if isinstance(node.ctx, ast.Load) and node.id in self._others:
            return ast.Attribute(ast.Name("reference", ast.Load()), node.id, ast.Load())
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.stmt | None:
        call = node.value
        if isinstance(call, ast.Constant):
            return None
        if isinstance(call, ast.Call):
            name = ast.unparse(call.func).rpartition(".")[2]
            if name == "print":
                return None
            if name in _RAISES and len(call.args) >= 2:
                return self._must_raise(call.args[0], call.args[1], call.args[2:], call.keywords)
            message = self.visit(call.args[2]) if len(call.args) > 2 else None
            if name in _PLAIN and len(call.args) >= 2:
                sides = [self.visit(each) for each in call.args[:2]]
                return ast.Assert(ast.Compare(sides[0], [_PLAIN[name]()], [sides[1]]), message)
            if name in _TRUE and call.args:
                return ast.Assert(self.visit(call.args[0]), None)
        self.generic_visit(node)
        return node

    def visit_With(self, node: ast.With) -> ast.stmt:
        first = node.items[0].context_expr
        if (
            isinstance(first, ast.Call)
            and ast.unparse(first.func).rpartition(".")[2] in _RAISES
            and first.args
        ):
            return self._raising(first.args[0], node.body)
        self.generic_visit(node)
        return node

    def visit_Try(self, node: ast.Try) -> ast.stmt:
        fails = [*node.body[1:], *node.orelse]
        expected = len(node.handlers) == 1 and node.handlers[0].type
        quiet = expected and all(isinstance(each, ast.Pass) for each in node.handlers[0].body)
        if quiet and expected and fails and not node.finalbody and all(map(_always_fails, fails)):
            return self._raising(expected, node.body[:1])
        raise Untranslatable("a `try` of this shape: write must_raise(ValueError, student.name, …)")

    def _raising(self, kind: ast.expr, body: Sequence[ast.stmt]) -> ast.stmt:
        value = body[0].value if len(body) == 1 and isinstance(body[0], ast.Expr | ast.Assign) else None
        if not isinstance(value, ast.Call):
            raise Untranslatable("an exception is expected of more than one call")
        return self._must_raise(kind, value.func, value.args, value.keywords)

    def _must_raise(
        self, kind: ast.expr, function: ast.expr, args: Sequence[ast.expr], keywords: Sequence[ast.keyword]
    ) -> ast.stmt:
        call = ast.Call(ast.Name("must_raise", ast.Load()), [kind, function, *args], list(keywords))
        self.generic_visit(call)
        return ast.Expr(call)


def _always_fails(node: ast.stmt) -> bool:
    return isinstance(node, ast.Raise) or (
        isinstance(node, ast.Assert) and isinstance(node.test, ast.Constant) and not node.test.value
    )
