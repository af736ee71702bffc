"""What a student sees of hidden tests and of the answer key: each level on each way out."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from grader.course.models import Assignment
from grader.exports.canvas import canvas_csv
from grader.exports.gradescope import gradescope_results
from grader.exports.moodle import moodle_csv
from grader.exports.pairing import pair_up
from grader.exports.plain_csv import class_csv, grades_csv
from grader.feedback import disclosure, feedback_html, feedback_text, reveal
from grader.feedback.disclosure import reveal_all
from grader.gradebook import Waiting, count_late, to_csv
from grader.intake import Receipt
from grader.result import Diagnosis, ExerciseResult, QuestionResult, Result, TestResult

DUE = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
QUESTIONS = ("right", "wrong", "waiting", "confirmed")
LEVELS = ("never", "after due date", "when right", "always")


def assignment(answers: str = "when right", tests: str = "example", **more: Any) -> Assignment:
    kinds = {"right": "numeric", "wrong": "numeric", "waiting": "free", "confirmed": "free"}
    questions = [
        {"name": name, "kind": kinds[name], "points": 2, "ask": "How wide is it now?", "parts": ["width"]}
        for name in QUESTIONS
    ]
    chapter = {
        "name": "convolution", "title": "Convolution", "minutes": 5,
        "exercises": [{"name": "conv2d", "points": 4}], "questions": questions,
    }  # fmt: skip
    given = {
        "title": "Small nets",
        "reveal": tests,
        "reveal_answers": answers,
        "due": DUE,
        "chapters": [chapter],
    }
    return Assignment.model_validate(given | more)


def question(name: str, score: float, **more: Any) -> QuestionResult:
    return QuestionResult(
        name=name, chapter="convolution", score=score, max_score=2, answer="mine", feedback=f"SAID-{name}",
        key=f"Not found: MISSED-{name}.\nAnswer sketch: KEY-{name}", **more,
    )  # fmt: skip


def result(rules: Assignment, *, student: str = "ada") -> Result:
    test = TestResult(
        id="t", title="TITLE", outcome="failed", points=0, max_points=4, message="MESSAGE", example="EXAMPLE"
    )
    made = Result(
        assignment="small", student=student, status="graded", score=4, max_score=12,
        exercises=[
            ExerciseResult(
                name="conv2d", chapter="convolution", score=0, max_score=4, status="failed", tests=[test],
                printed="PRINTED", diagnosis=Diagnosis(mistake="m", hint="HINT"), remarks=["REMARK"],
            )
        ],
        questions=[
            question("right", 2),
            question("wrong", 0),
            question("waiting", 0, provisional=2, needs_manual=True),
            question("confirmed", 2, provisional=1, confirmed_by="prof"),
        ],
    )  # fmt: skip
    return count_late(made, rules, Receipt((DUE - timedelta(hours=1)).isoformat()))


# ---------------------------------------------------------------- the ways out


def page(found: Result, rules: Assignment) -> str:
    return feedback_html(found, rules)


def terminal(found: Result, rules: Assignment) -> str:
    console = Console(width=100, record=True, file=open("/dev/null", "w"))  # noqa: SIM115, PTH123
    console.print(feedback_text(found, rules))
    return console.export_text()


def gradescope(found: Result, rules: Assignment) -> str:
    return json.dumps(gradescope_results(found, rules))


def tables(found: Result, rules: Assignment) -> str:
    pairing = pair_up([found], None)
    lms = canvas_csv(pairing, rules, None, None)[0] + moodle_csv(pairing, rules, None)[0]
    return grades_csv([found], rules) + class_csv(pairing, rules) + lms


class Database:
    """nbgrader's gradebook, as far as scores and comments are written to it."""

    def __init__(self) -> None:
        self.rows: dict[str, SimpleNamespace] = {}
        self.db = SimpleNamespace(commit=lambda: None, flush=lambda: None, refresh=lambda *_: None)

    def find_grade(self, name: str, *_: str) -> SimpleNamespace:
        return SimpleNamespace(auto_score=None, manual_score=None, needs_manual_grade=False)

    def find_comment(self, name: str, *_: str) -> SimpleNamespace:
        return self.rows.setdefault(name, SimpleNamespace(auto_comment=""))

    def find_submission_notebook(self, *_: str) -> SimpleNamespace:
        return SimpleNamespace(score=0.0, late_submission_penalty=None)

    def update_or_create_student(self, *_: str) -> None: ...

    def update_or_create_submission(self, *_: str, **__: Any) -> None: ...


@pytest.fixture
def pushed(tmp_path: Any) -> Callable[[Result, Assignment], str]:
    pytest.importorskip("nbgrader")
    from grader.platforms.nbgrader.pushing import Pushed, _push_one

    def push(found: Result, rules: Assignment) -> str:
        """The comments and the notebook that a push writes: what nbgrader's feedback shows the student."""
        marks = {"grade_id": "check-conv2d", "points": 4, "grade": True, "locked": True, "solution": False}
        cell = {"cell_type": "code", "metadata": {"nbgrader": marks}, "source": "", "outputs": [], "id": "a"}
        frame = json.dumps({"metadata": {}, "nbformat": 4, "nbformat_minor": 5, "cells": [cell]}).encode()
        database = Database()
        _push_one(database, found, rules, {"convolution": frame}, None, tmp_path, Pushed())
        (notebook,) = tmp_path.rglob("*.ipynb")
        return notebook.read_text() + "\n".join(str(row.auto_comment) for row in database.rows.values())

    return push


