"""What is worked out of the catalogue is kept, comes back exactly, and is made again where it can't be used."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from grader import files
from grader.course import Mistake, load_mistakes
from grader.course.models import Course, load_course
from grader.course.reference import Reference, load_functions
from grader.diagnosis import Diagnoser, Topic, diagnoser
from grader.diagnosis.kept import KeptTables, digest_of

ROOT = Path(__file__).parents[3]
EXERCISE = "relu_backward"


@pytest.fixture(scope="module")
def course() -> Course:
    return load_course(ROOT / "course.yaml")


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The exercises whose mistakes were asked, one after the other."""
    found: list[str] = []
    build = diagnoser.build_table

    def noted(topic: Topic, *more: Any) -> Any:
        found.append(topic.exercise)
        return build(topic, *more)

    monkeypatch.setattr(diagnoser, "build_table", noted)
    return found


def made(course: Course, folder: Path | None, mistakes: Sequence[Mistake] | None = None) -> Diagnoser:
    assignment = course.assignments["cnn"]
    reference = Reference(load_functions(course.solutions("cnn"), assignment.chapter_of()))
    if mistakes is None:
        mistakes = load_mistakes(course, "cnn")
    return Diagnoser(assignment, reference, mistakes, KeptTables(folder, digest_of(course.solutions("cnn"))))


def said(made: Diagnoser) -> list[Any]:
    """What is said of a catalogued mistake, of one written otherwise, and of the right function."""

    def strict(dout: Any, x: Any) -> Any:
        return dout * (np.asarray(x) >= 0)

    def squared(dout: Any, x: Any) -> Any:
        return dout * dout

    def right(dout: Any, x: Any) -> Any:
        return dout * (np.asarray(x) > 0)

    return [made.diagnose(EXERCISE, SimpleNamespace(**{EXERCISE: code})) for code in (strict, squared, right)]


def test_what_is_kept_says_what_was_worked_out(course: Course, tmp_path: Path, built: list[str]) -> None:
    alone = said(made(course, None))
    first = said(made(course, tmp_path))
    assert built == [EXERCISE] * 2
    assert said(made(course, tmp_path)) == first == alone
    assert built == [EXERCISE] * 2, "asked once more"
    assert alone[0] is not None
    assert alone[2] is None


@pytest.mark.sampled
@pytest.mark.parametrize("content", [b"", b"[]", b"{", b'{"table": {}, "known": {}}', b'{"known": 3}'])
def test_a_damaged_file_means_working_it_out_again(
    course: Course, tmp_path: Path, built: list[str], content: bytes
) -> None:
    before = said(made(course, tmp_path))
    (file,) = tmp_path.iterdir()
    file.write_bytes(content)
    assert said(made(course, tmp_path)) == before
    assert built == [EXERCISE] * 2


def test_another_catalogue_or_another_engine_is_not_answered_from_it(tmp_path: Path) -> None:
    folder = tmp_path / "solutions"
    shutil.copytree(ROOT / "solutions" / "cnn", folder, ignore=shutil.ignore_patterns("__pycache__"))
    before = digest_of(folder)
    assert digest_of(folder) == before == digest_of(ROOT / "solutions" / "cnn")
    page = next((folder / "mistakes").glob("*.py"))
    page.write_text(page.read_text(encoding="utf-8") + "\n#\n", encoding="utf-8")
    assert digest_of(folder) != before


def test_nobody_else_can_read_it_and_old_ones_make_room(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "FILES_KEPT", 4)
    for number in range(6):
        old = tmp_path / f"diagnosis-{number}-{EXERCISE}.json"
        old.write_text("{}")
        os.utime(old, (number, number))
    said(made(course, tmp_path / "."))
    left = sorted(tmp_path.iterdir())
    assert len(left) == 4
    (mine,) = [path for path in left if digest_of(course.solutions("cnn")) in path.name]
    assert mine.stat().st_mode & 0o077 == 0


def test_what_is_in_use_stays(course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "FILES_KEPT", 4)
    said(made(course, tmp_path))
    (mine,) = tmp_path.iterdir()
    os.utime(mine, (0, 0))
    said(made(course, tmp_path))
    for number in range(1, 6):
        old = tmp_path / f"diagnosis-{number}-{EXERCISE}.json"
        old.write_text("{}")
        os.utime(old, (number, number))
    files.forget_unused(tmp_path, "*.json")
    assert mine in tmp_path.iterdir()


def test_many_small_files_push_out_no_large_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "BYTES_KEPT", 300)
    for number, size in enumerate([200, 200, *[1] * 90]):
        old = tmp_path / f"{number:03}.json"
        old.write_bytes(b"-" * size)
        os.utime(old, (number, number))
    files.forget_unused(tmp_path, "*.json")
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{n:03}.json" for n in range(1, 92)]


def test_a_folder_that_can_not_be_written_costs_time_only(course: Course, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert said(made(course, tmp_path / "file" / "below")) == said(made(course, None))
