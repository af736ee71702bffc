"""A kind of question that an assignment adds: asked, looked over, marked, and held against course.yaml."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.course.models import Assignment, load_course
from grader.errors import CourseError
from grader.questions import Answers, answers_template, grade_questions, load_key, look_over, model_answers

COURSE = """\
schema: 1
title: Tiny
assignments:
  tiny:
    title: Tiny
    chapters:
      - name: only
        title: Only
        minutes: 10
        exercises: [{name: f, points: 1}]
        questions:
          - {name: a-palindrome, kind: palindrome, points: 2, ask: Write a palindrome., how: One word.}
"""
KEY = """\
schema: 1
questions:
  a-palindrome: {kind: palindrome, sketch: Anna., longest: 9, worth: 2}
"""
PLUGIN = """\
from typing import Literal
from grader.questions import Key, Kind, Marked, as_text

class Palindrome(Key):
    kind: Literal["palindrome"]
    longest: int
    worth: float

def mark(key, value):
    text = as_text(value).strip().lower()
    if text == "boom":
        raise ZeroDivisionError
    return Marked(key.worth if text == text[::-1] and len(text) <= key.longest else 0, "Read backwards.")

KIND = Kind(Palindrome, mark, lambda key: key.worth, lambda key: "anna",
            lambda value: "" if as_text(value).isalpha() else "not one word")
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    plugins = tmp_path / "solutions" / "tiny" / "plugins"
    plugins.mkdir(parents=True)
    (plugins / "question_palindrome.py").write_text(PLUGIN, encoding="utf-8")
    (tmp_path / "course.yaml").write_text(COURSE, encoding="utf-8")
    (tmp_path / "key.yaml").write_text(KEY, encoding="utf-8")
    return tmp_path


@pytest.fixture
def assignment(folder: Path) -> Assignment:
    return load_course(folder / "course.yaml").assignments["tiny"]


@pytest.mark.parametrize(("answer", "score"), [("Otto", 2), ("Otta", 0), ("abcdefedcba", 0)])
def test_it_is_marked_by_the_plugin(folder: Path, assignment: Assignment, answer: str, score: float) -> None:
    key = load_key(folder / "key.yaml", assignment)
    (found,) = grade_questions(assignment, key, Answers({"a-palindrome": answer}))
    assert (found.score, found.feedback, found.needs_manual) == (score, "Read backwards.", False)
    assert model_answers(key, assignment) == {"a-palindrome": "anna"}


def test_what_the_plugin_cannot_read_waits_for_a_person(folder: Path, assignment: Assignment) -> None:
    key = load_key(folder / "key.yaml", assignment)
    (found,) = grade_questions(assignment, key, Answers({"a-palindrome": "boom"}))
    assert (found.score, found.needs_manual) == (0, True)


def test_it_is_asked_in_the_authors_words_and_looked_over_without_the_key(assignment: Assignment) -> None:
    assert "# One word.\na-palindrome: |" in answers_template(assignment)
    seen = look_over(Answers({"a-palindrome": "no 7"}, lines={"a-palindrome": 3}), assignment)
    assert seen.remarks == ("answers.yaml line 3: not one word",)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("worth: 2", "worth: 3", "these are 3 points, course.yaml says 2"),
        ("longest: 9", "longest: x", "a-palindrome.longest: Input should be"),
        ("longest: 9", "longst: 9", "unknown key (did you mean 'longest'?)"),
    ],
)
def test_its_key_is_held_against_its_model(
    folder: Path, assignment: Assignment, old: str, new: str, says: str
) -> None:
    (folder / "key.yaml").write_text(KEY.replace(old, new), encoding="utf-8")
    with pytest.raises(CourseError, match=r"key\.yaml:3") as caught:
        load_key(folder / "key.yaml", assignment)
    assert says in str(caught.value)


def test_a_kind_that_nothing_adds_is_refused_with_its_line(folder: Path) -> None:
    (folder / "course.yaml").write_text(COURSE.replace("kind: palindrome", "kind: numeri"), encoding="utf-8")
    with pytest.raises(CourseError, match=r"course\.yaml:12: .*no kind numeri \(did you mean 'numeric'\?\)"):
        load_course(folder / "course.yaml")
