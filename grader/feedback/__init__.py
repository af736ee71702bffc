"""Result → what a student reads: a page, a terminal. Pure functions; reveal.py decides what is shown.

In: a Result and the course's policy. Out: HTML or rich renderables, in which everything a student wrote is escaped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grader.feedback.reveal import reveal
from grader.feedback.view import Badge, badge, first_failing, points

if TYPE_CHECKING:
    from grader.feedback.compared import seen_in
    from grader.feedback.html import environment, feedback_html
    from grader.feedback.terminal import exercise_text, feedback_text

__all__ = [
    "Badge",
    "badge",
    "environment",
    "exercise_text",
    "feedback_html",
    "feedback_text",
    "first_failing",
    "points",
    "reveal",
    "seen_in",
]

_HOMES = {
    "environment": "html",
    "exercise_text": "terminal",
    "feedback_html": "html",
    "feedback_text": "terminal",
    "seen_in": "compared",
}


def __getattr__(name: str) -> Any:
    # Imported when asked for: what prints to a terminal should not wait for what writes pages.
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(f"grader.feedback.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
