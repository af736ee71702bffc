"""What runs at a student's home: the self-check, the watch loop, `check()` in a notebook, hints.

In: a student's own folder or kernel. Out: a `CheckReport`, a card in a notebook, text in a terminal. Nothing of the
reference is needed or shipped; watch/ has a door of its own, because it wants more packages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.doors import opened_late

if TYPE_CHECKING:
    from grader.home.chapter_imports import install
    from grader.home.folders import find_folder
    from grader.home.notebook_check import check
    from grader.home.selfcheck import Checker, CheckReport, ExerciseCheck, self_check
    from grader.home.terminal import chapter_lines, check_text, closing, explain, hint_panel, problem_lines

__all__ = [
    "CheckReport",
    "Checker",
    "ExerciseCheck",
    "chapter_lines",
    "check",
    "check_text",
    "closing",
    "explain",
    "find_folder",
    "hint_panel",
    "install",
    "problem_lines",
    "self_check",
]

__getattr__ = opened_late(
    __name__,
    {
        "terminal": "chapter_lines check_text closing explain hint_panel problem_lines",
        "notebook_check": "check",
        "chapter_imports": "install",
        "folders": "find_folder",
        "selfcheck": "CheckReport Checker ExerciseCheck self_check",
    },
)
