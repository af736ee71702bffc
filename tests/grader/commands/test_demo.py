"""`grader demo`: every assignment's sample class, each into a place of its own."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import grader.commands.demo as demo
from grader.errors import UsageError

COURSE = """\
schema: 1
title: Two
assignments:
  one: {title: The first, chapters: [{name: a, title: A, minutes: 1, exercises: [{name: f, points: 1}]}]}
  two: {title: The second, chapters: [{name: b, title: B, minutes: 1, exercises: [{name: g, points: 1}]}]}
"""


@pytest.fixture
def graded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Path, Path]]:
    (tmp_path / "course.yaml").write_text(COURSE, encoding="utf-8")
    seen: list[tuple[str, Path, Path]] = []

    def grade(course: Any, name: str, samples: Path, out: Path, options: Any) -> SimpleNamespace:
        seen.append((name, samples, out))
        return SimpleNamespace(statuses={"grader error": 1} if name == "two" else {})

    monkeypatch.setattr(demo, "grade_class", grade)
    monkeypatch.setattr(demo, "print_summary", lambda *args, **kwargs: None)
    monkeypatch.setattr(demo, "can_fork_workers", lambda: True)
    return seen


def test_every_class_is_graded_into_a_folder_of_its_own(
    tmp_path: Path, graded: list[tuple[str, Path, Path]], capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = (tmp_path / "tests" / name for name in ("sample_class", "sample_class_two"))
    first.mkdir(parents=True)
    second.mkdir()
    out = tmp_path / "out"
    assert demo.run(out, course_path=tmp_path) == 1, "one of them had an error"
    assert graded == [("one", first, out / "one"), ("two", second, out / "two")]
    said = capsys.readouterr().out
    assert said.index("The first") < said.index("one/report.html") < said.index("The second")


def test_a_lone_class_needs_no_folder_of_its_own(
    tmp_path: Path, graded: list[tuple[str, Path, Path]]
) -> None:
    samples = tmp_path / "tests" / "sample_class"
    samples.mkdir(parents=True)
    assert demo.run(tmp_path / "out", course_path=tmp_path) == 0
    assert graded == [("one", samples, tmp_path / "out")]


def test_without_any_class_the_folder_is_named(tmp_path: Path, graded: list[Any]) -> None:
    with pytest.raises(UsageError, match=r"sample_class is missing"):
        demo.run(tmp_path / "out", course_path=tmp_path)
    assert graded == []
