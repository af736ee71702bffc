"""Names that are not there: variables, attributes, keys."""

from __future__ import annotations

import ast
import builtins
import re
from difflib import get_close_matches

import numpy as np

from grader.explain.case import UNCALLED, Case, in_words
from grader.explain.source import Function, bound_by, parameters, within

_MOST_NAMES = 2000
_ELSEWHERE = {
    "true": "True",
    "false": "False",
    "null": "None",
    "none": "None",
    "xrange": "range",
    "raw_input": "input",
    "unicode": "str",
    "long": "int",
    "nil": "None",
}
_MODULES = frozenset(
    """
    math itertools functools random time copy os sys re json collections operator
    """.split()  # noqa: SIM905
)
_GONE = ("float", "int", "bool", "object", "str", "complex")
_OTHER_NUMPY = {
    "relu": "np.maximum(x, 0)",
    "length": "len(x)",
    "len": "len(x)",
    "rand": "np.random.rand",
    "randn": "np.random.randn",
    "randint": "np.random.randint",
    "product": "np.prod",
    "cumproduct": "np.cumprod",
    "alltrue": "np.all",
    "sometrue": "np.any",
    "float_": "np.float64",
    "Inf": "np.inf",
    "NaN": "np.nan",
    "cat": "np.concatenate",
    "unsqueeze": "np.expand_dims",
    "softmax": "np.exp, divided by its sum",
    "sigmoid": "1 / (1 + np.exp(-x))",
}
_OF_ARRAYS = {
    "append": "an array does not grow: collect in a list and make an array of it at the end, or make the array "
    "full size first",
    "extend": "an array does not grow: collect in a list and make an array of it at the end",
    "length": "write `len(x)` or `x.shape[0]`",
    "len": "write `len(x)` or `x.shape[0]`",
    "unsqueeze": "that is torch's; numpy's is np.expand_dims(x, axis)",
    "permute": "that is torch's; numpy's is `.transpose(...)`",
    "numpy": "it is a numpy array already",
    "detach": "that is torch's; leave it out",
    "index": "write np.where or np.argmax",
    "pop": "arrays have no pop; take a part with `x[:-1]`",
    "dim": "write `x.ndim`",
    "cat": "write np.concatenate",
}


def name_error(case: Case, found: re.Match[str]) -> str:
    """A variable that has no value anywhere."""
    name = found[1]
    if name == "np":
        return "`np` is not there: the line `import numpy as np` is missing at the top of the file."
    if name in _ELSEWHERE:
        return f"Python has no `{name}`: it is called `{_ELSEWHERE[name]}`."
    if name in _MODULES:
        return f"`{name}` is not imported: the line `import {name}` is missing at the top of the file."
    here, everywhere = _visible(case), _module_names(case)
    if name == "numpy" and "np" in everywhere:
        return "numpy is imported as `np` here: write `np.` in place of `numpy.`."
    if other := next((n for n in sorted(here | everywhere) if n.lower() == name.lower()), ""):
        return f"`{name}` has no value anywhere; is `{other}` meant? Capital letters count."
    if close := get_close_matches(name, sorted(here | everywhere)[:_MOST_NAMES], 1, 0.75):
        return f"`{name}` has no value anywhere; is `{close[0]}` meant?"
    if hasattr(np, name):
        return f"`{name}` belongs to numpy: write `np.{name}`."
    owners = [f.name for text in case.texts for f in text.functions.values() if name in _locals(f)]
    if owners and name not in everywhere:
        own = case.spot.function
        if own is not None and parameters(own):
            arguments = ", ".join(f"`{argument}`" for argument in parameters(own)[:8])
            return (
                f"`{own.name}` has no variable `{name}`, and that of another function (`{owners[0]}`) is not "
                f"seen here. The arguments of `{own.name}` are {arguments}."
            )
        return (
            f"`{name}` has a value inside `{owners[0]}` only, and other functions don't see it: "
            "hand it over as an argument, or return it."
        )
    if close := get_close_matches(name, [n for n in dir(builtins) if n.islower()], 1, 0.75):
        return f"`{name}` has no value anywhere; is `{close[0]}` meant?"
    if name in everywhere:
        return f"`{name}` gets its value in a line that has not run when this one does."
    return f"No line gives `{name}` a value: is it misspelt, or is that line missing?"


def _visible(case: Case) -> set[str]:
    return {name for node in case.spot.around if isinstance(node, Function) for name in _locals(node)}


def _module_names(case: Case) -> set[str]:
    return {name for text in (case.spot.text, *case.texts) for name in text.bound}


def _locals(function: Function) -> set[str]:
    return {*parameters(function), *(name for part in function.body for name in bound_by(part))}


