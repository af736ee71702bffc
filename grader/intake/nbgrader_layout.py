"""An nbgrader course as SUBMISSIONS: `submitted/<student>/<assignment>/`."""

from __future__ import annotations

from pathlib import Path

from grader.course import Assignment
from grader.intake.choosing import meant_by
from grader.intake.disk import listing, look
from grader.intake.layout import Unreadable, chapter_files


def nbgrader_folder(submissions: Path, names: list[str], assignment_name: str) -> Path | None:
    """`submitted/` where `submissions` is the folder of an nbgrader course.

    The other signs are asked for so that a student whose entry is called "submitted" can't hide everybody
    else's.
    """
    inner = submissions / "submitted"
    if "submitted" not in names or look(inner).look != "folder":
        return None
    alone = all(name == "submitted" or name.startswith(".") for name in names)
    course = "nbgrader_config.py" in names or look(submissions / "source" / assignment_name).look == "folder"
    if not (alone or course):
        return None
    try:
        students = [inner / name for name in listing(inner) if look(inner / name).look == "folder"]
    except Unreadable:
        return None
    return inner if any(look(path / assignment_name).look == "folder" for path in students) else None


def assignment_folder(path: Path, assignment_name: str, assignment: Assignment) -> Path:
    """nbgrader keeps a student's assignments side by side: `<student>/<assignment>/`."""
    inner = path / assignment_name
    direct = any(look(path / name).look == "file" for name in chapter_files(assignment))
    return path if direct or look(inner).look != "folder" else inner


def anything_in(path: Path, assignment: Assignment) -> bool:
    """Whether a student's folder in nbgrader's layout holds files of its own, not only other assignments' folders."""
    wanted = chapter_files(assignment)
    try:
        return any(look(path / name).look != "folder" or meant_by(name, wanted) for name in listing(path))
    except Unreadable:
        return True
