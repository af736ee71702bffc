"""Scratch assignments: one exercise `f` worth two points, one hidden test, graded by the real Grader."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from grader.course import Course, load_course
from grader.grading.grader import Grader
from grader.result import Result
from grader.wall.launcher import can_fork_workers

from .conftest import submission, write_tree

COURSE = """\
schema: 1
title: Scratch
assignments:
  scratch:
    title: Scratch
    chapters:
      - name: one
        title: One
        minutes: 5
        exercises:
          - {name: f, points: 2}
"""
HEAD = """\
import datetime
import random
from fractions import Fraction
from pathlib import Path
import numpy as np
import pytest
from hypothesis import assume, given, strategies as st
from grader.testing import agree, agree_integer, agree_printed, agree_table, agree_text, agree_value
from grader.testing import must_raise, observe, require, take
"""
RIGHT = "def f(x):\n    return 2 * x\n"
WRONG = "def f(x):\n    return 2 * x + 1\n"
CONSTANT = "def f(x):\n    return 0\n"


def case(body: str, before: str = "", arguments: str = "", title: str = "It doubles", points: int = 2) -> str:
    """A hidden test of `f` with the lines of `body`."""
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    mark = f"@pytest.mark.exercise('f', points={points})"
    living = ", ".join(["student", "reference", *filter(None, [arguments])])
    return f'{HEAD}\n{before}\n{mark}\ndef test_f({living}):\n    """{title}"""\n{lines}\n'


def scratch_course(
    root: Path, test: str, reference: str = RIGHT, more: Mapping[str, str] | None = None
) -> Course:
    """A course whose one hidden test is `test`. more: other files, as path → text."""
    files = {
        "course.yaml": COURSE,
        "solutions/scratch/one.py": f'"""One."""\n\n{reference}',
        "tests/hidden/scratch/seed.txt": "secret\n",
        "tests/hidden/scratch/test_one.py": test,
    }
    write_tree(root, {**files, **(more or {})})
    return load_course(root / "course.yaml")


def graded(root: Path, test: str, *codes: str, reference: str = RIGHT) -> list[Result]:
    """The results of `codes`, each a chapter, in a course whose one hidden test is `test`."""
    course = scratch_course(root, test, reference)
    with Grader(course, "scratch", confined=can_fork_workers()) as grader:
        return [grader.grade(submission({"one": code})) for code in codes]
