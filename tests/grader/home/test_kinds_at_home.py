"""Classes, given functions, generators and printed output in the visible checks: files, kernel, plain pytest."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from grader.course import load_course
from grader.home.kernel_checks import LiveStudent, load_checks, run_checks
from grader.home.repro import write_repro
from grader.home.selfcheck import self_check

from ..conftest import write_tree

COURSE = """\
schema: 1
title: Kinds
assignments:
  kinds:
    title: Kinds
    chapters:
      - name: one
        title: One
        minutes: 5
        exercises:
          - {name: Layer, points: 2}
          - {name: newton, points: 1}
          - {name: count, points: 1}
          - {name: greet, points: 1}
"""
CHECKS = '''\
import numpy as np
import pytest
from grader.testing import agree, agree_printed, agree_value, observe, take


@pytest.mark.exercise("Layer")
def test_layer(student):
    """A layer scales"""
    layer = student.Layer(2)
    layer.W = np.array([2.0, 3.0])
    agree(layer.forward(np.ones(2)), [2.0, 3.0])
    agree(layer.calls, 1)


@pytest.mark.exercise("newton")
def test_newton(student):
    """A root"""
    agree(student.newton(lambda x: x * x - 4, lambda x: 2 * x, 3.0), 2.0)


@pytest.mark.exercise("count")
def test_count(student):
    """It counts"""
    agree_value(take(student.count(), 3), [0, 1, 2])


@pytest.mark.exercise("greet")
def test_greet(student):
    """It greets"""
    seen = observe(student.greet, ["Bob"], typed=["Ada"])
    agree_printed(seen.printed, "Hello Ada")
    agree_value(seen.arguments[0], ["Bob", "Ada"])
'''
CONFTEST = """\
from pathlib import Path

import pytest
from grader.testing import OwnFunctions


@pytest.fixture
def student():
    return OwnFunctions(Path(__file__).parents[1])
"""
RIGHT = """\
import numpy as np


class Layer:
    def __init__(self, n):
        self.W, self.calls = np.ones(n), 0

    def forward(self, x):
        self.calls += 1
        return x * self.W


def newton(f, df, x):
    for _ in range(20):
        x = x - f(x) / df(x)
    return x


def count():
    n = 0
    while True:
        yield n
        n += 1


def greet(names):
    names.append(input("Who? "))
    print("Hello", names[-1])
"""
WRONG = (
    RIGHT.replace("calls += 1", "calls += 2").replace("- f(x)", "- 2 * f(x)").replace("n += 1", "n += 2")
    .replace("names.append(", "names = [0]; names.append(")
)  # fmt: skip
STUB = RIGHT.replace(
    "        self.calls += 1\n        return x * self.W", "        raise NotImplementedError"
)
NAMES = ("Layer", "newton", "count", "greet")


def at_home(root: Path, text: str) -> Path:
    files = {
        "course.yaml": COURSE,
        "one.py": text,
        "checks/test_one.py": CHECKS,
        "checks/conftest.py": CONFTEST,
    }
    write_tree(root, files)
    return root


def in_kernel(root: Path, text: str) -> dict[str, Any]:
    folder = at_home(root, text)
    assignment = load_course(folder / "course.yaml").assignments["kinds"]
    chapter_of = assignment.chapter_of()
    namespace: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(text, "<cell>", "exec"), namespace)
    checks = load_checks(folder / "checks", tuple(chapter_of.items()))
    return {
        name: run_checks(
            [check for check in checks if check.exercise == name],
            LiveStudent(namespace, chapter_of, "one"),
            assignment,
        )
        for name in NAMES
    }


def test_files_are_checked(tmp_path: Path) -> None:
    for text, status in ((RIGHT, "passed"), (WRONG, "failed")):
        folder = at_home(tmp_path / status, text)
        report = self_check(load_course(folder / "course.yaml"), "kinds", folder)
        assert {e.name: e.status for e in report.exercises} == dict.fromkeys(NAMES, status)
    layer = report.exercises[0].failure
    assert layer is not None
    assert layer.example == (
        "layer = Layer(n=2)\nlayer.W = np.array([2., 3.])\nlayer.forward(x=np.array([1., 1.]))\nlayer.calls"
    )


@pytest.mark.sampled
@pytest.mark.parametrize(("number", "got"), [(0, "got:\n2"), (1, "got:\n"), (2, "got:\n[0, 2, 4]")])
def test_the_failing_call_is_a_script_that_runs(number: int, got: str, tmp_path: Path) -> None:
    folder = at_home(tmp_path, WRONG)
    report = self_check(load_course(folder / "course.yaml"), "kinds", folder)
    script = write_repro(report.exercises[number], folder, dict.fromkeys(NAMES, "one"))
    ran = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True, cwd=folder)
    assert ran.stdout.startswith(got)


def test_a_class_with_a_stub_is_not_started(tmp_path: Path) -> None:
    folder = at_home(tmp_path, STUB)
    report = self_check(load_course(folder / "course.yaml"), "kinds", folder)
    assert report.exercises[0].status == "not started"
    assert in_kernel(tmp_path, STUB)["Layer"].state == "missing"


def test_live_objects_are_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert {name: found.state for name, found in in_kernel(tmp_path, RIGHT).items()} == dict.fromkeys(
        NAMES, "passed"
    )
    wrong = in_kernel(tmp_path, WRONG)
    assert {name: found.state for name, found in wrong.items()} == dict.fromkeys(NAMES, "failed")
    assert wrong["Layer"].tests[0].message == "got 2.0, expected 1.0"
    assert wrong["Layer"].tests[0].example.endswith("layer.forward(x=np.array([1., 1.]))\nlayer.calls")
    assert wrong["count"].remarks == ()


@pytest.mark.slow
@pytest.mark.parametrize(("text", "code"), [(RIGHT, 0), (WRONG, 1)])
def test_plain_pytest_runs_the_checks(text: str, code: int, tmp_path: Path) -> None:
    folder = at_home(tmp_path, text)
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "checks"],
        capture_output=True, text=True, check=False, cwd=folder, env=dict(os.environ),
    )  # fmt: skip
    assert ran.returncode == code, ran.stdout
    assert ("4 passed" if code == 0 else "4 failed") in ran.stdout
