"""The shipped lessons carry a choice of inputs that fits them."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.course.models import load_course
from grader.grading import course_seed, unused_choice
from grader.testing import collect
from grader.testing.chosen import COMMAND, read_choice

ROOT = Path(__file__).resolve().parents[3]
COURSE = load_course(ROOT / "course.yaml")


@pytest.mark.parametrize("name", COURSE.assignments)
def test_the_choice_was_made_for_these_tests_and_this_seed(name: str) -> None:
    assert read_choice(COURSE.hidden_tests(name)) is not None
    assert unused_choice(COURSE, name) == "", f"choose anew: {COMMAND} --assignment {name}"


@pytest.mark.slow
@pytest.mark.parametrize("name", COURSE.assignments)
def test_and_from_the_inputs_that_are_drawn_here(name: str) -> None:
    """Another version of Hypothesis may draw others: then all are used, and this says so."""
    choice = read_choice(COURSE.hidden_tests(name))
    assert choice is not None
    tests = collect(COURSE.hidden_tests(name), COURSE.assignments[name].chapter_of())
    drawn = [test for test in tests if test.is_property]
    assert {test.id for test in drawn} == set(choice.numbers)
    seed = course_seed(COURSE, name)
    assert [test.id for test in drawn if choice.of(test.id, test.candidates(seed)) is None] == []
