"""Ten students' examples of the lesson's functions: judged at home by digests, when graded by functions."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import pytest

from grader.course.mistakes import load_mistakes
from grader.course.models import Course, load_course
from grader.examples import Found, Home, Judges, judge_all, judges_of, read_examples
from grader.examples.example import Example
from grader.examples.judging import _outcome, _quiet
from grader.examples.values import Right, plain

ROOT = Path(__file__).parents[3]

#: Student → examples.yaml, what is known of each example at home, and when graded.
#: v: valid, w: wrong, o: outside, at home, or open, when graded; u: can't be judged.
STUDENTS = {
    "careful": (
        """
output_size:
  - {size: 5, kernel: 2, expect: 4}
  - {size: 8, kernel: 3, stride: 2, expect: 3}
  - {size: 8, kernel: 3, stride: 2, pad: 1, expect: 4}
  - {size: 2, kernel: 5, expect: ValueError}
  - {size: 5, kernel: 0, expect: raises ValueError}
  - {size: 5, kernel: 2, stride: 0, expect: ValueError}
  - {size: 5, kernel: 2, pad: -1, expect: ValueError}
""",
        "vvvvvvv",
        "vvvvvvv",
    ),
    "only the easy ones": (
        """
output_size:
  - {size: 5, kernel: 1, expect: 5}
zero_pad:
  - {x: [[1, 2], [3, 4]], pad: 0, expect: [[1, 2], [3, 4]]}
relu:
  - {x: [1, 2, 3], expect: [1, 2, 3]}
""",
        "vvv",
        "vvv",
    ),
    "rounds up": (
        """
output_size:
  - {size: 6, kernel: 3, stride: 2, expect: 3}
  - {size: 8, kernel: 3, stride: 2, expect: 4}
  - {size: 7, kernel: 3, stride: 2, expect: 3}
""",
        "wwv",
        "wwv",
    ),
    "flips the kernel": (
        """
conv_at:
  - {image: count 3x3, kernel: count 2x2, row: 1, col: 1, expect: 77}
