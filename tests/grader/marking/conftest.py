"""RESULTS with answers to one free question of a course made for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from grader.course import Course, load_course
from grader.gradebook import FILE_NAME, Gradebook
from grader.result import QuestionResult, Result

from ..conftest import write_tree

COURSE = """\
schema: 1
title: A course of words
assignments:
  words:
    title: In words
    reveal_answers: never
    chapters:
      - name: alpha
        title: Alpha
        minutes: 10
        exercises:
          - {name: double, points: 3}
        questions:
          - {name: why, kind: free, points: 4, ask: "Why is the sky blue, and the sunset red?"}
          - {name: else, kind: free, points: 2, ask: "What else is there to be said?"}
"""
KEY = """\
schema: 1
questions:
  why:
    kind: free
    sketch: Blue light is scattered more.
    model: Blue light is scattered more, and at sunset the way is long.
    rubric:
      - {id: scattered, text: blue is scattered more, points: 3, ways: [["blue", "scatter*"]]}
      - {id: way, text: the way is long, points: 1, ways: [["way", "long"]]}
  else:
    kind: free
    sketch: Nothing.
"""
FOUND = "Provisional, until a person has read it: 3 of 4.\nFound: blue is scattered more."
MISSED = "Not found: the way is long.\nAnswer sketch: Blue light is scattered more."


@pytest.fixture
def course(tmp_path: Path) -> Course:
    files = {
        "course.yaml": COURSE,
        "solutions/words/key.yaml": KEY,
        "solutions/words/alpha.py": "",
        "tests/hidden/words/seed.txt": "1\n",
    }
    return load_course(write_tree(tmp_path / "course", files) / "course.yaml")


def add(book: Gradebook, student: str, answer: str, *, question: str = "why") -> None:
    """What `student` handed in last, graded."""
    asked = QuestionResult(
        name=question, chapter="alpha", score=0, max_score=4, needs_manual=True, provisional=3, answer=answer,
        feedback=FOUND, key=MISSED,
    )  # fmt: skip
    book.add(
        Result(
            assignment="words", student=student, status="graded", score=2, max_score=9, needs_manual=True,
            submission_sha256=answer[:10], questions=[asked],
        )
    )  # fmt: skip


@pytest.fixture
def results(tmp_path: Path, course: Course) -> Callable[[Sequence[str]], Path]:
    """results(answers) → a RESULTS folder in which student s0 gave the first answer, and so on."""

    def make(answers: Sequence[str]) -> Path:
        folder = tmp_path / "results"
        folder.mkdir(mode=0o700)
        with Gradebook(folder / FILE_NAME, course=course) as book:
            for number, answer in enumerate(answers):
                add(book, f"s{number}", answer)
        return folder

    return make
