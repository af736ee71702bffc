"""A class as exercise: what needs it and what it needs, its known mistakes and variants, its spoilt results."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from grader.authoring.insert_function import transplanted
from grader.authoring.mutation import mutants_of
from grader.authoring.perturbations import PERTURBATIONS, spoilt_by
from grader.authoring.proof import prove
from grader.authoring.validate import examine
from grader.course import load_course
from grader.course.catalogue import file_of
from grader.grading.grader import Grader
from grader.intake.twins import written_in
from grader.wall.launcher import can_fork_workers

from ..conftest import submission, write_tree

COURSE = """\
schema: 1
title: Classes
assignments:
  scratch:
    title: Classes
    chapters:
      - name: one
        title: One
        minutes: 5
        exercises:
          - {name: step, points: 1}
          - {name: Cell, points: 2, needs: [step]}
          - {name: run, points: 1, needs: [Cell]}
"""
CHAPTER = '''\
# %%
def step(h, x):
    """The next state."""
    ### BEGIN SOLUTION
    return 0.5 * h + x
    ### END SOLUTION

# %%
class Cell:
    """Keeps its state."""

    def __init__(self):
        self.h = 0.0

    def forward(self, x):
        ### BEGIN SOLUTION
        self.h = step(self.h, x)
        return self.h
        ### END SOLUTION

# %%
def run(xs):
    """All states."""
    ### BEGIN SOLUTION
    cell = Cell()
    return [cell.forward(x) for x in xs]
    ### END SOLUTION
'''
TESTS = '''\
import pytest
from grader.testing import agree, agree_value


@pytest.mark.exercise("step", points=1)
def test_step(student):
    """A step"""
    agree(student.step(2.25, 1000.125), 1001.25)
    agree(student.step(-2.0, 1e-4), -0.9999)


@pytest.mark.exercise("Cell", points=2)
def test_cell(student, reference):
    """The state is kept"""
    cell, right = student.Cell(), reference.Cell()
    for x in (1000.125, -3.0, 1e-4, 0.25):
        agree(cell.forward(x), right.forward(x))
    agree(cell.h, right.h)


@pytest.mark.exercise("run", points=1)
def test_run(student):
    """A sequence"""
    agree_value(student.run([1.0, 1.0]), [1.0, 1.5])
'''
CHECKS = '''\
import pytest


@pytest.mark.parametrize("name", ["step"])
@pytest.mark.exercise("step")
def test_step(student, name):
    """A step"""
    assert student.step(0, 1) == 1


@pytest.mark.exercise("Cell")
def test_cell(student):
    """A cell"""
    assert student.Cell().forward(1) == 1


@pytest.mark.exercise("run")
def test_run(student):
    """A sequence"""
    assert student.run([1]) == [1]
'''
CATALOGUE = """\
from grader.testing import {kind}


@{kind}("Cell", {words})
class Other:
    def __init__(self):
        self.h = 0.0

    def forward(self, x):
        {line}
        return {result}
"""


@pytest.fixture
def course(tmp_path: Path) -> Any:
    words = 'name="no-state", says="The state is not kept.", hint="Where is h set?"'
    write_tree(
        tmp_path,
        {
            "course.yaml": COURSE,
            "solutions/scratch/one.py": CHAPTER,
            "solutions/scratch/checks/test_one.py": CHECKS,
            "solutions/scratch/mistakes/m.py": CATALOGUE.format(
                kind="mistake", words=words, line="pass", result="0.5 * self.h + x"
            ),
            "solutions/scratch/variants/v.py": CATALOGUE.format(
                kind="variant", words='name="in-one"', line="self.h = self.h / 2 + x", result="self.h"
            ),
            "tests/hidden/scratch/seed.txt": "secret\n",
            "tests/hidden/scratch/test_one.py": TESTS,
        },
    )
    return load_course(tmp_path / "course.yaml")


def test_a_mistake_costs_its_own_points_only(course: Any) -> None:
    wrong_step = CHAPTER.replace("0.5 * h + x", "0.4 * h + x")
    wrong_cell = CHAPTER.replace("self.h = step", "self.g = step").replace("return self.h", "return self.g")
    with Grader(course, "scratch", confined=can_fork_workers()) as grader:
        found = [
            {e.name: e.score for e in grader.grade(submission({"one": text})).exercises}
            for text in (CHAPTER, wrong_step, wrong_cell)
        ]
    assert found[0] == {"step": 1, "Cell": 2, "run": 1}
    assert found[1]["step"] == 0
    assert found[1]["Cell"] == 2, "step was answered inside the student's process"
    assert found[2] == {"step": 1, "Cell": 0, "run": 0}, "a class is never answered"


def test_its_mistakes_are_caught_and_its_variants_accepted(course: Any) -> None:
    found, material = examine(course, "scratch")
    assert material is not None
    prove(course, found, material, everything=True, progress=lambda done, total, what: None)
    exam = found.exercises["Cell"]
    assert exam.caught == {"no-state": [True]}
    assert exam.accepted == {"in-one": True}
    assert exam.spoilt["1e-3 too large"] == "caught"
    assert [reason for reason in found.reasons if reason.startswith("Cell")] == []
    assert found.mutants is not None
    assert "Cell" in found.mutants.noticed


def test_a_mistake_that_is_a_class_can_be_handed_in(course: Any) -> None:
    text = transplanted(CHAPTER, "one", "Cell", course.solutions("scratch") / "mistakes" / "m.py", "Other")
    with Grader(course, "scratch", confined=can_fork_workers()) as grader:
        found = {e.name: e.score for e in grader.grade(submission({"one": text})).exercises}
    assert found == {"step": 1, "Cell": 0, "run": 0}


def test_mutants_are_made_of_its_methods(course: Any) -> None:
    names = {mutant.function for mutant in mutants_of(course.solutions("scratch") / "one.py")}
    assert names == {"step", "Cell", "run"}


def test_what_its_methods_return_is_spoilt() -> None:
    class Box:
        def __init__(self, x: float) -> None:
            self.x = x

        def get(self) -> float:
            return self.x

    spoilt: Any = spoilt_by(next(p for p in PERTURBATIONS if p.name == "1e-3 too large"), Box)
    assert spoilt(2.0).get() == pytest.approx(2.001)
    assert file_of(Box) == Path(__file__)


@pytest.mark.parametrize(
    ("body", "is_written"),
    [
        (
            "    def __init__(self):\n        self.x = 1\n    def f(self):\n        raise NotImplementedError",
            False,
        ),
        ("    def __init__(self):\n        raise NotImplementedError", False),
        ("    def f(self):\n        '''Words.'''\n        return 3\n    def g(self):\n        pass", True),
        ("    pass", False),
        ("    RED = 1", True),
    ],
)
def test_whether_a_class_is_written(body: str, is_written: bool) -> None:
    assert written_in([f"class Cell(Base):\n{body}\n"], ["Cell"]) == ({"Cell"} if is_written else set())
