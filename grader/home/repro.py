"""`grader check --repro`: the call that failed as a small script, to run, to print from and to step through."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from grader.errors import UsageError
from grader.home.report import ExerciseCheck
from grader.text import visible

_SCRIPT = '''\
"""The call of {name} that failed: {title}
{message}

Written by `grader check --repro`. Run it, print in it, step through it; it is not handed in.
"""

import numpy as np
{hooks}
{imports}

{body}
print("got:")
print(got)
{expected}'''

_WIDTH = 88


def write_repro(found: ExerciseCheck, folder: Path, chapter_of: Mapping[str, str]) -> Path:
    """Write repro_EXERCISE.py into the student's folder; an older one is replaced. Raises UsageError."""
    test = found.failure
    if test is None or not test.example:
        why = found.message or "no check of it failed in a call"
        raise UsageError(f"there is no failing call of {found.name} to write down: {why}")
    try:
        *before, call = ast.parse(test.example).body
    except SyntaxError:
        raise UsageError(
            f"the failing call of {found.name} is too large to write down: {test.id} has it"
        ) from None
    # A check may have called another function than the one it is about, and others before.
    named = {
        node.id for statement in (*before, call) for node in ast.walk(statement) if isinstance(node, ast.Name)
    }
    used = [name for name in chapter_of if name in named]
    hooks = [f"import {module}" for module in ("math", "random") if module in named]
    if "take" in named:
        hooks += [
            "from itertools import islice",
            "",
            "take = lambda values, most: list(islice(values, most))",
        ]
    if re.search(r"\b(?:inf|nan)\b", test.example):
        hooks.append("from numpy import inf, nan")
    if found.file.endswith(".ipynb"):
        hooks.append("from grader import check  # so that chapters can be imported from notebooks")
    text = _SCRIPT.format(
        name=used[-1] if used else found.name,
        title=_in_docstring(test.title),
        message=_in_docstring(test.message),
        hooks="".join(f"{line}\n" for line in hooks),
        imports="\n".join(f"from {chapter_of[name]} import {name}" for name in used),
        body="\n".join([*map(ast.unparse, before), *_body(call, named)]),
        expected="\n".join(_expected(found)),
    )
    path = folder / f"repro_{found.name}.py"
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path} can't be written ({error.strerror})") from None
    return path


def _body(statement: ast.stmt, named: Collection[str]) -> Iterator[str]:
    """The arguments by their names, and the call, as one would write them by hand. named: names that mean something."""
    if not isinstance(statement, ast.Expr):  # an attribute is set
        yield from (ast.unparse(statement), "got = None")
        return
    call = statement.value
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
        taken = {*named, "np", "got", "expected", "inf", "nan"}
        for argument in call.keywords:
            if argument.arg and argument.arg not in taken and not isinstance(argument.value, ast.Constant):
                yield f"{argument.arg} = {laid_out(argument.value, len(argument.arg) + 3)}"
                argument.value = ast.Name(argument.arg)
        if len(call.keywords) > sum(isinstance(k.value, ast.Constant) for k in call.keywords):
            yield ""
    yield f"got = {laid_out(call, 6)}"


def _expected(found: ExerciseCheck) -> Iterator[str]:
    """What the check compared with, where it is known."""
    from grader.feedback import value_text

    evidence = found.failure.evidence if found.failure else None
    if evidence is None or evidence.expected is None:
        return
    text = value_text(evidence.expected)
    yield 'print("expected:")'
    try:
        value = ast.parse(text.replace("array(", "np.array("), mode="eval").body
        if "..." in text:
            raise SyntaxError
        if isinstance(value, ast.List) and _is_array(value):
            value = ast.Call(ast.parse("np.array", mode="eval").body, [value], [])
        yield laid_out(ast.Call(ast.Name("print"), [value], []), 0)
    except SyntaxError:  # "ValueError raised"
        yield f"print({json.dumps(text, ensure_ascii=False)})"
    yield ""


def _is_array(value: ast.expr) -> bool:
    """Whether a list reads better as numpy prints it."""
    import numpy as np

    try:
        return np.asarray(ast.literal_eval(value)).dtype.kind in "biuf"
    except ValueError:  # rows of several lengths
        return False


def laid_out(node: ast.expr, column: int, indent: int = 0) -> str:
    """The code of an expression that begins in `column`: on one line if it fits there, else a part a line."""
    text = _quoted(ast.unparse(node))
    if column + len(text) <= _WIDTH - 1:
        return text
    inner = " " * (indent + 4)
    parts: list[str]
    if isinstance(node, ast.List | ast.Tuple) and node.elts:
        opening, closing = ("[", "]") if isinstance(node, ast.List) else ("(", ")")
        parts = [laid_out(part, indent + 4, indent + 4) for part in node.elts]
    elif isinstance(node, ast.Call) and (node.args or node.keywords):
        opening, closing = f"{ast.unparse(node.func)}(", ")"
        parts = [laid_out(part, indent + 4, indent + 4) for part in node.args]
        for word in node.keywords:
            before = f"{word.arg}=" if word.arg else "**"
            parts.append(before + laid_out(word.value, indent + 4 + len(before), indent + 4))
        if len(parts) == 1 or sum(map(len, parts)) + 2 * len(parts) + indent + 2 <= _WIDTH:
            joined = ", ".join(parts)
            if len(parts) == 1 or "\n" not in joined:
                return f"{opening}\n{inner}{joined}\n{' ' * indent}{closing}"
    else:
        return text
    lines = "".join(f"{inner}{part},\n" for part in parts)
    return f"{opening}\n{lines}{' ' * indent}{closing}"


def _quoted(code: str) -> str:
    """In double quotes, where that changes nothing else."""
    return code if '"' in code or "\\" in code else code.replace("'", '"')


def _in_docstring(text: str) -> str:
    return visible(text, 300).replace("\\", "/").replace('"""', "'''")
