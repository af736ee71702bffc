"""Result → what a student reads: a page, a terminal. Pure functions; reveal.py decides what is shown."""

from grader.feedback.html import feedback_html
from grader.feedback.reveal import reveal
from grader.feedback.terminal import feedback_text

__all__ = ["feedback_html", "feedback_text", "reveal"]
