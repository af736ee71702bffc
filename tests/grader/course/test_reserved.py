"""An exercise or a chapter whose name means something else is refused, with the reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.authoring.in_process import OneFunction
from grader.course import Reference, load_course
from grader.course.reserved import OF_HANDLES
from grader.errors import CourseError
from grader.home.kernel_checks import LiveStudent
from grader.testing.rehearsal import Made, Notes
from grader.wall import OwnTime, Student

from ..scratch import COURSE


def names_of(handle: object) -> set[str]:
    own = [name for kind in type(handle).__mro__[:-1] for name in vars(kind)]
    return {name for name in (*own, *vars(handle)) if not name.startswith("_")}


def test_every_name_that_a_handle_has_beside_the_exercises_is_reserved() -> None:
    class Session:
        assignment = type("A", (), {"limits": type("L", (), {"exercise": None, "call": None})})
        own = OwnTime()

    handles = [
        Student(Session(), "f"),  # type: ignore[arg-type]
        Reference({}),
        LiveStudent({}, {}, ""),
        OneFunction("f", len),
        Notes(None, Made()),
    ]
    assert set().union(*map(names_of, handles)) == OF_HANDLES


@pytest.mark.parametrize(
    ("name", "words"),
    [
        *(
            (name, "in hidden tests student.")
            for name in ("close", "changed", "answers", "last_value", "printed")
        ),
        ("_f", "begins with an underscore"),
        ("lambda", "a word of Python's own"),
    ],
)
def test_a_reserved_name_of_an_exercise_is_refused_with_the_reason(
    name: str, words: str, tmp_path: Path
) -> None:
    (tmp_path / "course.yaml").write_text(COURSE.replace("name: f,", f"name: {name},"), encoding="utf-8")
    with pytest.raises(CourseError, match="choose another name") as caught:
        load_course(tmp_path / "course.yaml")
    assert words in str(caught.value)
    assert "course.yaml:11" in str(caught.value)


@pytest.mark.parametrize("name", ["random", "statistics", "numpy", "pytest", "class"])
def test_a_chapter_can_not_have_the_name_of_another_module(name: str, tmp_path: Path) -> None:
    (tmp_path / "course.yaml").write_text(COURSE.replace("name: one", f"name: {name}"), encoding="utf-8")
    with pytest.raises(CourseError, match="choose another name"):
        load_course(tmp_path / "course.yaml")
