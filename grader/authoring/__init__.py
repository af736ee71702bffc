"""For those who write assignments: the handout derived, the course examined.

In: solutions/ and tests/hidden/. Out: exercises/ (`build_handout`), notebooks, and an `Examination` that says whether
the course is fit to grade with, and why.
"""

from __future__ import annotations

from grader.authoring.notebooks import CHECK_PREFIX, notebook
from grader.authoring.release import (
    ANSWERS,
    README,
    build_handout,
    compare_handout,
    handout_zip,
    write_handout,
)
from grader.authoring.solutions import released_solutions
from grader.authoring.validate import Examination, ExerciseExam, Progress, examine
from grader.authoring.validate_seeds import examine_seeds
from grader.authoring.validate_submissions import examine_submissions

__all__ = [
    "ANSWERS",
    "CHECK_PREFIX",
    "README",
    "Examination",
    "ExerciseExam",
    "Progress",
    "build_handout",
    "compare_handout",
    "examine",
    "examine_seeds",
    "examine_submissions",
    "handout_zip",
    "notebook",
    "released_solutions",
    "write_handout",
]
