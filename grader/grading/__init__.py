"""Submission + hidden tests → Result.

In: what was handed in, and the course. Out: a `Result` of plain data, the same for the same submission everywhere.
A score comes only from an explicit pass of an expected test, decided in this process. Plug-ins
of an assignment import from here what their interfaces (`Outlines`, `Pictures`) speak of.
"""

from __future__ import annotations

from grader.grading.grader import (
    Grader,
    answer_key,
    check_points,
    course_seed,
    fingerprint_of_tests,
    unused_choice,
)
from grader.grading.outlines import Outlines, Unfit, WrongCall, outline
from grader.grading.showcase import Pictures, pictures_by

__all__ = [
    "Grader",
    "Outlines",
    "Pictures",
    "Unfit",
    "WrongCall",
    "answer_key",
    "check_points",
    "course_seed",
    "fingerprint_of_tests",
    "outline",
    "pictures_by",
    "unused_choice",
]
