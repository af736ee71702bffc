"""What runs at a student's home: the self-check, the watch loop, `check()` in a notebook, hints.

In: a student's own folder or kernel. Out: a `CheckReport`, a card in a notebook, text in a terminal. Nothing of the
reference is needed or shipped; watch/ has a door of its own, because it wants more packages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.doors import opened_late

if TYPE_CHECKING:
    from grader.home.besides import CAPSTONE
    from grader.home.chapter_imports import install
    from grader.home.folders import checks_folder, find_folder, no_course
    from grader.home.for_editors import ROUND_BEGINS, editor_lines, place_of, round_ends
    from grader.home.handin import Packed, default_zip, pack, work_of
    from grader.home.missing import missing_files
    from grader.home.notebook_check import check
    from grader.home.overview import (
        besides_lines,
        chapter_lines,
        problem_lines,
        question_lines,
        short_lines,
    )
    from grader.home.own_examples import example, example_text, judge_own
    from grader.home.reading import read_folder
    from grader.home.receipt import packed_text
    from grader.home.released import released_solution
    from grader.home.report import CheckReport, ExerciseCheck
    from grader.home.repro import write_repro
    from grader.home.resetting import reset_exercise
    from grader.home.selfcheck import Checker, self_check
    from grader.home.terminal import check_text, closing, explain, hint_panel
    from grader.home.uses import mentioned

__all__ = [
    "CAPSTONE",
    "ROUND_BEGINS",
    "CheckReport",
    "Checker",
    "ExerciseCheck",
    "Packed",
    "besides_lines",
    "chapter_lines",
    "check",
    "check_text",
    "checks_folder",
    "closing",
    "default_zip",
    "editor_lines",
    "example",
    "example_text",
    "explain",
    "find_folder",
    "hint_panel",
    "install",
    "judge_own",
    "mentioned",
    "missing_files",
    "no_course",
    "pack",
    "packed_text",
    "place_of",
    "problem_lines",
    "question_lines",
    "read_folder",
    "released_solution",
    "reset_exercise",
    "round_ends",
    "self_check",
    "short_lines",
    "work_of",
    "write_repro",
]

__getattr__ = opened_late(
    __name__,
    {
        "released": "released_solution",
        "uses": "mentioned",
        "for_editors": "ROUND_BEGINS editor_lines place_of round_ends",
        "missing": "missing_files",
        "terminal": "check_text closing explain hint_panel",
        "overview": "besides_lines chapter_lines problem_lines question_lines short_lines",
        "own_examples": "example example_text judge_own",
        "reading": "read_folder",
        "receipt": "packed_text",
        "notebook_check": "check",
        "chapter_imports": "install",
        "selfcheck": "Checker self_check",
        "repro": "write_repro",
        "resetting": "reset_exercise",
        "report": "CheckReport ExerciseCheck",
        "folders": "checks_folder find_folder no_course",
        "besides": "CAPSTONE",
        "handin": "Packed default_zip pack work_of",
    },
)
