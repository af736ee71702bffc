"""What can be said of answers without the key: whether they are there and can be read, never whether right."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.course.models import Assignment, load_course
from grader.questions import answers_template, look_over, read_answers

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def assignment() -> Assignment:
    return load_course(ROOT / "course.yaml").assignment("cnn")[1]


def test_of_the_untouched_template_nothing_is_answered_and_nothing_is_wrong(assignment: Assignment) -> None:
    found = look_over(read_answers(answers_template(assignment), {}, assignment), assignment)
    assert (found.total, found.answered, found.remarks) == (10, 0, ())


@pytest.mark.parametrize(
    ("text", "remark"),
    [
        ("\nfilter-shape: e\n", "answers.yaml line 2: `e` is none of a–d"),
        ("filter-shape: c or d\n", "answers.yaml line 1: `c or d` is not one clear letter of a–d"),
        ("strided-size: sixteen\n", "answers.yaml line 1: `sixteen` is not one number (width)"),
        (
            "conv-then-pool:\n  after the convolution: 24\n",
            "answers.yaml line 1: after the pooling has no answer",
        ),
        ("sketch-a-stack: later\n", "answers.yaml line 1: no layer was recognised in `later`"),
        (
            "filtershape: c\n",
            "answers.yaml line 1: there is no question 'filtershape'; did you mean filter-shape?",
        ),
    ],
)
def test_what_can_not_be_read_is_named_with_its_line_and_is_no_answer(
    assignment: Assignment, text: str, remark: str
) -> None:
    found = look_over(read_answers(text, {}, assignment), assignment)
    assert found.remarks == (remark,)
    assert found.answered == 0


@pytest.mark.parametrize("answer", ["a", "b", "c", "d"])
def test_a_wrong_letter_and_the_right_one_look_alike(assignment: Assignment, answer: str) -> None:
    found = look_over(read_answers(f"filter-shape: {answer}\n", {}, assignment), assignment)
    assert (found.answered, found.remarks) == (1, ())


def test_the_cell_of_a_notebook_is_named_by_its_question(assignment: Assignment) -> None:
    found = look_over(read_answers(None, {"filter-shape": "z"}, assignment), assignment)
    assert found.remarks == ("notebook, filter-shape: `z` is none of a–d",)
