"""Examples in a notebook's cells are handed in with it: read from the source, and nothing is run."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from grader.course.models import Assignment
from grader.examples.cells import own_examples
from grader.examples.reading import Examples
from grader.grading.grader import Grader
from grader.home.own_examples import judge_own
from grader.intake.submission import Source, Submission
from grader.wall import can_fork_workers

from ..conftest import submission


def of_cells(*cells: str, examples: str | None = None) -> Submission:
    found = submission({}, examples=examples)
    source = Source("beta", "beta.ipynb", "ipynb", ("from grader import check, example", *cells))
    return replace(found, sources={"beta": source})


@pytest.fixture(scope="module")
def assignment(course: Any) -> Assignment:
    return course.assignments["tiny"]


@pytest.fixture
def read(assignment: Assignment) -> Callable[..., Examples]:
    return lambda *cells, **more: own_examples(of_cells(*cells, **more), assignment)


@pytest.mark.parametrize(
    ("cell", "positional", "named", "expect"),
    [
        ("example('scaled', [1, 2], 6, expect=[6, 12])", ([1.0, 2.0], 6.0), {}, [6.0, 12.0]),
        ("example(scaled, x=-1.5, expect=-1/3)", (), {"x": -1.5}, -1 / 3),
        ("x = np.array([[1, 2], [3, 4]], dtype=float)\ny = x\nexample('scaled', y, expect=ValueError)",
         ([[1.0, 2.0], [3.0, 4.0]],), {}, "raises ValueError"),
        ("example('scaled', np.ones((1, 2)), np.zeros(2), expect=None)", ([[1.0, 1.0]], [0.0, 0.0]), {}, None),
        ("example('scaled', np.arange(1.0, 5).reshape(2, 2), expect=np.arange(4).reshape((2, 2)))",
         ([[1.0, 2.0], [3.0, 4.0]],), {}, [[0.0, 1.0], [2.0, 3.0]]),
        ("found = example('scaled', [('a', 1)], expect={'b': True})", ([["a", 1.0]],), {}, {"b": 1.0}),
    ],
)  # fmt: skip
def test_what_one_writes_by_hand_is_read(
    read: Callable[..., Examples], cell: str, positional: Any, named: Any, expect: Any
) -> None:
    found = read("x = 3", cell)
    assert found.problems == ()
    (example,) = found.examples
    assert (example.exercise, example.where) == ("scaled", "cell 3")
    assert (example.positional, dict(example.named), example.expect) == (positional, named, expect)


@pytest.mark.parametrize(
    ("call", "problem"),
    [
        ("example()", "an example begins with the exercise"),
        ("example('scaled', 3)", "`expect` is missing"),
        ("example('scald', 3, expect=3)", "there is no exercise 'scald' (did you mean 'scaled'?)"),
        ("example('scaled', scaled(3), expect=3)", "`scaled(3)` is not worked out here"),
        ("example('scaled', np.random.rand(3), expect=3)", "`np.random.rand(3)` is not worked out here"),
        ("example('scaled', np.array([1], ndmin=3), expect=3)", "is not worked out here"),
        ("example('scaled', 1 / 0, expect=3)", "`1 / 0` is not worked out here"),
        ("example('scaled', 1e300 * 1e300, expect=3)", "a number is too large"),
        ("example('scaled', np.ones((999, 999)), expect=3)", "too many numbers"),
        ("example('scaled', **what, expect=3)", "`**` can't be read here"),
        ("x = 3\nx = len('a')\nexample('scaled', x, expect=3)", "`x` is not worked out here"),
    ],
)
def test_what_can_t_be_told_is_said(read: Callable[..., Examples], call: str, problem: str) -> None:
    found = read(call)
    assert found.examples == ()
    assert found.problems[0].startswith(f"beta.ipynb cell 2: {problem}") or problem in found.problems[0]


def test_only_the_kits_own_example_counts(read: Callable[..., Examples], assignment: Assignment) -> None:
    assert read("def example(*a): pass", "example('scaled', 3, expect=3)") == Examples()
    script = submission({"beta": "from grader import example\nexample('scaled', 3, expect=3)\n"})
    assert own_examples(script, assignment) == Examples()


def test_no_notebook_costs_time_or_memory(read: Callable[..., Examples]) -> None:
    doubled = "a = [1, 2]\n" + "a = [a, a]\n" * 60 + "example('scaled', a, expect=3)"
    deep = "example('scaled', " + "[" * 90 + "]" * 90 + ", expect=3)"
    many = "example('scaled', " + "[" + "1," * 100_000 + "], expect=3)\n"
    start = time.process_time()
    for cell in (doubled, deep, many, "example('scaled', " + "-" * 5000 + "1, expect=3)", "example(" * 200):
        assert read(cell).examples == ()
    assert time.process_time() - start < 5


def test_they_are_judged_at_home_and_graded_beside_those_of_the_file(
    make_course: Callable[..., Any], files: dict[str, str]
) -> None:
    made = make_course(files)
    text = "scaled:\n  - {x: [1, 2], factor: 6, expect: [6, 12]}\n"
    cells = ("def scaled(x, factor=4):\n    return factor * x", "example('scaled', [1], 2, expect=[2])")
    both = of_cells(*cells, "example('scaled', [1], 2, expect=[3])", "example('scaled', 7)", examples=text)
    with Grader(made.course, "tiny", confined=can_fork_workers()) as grader:
        result = grader.grade(both)
    own = result.exercise("scaled").examples
    assert (own.valid, own.wrong) == (2, 1)
    assert any("Cell 4 is not what" in sentence for sentence in own.says)
    assert result.problems == ["beta.ipynb cell 5: `expect` is missing: what should come back"]
    judged = judge_own(both, made.assignment, made.exercises / "checks")
    assert judged.there
    assert len(judged.problems) == 1
    assert judge_own(of_cells(cells[0]), made.assignment, made.exercises / "checks").there is False