conv2d_single:
  - image: [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
    kernel: [[1, 0], [0, 0]]
    expect: [[5, 6], [8, 9]]
  - image: [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
    kernel: ones 3x3
    expect: 45
""",
        "vww",
        "vww",
    ),
    "fractions": (
        """
softmax_loss:
  - {logits: [[0, 0]], labels: [0], expect: [0.6931, [[-0.5, 0.5]]]}
  - {logits: zeros 1x3, labels: [1], expect: [1.0986, [[1/3, -2/3, 0.3333]]]}
  - {logits: [[1000, 0]], labels: [0], expect: [0, [[0, 0]]]}
  - {logits: [[1000, 0]], labels: [1], expect: [1000, [[1, -1]]]}
  - {logits: [[0, 0]], labels: [0], expect: [1, [[-0.5, 0.5]]]}
""",
        "vvvvw",
        "vvvvw",
    ),
    "pools": (
        """
maxpool:
  - {x: [[[[-1, -2], [-3, -4]]]], expect: [[[[-1]]]]}
  - {x: count 1x1x3x3, size: 2, stride: 1, expect: [[[[5, 6], [8, 9]]]]}
  - {x: count 1x1x3x3, size: 3, expect: [[[9]]]}
  - {x: [[[[-1, -2], [-3, -4]]]], expect: [[[[0]]]]}
""",
        "vvww",
        "vvww",
    ),
    "numbers of their own": (
        """
conv2d:
  - {x: [[[[7, 8], [9, 1]]]], w: [[[[1, 1], [1, 1]]]], b: [0.5], expect: [[[[25.5]]]]}
  - {x: [[[[7, 8], [9, 1]]]], w: [[[[1, 1], [1, 1]]]], b: [0.5], expect: [[[[25]]]]}
  - {x: [[[[1, 2], [3, 4]]]], w: [[[[1, 2], [3, 4]]]], b: [1], expect: [[[[31]]]]}
  - {x: count 2x2x2x2, w: count 2x2x1x1, b: [1, 2], pad: 100000, expect: 0}
relu:
  - {x: [[3, -2]], expect: [[3, 0]]}
""",
        "oovoo",
        "vwvuv",
    ),
    "layers": (
        """
shape_trace:
  - layers: [[conv, 4, 3, 1, 0], [maxpool, 2, 2], [flatten], [dense, 10]]
    input_shape: [1, 28, 28]
    expect: [[4, 26, 26], [4, 13, 13], [676], [10]]
  - {layers: [[conv, 8, 3, 2, 1]], input_shape: [3, 32, 32], expect: [[8, 16, 16]]}
param_count:
  - {layers: [[conv, 4, 3, 1, 0]], input_shape: [1, 28, 28], expect: 40}
  - {layers: [[conv, 4, 3, 1, 0]], input_shape: [1, 28, 28], expect: 36}
flatten:
  - {x: count 1x2x2x2, expect: [[1, 2, 3, 4, 5, 6, 7, 8]]}
  - {x: count 1x2x2x2, expect: [1, 2, 3, 4, 5, 6, 7, 8]}
""",
        "ovvwvw",
        "vvvwvw",
    ),
    "gradients": (
        """
relu_backward:
  - {dout: [1, 2, 3], x: [1, 0, -1], expect: [1, 0, 0]}
  - {dout: [1, 2, 3], x: [1, 0, -1], expect: [1, 2, 0]}
maxpool_backward:
  - {dout: [[[[1]]]], x: ones 1x1x2x2, expect: [[[[1, 0], [0, 0]]]]}
  - {dout: [[[[1]]]], x: ones 1x1x2x2, expect: [[[[1, 1], [1, 1]]]]}
conv2d_backward:
  - dout: [[[[1]]]]
    x: count 1x1x2x2
    w: count 1x1x2x2
    expect: [[[[[1, 2], [3, 4]]]], [[[[1, 2], [3, 4]]]], [1]]
""",
        "vwvwv",
        "vwvwv",
    ),
    "in a hurry": (
        """
conv2:
  - {x: 1, expect: 2}
relu:
  - {x: [1]}
  - {y: [1], expect: [1]}
edge_filters:
  - {expect: zeros 3x3x3}
conv_matrix:
  - {kernel: [[1, 2]], height: 1, width: 3, expect: [[1, 2, 0], [0, 1, 2]]}
  - {kernel: [[1, 2]], height: 1, width: 2, expect: [1, 2]}
""",
        "uoow",
        "uovw",
    ),
}
KINDS = {"valid": "v", "wrong": "w", "outside": "o", "open": "o", "unjudged": "u"}


@pytest.fixture(scope="module")
def course() -> Course:
    return load_course(ROOT / "course.yaml")


@pytest.fixture(scope="module")
def judges(course: Course) -> dict[str, Judges]:
    return judges_of(course, "cnn")


@pytest.fixture(scope="module")
def home(course: Course) -> Home:
    return Home(course.assignments["cnn"], ROOT / "exercises" / "cnn" / "checks")


def kinds_of(found: list[Found], examples: Any) -> str:
    """The kinds of all examples, in the order of the file."""
    kind = {id(verdict.example): KINDS[verdict.kind] for one in found for verdict in one.verdicts}
    return "".join(kind[id(example)] for example in examples)


@pytest.mark.parametrize("student", STUDENTS)
def test_ten_students(course: Course, home: Home, judges: dict[str, Judges], student: str) -> None:
    text, at_home, graded = STUDENTS[student]
    read = read_examples(text, "examples.yaml", course.assignments["cnn"])
    assert len(read.problems) == (2 if student == "in a hurry" else 0)
    started = time.process_time()
    here = home.judge(read.examples)
    assert time.process_time() - started < 1
    there = judge_all(read.examples, judges)
    assert kinds_of(here, read.examples) == at_home
    assert kinds_of(there, read.examples) == graded
    # What home calls valid or wrong, grading calls so too, and it catches the same.
    graded_as = {id(verdict.example): verdict for found in there for verdict in found.verdicts}
    for verdict in (verdict for found in here for verdict in found.verdicts):
        if verdict.kind in ("valid", "wrong"):
            assert (graded_as[id(verdict.example)].kind, graded_as[id(verdict.example)].caught) == (
                verdict.kind,
                verdict.caught,
            )


def test_good_examples_catch_more_than_easy_ones(course: Course, home: Home) -> None:
    caught = {}
    for student in ("careful", "only the easy ones"):
        read = read_examples(STUDENTS[student][0], "examples.yaml", course.assignments["cnn"])
        caught[student] = len(home.judge(read.examples)[0].caught)
    assert caught["careful"] > 2 * caught["only the easy ones"]


def test_what_is_untried_is_said(course: Course, home: Home) -> None:
    read = read_examples(STUDENTS["only the easy ones"][0], "examples.yaml", course.assignments["cnn"])
    sizes, pads, _ = home.judge(read.examples)
    assert "pad above 0" in sizes.untried
    assert "pad above 0" in pads.untried


def test_every_right_function_accepts_valid_examples_and_refuses_wrong_ones(
    course: Course, judges: dict[str, Judges]
) -> None:
    tried = {"valid": 0, "wrong": 0}
    for text, *_ in STUDENTS.values():
        read = read_examples(text, "examples.yaml", course.assignments["cnn"])
        for found in judge_all(read.examples, judges):
            judge = judges[found.exercise]
            for verdict in found.verdicts:
                if verdict.kind not in tried:
                    continue
                values = judge.values_of(judge.parameters.bind(verdict.example))
                for function in (judge.reference, *judge.variants):
                    with _quiet():
                        answer = _outcome(function, values)
                    assert answer is not None
                    assert Right(answer).agrees(verdict.example.expect) == (verdict.kind == "valid")
                    tried[verdict.kind] += 1
    assert tried["valid"] > 100
    assert tried["wrong"] > 50


@pytest.mark.slow
def test_every_right_function_agrees_with_the_whole_table(judges: dict[str, Judges]) -> None:
    """On every small input that the handout's table knows, each right variant gives what the table says."""
    for name, judge in judges.items():
        if judge.inputs:
            table = judge.table()
            assert len(table.known) > 0.8 * len(judge.inputs), name
            for values in judge.inputs:
                with _quiet():
                    answers = [_outcome(f, values) for f in (judge.reference, *judge.variants)]
                kinds = {
                    table.judge(Example(name, tuple(map(plain, values)), {}, answer)).kind
                    for answer in answers
                }
                assert kinds in ({"valid"}, {"outside"}), (name, values)


def test_nothing_of_the_catalogue_is_in_the_table(course: Course) -> None:
    text = (ROOT / "exercises" / "cnn" / "checks" / "examples.json").read_text(encoding="utf-8")
    words = set(re.findall(r"\w+", text))
    for mistake in load_mistakes(course, "cnn"):
        assert mistake.name not in text
        assert mistake.says not in text
        assert mistake.function.__name__ not in words - {mistake.exercise}


def test_most_known_mistakes_can_be_caught_by_hand(judges: dict[str, Judges]) -> None:
    """The small inputs are no dead end: of each exercise they catch nearly all that is known."""
    for name in ("output_size", "relu", "maxpool", "flatten", "conv_matrix"):
        judge = judges[name]
        caught = 0
        for values in judge.inputs[:: max(1, len(judge.inputs) // 150)]:
            right = judge._settled(values)
            caught |= judge._caught(values, right) if right is not None else 0
        assert caught.bit_count() >= 0.6 * len(judge.mistakes), name


def test_what_the_page_for_students_shows_is_answered_at_home() -> None:
    """Who copies the first example should learn something from it."""
    text = (ROOT / "docs" / "students.md").read_text(encoding="utf-8")
    shown = text.partition("## Examples first")[2].partition("```yaml\n")[2].partition("```")[0]
    assignment = load_course(ROOT / "course.yaml").assignments["cnn"]
    read = read_examples(shown, "examples.yaml", assignment)
    assert read.problems == ()
    found = Home(assignment, ROOT / "exercises" / "cnn" / "checks").judge(read.examples)
    assert [[verdict.kind for verdict in one.verdicts] for one in found] == [["valid", "valid"], ["valid"]]
