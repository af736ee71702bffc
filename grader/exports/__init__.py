"""Gradebook → files for other systems: pure functions from Results and a roster to CSV and JSON.

In: Results, a roster or worksheet. Out: text and bytes; whoever calls writes the files.
"""

from __future__ import annotations

from grader.exports.canvas import canvas_csv
from grader.exports.gradescope import failed_run, gradescope_results
from grader.exports.moodle import moodle_csv
from grader.exports.pairing import Pairing, pair_up
from grader.exports.plain_csv import class_csv, grades_csv
from grader.exports.returned import Page, canvas_pages, mail_merge, mails, moodle_pages
from grader.exports.said import said_of_all, said_of_examples, said_of_question, said_of_test

__all__ = [
    "Page",
    "Pairing",
    "canvas_csv",
    "canvas_pages",
    "class_csv",
    "failed_run",
    "grades_csv",
    "gradescope_results",
    "mail_merge",
    "mails",
    "moodle_csv",
    "moodle_pages",
    "pair_up",
    "said_of_all",
    "said_of_examples",
    "said_of_question",
    "said_of_test",
]
