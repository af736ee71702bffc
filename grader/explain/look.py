"""A static look at an exercise that failed: what its source says for certain. It is never scored.

Each remark is true of the source whatever the values are; what would only be a guess is left out.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import islice, pairwise

from grader.explain.case import IN_PLACE, names_in
from grader.explain.dropped import assigned_nothing, dropped_results, not_called
from grader.explain.source import Function, Text, bound_by, parameters, read, within
from grader.text import visible

_MOST = 3
_MOST_HELPERS = 5
_MOST_TEXTS = 200
_MOST_NODES = 6000
_MOST_DEFAULTS = 8
_LONGEST = 260

Remarks = Iterator[str]


def look_at(
    exercise: str, texts: Sequence[str], others: Collection[str] = (), *, value: bool = True
) -> list[str]:
    """Remarks on `exercise`, and the helpers that it calls, in the chapter whose cells are `texts`. Never raises.

    others: exercises, which have remarks of their own. value: whether it is to return a value, and only that.
    """
    try:
        found: dict[str, None] = {}
        for remark in _all(exercise, [read(text) for text in texts[:_MOST_TEXTS]], others, value):
            found[visible(remark, _LONGEST)] = None
            if len(found) == _MOST:
                break
        return list(found)
    except Exception:  # a remark is a courtesy: no source, however odd, may cost the grade
        return []


def _all(exercise: str, texts: list[Text], others: Collection[str], value: bool) -> Remarks:
    functions = {name: (node, text) for text in texts for name, node in text.functions.items()}
    if exercise not in functions:
        return
    yield from _defined_twice(exercise, texts)
    if _is_stub(functions[exercise][0]):
        return
    wanted, seen = [exercise], set(others)
    while wanted and len(seen) - len(others) <= _MOST_HELPERS:
        name = wanted.pop(0)
        node, text = functions[name]
        seen.add(name)
        if sum(1 for _ in islice(within(node), _MOST_NODES)) == _MOST_NODES:
            continue  # far longer than anybody writes
        if name == exercise and value:  # a helper may print, or give a generator
            yield from _prints_only(node, text)
        for check in _CHECKS:
            yield from check(node, text)
        yield from _shadowed(node, texts)
        called = [n.id for n in within(node) if isinstance(n, ast.Name) and n.id in functions]
        wanted += [other for other in dict.fromkeys(called) if other not in seen]


def _defined_twice(exercise: str, texts: list[Text]) -> Remarks:
    found = [
        node
        for text in texts
        for node in text.statements
        if isinstance(node, Function) and node.name == exercise and not node.decorator_list
    ]
    written = [node for node in found if not _is_stub(node)]
    if len(written) > 1:
        lines = ", ".join(str(node.lineno) for node in found)
        yield f"`{exercise}` is defined {len(found)} times (lines {lines}): only the last one counts"
    elif written and _is_stub(found[-1]):
        yield (
            f"`{exercise}` is written in line {written[0].lineno}, but line {found[-1].lineno} below "
            "defines it again, as the stub: delete that one"
        )


def _is_stub(function: Function) -> bool:
    return _not_written(function.body[-1]) and len(function.body) <= 2


def _not_written(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Raise) and _name_of(statement.exc) == "NotImplementedError"


def _name_of(node: ast.expr | None) -> str:
    node = node.func if isinstance(node, ast.Call) else node
    return node.id if isinstance(node, ast.Name) else ""


def _blocks(function: Function) -> Iterator[list[ast.stmt]]:
    for node in within(function):
        for field in ("body", "orelse", "finalbody"):
            block = getattr(node, field, None)
            if isinstance(block, list) and block:
                yield block


def _never_runs(function: Function, text: Text) -> Remarks:
    """Code below a return, raise, break or continue."""
    for block in _blocks(function):
        for statement, below in pairwise(block):
            if isinstance(statement, ast.Return | ast.Raise | ast.Break | ast.Continue):
                if _not_written(statement):
                    yield (
                        f"Line {statement.lineno} still raises NotImplementedError, so that the lines "
                        "below it never run: delete it"
                    )
                elif not _not_written(below) and not isinstance(below, ast.Pass):
                    word = type(statement).__name__.lower()
                    yield (
                        f"Line {below.lineno} never runs, because of the `{word}` in line "
                        f"{statement.lineno} above it"
                    )
                break


def _first_round(function: Function, text: Text) -> Remarks:
    """A return that ends a loop in its first round."""
    for loop in within(function):
        if not isinstance(loop, ast.For | ast.While):
            continue
        ending = [part for part in loop.body if isinstance(part, ast.Return)]
        if ending and not any(isinstance(part, ast.Continue) for part in within(loop)):
            word = "for" if isinstance(loop, ast.For) else "while"
            yield (
                f"The `return` in line {ending[0].lineno} stands inside the `{word}` of line "
                f"{loop.lineno}, which so ends "
                "in its first round: is it indented too far?"
            )


def _returned_exception(function: Function, text: Text) -> Remarks:
    """`return ValueError(...)`."""
    for node in within(function):
        if isinstance(node, ast.Return):
            kind = getattr(builtins, _name_of(node.value), None)
            if isinstance(kind, type) and issubclass(kind, BaseException):
                yield (
                    f"Line {node.lineno} returns a {kind.__name__} like any value: `raise` in place "
                    "of `return` raises it"
                )


def _overwritten(function: Function, text: Text) -> Remarks:
    """An argument that gets another value before its own was used."""
    used: set[str] = set()
    wanted = set(parameters(function))
    for statement in function.body:
        loads = {
            node.id
            for node in ast.walk(statement)
            if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store)
        }
        if isinstance(statement, ast.AugAssign | ast.Global | ast.Nonlocal):
            loads |= set(bound_by(statement))
        targets: list[ast.expr] = statement.targets if isinstance(statement, ast.Assign) else []
        if isinstance(statement, ast.For):
            targets, loads = [statement.target], set(names_in(statement.iter))
        for name in (target.id for target in targets if isinstance(target, ast.Name)):
            if name in wanted and name not in used and name not in loads:
                yield (
                    f"Line {statement.lineno} gives the argument `{name}` another value, before the "
                    "one that was handed over is used"
                )
        # What a condition stores is not followed further.
        used |= loads | set(bound_by(statement))


def _prints_only(function: Function, text: Text) -> Remarks:
    """A result that is printed, not returned; a generator."""
    inside = list(within(function))
    if any(isinstance(node, ast.Yield | ast.YieldFrom) for node in inside):
        yield (
            f"`{function.name}` has a `yield` in it, so that a call gives a generator, no value: "
            "`return` gives one"
        )
        return
    for node in inside:
        if isinstance(node, ast.Return) and isinstance(node.value, ast.GeneratorExp):
            yield f"Line {node.lineno} returns a generator, no list: put it in square brackets, or list(...)"
    printed = [n for n in inside if isinstance(n, ast.Call) and _name_of(n.func) == "print"]
    if printed and not any(isinstance(n, ast.Return) and n.value for n in inside):
        yield (
            f"`{function.name}` prints (line {printed[-1].lineno}) and never returns a value: `print` "
            "shows it, `return` gives it back"
        )


def _kept_default(function: Function, text: Text) -> Remarks:
    """`out=[]`, changed: it keeps what earlier calls put into it."""
    a = function.args
    positional = [*a.posonlyargs, *a.args]
    pairs = [*zip(positional[len(positional) - len(a.defaults) :], a.defaults, strict=True)]
    pairs += [(arg, value) for arg, value in zip(a.kwonlyargs, a.kw_defaults, strict=True) if value]
    for arg, default in pairs[:_MOST_DEFAULTS]:
        if isinstance(default, ast.List | ast.Dict | ast.Set) and _changed(function, arg.arg):
            yield (
                f"The default of `{arg.arg}` (line {arg.lineno}) is made once and changed by "
                "every call: write "
                f"`{arg.arg}=None` and make a new one inside the function"
            )


def _changed(function: Function, name: str) -> bool:
    if any(isinstance(n, ast.Assign) and name in set(bound_by(n)) for n in within(function)):
        return False
    for node in within(function):
        if (
            isinstance(node, ast.Subscript)
            and isinstance(node.ctx, ast.Store)
            and _name_of(node.value) == name
        ):
            return True
        method = node.func if isinstance(node, ast.Call) else None
        if isinstance(method, ast.Attribute) and method.attr in IN_PLACE and _name_of(method.value) == name:
            return True
    return False


def _loop_variable(function: Function, text: Text) -> Remarks:
    """`i += 2` as the last line of `for i in range(n)`."""
    for loop in within(function):
        if not (
            isinstance(loop, ast.For) and isinstance(loop.target, ast.Name) and _name_of(loop.iter) == "range"
        ):
            continue
        last = loop.body[-1]
        target: ast.expr | None = last.target if isinstance(last, ast.AugAssign) else None
        if isinstance(last, ast.Assign) and len(last.targets) == 1:
            target = last.targets[0]
        if isinstance(target, ast.Name) and target.id == loop.target.id:
            yield (
                f"Line {last.lineno} changes `{target.id}`, but the `for` of line {loop.lineno} "
                "gives it its next value all "
                "the same: `range(start, stop, step)` has a step"
            )


def _odd_operators(function: Function, text: Text) -> Remarks:
    """`x ^ 2`, `x =+ 1`, `x == 1 or 2`."""
    for node in within(function):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitXor) and _is_power(node.right):
            yield f"In line {node.lineno}, `{text.segment(node)}` is no power: Python writes `**`"
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.UnaryOp)
            and isinstance(node.value.op, ast.UAdd)
            and "=+" in text.segment(node)
        ):
            yield f"In line {node.lineno}, `=+` stores a new value: to add to the old one, write `+=`"
        if (
            isinstance(node, ast.BoolOp)
            and isinstance(node.op, ast.Or)
            and isinstance(node.values[0], ast.Compare)
            and any(_is_number(value) for value in node.values[1:])
        ):
            yield (
                f"In line {node.lineno}, `{text.segment(node)}` always holds: each side of `or` is a condition "
                "of its own"
            )


def _is_power(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value in (2, 3, 0.5)


def _is_number(node: ast.expr) -> bool:
    """Whether it is a number other than 0."""
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, int | float)
        and not isinstance(node.value, bool)
        and node.value != 0
    )


def _shadowed(function: Function, texts: list[Text]) -> Remarks:
    """np, or a function of Python, given another value."""
    for node in within(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id == "np":
            yield (
                f"Line {node.lineno} gives the name `np` another value, so that numpy can't be reached by it"
            )
    for arg in ast.walk(function.args):
        if isinstance(arg, ast.arg) and arg.arg == "np":
            yield (
                f"`np` is the name of an argument here (line {arg.lineno}), so that numpy can't be "
                "reached by it"
            )
    called = {_name_of(node.func) for node in within(function) if isinstance(node, ast.Call)}
    local = {*parameters(function), *(name for part in function.body for name in bound_by(part))}
    for text in texts:
        for statement in text.statements:
            if isinstance(statement, ast.Assign | ast.AugAssign | ast.For):
                for name in set(bound_by(statement)) - local:
                    if name == "np" or (name in called and callable(getattr(builtins, name, None))):
                        what = "numpy" if name == "np" else "Python's function"
                        yield (
                            f"Line {statement.lineno}, outside the functions, gives the name "
                            f"`{name}` another value, so that "
                            f"{what} can't be reached by it"
                        )


_CHECKS: Sequence[Callable[[Function, Text], Remarks]] = (
    _never_runs,
    _first_round,
    _returned_exception,
    not_called,
    assigned_nothing,
    _overwritten,
    dropped_results,
    _kept_default,
    _loop_variable,
    _odd_operators,
)
