"""Gradebook → files for other systems: pure functions from Results and a roster to CSV and JSON."""

from __future__ import annotations

from grader.exports.canvas import canvas_csv
from grader.exports.grades_csv import class_csv, grades_csv
from grader.exports.gradescope import failed_run, gradescope_results
from grader.exports.moodle import moodle_csv
from grader.exports.pairing import Pairing, pair_up

__all__ = [
    "Pairing",
    "canvas_csv",
    "class_csv",
    "failed_run",
    "grades_csv",
    "gradescope_results",
    "moodle_csv",
    "pair_up",
]
