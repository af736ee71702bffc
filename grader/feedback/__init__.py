"""Result → what a student reads: a page, a terminal. Pure functions; reveal.py decides what is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grader.feedback.reveal import reveal

if TYPE_CHECKING:
    from grader.feedback.html import feedback_html as feedback_html
    from grader.feedback.terminal import feedback_text as feedback_text

__all__ = ["feedback_html", "feedback_text", "reveal"]

_HOMES = {"feedback_html": "html", "feedback_text": "terminal"}


def __getattr__(name: str) -> Any:
    # Imported when asked for: what prints to a terminal should not wait for what writes pages.
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(f"grader.feedback.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
