"""An author's choice among the drawn inputs: used where it was made from these, and by everybody alike."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.errors import CourseError
from grader.grading.grader import Grader, course_seed, fingerprint_of_tests, unused_choice
from grader.testing.chosen import (
    CHOSEN_FILE,
    Candidates,
    Choice,
    decided_by,
    mark_of,
    read_choice,
    write_choice,
)
from grader.testing.fresh import POOL_FOR_EACH, share_of
from grader.testing.hidden import EXAMPLES, HiddenTest

SUMS = "test_sums"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GRADER_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def graded_with(course: Any) -> dict[str, HiddenTest]:
    with Grader(course, "tiny", confined=False) as grader:
        return {test.function.__name__: test for test in grader.tests if test.is_property}


def choose(course: Any, *numbers: int, mark: str = "") -> dict[str, HiddenTest]:
    """Choose these inputs of one test; the properties with all their inputs."""
    tests = graded_with(course)
    folder, test = course.hidden_tests("tiny"), tests[SUMS]
    decides = decided_by(folder, course_seed(course, "tiny"))
    drawn = mark_of(Candidates(test.inputs, test.pool))
    write_choice(folder, Choice(decides, {test.id: numbers}, {test.id: mark or drawn}))
    return tests


def test_the_chosen_inputs_alone_are_used_drawn_or_kept(make_course: Callable[..., Any], cache: Path) -> None:
    course = make_course().course
    every = choose(course, 0, 3, 17)
    for _ in range(2):  # drawn, then from the cache
        used = graded_with(course)
        assert used[SUMS].inputs == [every[SUMS].inputs[number] for number in (0, 3, 17)]
        assert used[SUMS].pool == every[SUMS].pool  # a submission's own stay the same
        assert repr(used["test_doubles_anything"].inputs) == repr(every["test_doubles_anything"].inputs)
    sizes = sorted(path.stat().st_size for path in cache.glob("inputs-*.bin"))
    assert len(sizes) == 2
    assert sizes[0] < sizes[1]


def test_another_choice_grades_everybody_again(make_course: Callable[..., Any]) -> None:
    course = make_course().course
    choose(course, 0, 3)
    before = fingerprint_of_tests(course, "tiny")
    (course.hidden_tests("tiny") / CHOSEN_FILE).unlink()
    assert fingerprint_of_tests(course, "tiny") != before


@pytest.mark.parametrize("fits", [True, False])
def test_where_calls_take_long_the_choice_is_among_more(make_course: Callable[..., Any], fits: bool) -> None:
    test, few = graded_with(make_course().course)[SUMS], 6
    test.examples = few
    drawn = test.candidates(1)
    assert (len(drawn.inputs), len(drawn.pool)) == (EXAMPLES, 2 * POOL_FOR_EACH * share_of(few))
    mark = mark_of(drawn) if fits else "0" * 12
    test.draw(1, pool=True, choice=Choice("", {test.id: (2, 29)}, {test.id: mark}, {test.id: (0, 31)}))
    if fits:
        assert test.inputs == [drawn.inputs[2], drawn.inputs[29]]
        assert test.pool == [drawn.pool[0], drawn.pool[31]]
    else:
        assert (len(test.inputs), len(test.pool)) == (few, POOL_FOR_EACH * share_of(few))


@pytest.mark.parametrize("what", ["seed", "test"])
def test_a_choice_made_for_something_else_is_not_used_and_that_is_said(
    make_course: Callable[..., Any], what: str
) -> None:
    course = make_course().course
    choose(course, 0, 3)
    folder = course.hidden_tests("tiny")
    assert unused_choice(course, "tiny") == ""
    if what == "seed":
        (folder / "seed.txt").write_text("another\n")
    else:
        (page,) = folder.glob("test_*_beta.py")
        page.write_text(page.read_text() + "\n# another line\n")
    assert len(graded_with(course)[SUMS].inputs) == 30
    assert "--choose-inputs" in unused_choice(course, "tiny")


def test_where_other_inputs_are_drawn_all_of_that_test_are_used(make_course: Callable[..., Any]) -> None:
    """As by another version of Hypothesis."""
    course = make_course().course
    choose(course, 0, 3, mark="0" * 12)
    assert len(graded_with(course)[SUMS].inputs) == 30


def test_other_line_ends_are_no_other_tests(make_course: Callable[..., Any]) -> None:
    folder = make_course().course.hidden_tests("tiny")
    before = decided_by(folder, 1)
    for page in folder.glob("*.py"):
        page.write_bytes(page.read_bytes().replace(b"\n", b"\r\n"))
    assert decided_by(folder, 1) == before != decided_by(folder, 2)


@pytest.mark.parametrize(
    "text",
    [
        "for x\n0123456789ab 3,1 a::b\n",
        "for x\nnonsense\n",
        "0123456789ab 1 a::b\n",
        "for x\n0123456789ab  a::b\n",
        "for x\n0123456789ab 0,3/7,5 a::b\n",
        "for x\n0123456789ab 0,3/ a::b\n",
    ],
)
def test_a_damaged_choice_is_named_with_its_line(tmp_path: Path, text: str) -> None:
    (tmp_path / CHOSEN_FILE).write_text(text)
    with pytest.raises(CourseError, match=rf"{CHOSEN_FILE}:\d: .*delete the file"):
        read_choice(tmp_path)


def test_a_choice_comes_back_as_it_was_written(tmp_path: Path) -> None:
    numbers = {"a.py::test_b[x y]": (0, 2), "a.py::test_c": (1,)}
    marks = {"a.py::test_b[x y]": "0123456789ab", "a.py::test_c": "ba9876543210"}
    choice = Choice("abc", numbers, marks, {"a.py::test_c": (3, 14)})
    write_choice(tmp_path, choice)
    assert read_choice(tmp_path) == choice
    assert read_choice(tmp_path / "nowhere") is None
