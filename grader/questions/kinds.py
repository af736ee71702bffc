"""Kinds of questions that one assignment adds: its plug-in `question_<kind>` has a `KIND` that marks the answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from grader.course import Assignment
from grader.questions.marked import Marked
from grader.questions.plainyaml import Value

if TYPE_CHECKING:
    from grader.questions.key import Key


@dataclass(frozen=True)
class Kind:
    """A kind of question. Like everything here it meets untrusted text, and has the budget of all answers together.

    key: the model of its entry in key.yaml. mark: an answer → points and what to say. points: what the entry is worth,
    held against course.yaml. model: an answer worth all of them. unreadable: in words why a text is no answer of this
    kind, or ""; it needs no key.
    """

    key: type[Key]
    mark: Callable[[Any, Value], Marked]
    points: Callable[[Any], float]
    model: Callable[[Any], Any]
    unreadable: Callable[[Value], str]


def own_kind(assignment: Assignment, kind: str) -> Kind | None:
    """The assignment's own kind of this name, if it has one."""
    found: Kind | None = getattr(assignment.plugin(f"question_{kind}"), "KIND", None)
    return found
