"""The first errors of an evening: every message finds the folder, or says what to do; one line, no traceback."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.authoring.release import build_handout, write_handout

ALPHA = "import numpy as np\ndef double(x):\n    return 2 * np.asarray(x)\ndef total(x):\n    return int(sum(x))\n"


@pytest.fixture(scope="module")
def handout(make_course: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    course = make_course()
    folder = tmp_path_factory.mktemp("handout") / "tiny"
    write_handout(build_handout(course.course, "tiny", course.assignment), folder)
    shutil.copy(course.root / "course.yaml", folder)
    return folder


@pytest.fixture
def downloads(handout: Path, tmp_path: Path) -> Path:
    """A folder above the one that was unpacked."""
    folder = tmp_path / "downloads"
    shutil.copytree(handout, folder / "my work" / "tiny")
    return folder


def error_of(done: Any) -> str:
    assert done.code == 2, done.out
    assert done.out == ""
    assert len(done.err.splitlines()) == 1
    return str(done.err)


@pytest.mark.sampled
@pytest.mark.parametrize("words", [("check",), ("check", "--watch"), ("hint", "double"), ("pack",)])
def test_above_the_folder_it_is_found_and_the_way_is_said(downloads: Path, cli: Any, words: Any) -> None:
    assert "cd 'my work/tiny'" in error_of(cli(*words, cwd=downloads))


def test_of_several_folders_each_is_named(downloads: Path, handout: Path, cli: Any) -> None:
    shutil.copytree(handout, downloads / "tiny (1)")
    message = error_of(cli("check", cwd=downloads))
    assert "my work/tiny" in message
    assert "tiny (1)" in message


def test_a_zip_that_was_not_unpacked_is_named(tmp_path: Path, cli: Any) -> None:
    with zipfile.ZipFile(tmp_path / "tiny.zip", "w") as archive:
        archive.writestr("tiny/course.yaml", "")
    assert "tiny.zip has your exercise, still packed" in error_of(cli("check", cwd=tmp_path))


def test_in_a_folder_with_nothing_of_it_the_message_says_where_to_go(tmp_path: Path, cli: Any) -> None:
    assert "go into the folder that you unpacked" in error_of(cli("check", cwd=tmp_path))


def test_chapters_without_their_course_ask_for_it(handout: Path, tmp_path: Path, cli: Any) -> None:
    shutil.copy(handout / "alpha.py", tmp_path)
    message = error_of(cli("check", cwd=tmp_path))
    assert "course.yaml is missing" in message
    assert "Unpack the zip again" in message


def test_an_exercise_in_place_of_the_folder_is_understood(downloads: Path, cli: Any) -> None:
    assert "grader check -e double" in error_of(cli("check", "double", cwd=downloads / "my work" / "tiny"))


def test_below_the_folder_the_same_is_checked(downloads: Path, cli: Any) -> None:
    done = cli("check", cwd=downloads / "my work" / "tiny" / "checks")
    assert "Next: double" in done.out


def test_chapters_that_a_browser_renamed_are_read_and_said(downloads: Path, cli: Any) -> None:
    own = downloads / "my work" / "tiny"
    lose_the_chapters(own)
    (own / "Alpha (1).py").write_text(ALPHA)
    out = cli("check", cwd=own, env={"COLUMNS": "200"}).out
    assert "Alpha (1).py" in out
    assert "✓ double" in out


def lose_the_chapters(own: Path) -> None:
    for path in [*own.glob("*.py"), *own.glob("*.ipynb")]:
        path.unlink()


@pytest.mark.slow
def test_a_chapter_under_a_name_of_its_own_is_read_as_grading_reads_it(downloads: Path, cli: Any) -> None:
    own = downloads / "my work" / "tiny"
    lose_the_chapters(own)
    (own / "homework.py").write_text(ALPHA)
    out = cli("check", cwd=own, env={"COLUMNS": "200"}).out
    assert "✓ double" in out
    assert "homework.py" in out


def test_files_that_are_no_chapters_are_listed(downloads: Path, cli: Any) -> None:
    own = downloads / "my work" / "tiny"
    lose_the_chapters(own)
    (own / "scratch.py").write_text("print(1)\n")
    message = error_of(cli("check", cwd=own))
    assert "scratch.py" in message
    assert "alpha.py" in message
