"""`grader new --from`: notebooks of nbgrader and otter-assign, taken over and graded by the real commands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from grader.authoring.from_notebook import draft_from_notebook
from grader.authoring.taken_marks import marked
from grader.authoring.taken_nbgrader import read_nbgrader
from grader.authoring.taken_parts import NotebookCell, Parts, Text, Written
from grader.authoring.taken_tests import Untranslatable, translated
from grader.errors import UsageError

from .test_new import graded, run

__all__ = ["run"]  # a fixture

DATA = Path(__file__).parent / "data"
#: Notebook → name, chapter, points, a mistake, what it scores, and what `validate` says of the notebook's tests.
NOTEBOOKS = {
    "squares_nbgrader": ("squares", "squares", 5, "1, n + 1→1, n", 2, "squares: fit to grade with"),
    "words_otter": ("words", "words", 5, "word not in STOP→word", 3, "words: fit to grade with"),
    "numbers_otter_old": ("numbers", "numbers_1", 3, "x >= 0→x > 0", 2.5, "area: no hidden test notices"),
}


@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_functions_tests_points_and_questions_are_taken_over(notebook: str) -> None:
    name, chapter, points, *_ = NOTEBOOKS[notebook]
    draft, _ = draft_from_notebook(str(name), DATA / f"{notebook}.ipynb")
    assert draft.chapter == chapter
    assert sum(entry["points"] for entry in draft.exercises) == points
    assert len(draft.questions) == 1
    for words in (
        "grader.check",
        "otter",
        "BEGIN HIDDEN",
        "nose",
        "# SOLUTION",
        "BEGIN PROMPT",
        "BEGIN QUESTION",
    ):
        assert words not in draft.source + draft.tests


def test_a_function_without_marks_is_a_solution_below_its_docstring() -> None:
    draft, _ = draft_from_notebook("squares", DATA / "squares_nbgrader.ipynb")
    body = draft.source[draft.source.index("def root_mean_square") :]
    assert body.index('"""The root') < body.index("### BEGIN SOLUTION") < body.index("return float")
    assert draft.exercises[1] == {"name": "root_mean_square", "points": 2, "needs": ["squares"]}


def test_hidden_regions_are_in_no_visible_check() -> None:
    draft, _ = draft_from_notebook("squares", DATA / "squares_nbgrader.ipynb")
    visible = draft.more["checks/test_squares.py"].decode()
    assert "student.squares(2) == [1, 4]" in visible
    assert "121" not in visible
    assert "121" in draft.tests
    draft, _ = draft_from_notebook("words", DATA / "words_otter.ipynb")
    visible = draft.more["checks/test_words.py"].decode()
    assert "The cat sat" in visible
    assert "One, TWO" not in visible
    assert "suns" not in visible


def test_what_stands_around_an_answer_in_its_own_cell_is_the_question() -> None:
    marks = {"nbgrader": {"grade": True, "solution": True, "points": 2, "grade_id": "q"}}
    why = "Why does it lag?\n\n### BEGIN SOLUTION\nIt remembers.\n### END SOLUTION"

    def asked(source: str) -> Parts:
        cells = (("markdown", "## Part two", {}), ("markdown", source, marks))
        made = [
            NotebookCell(n, kind, text, of.get("nbgrader", {}), "")
            for n, (kind, text, of) in enumerate(cells)
        ]
        return read_nbgrader(made)

    assert asked(why).found == [Text("## Part two"), Written("q", "Why does it lag?", 2, "It remembers.")]
    assert asked("It remembers.").found == [Written("q", "## Part two", 2, "It remembers.")]


def test_what_is_not_taken_over_is_said(tmp_path: Path, run: Any) -> None:
    said = run("new", "squares", "--from", DATA / "squares_nbgrader.ipynb", "--course", tmp_path)
    assert "not taken over: plot, code that a person grades" in said
    assert "not taken over: the command %matplotlib inline" in said
    said = run("new", "words", "--from", DATA / "words_otter.ipynb", "--course", tmp_path)
    assert "not taken over: q3: its answer is no function" in said
    assert "not taken over: the test q3-1 (1 points)" in said


@pytest.mark.slow
@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_a_notebook_taken_over_is_released_and_graded(notebook: str, tmp_path: Path, run: Any) -> None:
    name, chapter, points, wrong, score, _ = NOTEBOOKS[notebook]
    run("new", name, "--from", DATA / f"{notebook}.ipynb", "--course", tmp_path)
    run("release", "--course", tmp_path)
    found = graded(tmp_path, str(name), str(chapter), run, str(wrong))
    assert found == {"right": points, "stub": 0, "wrong": score}


@pytest.mark.slow
@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_a_notebook_taken_over_is_validated(notebook: str, tmp_path: Path, run: Any) -> None:
    """Where the notebook's own tests let something through, that is said, not hidden."""
    name, *_, verdict = NOTEBOOKS[notebook]
    run("new", name, "--from", DATA / f"{notebook}.ipynb", "--course", tmp_path)
    fit = "fit" in str(verdict)
    assert verdict in run("validate", "--no-matrix", "--course", tmp_path, ends=0 if fit else 1)


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("assert f(1) == g(2)", "assert student.f(1) == reference.g(2)"),
        ("assert_raises(ValueError, f, -1)", "must_raise(ValueError, student.f, -1)"),
        ("with pytest.raises(KeyError):\n    f('a', b=1)", "must_raise(KeyError, student.f, 'a', b=1)"),
        (
            "try:\n    x = f(0)\nexcept ValueError:\n    pass\nelse:\n    assert False",
            "must_raise(ValueError, student.f, 0)",
        ),
        ("self.assertEqual(f(1), 2)", "assert student.f(1) == 2"),
        ("assert_true(f(1))\nprint('done')", "assert student.f(1)"),
    ],
)  # fmt: skip
def test_idioms_of_other_tools_become_those_of_the_kit(source: str, lines: str) -> None:
    import ast

    assert "\n".join(map(ast.unparse, translated(source, "f", ["f", "g"]))) == lines


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("f(1)", "asserts nothing"),
        ("assert g(1) == 2", "does not call f"),
        ("assert f(1) ==", "no plain Python"),
        ("try:\n    assert f(1)\nfinally:\n    pass", "a `try` of this shape"),
    ],
)
def test_tests_that_can_not_be_taken_over_say_why(source: str, why: str) -> None:
    with pytest.raises(Untranslatable, match=why):
        translated(source, "f", ["f", "g"])


def test_marks_of_otter_become_the_kits() -> None:
    source = "def f(x):\n    y = x # SOLUTION NO PROMPT\n    return y # SOLUTION\n"
    assert marked(source) == (
        "def f(x):\n    ### BEGIN SOLUTION\n    y = x\n    return y\n    ### END SOLUTION"
    )


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("no json", "can't be read as a notebook"),
        (
            json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}),
            "no marks of nbgrader",
        ),
    ],
)
def test_what_is_no_source_notebook_is_refused(content: str, why: str, tmp_path: Path) -> None:
    path = tmp_path / "one.ipynb"
    path.write_text(content)
    with pytest.raises(UsageError, match=why):
        draft_from_notebook("one", path)
