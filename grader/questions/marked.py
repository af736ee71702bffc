"""What a grading function says about one answer."""

from __future__ import annotations

from dataclasses import dataclass

from grader.text import visible


@dataclass(frozen=True)
class Marked:
    """points: automatic, or provisional for free text; complete: all of it was answered and could be read, so the
    sketch may be shown."""

    points: float
    feedback: str
    complete: bool = True


def said(text: str) -> str:
    """A student's words inside a sentence of ours: untrusted, so made visible, and short."""
    return f"“{visible(' '.join(text.split()), 40)}”"
