"""A drop-box of a small course whose grading is pretended: who hands in `def` gets 2 of 3 points."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from grader.batch import Graded, Job
from grader.course import Course, load_course
from grader.dropbox.box import Box
from grader.dropbox.grading import Graders
from grader.dropbox.people import INSTRUCTOR, Person
from grader.dropbox.uploads import Room, Upload
from grader.intake import Bundle
from grader.result import Result

from ..conftest import write_tree

COURSE = """\
schema: 1
title: A course of words
assignments:
  words:
    title: In words
    limits: {submission_mb: 1}
    chapters:
      - name: alpha
        title: Alpha
        minutes: 10
        exercises:
          - {name: double, points: 3}
"""
RIGHT = b"def double(x):\n    return 2 * x\n"
WRONG = b"double = None\n"
PEOPLE = [Person("ada", full_name="Ada Lovelace", email="ada@example.org"), Person("bob")]

MakeBox = Callable[..., Box]


class PretendedPool:
    """Grades at once, without a wall. seen: what it was given; broken: submissions at which the grader fails."""

    def __init__(self) -> None:
        self.seen: list[Bundle] = []
        self.broken: set[bytes] = set()
        self.go = threading.Event()
        self.go.set()

    def __call__(self, job: Job) -> PretendedPool:
        return self

    def run(self, bundles: Iterable[Bundle]) -> Iterator[Graded]:
        for bundle in bundles:
            self.seen.append(bundle)
            self.go.wait(10)
            text = b"".join(bundle.files.values())
            if text in self.broken:
                yield Graded(bundle, error="the grading process was lost")
                continue
            result = Result(
                assignment="words", student=bundle.student, status="graded", score=2 if b"def" in text else 0,
                max_score=3, submission_sha256=bundle.sha256, work_sha256="a1" * 32,
                tests_sha256=self.tests,
            )  # fmt: skip
            yield Graded(bundle, result_json=result.to_json())

    tests = ""

    def close(self) -> None:
        pass


@pytest.fixture
def make_box(tmp_path: Path) -> Iterator[MakeBox]:
    """make_box(more="", room=Room()) → a box in tmp_path/box; more: lines of course.yaml for the assignment."""
    made: list[Box] = []

    def make(more: str = "", room: Room | None = None) -> Box:
        box = Box(tmp_path / "box", course_of(tmp_path / "course", more), "words", room)
        made.append(box)
        return box

    yield make
    for box in made:
        box.__exit__(None, None, None)


@pytest.fixture
def box(make_box: MakeBox) -> Box:
    return make_box()


def course_of(root: Path, more: str = "") -> Course:
    files = {
        "course.yaml": COURSE.replace("    chapters:", f"{more}    chapters:"),
        "solutions/words/alpha.py": "def double(x):\n    return 2 * x\n",
        "exercises/words/alpha.py": "def double(x):\n    ...\n",
        "tests/hidden/words/seed.txt": "1\n",
    }
    return load_course(write_tree(root, files) / "course.yaml")


@pytest.fixture
def pool() -> PretendedPool:
    return PretendedPool()


@pytest.fixture
def start(pool: PretendedPool, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Box], Graders]]:
    """start(box) → what grades it, begun; what did so before is stopped."""
    made: list[Graders] = []
    monkeypatch.setattr("grader.dropbox.grading._LOOK", 0.02)

    def begin(box: Box) -> Graders:
        for earlier in made:
            earlier.stop()
        made.clear()
        graders = Graders(box, 2, confined=True, failed=lambda error: None, pool=pool)
        pool.tests = graders.tests
        made.append(graders)
        graders.start()
        return graders

    yield begin
    pool.go.set()
    for graders in made:
        graders.stop()


def hand_in(box: Box, student: str, data: bytes, name: str = "alpha.py") -> Upload:
    return box.uploads.accept(student, name, io.BytesIO(data))


def until(true: Callable[[], object], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.01)


def settled(box: Box) -> None:
    """Wait until everything is graded."""
    until(lambda: box.uploads.counts()[1] == 0)


def attempts(box: Box) -> list[tuple[str, str, float]]:
    """Everything on record: student, status and score, in order."""
    with box.gradebook() as book:
        rows = book._db.execute("SELECT student, status, score FROM attempts ORDER BY id").fetchall()
    return [tuple(row) for row in rows]


def with_people(box: Box) -> dict[str, str]:
    """Name → token, of ada, bob and the instructor prof."""
    return box.people.add([*PEOPLE, Person("prof", INSTRUCTOR)])
