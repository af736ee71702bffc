"""Names that an exercise or a chapter can't have: they mean something else where tests or students would use them."""

from __future__ import annotations

import keyword
import sys
from collections.abc import Collection

#: What `student` and `reference` of a hidden test, and what stands in for them, have beside the exercises.
OF_HANDLES = frozenset([
    "all_calls", "answer_to", "answers", "answers_here", "arrived", "begin_run", "begin_turn",
    "by_the_book", "called", "calls", "calls_at_once", "calls_since", "changed", "class_exercises", "clear",
    "close", "do_call", "end_run", "exercises", "expect", "function", "give_back", "keep_result",
    "last_call", "last_value", "learning", "make_ahead", "more_than_values", "much", "note_call",
    "object_calls", "object_labels", "overwritten", "own", "printed", "run_number", "source_of",
    "take_as_passed", "texts", "time_used", "values_seen", "watches_calls",
])  # fmt: skip
_PACKAGES = frozenset(["numpy", "pytest", "hypothesis", "grader", "conftest"])


def why_no_exercise(name: str) -> str:
    """Why an exercise can't have this name, or ''."""
    if keyword.iskeyword(name):
        return f"{name} is a word of Python's own; choose another name"
    if name.startswith("_"):
        return f"{name} begins with an underscore: tests could not call it; choose another name"
    if name in OF_HANDLES:
        return f"in hidden tests student.{name} is something else; choose another name, as {name}_of or my_{name}"
    return ""


def why_no_chapter(name: str, imports: Collection[str]) -> str:
    """Why a chapter, which is a module, can't have this name, or ''. imports: packages that students may import."""
    if keyword.iskeyword(name):
        return f"{name} is a word of Python's own; choose another name"
    if name in sys.stdlib_module_names or name in _PACKAGES or name in imports:
        return f"`import {name}` gives another module; choose another name, as {name}_1 or my_{name}"
    return ""
