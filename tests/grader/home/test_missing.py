"""A chapter's file is gone, or has another name: a check says which, and what brings it back."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from grader.authoring.release import build_handout, write_handout
from grader.commands.reset import run as reset_command
from grader.course.models import load_course
from grader.errors import UsageError
from grader.home.selfcheck import self_check
from grader.home.terminal import check_text


@pytest.fixture
def folder(make_course: Callable[..., Any], tmp_path: Path) -> Path:
    tiny = make_course()
    own = tmp_path / "mine"
    write_handout(build_handout(tiny.course, "tiny", tiny.assignment), own)
    shutil.copy(tiny.root / "course.yaml", own)
    return own


def said(folder: Path) -> str:
    course = load_course(folder / "course.yaml")
    console = Console(width=200, record=True, file=io.StringIO())
    for part in check_text(self_check(course, "tiny", folder), course.assignments["tiny"], width=200):
        console.print(part)
    return console.export_text()


def reset(what: str, folder: Path) -> int:
    return reset_command(what, folder, course_path=None, assignment=None)


BACK = "alpha.py is missing: `grader reset alpha` brings it back as it was handed out"


def test_a_missing_file_is_named_and_comes_back(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = (folder / "alpha.py").read_text(encoding="utf-8")
    (folder / "alpha.ipynb").unlink(missing_ok=True)
    (folder / "alpha.py").unlink()
    text = said(folder)
    assert f"! {BACK}\n" in text
    assert "not submitted" not in text
    assert "`grader reset alpha` brings alpha.py back" in text.splitlines()[-1]
    with pytest.raises(UsageError, match=r"alpha\.py is missing: `grader reset alpha`"):
        reset("double", folder)
    assert reset("alpha", folder) == 0
    assert capsys.readouterr().out == "alpha.py is as it was handed out\n"
    assert (folder / "alpha.py").read_text(encoding="utf-8") == given
    assert "missing" not in said(folder)


def test_a_file_with_another_name_is_found(folder: Path) -> None:
    (folder / "alpha.ipynb").unlink(missing_ok=True)
    (folder / "alpha.py").rename(folder / "mine.py")
    assert f"{BACK}; mine.py has its functions: if that is yours, call it alpha.py again" in said(folder)


@pytest.mark.slow
def test_the_twin_in_which_nobody_works_is_no_consolation(folder: Path) -> None:
    """Whoever works in files has lost one, even where its notebook is still there; others have lost nothing."""
    assert (folder / "alpha.ipynb").is_file()
    (folder / "alpha.py").unlink()
    assert "missing" not in said(folder)
    (folder / "beta.py").write_text("def clip(x):\n    return x\n", encoding="utf-8")
    assert BACK in said(folder)
    assert reset("alpha", folder) == 0
    assert (folder / "alpha.py").is_file()
