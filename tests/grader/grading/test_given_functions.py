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
from hypothesis import given, strategies as st


@pytest.mark.exercise("root", points=1)
def test_root(student):
    """A root"""
    agree(student.root(lambda x: x - 3, 0.0), 3.0)
    agree(student.root(lambda x: x - 0.125, 0.0), 0.125)


@pytest.mark.exercise("size", points=1)
@given(r=st.integers(1, 400))
def test_any_size(student, r):
    """Any size"""
    agree(student.size(r / 4), r / 4)
    agree(student.size(2.5), 2.5)
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
    assert all(test.message.startswith("got -") for test in size.tests)


def test_what_follows_from_another_mistake_is_not_described_as_its_own(grader: Grader) -> None:
    size = grader.grade(submission({"one": CHAPTER.replace("return x - f(x)", "return x * f(x)")})).exercise(
        "size"
    )
    assert (size.status, size.diagnosis) == ("failed", None)
    alone = grader.grade(submission({"one": CHAPTER.replace("return root(", "return 0 * root(")})).exercise(
        "size"
    )
    assert alone.diagnosis is not None
    assert "nothing but zeros" in alone.diagnosis.says


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
    said, unnamed = [line for line in found.unproven if "'sign'" in line]
    assert "costs 1 point in size, too" in said
    assert "can't answer root there" in said
    assert unnamed.startswith(
        "root: the mistake 'sign' is not named to students: that is done for functions which take"
    )
