"""examples.yaml as a student writes it, and as nobody should."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.course.models import Assignment, load_course
from grader.examples.reading import MOST_EXAMPLES, Examples, read_examples


@pytest.fixture(scope="module")
def assignment(tiny: object) -> Assignment:
    return tiny.assignment  # type: ignore[attr-defined, no-any-return]


@pytest.fixture
def read(assignment: Assignment) -> Callable[[str], Examples]:
    return lambda text: read_examples(text, "examples.yaml", assignment)


def test_calls_with_their_lines(read: Callable[[str], Examples]) -> None:
    found = read(
        "double:\n"
        "  - {x: [1, −2], expect: [2, -4]}\n"
        "\n"
        "  - x: count 2x2\n"
        "    expect: [[2, 4], [6, 8]]\n"
        "total:\n"
        "  x: []\n"
        "  expect: raises ValueError\n"
        "scaled: [{x: 1/2, factor: 2, expect: 1}]\n"
    )
    assert found.problems == ()
    assert [(e.exercise, dict(e.named), e.expect, e.where) for e in found.examples] == [
        ("double", {"x": [1.0, -2.0]}, [2.0, -4.0], "line 2"),
        ("double", {"x": [[1.0, 2.0], [3.0, 4.0]]}, [[2.0, 4.0], [6.0, 8.0]], "line 4"),
        ("total", {"x": []}, "raises ValueError", "line 6"),
        ("scaled", {"x": 0.5, "factor": 2.0}, 1.0, "line 9"),
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("dubble:\n  - {x: 1, expect: 2}", "line 1: there is no exercise 'dubble' (did you mean 'double'?)"),
        ("double:\n  - {x: 1}", "line 2: double: `expect` is missing: what should come back"),
        ("double:\n  - 3", "line 2: double: an example is the arguments by their names, and `expect`"),
        ("double:\n  - {x: …, expect: 2}", "line 2: double: `…` still stands in the place of a value"),
        ("double(1) = 2", "line 1: a colon is missing"),
        ("double: 7", "line 1: double: each example is a line such as `- {x: [1, 2], expect: 3}`"),
        ("\ndouble:\n  - {x: 1/0, expect: 2}", "line 3: double: 1/0 divides by zero"),
        ("double:\n  - {x: 1e999, expect: 2}", "line 2: double: 1e999 is too large"),
        ("double:\n  - {x: ones 999x999, expect: 2}", "line 2: double: ones 999x999 has too many numbers"),
        ("double:\n  - {x: &a [1], expect: *a}", "line 2: `&` and `*` at the start of a value"),
        ("double:\n  - {x: !!python/object:os.system 1, expect: 2}", "line 2: `!` at the start of a value"),
        (
            "double:\n  - {x: [1, expect: 2}\n  - {x: 1, expect: 2}",
            "line 2: a `[` is not closed: `]` is missing.",
        ),
    ],
)
def test_one_message_with_its_line(read: Callable[[str], Examples], text: str, problem: str) -> None:
    (said,) = read(text).problems
    assert said.startswith(f"examples.yaml {problem}")


def test_what_is_wrong_in_one_example_costs_no_other(read: Callable[[str], Examples]) -> None:
    found = read("double:\n  - {x: 1}\n  - {x: 1, expect: 2}\nnothing:\n  - 4\n")
    assert [example.where for example in found.examples] == ["line 3"]
    assert len(found.problems) == 2


def test_empty_and_open_later(read: Callable[[str], Examples], tiny: object) -> None:
    assert read("") == read("double:\n") == read("# nothing yet\n") == Examples()
    path = tiny.root / "course.yaml"  # type: ignore[attr-defined]
    model = load_course(path).assignments["tiny"]
    closed = model.model_copy(
        update={
            "chapters": tuple(c.model_copy(update={"available": c.name == "beta"}) for c in model.chapters)
        }
    )
    assert read_examples("double:\n  - {x: 1, expect: 2}", "examples.yaml", closed) == Examples()


def test_too_much_is_not_read(read: Callable[[str], Examples]) -> None:
    many = read("double:\n" + "  - {x: 1, expect: 2}\n" * (MOST_EXAMPLES + 20))
    assert len(many.examples) == MOST_EXAMPLES
    assert "only the first" in many.problems[0]
    assert "larger than 64 KiB" in read("#" * 70_000).problems[0]


@settings(max_examples=60, deadline=None, database=None, derandomize=True)
@given(text=st.text(max_size=200) | st.text("[]{}:-&*!|>'\"# x1,\n\t", max_size=200))
def test_no_text_makes_reading_raise(assignment: Assignment, text: str) -> None:
    for prefix in ("", "double:\n  - {x: "):
        found = read_examples(prefix + text, "examples.yaml", assignment)
        assert all("\n" not in problem for problem in found.problems)


@pytest.mark.parametrize(
    "text",
    [
        "double: " + "[" * 60_000,
        "double:\n  - {x: " + "9" * 60_000 + ", expect: 1}",
        "double:\n  - {x: " + "[" * 7 + "1," * 30_000,
        "double:\n" + "  - {x: 1/" + "1" * 60_000 + "}",
    ],
)
def test_hostile_texts_take_little_time(read: Callable[[str], Examples], text: str) -> None:
    started = time.process_time()
    read(text)
    assert time.process_time() - started < 4
