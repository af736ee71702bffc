"""Result → what a student reads: a page, a terminal. Pure functions; disclosure.py decides what is shown.

In: a Result and the course's policy. Out: HTML or rich renderables, in which everything a student wrote is escaped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.doors import opened_late
from grader.feedback.disclosure import reveal
from grader.feedback.view import Badge, badge, first_failing, points

if TYPE_CHECKING:
    from grader.feedback.compared import seen_in
    from grader.feedback.fitted import fitted_text
    from grader.feedback.html import environment, feedback_html
    from grader.feedback.packed import value_text
    from grader.feedback.pictures import drawn
    from grader.feedback.printed import Printed, printed_parts
    from grader.feedback.prose import Prose, Screen, height_of
    from grader.feedback.terminal import exercise_text, feedback_text, remark_lines
    from grader.feedback.textgrids import evidence_text

__all__ = [
    "Badge",
    "Printed",
    "Prose",
    "Screen",
    "badge",
    "drawn",
    "environment",
    "evidence_text",
    "exercise_text",
    "feedback_html",
    "feedback_text",
    "first_failing",
    "fitted_text",
    "height_of",
    "points",
    "printed_parts",
    "remark_lines",
    "reveal",
    "seen_in",
    "value_text",
]

__getattr__ = opened_late(
    __name__,
    {
        "compared": "seen_in",
        "fitted": "fitted_text",
        "html": "environment feedback_html",
        "packed": "value_text",
        "pictures": "drawn",
        "printed": "Printed printed_parts",
        "prose": "Prose Screen height_of",
        "terminal": "exercise_text feedback_text remark_lines",
        "textgrids": "evidence_text",
    },
)
