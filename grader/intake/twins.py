"""Which twin of a chapter a student works in, where no untouched handout is at hand to compare with.

Grading compares with the handout. On a student's machine there is only what the student has made of it: a twin in
which no exercise is written yet counts as untouched.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping

from grader.course import Assignment
from grader.intake.layout import Unreadable
from grader.intake.notebook import parse_notebook
from grader.intake.text import decoded_source


def untouched_twins(files: Mapping[str, bytes], assignment: Assignment) -> dict[str, bytes]:
    """Those of `files` (name → bytes) that are chapters, `.py` or `.ipynb`, with no exercise written yet.

    Given to `open_bundle` as the handout, they lose against a twin that was worked on.
    """
    found: dict[str, bytes] = {}
    for chapter in assignment.open_chapters:
        exercises = {exercise.name for exercise in chapter.exercises}
        for file in (f"{chapter.name}.py", f"{chapter.name}.ipynb"):
            if file in files and not touched(file, files[file], exercises):
                found[file] = files[file]
    return found


def touched(file: str, data: bytes, exercises: Iterable[str]) -> bool:
    """Whether one of `exercises` is more than a stub in a chapter, or the chapter can't be read as one any more."""
    names = frozenset(exercises)
    try:
        if not file.endswith(".ipynb"):
            return _has_work(ast.parse(decoded_source(data)), names)
        cells = parse_notebook(data).cells
    except (Unreadable, SyntaxError, ValueError, RecursionError, MemoryError):
        return True
    return any(_cell_has_work(cell, names) for cell in cells)


def _cell_has_work(cell: str, exercises: frozenset[str]) -> bool:
    try:
        return _has_work(ast.parse(cell), exercises)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        # Half a line typed anywhere is no work; half an exercise is.
        return any(f"def {name}(" in cell for name in exercises)


def _has_work(tree: ast.Module, exercises: frozenset[str]) -> bool:
    return any(
        isinstance(node, ast.FunctionDef) and node.name in exercises and not _is_stub(node)
        for node in tree.body
    )


def _is_stub(node: ast.FunctionDef) -> bool:
    body = [step for step in node.body if not isinstance(step, ast.Expr)]
    if len(body) != 1 or not isinstance(body[0], ast.Raise):
        return False
    raised = body[0].exc
    name = raised.func if isinstance(raised, ast.Call) else raised
    return isinstance(name, ast.Name) and name.id == "NotImplementedError"