def unbound(case: Case, found: re.Match[str]) -> str:
    """A variable of the function that is used before it has a value."""
    name, function, line = found[1], case.spot.function, case.spot.line
    if function is None:
        return ""
    stores = [
        node
        for node in within(function)
        if (isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store))
        or (isinstance(node, Function) and node is not function and node.name == name)
    ]
    lines = sorted(node.lineno for node in stores if isinstance(node, ast.expr | ast.stmt))
    if not lines:
        return ""
    if name in _module_names(case) | set(dir(builtins)):
        kind = "a function of Python" if hasattr(builtins, name) else "also a name outside the function"
        return (
            f"`{name}` is {kind}, but line {lines[0]} gives this name a value: so it is a "
            "variable everywhere in "
            f"`{function.name}`, and has no value yet here. Use another name in line {lines[0]}."
        )
    if isinstance(case.spot.statement, ast.AugAssign) and lines == [line]:
        around = [
            part.lineno
            for part in within(function)
            if isinstance(part, ast.For | ast.While) and part.lineno < line <= (part.end_lineno or 0)
        ]
        where = f"before the loop in line {around[0]}" if around else "before"
        return (
            f"This line changes `{name}`, which has no value yet: give it one {where}, for instance "
            f"`{name} = 0`."
        )
    inside = _conditional(function, name, line)
    if inside is not None and lines[0] < line:
        word = {"For": "for", "While": "while", "If": "if", "Try": "try", "With": "with"}.get(
            type(inside).__name__, ""
        )
        if word:
            return (
                f"`{name}` gets a value only inside the `{word}` of line {inside.lineno}, and for "
                "this call that did not "
                "happen: give it a value before."
            )
    if lines[0] > line:
        return f"`{name}` is used here before line {lines[0]} gives it its first value."
    return f"`{name}` has no value yet when this line uses it: for this call, no line before gave it one."


def _conditional(function: Function, name: str, line: int) -> ast.stmt | None:
    """The statement of the function's own level that alone holds what gives `name` a value above `line`."""
    holding = [part for part in function.body if part.lineno < line and name in set(bound_by(part))]
    last = holding[-1] if len(holding) == 1 else None
    compound = isinstance(last, ast.For | ast.While | ast.If | ast.Try | ast.With)
    if isinstance(last, ast.If) and last.orelse:
        return None
    return last if last is not None and compound and (last.end_lineno or 0) < line else None


def no_module_attribute(case: Case, found: re.Match[str]) -> str:
    """`np.foo`: what was meant."""
    module, name = found[1], found[2]
    if module != "numpy":
        return f"The module `{module}` has no `{name}`: is it misspelt, or does another module have it?"
    if name in _GONE:
        return f"numpy has no `np.{name}` any more: write `{name}`."
    if name in _OTHER_NUMPY:
        return f"numpy has no `np.{name}`: write {_OTHER_NUMPY[name]}."
    if close := get_close_matches(name, [n for n in dir(np) if not n.startswith("_")], 1, 0.7):
        return f"numpy has no `np.{name}`; is `np.{close[0]}` meant?"
    return f"numpy has no `np.{name}`."


def no_attribute(case: Case, found: re.Match[str]) -> str:
    """`x.foo` where x is of another type than was thought."""
    kind, name = found[1], found[2]
    node = case.node
    owner = node.value if isinstance(node, ast.Attribute) else None
    if owner is None and isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        owner = node.func.value
    code = case.code(owner) if owner is not None else "this value"
    short = kind.rpartition(".")[2]
    if short == "NoneType":
        return f"{case.why_none(owner) if owner is not None else 'A value is None'}: None has no `.{name}`."
    if short in UNCALLED:
        return f"{code} is the function itself, not what it gives: it is not called. Round brackets call it."
    if short == "ndarray":
        if name in _OF_ARRAYS:
            return f"{code} is an array, and arrays have no `.{name}`: {_OF_ARRAYS[name]}."
        if hasattr(np, name):
            return f"Arrays have no `.{name}`: write `np.{name}({code.strip('`')})`."
        close = get_close_matches(name, [n for n in dir(np.ndarray) if not n.startswith("_")], 1, 0.7)
        meant = f"; is `.{close[0]}` meant?" if close else "."
        return f"{code} is an array, and arrays have no `.{name}`{meant}"
    if hasattr(np.ndarray, name) and short in ("list", "tuple"):
        return f"{code} is {in_words(kind)}, and only arrays have `.{name}`: make one with np.array(...)."
    if hasattr(np.ndarray, name) and short in ("int", "float", "bool"):
        return f"{code} is one number, no array: it has no `.{name}`."
    if short == "dict":
        return (
            f'{code} is a dict: its entries are reached with square brackets, `["{name}"]`, not with a dot.'
        )
    return f"{code} is {in_words(kind)}, which has no `.{name}`."


def missing_key(case: Case, found: re.Match[str]) -> str:
    """A key that a dict does not have."""
    key, node = found[0], case.node
    code = f" {case.code(node.value)}" if isinstance(node, ast.Subscript) else ""
    text = key.strip("'\"")
    known = {
        n.value
        for source in case.texts
        for statement in source.statements
        for n in ast.walk(statement)
        if isinstance(n, ast.Constant) and isinstance(n.value, str) and len(n.value) < 40
    } - {text}
    close = get_close_matches(text, sorted(known)[:_MOST_NAMES], 1, 0.75) if key[:1] in "'\"" else []
    if not close and key[:1] in "'\"":
        close = [name for name in sorted(known) if name.lower() == text.lower()][:1]
    meant = f" Is {close[0]!r} meant?" if close else ""
    return f"The dict{code} has no entry {key}.{meant}"
