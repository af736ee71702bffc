"""`grader check --repro`: the call that failed as a small script, to run, to print from and to step through."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
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
from {chapter} import {name}

got = {call}
print("got:     ", repr(got))
{expected}'''


def write_repro(found: ExerciseCheck, folder: Path, chapter_of: Mapping[str, str]) -> Path:
    """Write repro_EXERCISE.py into the student's folder; an older one is replaced. Raises UsageError."""
    test = found.failure
    if test is None or not test.example:
        why = found.message or "no check of it failed in a call"
        raise UsageError(f"there is no failing call of {found.name} to write down: {why}")
    try:
        ast.parse(test.example)
    except SyntaxError:
        raise UsageError(
            f"the failing call of {found.name} is too large to write down: {test.id} has it"
        ) from None
    # A check may have called another function than the one it is about.
    called = test.example.partition("(")[0]
    expected = _expected(found)
    hooks = []
    if found.file.endswith(".ipynb"):
        hooks.append("from grader import check  # so that chapters can be imported from notebooks")
    if re.search(r"\b(?:inf|nan)\b", test.example):
        hooks.append("from numpy import inf, nan")
    text = _SCRIPT.format(
        name=called,
        title=_in_docstring(test.title),
        message=_in_docstring(test.message),
        hooks="".join(f"{line}\n" for line in hooks),
        chapter=chapter_of[called],
        call=test.example,
        expected=f'print("expected:", {expected!r})\n' if expected else "",
    )
    path = folder / f"repro_{found.name}.py"
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path} can't be written ({error.strerror})") from None
    return path


def _expected(found: ExerciseCheck) -> str:
    """What the check compared with, as text, where it is known."""
    from grader.feedback import value_text

    evidence = found.failure.evidence if found.failure else None
    return "" if evidence is None or evidence.expected is None else value_text(evidence.expected)


def _in_docstring(text: str) -> str:
    return visible(text, 300).replace("\\", "/").replace('"""', "'''")
