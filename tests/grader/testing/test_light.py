"""Checks that were collected once are used again without pytest and Hypothesis, and give the same verdicts."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.authoring.release import build_handout, write_handout
from grader.course import load_course
from grader.testing import collect, digest_of
from grader.testing.light import keep_tests, kept_tests

from ..conftest import environment

ROOT = Path(__file__).parents[3]
GOOD = "import numpy as np\ndef double(x):\n    return 2 * np.asarray(x)\ndef total(x):\n    return int(sum(x))\n"
HEAVY = ("pytest", "_pytest", "hypothesis", "watchfiles", "sqlite3", "doctest", "grader.explain.raised")


@pytest.fixture
def own(make_course: Callable[..., Any], tmp_path: Path) -> Path:
    course = make_course()
    folder = tmp_path / "tiny"
    write_handout(build_handout(course.course, "tiny", course.assignment), folder)
    shutil.copy(course.root / "course.yaml", folder)
    (folder / "alpha.py").write_text(GOOD)
    return folder


def loaded_by(*words: str, cwd: Path) -> tuple[str, list[str]]:
    """What `grader WORDS` prints, and which of the heavy packages it imported."""
    code = (
        "import sys, atexit\n"
        f"atexit.register(lambda: print('LOADED', *[n for n in {HEAVY!r} if n in sys.modules], file=sys.stderr))\n"
        f"sys.argv = ['grader', *{words!r}]\nfrom grader.cli import main\nmain()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=cwd,
        env=environment(PYTHONPATH=str(ROOT)),
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout, done.stderr.rpartition("LOADED")[2].split()


@pytest.mark.slow
def test_a_second_check_imports_neither_pytest_nor_hypothesis(own: Path) -> None:
    first, heavy = loaded_by("check", cwd=own)
    assert {"pytest", "hypothesis"} <= set(heavy)
    second, heavy = loaded_by("check", cwd=own)
    assert heavy == []
    assert second == first
    assert loaded_by("check", "-e", "double", cwd=own)[1] == []
    assert loaded_by("hint", "double", cwd=own)[1] == []
    assert loaded_by("pack", cwd=own)[1] == []


@pytest.mark.slow
def test_an_edited_check_is_collected_again(own: Path) -> None:
    loaded_by("check", cwd=own)
    check = own / "checks" / "test_alpha.py"
    check.write_text(check.read_text().replace("double of 3 is 6", "a new title").replace("6.0)", "7.0)"))
    shown, heavy = loaded_by("check", cwd=own)
    assert "a new title" in shown
    assert "pytest" in heavy


@pytest.mark.slow
def test_one_exercise_checked_first_leaves_the_others_to_be_drawn(own: Path) -> None:
    loaded_by("check", "-e", "total", cwd=own)
    shown, heavy = loaded_by("check", cwd=own)
    assert "hypothesis" in heavy
    assert "✓ double" in shown


@pytest.mark.sampled
@pytest.mark.parametrize("damage", ["", "{", '{"key": 1}', '{"key": "KEY", "tests": [["a"]]}'])
def test_a_damaged_note_is_no_note(own: Path, damage: str) -> None:
    checks, key = own / "checks", digest_of(own / "checks", 1, 15)
    file = own / "note.json"
    file.write_text(damage.replace("KEY", key.hex()))
    assert kept_tests(file, key, checks) is None


def test_the_lessons_checks_come_back_as_they_were_collected(tmp_path: Path) -> None:
    checks = ROOT / "exercises" / "cnn" / "checks"
    exercises = load_course(ROOT / "course.yaml").assignments["cnn"].chapter_of()
    names = tuple(path.stem for path in checks.glob("test_*.py"))
    found = collect(checks, exercises)
    keep_tests(tmp_path / "note.json", b"key", found)
    before = {name: sys.modules.get(name) for name in ("pytest", "hypothesis", *names)}
    again = kept_tests(tmp_path / "note.json", b"key", checks)
    assert again is not None
    assert [(t.id, t.exercise, t.title, t.is_property, t.parameters) for t in again] == [
        (t.id, t.exercise, t.title, t.is_property, t.parameters) for t in found
    ]
    assert {name: sys.modules.get(name) for name in before} == before
