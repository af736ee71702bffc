"""Answers in a notebook: whoever wrote one where a reader would find it, is read; whatever is unclear waits."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from grader.course.models import Assignment
from grader.intake import Bundle, Submission, open_bundle

Cells = list[dict[str, Any]]

ASSIGNMENT = Assignment.model_validate(
    {
        "title": "Sums",
        "chapters": [
            {
                "name": "sums",
                "title": "Sums",
                "minutes": 1,
                "exercises": [{"name": "add", "points": 1}],
                "questions": [
                    {
                        "name": "first",
                        "kind": "choice",
                        "points": 1,
                        "ask": "Which one?",
                        "options": {"a": "this one", "b": "that one"},
                    },
                    {"name": "why", "kind": "free", "points": 1, "ask": "Why is it so?"},
                ],
            }
        ],
    }
)


def page(kind: str, mark: str, text: str, *, solution: bool = False) -> dict[str, Any]:
    nbgrader = {"grade_id": mark, "locked": not solution, "solution": solution}
    return {"cell_type": kind, "id": mark, "metadata": {"nbgrader": nbgrader}, "source": text}


HANDOUT: Cells = [
    page("markdown", "title", "# Sums\n\nHere we learn how to add."),
    page("code", "add", "def add(a, b):\n    raise NotImplementedError", solution=True),
    page("markdown", "checkpoint", "## Checkpoint\n\nAnswer these questions."),
    page("markdown", "question-first", "**Question.** Which one?\n\n- **a:** this one\n- **b:** that one"),
    page("markdown", "answer-first", "<!-- first: Write the letter below. -->\n", solution=True),
    page("markdown", "question-why", "**Question.** Why is it so?\n\nTwo sentences are enough."),
    page("markdown", "answer-why", "<!-- why: Write below. -->\n", solution=True),
    page("markdown", "end", "## What to remember\n\nAdding is not hard."),
]
FIRST, FIRST_ANSWER, WHY, WHY_ANSWER, END = 3, 4, 5, 6, 7


def text(source: str, kind: str = "markdown") -> dict[str, Any]:
    return {"cell_type": kind, "metadata": {}, "source": source}


def handed_in(cells: Cells) -> Submission:
    data = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
    files = {"sums.ipynb": json.dumps(data).encode()}
    given = {"sums.ipynb": json.dumps({**data, "cells": HANDOUT}).encode()}
    return open_bundle(Bundle("x", "folder", files, (), ()), ASSIGNMENT, given)


def in_its_cell(cells: Cells) -> None:
    cells[FIRST_ANSWER]["source"] += "b"
    cells[WHY_ANSWER]["source"] += "Because."


def below(cells: Cells) -> None:
    cells.insert(WHY_ANSWER + 1, text("Because."))
    cells.insert(FIRST_ANSWER + 1, text("b"))


def between(cells: Cells) -> None:
    cells.insert(WHY_ANSWER, text("Because."))
    cells.insert(FIRST_ANSWER, text("b"))


def below_and_the_answer_cell_is_deleted(cells: Cells) -> None:
    cells[WHY_ANSWER] = text("Because.")
    cells[FIRST_ANSWER] = text("b")


def in_the_questions_own_cell(cells: Cells) -> None:
    cells[FIRST]["source"] += "\n\nb"
    cells[WHY]["source"] += "\n\nBecause."


def in_a_raw_cell(cells: Cells) -> None:
    cells.insert(WHY_ANSWER + 1, text("Because.", "raw"))
    cells.insert(FIRST_ANSWER + 1, text("b", "raw"))


def in_a_code_cell(cells: Cells) -> None:
    cells.insert(WHY_ANSWER + 1, text("# Because.", "code"))
    cells.insert(FIRST_ANSWER + 1, text("b", "code"))


def with_the_comment_gone(cells: Cells) -> None:
    cells[FIRST_ANSWER]["source"] = "b"
    cells[WHY_ANSWER]["source"] = "Because."


def with_own_notes_at_the_end(cells: Cells) -> None:
    in_its_cell(cells)
    cells.append(text("## My notes\n\nLook at this again."))
    cells.append(text("print(add(1, 2))", "code"))


WAYS: list[Callable[[Cells], None]] = [
    *(in_its_cell, below, between, below_and_the_answer_cell_is_deleted, in_the_questions_own_cell),
    *(in_a_raw_cell, in_a_code_cell, with_the_comment_gone, with_own_notes_at_the_end),
]


@pytest.mark.parametrize("kept", ["everything", "ids", "nothing"])
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_an_answer_is_found(way: Callable[[Cells], None], kept: str) -> None:
    cells = copy.deepcopy(HANDOUT)
    way(cells)
    for number, cell in enumerate(cells):
        if kept != "everything":
            cell["metadata"] = {}
        if kept == "nothing":
            cell["id"] = f"fresh-{number}"
    found = handed_in(cells)
    assert set(found.notebook_answers) == {"first", "why"}
    answer, why = found.notebook_answers["first"], found.notebook_answers["why"]
    assert answer.partition("-->")[2].strip() == "b" or answer.strip() == "b"
    assert "Because." in why
    assert "notes" not in answer + why
    assert found.unreadable == ()


@pytest.mark.parametrize("kept", ["everything", "nothing"])
def test_nothing_of_the_handout_is_taken_for_an_answer(kept: str) -> None:
    cells = copy.deepcopy(HANDOUT)
    cells.append(text("print(add(1, 2))", "code"))
    cells.insert(WHY_ANSWER + 1, text("x = [add(1, 2)]\nx", "code"))
    if kept == "nothing":
        cells = [text(cell["source"], cell["cell_type"]) for cell in cells]
    found = handed_in(cells)
    assert found.notebook_answers == {}
    assert found.problems == ()


def test_an_edited_question_is_no_answer_to_the_one_above() -> None:
    cells = [text(cell["source"], cell["cell_type"]) for cell in HANDOUT]
    cells[FIRST_ANSWER]["source"] += "b"
    cells[WHY]["source"] = cells[WHY]["source"].replace("Why is it so?", "Why is it so? (read chapter 2)")
    found = handed_in(cells)
    assert found.notebook_answers["first"].endswith("b")
    assert "why" not in found.notebook_answers
    assert found.unreadable == ("sums.ipynb",)
    assert any("question why was changed" in problem for problem in found.problems)


def test_two_cells_below_are_one_answer() -> None:
    cells = copy.deepcopy(HANDOUT)
    cells.insert(WHY_ANSWER + 1, text("Because of this."))
    cells.insert(WHY_ANSWER + 2, text("And because of that."))
    answer = handed_in(cells).notebook_answers["why"]
    assert "of this" in answer
    assert "of that" in answer


def test_an_answer_that_goes_on_below_is_read_to_its_end() -> None:
    cells = copy.deepcopy(HANDOUT)
    cells[WHY_ANSWER]["source"] += "Because of this."
    cells.insert(WHY_ANSWER + 1, text("And because of that."))
    found = handed_in(cells)
    assert "of that" in found.notebook_answers["why"]
    assert any("goes on outside" in problem for problem in found.problems)


def test_a_question_whose_options_were_thinned_out_waits_for_a_person() -> None:
    cells = copy.deepcopy(HANDOUT)
    cells[FIRST]["source"] = "**Question.** Which one?\n\n- **b:** that one"
    found = handed_in(cells)
    assert found.notebook_answers == {}
    assert found.unreadable == ("sums.ipynb",)
