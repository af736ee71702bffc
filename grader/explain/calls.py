"""Calls that don't fit the function, and things that are no function."""

from __future__ import annotations

import ast
import builtins
import re
from difflib import get_close_matches
from typing import Any

from grader.explain.case import UNCALLED, Case, in_words
from grader.explain.source import Function, parameters


def _head(case: Case, name: str) -> tuple[str, list[str]]:
    """ " (line 3: `def f(x, pad)`)" of one of the student's own functions, and its arguments; '' for another's."""
    found = case.own_function(name.rpartition(".")[2])
    if found is None:
        return "", []
    function = found[0]
    arguments = ast.unparse(function.args)
    return f"`def {function.name}({arguments[:60]})` in line {function.lineno}", parameters(function)


def _from_outside(case: Case, name: str) -> bool:
    """Whether it is the call of the exercise itself that does not fit: the tests make it."""
    return not case.spots and name == case.exercise


def missing_arguments(case: Case, found: re.Match[str]) -> str:
    """Fewer arguments than the function needs."""
    name, kind, which = found[1], found[2] or "", found[3]
    which = which.replace("'", "`")
    head, _ = _head(case, name)
    if _from_outside(case, name):
        return f"`{name}` is called without {which}: its first line must stay as it was handed out."
    call = f"{case.code(case.node)} hands over" if isinstance(case.node, ast.Call) else "The call hands over"
    wants = f"{head} wants it" if head else f"`{name}` needs it"
    if " and " in which:
        wants = wants.replace(" it", " them")
    by_name = ", and by name" if kind.startswith("keyword") else ""
    return f"{call} no value for {which}, and {wants}{by_name}."


def too_many_arguments(case: Case, found: re.Match[str]) -> str:
    """More arguments than the function takes."""
    name, takes, given = found[1], found[2], found[3]
    head, _ = _head(case, name)
    if _from_outside(case, name):
        return (
            f"`{name}` is called with {given} arguments and takes {takes}: its first line must "
            "stay as it was "
            "handed out."
        )
    if name in ("concatenate", "stack", "vstack", "hstack"):
        return f"np.{name} takes all arrays as one list: `np.{name}([a, b])`."
    code = case.code(case.node) if isinstance(case.node, ast.Call) else "The call"
    method = isinstance(case.node, ast.Call) and isinstance(case.node.func, ast.Attribute) and head == ""
    counted = " (the object before the dot is counted, too)" if method and "." in name else ""
    return f"{code} hands over {given} arguments, and {head or f'`{name}`'} takes {takes}{counted}."


def unexpected_keyword(case: Case, found: re.Match[str]) -> str:
    """An argument by a name that the function does not have."""
    name, keyword = found[1], found[2]
    head, known = _head(case, name)
    if _from_outside(case, name):
        return (
            f"`{name}` is called with `{keyword}=…`: the names in its first line must stay as they "
            "were handed out."
        )
    if keyword == "dim":
        return "numpy calls this argument `axis`, not `dim` (that is torch's word)."
    if keyword == "keepdim":
        return "numpy calls this argument `keepdims`, with an s."
    close = get_close_matches(keyword, known or ["axis", "keepdims", "dtype", "shape"], 1, 0.6)
    meant = f" Is `{close[0]}` meant?" if close else ""
    return f"{head or f'`{name}`'} has no argument called `{keyword}`.{meant}"


def given_twice(case: Case, found: re.Match[str]) -> str:
    """One argument by place and by name."""
    name, argument = found[1], found[2]
    head, _ = _head(case, name)
    return (
        f"The call gives `{argument}` twice, once by its place and once as `{argument}=…`: "
        f"{head or f'`{name}`'} "
        "counts its arguments from the left."
    )


def not_callable(case: Case, found: re.Match[str]) -> str:
    """Round brackets behind what is no function."""
    kind, node = found[1], case.node
    function = node.func if isinstance(node, ast.Call) else None
    if function is None:
        return f"Round brackets call a function, and {in_words(kind)} is none."
    code = case.code(function)
    if kind == "NoneType":
        return f"{case.why_none(function)}, and round brackets call a function."
    if isinstance(function, ast.Constant | ast.BinOp):
        return (
            f"{code} is followed by a bracket, which calls it like a function: is a `*` missing between them?"
        )
    if isinstance(function, ast.Name) and (hasattr(builtins, function.id) or case.own_function(function.id)):
        lines = _lines_storing(case, function.id)
        whose = "one of your functions" if case.own_function(function.id) else "a function of Python"
        if lines:
            return (
                f"{code} is {whose}, but line {lines[0]} gives the name to {in_words(kind)}: use "
                "another name there."
            )
    if isinstance(function, ast.Attribute) and function.attr == "shape":
        return (
            f"{code} is a tuple, not a function: take one of its numbers with square brackets, `.shape[0]`."
        )
    if kind == "module":
        return f"{code} is a module, not a function: name the function in it, as in `np.array`."
    brackets = (
        " Square brackets take an element."
        if kind.rpartition(".")[2] in ("ndarray", "list", "tuple", "dict")
        else ""
    )
    number = " Is a `*` missing before the bracket?" if kind in ("int", "float") or "float" in kind else ""
    return f"{code} is {in_words(kind)}, and round brackets call a function.{brackets}{number}"


def _lines_storing(case: Case, name: str) -> list[int]:
    found = []
    for text in (case.spot.text, *case.texts):
        for statement in text.statements:
            for node in ast.walk(statement):
                if (isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store)) or (
                    isinstance(node, ast.arg) and node.arg == name and isinstance(statement, Function)
                ):
                    found.append(node.lineno)
        if found:
            break
    return found


def recursion(case: Case, found: re.Match[str]) -> str:
    """A function that never stops calling itself."""
    functions = [spot.function for spot in case.spots]
    inner = [function.name for function in functions if function]
    if not inner:
        return "A function calls itself again and again, and no call ever ends."
    name = inner[-1]
    others = sorted({other for other in inner[-6:] if other != name})
    if others and len(inner) > 2:
        return f"`{name}` and `{others[0]}` call each other again and again, and no call ever ends."
    return (
        f"`{name}` calls itself in this line, that call does the same, and so on: either another "
        "function is meant "
        f"here, or a case is missing in which `{name}` returns without calling itself."
    )


def numpy_wants_a_list(case: Case, found: re.Match[str]) -> str:
    """np.concatenate(a, b), np.zeros(3, 4) and their like."""
    node: Any = case.node
    function = node.func if isinstance(node, ast.Call) else None
    name = function.attr if isinstance(function, ast.Attribute) else ""
    if name in ("concatenate", "stack", "vstack", "hstack"):
        return (
            f"np.{name} takes all arrays as one list: `np.{name}([a, b])`. Here the second one is "
            "taken for the axis."
        )
    if name in ("zeros", "ones", "empty", "full") and len(node.args) > 1:
        sizes = ", ".join(
            case.spot.text.segment(arg) for arg in node.args if not isinstance(arg, ast.Starred)
        )
        return f"np.{name} takes the whole shape as one tuple: `np.{name}(({sizes}))`, with two brackets."
    return ""


def uncalled(case: Case, kind: str, node: ast.expr) -> str:
    """A clause that says that a function itself stands where its result is meant; '' where it does not."""
    if kind.rpartition(".")[2] not in UNCALLED:
        return ""
    code = case.code(node)
    return f"{code} is the function itself, not what it gives: call it, `{code.strip('`')}(…)`"
