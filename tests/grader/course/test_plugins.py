"""Plug-ins: files of one assignment that the engine asks; two assignments' never meet."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.course.plugins import load_plugin
from grader.errors import CourseError


def folder_with(folder: Path, **files: str) -> Path:
    folder.mkdir()
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    return folder


def test_an_assignment_need_not_have_any(tmp_path: Path) -> None:
    assert load_plugin(tmp_path, "pictures") is None
    assert load_plugin(tmp_path / "nowhere", "pictures") is None


def test_two_assignments_have_plugins_and_helpers_of_the_same_names(tmp_path: Path) -> None:
    one = folder_with(tmp_path / "one", words="WHO = 'one'", rules="from .words import WHO")
    other = folder_with(tmp_path / "other", words="WHO = 'other'", rules="from .words import WHO")
    found = [load_plugin(folder, "rules") for folder in (one, other, one)]
    assert [module.WHO for module in found if module] == ["one", "other", "one"]


@pytest.mark.parametrize("text", ["import nothing_of_this_name", "x =", "raise KeyError('no')"])
def test_one_that_cannot_be_imported_is_named(tmp_path: Path, text: str) -> None:
    folder = folder_with(tmp_path / "broken", rules=text)
    with pytest.raises(CourseError, match=r"rules can't be imported: \w+Error"):
        load_plugin(folder, "rules")
