"""Solutions: released by exercise and date, in a file of their own; before that on no student's machine."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from grader.authoring.release import build_handout, handout_zip, write_handout
from grader.authoring.solutions import released_solutions
from grader.course.models import grading_text, load_course
from grader.errors import CourseError

from ..conftest import COURSE

KEY = "schema: 1\nquestions:\n  a-letter: {kind: choice, answer: a, sketch: The first one is a.}\n"
QUESTION = """\
        questions:
          - {name: a-letter, kind: choice, points: 1, ask: "Which letter comes first?", options: {a: one, b: "no"}}
"""
DATES = """\
    solutions: {all: 2031-01-01T12:00:00+01:00, double: 2030-01-01T12:00:00Z, a-letter: 2030-01-01T12:00:00Z}
"""
TITLE = "    title: Two small chapters\n"
LATER = datetime(2030, 6, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def tiny(make_course: Callable[..., Any]) -> Any:
    text = COURSE.replace(TITLE, TITLE + DATES) + QUESTION
    return make_course({"solutions/tiny/key.yaml": KEY}, course=text)


@pytest.fixture
def own(tiny: Any, tmp_path: Path) -> Path:
    folder = tmp_path / "tiny"
    write_handout(build_handout(tiny.course, "tiny", tiny.assignment), folder)
    shutil.copy(tiny.root / "course.yaml", folder)
    return folder


@pytest.mark.parametrize(
    ("now", "names"),
    [
        (datetime(2029, 12, 31, tzinfo=UTC), ()),
        (LATER, ("double", "a-letter")),
        (datetime(2031, 1, 1, 10, 59, tzinfo=UTC), ("double", "a-letter")),
        (datetime(2031, 1, 1, 11, tzinfo=UTC), ("double", "total", "scaled", "clip", "a-letter")),
    ],
)
def test_each_is_released_at_its_own_time(tiny: Any, now: datetime, names: tuple[str, ...]) -> None:
    assert released_solutions(tiny.course, "tiny", now)[1] == names


def test_a_solution_brings_the_helpers_that_students_do_not_have(tiny: Any) -> None:
    data = yaml.safe_load(released_solutions(tiny.course, "tiny", datetime(2032, 1, 1, tzinfo=UTC))[0])
    code = data["exercises"]["scaled"]
    assert "def _helper(x):" in code
    assert "SOLUTION" not in code
    compile(code, "scaled.py", "exec")


def test_the_handout_has_no_solution_whatever_the_date(tiny: Any) -> None:
    assert b"return 2 * np.asarray(x, dtype=float)" not in handout_zip(tiny.course, "tiny", tiny.assignment)
    for content in build_handout(tiny.course, "tiny", tiny.assignment).values():
        assert b"return 2 * np.asarray(x, dtype=float)" not in content
        assert b"The first one is a." not in content


def test_a_student_sees_what_is_released_and_when_the_rest_will_be(tiny: Any, own: Path, cli: Any) -> None:
    before = cli("solution", "double", cwd=own)
    assert before.code == 2
    assert "is released on 2030-01-01" in before.err
    (own / "solutions.yaml").write_bytes(released_solutions(tiny.course, "tiny", LATER)[0])
    assert "return 2 * np.asarray(x, dtype=float)" in cli("solution", "double", cwd=own).out
    assert "The first one is a." in cli("solution", "a-letter", cwd=own).out
    assert "is released on 2031-01-01" in cli("solution", "total", cwd=own).err
    assert "did you mean 'double'?" in cli("solution", "duoble", cwd=own).err
    # It is no work of theirs.
    assert "solutions.yaml" not in cli("check", cwd=own).out


@pytest.mark.parametrize(
    "content",
    ["[", "- a\n", *(pytest.param(text, marks=pytest.mark.slow) for text in ("exercises: 3\n", "\x00"))],
)
def test_a_damaged_file_is_one_message(own: Path, cli: Any, content: str) -> None:
    (own / "solutions.yaml").write_text(content)
    done = cli("solution", "double", cwd=own)
    assert done.code == 2
    assert len(done.err.splitlines()) == 1


@pytest.mark.slow
def test_the_author_writes_the_file(tiny: Any, tmp_path: Path, cli: Any) -> None:
    done = cli("release", "--solutions", tmp_path / "solutions.yaml", cwd=tiny.root)
    assert done.code == 0, done.err
    assert "nothing is released yet" in done.out


def test_without_dates_nothing_is_ever_released(make_course: Any, cli: Any) -> None:
    course = make_course()
    assert released_solutions(course.course, "tiny", datetime(2100, 1, 1, tzinfo=UTC))[1] == ()


def test_dates_are_checked_and_decide_no_score(tmp_path: Path) -> None:
    file = tmp_path / "course.yaml"
    file.write_text(COURSE)
    plain = grading_text(file, "tiny")
    file.write_text(COURSE.replace(TITLE, TITLE + "    solutions: {all: 2031-01-01T12:00:00Z}\n"))
    assert grading_text(file, "tiny") == plain
    file.write_text(COURSE.replace(TITLE, TITLE + "    solutions: {duoble: 2031-01-01T12:00:00Z}\n"))
    with pytest.raises(CourseError, match=r"no exercise or question duoble.*double"):
        load_course(file)
