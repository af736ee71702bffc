"""The visible checks of an assignment: the author's own files or, where a chapter has none, its docstrings' examples.

An example is written as for doctest: `>>> median([3, 1, 2])`, and below it what comes out. What students read in the
docstring is then what `grader check` tries.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from grader.errors import CourseError

if TYPE_CHECKING:
    import doctest

    from grader.course.models import Assignment

FOLDER = "checks"

_CONFTEST = '''\
"""Lets a plain `pytest` run these checks on your files in the folder above."""

from pathlib import Path

import pytest

from grader.testing import OwnFunctions


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "exercise(name): the exercise a check belongs to")


@pytest.fixture(scope="session")
def student() -> OwnFunctions:
    return OwnFunctions(Path(__file__).resolve().parent.parent)
'''
_HEAD = '''\
"""The examples in the docstrings of {chapter}.py, as checks."""

import numpy as np
import pytest
from numpy import array, inf, nan

from grader.testing import agree_printed, agree_value, must_raise
'''
#: What a docstring shows is often rounded a little.
_TOLERANCE = 1e-6
_MOST_TITLE = 90


def visible_checks(solutions: Path, assignment: Assignment) -> dict[str, bytes]:
    """File name → content, of all checks that students get. Raises CourseError for examples that can't be read."""
    files = {"conftest.py": _CONFTEST.encode()}
    if (own := solutions / FOLDER / "conftest.py").is_file():
        files["conftest.py"] = own.read_bytes()
    for chapter in assignment.open_chapters:
        name = f"test_{chapter.name}.py"
        if (own := solutions / FOLDER / name).is_file():
            files[name] = own.read_bytes()
        elif made := _from_docstrings(solutions / f"{chapter.name}.py", {e.name for e in chapter.exercises}):
            files[name] = made.encode()
    return files


def _from_docstrings(path: Path, exercises: set[str]) -> str:
    import doctest  # which brings a debugger with it: for authors alone

    try:
        body = ast.parse(path.read_text(encoding="utf-8")).body
    except (OSError, SyntaxError, ValueError):
        return ""  # whoever loads the chapter says it better
    checks: list[str] = []
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name in exercises:
            docstring = ast.get_docstring(node) or ""
            try:
                found = doctest.DocTestParser().get_examples(docstring)
            except ValueError as error:
                raise CourseError(f"{path}: the examples of {node.name} can't be read: {error}") from None
            checks += _checks(node.name, found, exercises)
    return "\n\n".join([_HEAD.format(chapter=path.stem), *checks]) if checks else ""


def _checks(name: str, examples: list[doctest.Example], exercises: set[str]) -> Iterator[str]:
    """One check an example with a result. Lines without one are run before those that follow.

    So are calls with what student code made in those, as `reader.read("a")`: later ones may depend on them.
    """
    before: list[str] = []
    made: set[str] = set()
    number = 0
    for example in examples:
        try:
            tree = ast.parse(example.source.strip())
        except SyntaxError:
            continue
        title = " ".join(example.source.split())[:_MOST_TITLE]
        calls = any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(tree))
        tree = ast.fix_missing_locations(_OfStudent(exercises).visit(tree))
        if not example.want:
            before += ast.unparse(tree).splitlines()
            if "student." in ast.unparse(tree):
                made |= _names(tree, ast.Store)
            continue
        lines = [repr(title), *before, _comparison(tree, example)]
        known = any(f"student.{name}" in earlier for earlier in before)
        if example.exc_msg is None and _names(tree, ast.Load) & made and _has_call(tree):
            before += ast.unparse(tree).splitlines()
        if not lines[-1] or not (calls or known):
            continue
        number += 1
        head = f'@pytest.mark.exercise("{name}")\ndef test_{name}_{number}(student):\n'
        yield head + "".join(f"    {each}\n" for each in lines)


def _names(tree: ast.AST, use: type[ast.expr_context]) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, use)}


def _has_call(tree: ast.AST) -> bool:
    return any(isinstance(node, ast.Call) for node in ast.walk(tree))


class _OfStudent(ast.NodeTransformer):
    """`median(…)` → `student.median(…)`."""

    def __init__(self, exercises: set[str]) -> None:
        self._exercises = exercises

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id not in self._exercises or not isinstance(node.ctx, ast.Load):
            return node
        return ast.Attribute(ast.Name("student", ast.Load()), node.id, ast.Load())


def _comparison(tree: ast.Module, example: doctest.Example) -> str:
    """The line that compares, or '' where the example does not say what must come out."""
    if len(tree.body) != 1 or not isinstance(expression := tree.body[0], ast.Expr):
        return ""
    value = expression.value
    if example.exc_msg is not None:
        kind = example.exc_msg.partition(":")[0].strip()
        if not isinstance(value, ast.Call) or not kind.isidentifier():
            return ""
        arguments = [*value.args, *(ast.keyword(k.arg, k.value) for k in value.keywords)]
        rest = "".join(f", {ast.unparse(argument)}" for argument in arguments)
        return f"must_raise({kind}, {ast.unparse(value.func)}{rest})"
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "print":
        if len(value.args) != 1 or value.keywords:
            return ""
        return f"agree_printed(str({ast.unparse(value.args[0])}), {example.want!r})"
    try:
        wanted = ast.parse(example.want.strip(), mode="eval")
    except SyntaxError:
        return ""
    if any(isinstance(node, ast.Constant) and node.value is ... for node in ast.walk(wanted)):
        return ""
    return f"agree_value({ast.unparse(value)}, {ast.unparse(wanted)}, tolerance={_TOLERANCE})"
