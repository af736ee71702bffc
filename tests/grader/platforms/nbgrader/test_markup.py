"""What nbgrader's pages may show of a student: text, and nothing that acts."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from nbconvert.filters import markdown2html
from nbgrader_classroom import SCRIPT

from grader.course.models import Course
from grader.errors import CourseError
from grader.platforms.nbgrader.cells import (
    exercise_card,
    exercise_comment,
    fill_outputs,
    marked_answers,
    question_comment,
)
from grader.platforms.nbgrader.markup import defuse
from grader.platforms.nbgrader.plain_markdown import plain_markdown
from grader.result import ExerciseResult, QuestionResult, Result, TestResult

HOSTILE = [
    SCRIPT,
    "<img src=x onerror=alert(1)>",
    "text\n\n<iframe src=//example.org>\n",
    "<!-- <b> --><script>alert(1)</script><!-- -->",
    "<!--><script>alert(1)</script>-->",
    "`code` <svg/onload=alert(1)>",
    "![x](//example.org/who-looks.png)",
    "![x](attachment:missing.png)",
    "![x][1]\n\n[1]: attachment:missing.png",
    "![x](attachment&#58;missing.png)",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_markup_of_an_answer_is_shown_and_does_nothing(text: str) -> None:
    page = markdown2html(plain_markdown(text))
    for tag in ("<script", "<img", "<iframe", "<svg"):
        assert tag not in page


def test_ordinary_text_stays_as_it_is() -> None:
    text = "<!-- why-share: Write below. -->\nIf a < b and 2 <= 3, then *so* it is: $x^2$, `a[i]`"
    page = markdown2html(plain_markdown(text))
    assert page == ("<p>If a &lt; b and 2 &lt;= 3, then <em>so</em> it is: $x^2$, <code>a[i]</code></p>\n")


@pytest.mark.parametrize(
    "text", [*HOSTILE, "`", "``` <script>x</script>", "a\n\n<script>x</script>", "$$<script>$$"]
)
def test_comments_can_quote_anything(text: str) -> None:
    test = TestResult(
        id="t", title="A <b>title</b> of [one](x)", outcome="failed", points=0, max_points=1, message=text
    )
    exercise = ExerciseResult(
        name="relu", score=0, max_score=1, status="failed", tests=[test], remarks=[text]
    )
    question = QuestionResult(name="q", score=0, max_score=1, feedback=text, answer=text)
    for comment in (exercise_comment(exercise), question_comment(question, with_answer=True)):
        page = markdown2html(comment)
        for tag in ("<script", "<img", "<iframe", "<svg", "<b>", "<a "):
            assert tag not in page


def test_a_card_escapes_what_students_have_a_hand_in() -> None:
    test = TestResult(
        id="t", title="t", outcome="failed", points=0, max_points=1, message=SCRIPT, example=SCRIPT
    )
    exercise = ExerciseResult(
        name="relu",
        score=0,
        max_score=1,
        status="failed",
        tests=[test],
        printed=SCRIPT,
        remarks=[SCRIPT],
        message=SCRIPT,
    )
    assert "<script" not in exercise_card(exercise)


def notebook(cell: dict[str, Any]) -> dict[str, Any]:
    return {"metadata": {}, "nbformat": 4, "nbformat_minor": 5, "cells": [cell]}


def test_only_cells_that_the_source_has_count_as_locked() -> None:
    marks = {"grade_id": "text", "locked": True, "solution": False}
    known = notebook(
        {"cell_type": "markdown", "metadata": {"nbgrader": dict(marks)}, "source": "<details>x</details>"}
    )
    unknown = copy.deepcopy(known)
    del unknown["cells"][0]["metadata"]["nbgrader"]["grade_id"]
    defuse(known)
    defuse(unknown)
    assert known["cells"][0]["source"] == "<details>x</details>"
    assert unknown["cells"][0]["source"].startswith("&lt;details")


def test_pictures_that_a_student_pastes_stay_pictures() -> None:
    page = notebook(
        {
            "cell_type": "markdown",
            "metadata": {},
            "source": "![mine](attachment:mine.png) ![other](attachment:other.svg)",
            "attachments": {"mine.png": {"image/png": "aGk="}, "other.svg": {"image/svg+xml": "<svg/>"}},
        }
    )
    defuse(page)
    assert page["cells"][0]["attachments"] == {"mine.png": {"image/png": "aGk="}}
    assert page["cells"][0]["source"].startswith("![mine](attachment:mine.png) !&#91;")


def test_points_that_course_yaml_has_changed_since_are_no_grades(course: Course) -> None:
    assignment = course.assignments["cnn"]
    chapter = assignment.open_chapters[1]
    exercise = ExerciseResult(name="relu", chapter=chapter.name, score=1, max_score=1, status="passed")
    result = Result(
        assignment="cnn", student="amira", status="graded", score=1, max_score=100, exercises=[exercise]
    )
    marks = {"grade_id": "check-relu", "points": 3}
    cell = {"cell_type": "code", "metadata": {"nbgrader": marks}, "source": "", "outputs": []}
    with pytest.raises(CourseError, match="check-relu is worth 3 points to nbgrader and 1 in"):
        fill_outputs([cell], chapter, result, assignment)


def test_notes_of_another_tool_in_a_cell_are_not_taken_for_graded_answers() -> None:
    marks = {"grade_id": "answer-why-share"}
    cells = [
        {"metadata": {"nbgrader": marks, "cnn_grader": "x"}},
        {"metadata": {"nbgrader": marks, "cnn_grader": {"answer": 3}}},
        {"metadata": {"nbgrader": "x", "cnn_grader": {"answer": "a"}}},
    ]
    assert marked_answers(cells) == {}


def test_code_shows_what_was_graded_and_not_without_end() -> None:
    def code(source: str) -> dict[str, Any]:
        return {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], "execution_count": None}

    page: dict[str, Any] = {
        "cells": [code("# \u202e x\n\ty = 1\x1b[2J"), *[code("é" * 300_000) for _ in range(5)]],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
        "outputs": [0] * 1000,
    }
    defuse(page)
    assert page["cells"][0]["source"] == "# <U+202E> x\n    y = 1␛[2J"
    assert page["cells"][1]["source"] == "é" * 100_000 + "… (200000 more characters)"
    assert sum(len(cell["source"]) for cell in page["cells"]) < 401_000
    assert page.keys() == {"cells", "metadata", "nbformat", "nbformat_minor"}


def test_the_log_of_nbgrader_does_nothing_to_the_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    from nbgrader.apps.baseapp import NbGrader
    from traitlets.config import Config

    from grader.platforms.nbgrader import configure

    config = Config()
    configure(config, "course")
    app = NbGrader(config=config)
    app.log.warning("Copying %s", "a\x1b[2J\u202eb.py")
    try:
        raise ValueError("\x9b31m")
    except ValueError:
        app.log.exception("stopped")
    shown = capfd.readouterr().err
    assert "Copying a␛[2J<U+202E>b.py\n" in shown
    assert "ValueError: <U+009B>31m\n" in shown
    assert "Logging error" not in shown