WAYS = ("page", "terminal", "gradescope", "tables", "nbgrader")
#: The ways on which there is room for what is said of an answer, and of which kinds of answers.
SPEAKS = {
    "page": set(QUESTIONS),
    "nbgrader": set(QUESTIONS),
    "gradescope": set(QUESTIONS) - {"waiting"},
    "terminal": set(),
    "tables": set(),
}  # fmt: skip


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> tuple[str, Callable[[Result, Assignment], str]]:
    if request.param == "nbgrader":
        return request.param, request.getfixturevalue("pushed")
    return request.param, globals()[request.param]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """clock(moment) makes it that late."""

    def at(moment: datetime) -> None:
        class Clock(datetime):
            @classmethod
            def now(cls, tz: Any = None) -> datetime:
                return moment.astimezone(tz)

        monkeypatch.setattr(disclosure, "datetime", Clock)

    return at


# ---------------------------------------------------------------- the answer key


@pytest.mark.parametrize("hours", [-1, 1])
@pytest.mark.parametrize("level", LEVELS)
def test_the_key_is_shown_where_the_course_says_so(
    way: tuple[str, Callable[[Result, Assignment], str]],
    clock: Callable[[datetime], None],
    level: str,
    hours: int,
) -> None:
    """Before, any answer brought the key, at every level and on every way out."""
    clock(DUE + timedelta(hours=hours))
    name, write = way
    text = write(result(assignment(level)), assignment(level))
    told = {
        "never": set(),
        "after due date": set(QUESTIONS) if hours > 0 else set(),
        "when right": {"right", "confirmed"},
        "always": set(QUESTIONS),
    }[level]
    assert {q for q in QUESTIONS if f"KEY-{q}" in text} == told & SPEAKS[name]
    assert {q for q in QUESTIONS if f"MISSED-{q}" in text} == told & SPEAKS[name]
    assert {q for q in QUESTIONS if f"SAID-{q}" in text} == SPEAKS[name]


def test_each_student_has_their_own_due_date_and_the_grace_after_it() -> None:
    later = DUE + timedelta(days=7)
    rules = assignment("after due date", extensions={"ada": later}, late={"grace_minutes": 30})

    def told(student: str, now: datetime) -> bool:
        return "KEY-wrong" in reveal(result(rules, student=student), rules, now=now).to_json()

    minute = timedelta(minutes=1)
    assert not told("bob", DUE + 29 * minute)
    assert told("bob", DUE + 31 * minute)
    assert not told("ada", DUE + 31 * minute)
    assert not told("ada", later + 29 * minute)
    assert told("ada", later + 31 * minute)


def test_where_nobody_has_looked_whose_extension_is_whose_the_latest_counts() -> None:
    rules = assignment("after due date", extensions={"Ada L.": DUE + timedelta(days=7)})
    found = result(rules).model_copy(update={"late": None})
    assert "KEY" not in reveal(found, rules, now=DUE + timedelta(days=1)).to_json()
    assert "KEY-wrong" in reveal(found, rules, now=DUE + timedelta(days=8)).to_json()


@pytest.mark.parametrize("level", LEVELS)
def test_results_of_an_earlier_version_hide_the_key_as_well(level: str) -> None:
    """They had all of it in one text."""
    rules = assignment(level)
    found = result(rules)
    for item in found.questions:
        item.feedback, item.key = item.all_feedback.replace("SAID", "Provisional.\nSAID"), ""
    shown = reveal(found, rules, now=DUE - timedelta(hours=1))
    text = shown.to_json()
    assert {q for q in QUESTIONS if f"KEY-{q}" in text} == {q for q in QUESTIONS if f"MISSED-{q}" in text}
    assert ("KEY-wrong" in text) == (level == "always")
    assert "SAID-wrong" in text
    assert reveal(shown, rules, now=DUE - timedelta(hours=1)) == shown, "once is as good as twice"


def test_whoever_grades_sees_the_key_at_every_level() -> None:
    rules = assignment("never")
    found = result(rules)
    assert "KEY-wrong" in reveal_all(found).to_json()
    assert "KEY-wrong" in feedback_html(found, rules, student_view=False)
    assert "MISSED-waiting" in to_csv([Waiting("ada", found.questions[2])])


# ---------------------------------------------------------------- hidden tests


@pytest.mark.parametrize("printed", [False, True])
@pytest.mark.parametrize("level", ["title", "hint", "example"])
def test_hidden_tests_are_shown_as_far_as_the_course_says(
    way: tuple[str, Callable[[Result, Assignment], str]], level: str, printed: bool
) -> None:
    """nbgrader's comments had messages and diagnosis at every level."""
    name, write = way
    rules = assignment(tests=level, reveal_printed=printed)
    text = write(result(rules), rules)
    seen = {word for word in ("TITLE", "MESSAGE", "HINT", "REMARK", "EXAMPLE", "PRINTED") if word in text}
    allowed = {
        "title": {"TITLE"},
        "hint": {"TITLE", "MESSAGE", "HINT", "REMARK"},
        "example": {"TITLE", "MESSAGE", "HINT", "REMARK", "EXAMPLE", "PRINTED"},
    }[level]
    allowed -= set() if printed else {"PRINTED"}
    left_out = {"tables": allowed, "gradescope": {"REMARK", "PRINTED"}}.get(name, set())
    assert seen == allowed - left_out


# ---------------------------------------------------------------- course.yaml


def test_courses_without_the_new_key_tell_only_who_is_right() -> None:
    old = assignment().model_dump(exclude={"reveal_answers"})
    assert Assignment.model_validate(old).reveal_answers == "when right"


def test_after_the_due_date_needs_one() -> None:
    with pytest.raises(ValueError, match="reveal_answers: after due date needs a due date"):
        assignment("after due date", due=None)
