"""An exercise that is given a function, and another that needs it: the function can't be sent to who would answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.authoring.validate import examine
from grader.authoring.validate_submissions import examine_submissions
from grader.course import load_course
from grader.grading.grader import Grader
from grader.wall.launcher import can_fork_workers

from ..conftest import submission, write_tree

COURSE = """\
schema: 1
title: Roots
assignments:
  scratch:
    title: Roots
    chapters:
      - name: one
        title: One
        minutes: 5
        exercises:
          - {name: root, points: 1}
          - {name: size, points: 1, needs: [root]}
"""
CHAPTER = '''\
def root(f, x):
    """A root of f."""
    ### BEGIN SOLUTION
    return x - f(x)
    ### END SOLUTION


def size(r):
    """The root of x - r."""
    ### BEGIN SOLUTION
    return root(lambda x: x - r, 0.0)
    ### END SOLUTION
'''
TESTS = '''\
import pytest
from grader.testing import agree


@pytest.mark.exercise("root", points=1)
def test_root(student):
    """A root"""
    agree(student.root(lambda x: x - 3, 0.0), 3.0)
    agree(student.root(lambda x: x - 0.125, 0.0), 0.125)


@pytest.mark.exercise("size", points=1)
def test_size(student):
    """A size"""
    agree(student.size(2.5), 2.5)
    agree(student.size(1000.25), 1000.25)
'''
MISTAKE = """\
from grader.testing import mistake


@mistake("root", name="sign", says="The sign is wrong.", hint="Where to?")
def sign(f, x):
    return x + f(x)
"""
WRONG = CHAPTER.replace("return x - f(x)", "return x + f(x)")


@pytest.fixture
def grader(tmp_path: Path) -> Iterator[Grader]:
    files = {
        "course.yaml": COURSE,
        "solutions/scratch/one.py": CHAPTER,
        "solutions/scratch/mistakes/m.py": MISTAKE,
        "tests/hidden/scratch/seed.txt": "secret\n",
        "tests/hidden/scratch/test_one.py": TESTS,
    }
    write_tree(tmp_path, files)
    with Grader(load_course(tmp_path / "course.yaml"), "scratch", confined=can_fork_workers()) as grader:
        yield grader


def test_what_can_not_be_answered_stands_as_it_was_submitted(grader: Grader) -> None:
    size = grader.grade(submission({"one": WRONG})).exercise("size")
    assert (size.status, size.score, size.answered) == ("failed", 0, [])
    assert [test.message for test in size.tests] == ["got -2.5, expected 2.5"]


def test_what_does_not_ask_for_it_is_right_all_the_same(grader: Grader) -> None:
    own = WRONG.replace("return root(lambda x: x - r, 0.0)", "return r")
    assert grader.grade(submission({"one": own})).exercise("size").score == 1


def test_that_its_mistakes_cost_more_is_no_reason_against_the_course(grader: Grader, tmp_path: Path) -> None:
    course = load_course(tmp_path / "course.yaml")
    found, material = examine(course, "scratch", grader)
    assert material is not None
    found.reasons.clear()
    examine_submissions(course, found, material, grader, everything=False, progress=lambda *_: None)
    assert found.reasons == []
    (said,) = [line for line in found.unproven if "'sign'" in line]
    assert "costs 1 point in size, too" in said
    assert "can't answer root there" in said
