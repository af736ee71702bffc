"""Answers a prerequisite in the student's place, so that a mistake costs its own points only.

The reference runs in a confined worker of its own, never in the student's: arguments that a student's code makes up
may be enormous, and must not be computed with in the grader's process.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grader.course import Assignment
from grader.errors import StudentBroke, StudentTimeout
from grader.wall.launcher import Launcher
from grader.wall.near_end import Worker
from grader.wall.replies import NotCalled, Question, Raised, Returned, answer

_MAX_QUESTIONS = 100_000


class StandIn:
    """Answers questions about `allowed` exercises, and no others. A context manager."""

    def __init__(
        self, launcher: Launcher, assignment: Assignment, sources: Mapping[str, str], allowed: frozenset[str]
    ) -> None:
        self.allowed = allowed
        self._launcher = launcher
        self._assignment = assignment
        self._sources = {name: {"file": f"{name}.py", "cells": [text]} for name, text in sources.items()}
        self._worker: Worker | None = None
        self._questions = 0
        self._cpu = 0.0

    def __enter__(self) -> StandIn:
        return self

    def __exit__(self, *exc: object) -> None:
        self._end()

    @property
    def asked(self) -> bool:
        """Whether it was needed at all."""
        return self._questions > 0

    def answer(self, question: Question) -> dict[str, Any]:
        """The reply to a question: {"value"} or {"kind", "text"} of an exception.

        Raises StudentBroke for a question that no honest worker asks, StudentTimeout where the answers cost too much.
        """
        self._questions += 1
        if self._questions > _MAX_QUESTIONS or question.name not in self.allowed:
            raise StudentBroke("broke the protocol: too many questions, or this may not be asked")
        if self._cpu > self._assignment.limits.exercise.cpu:
            raise StudentTimeout("asks too much of the functions that it needs")
        try:
            worker = self._ready()
            started = worker.cpu_seconds()
            fields = worker.request(
                {"do": "call", "name": question.name, "args": question.args, "kwargs": question.kwargs},
                self._assignment.limits.call,
            )
            content = answer(fields).content
        except (StudentTimeout, StudentBroke):
            self._end()
            return {"kind": "ValueError", "text": f"{question.name}: these arguments are too large"}
        self._cpu += max(0.0, worker.cpu_seconds() - started)
        if isinstance(content, Returned):
            return {"value": content.value}
        if isinstance(content, Raised):
            return {"kind": content.kind, "text": content.text}
        return {
            "kind": "ValueError",
            "text": content.text if isinstance(content, NotCalled) else question.name,
        }

    def _ready(self) -> Worker:
        if self._worker is None:
            chapter_of = self._assignment.chapter_of()
            self._worker = self._launcher.spawn()
            self._worker.request(
                {
                    "do": "load",
                    "load": sorted({chapter_of[name] for name in self.allowed}),
                    "sources": self._sources,
                    "exercises": chapter_of,
                    "unavailable": {},
                    "packages": list(self._assignment.imports),
                    "needed": list(self._launcher.needed),
                    "answered": [],
                },
                self._assignment.limits.exercise,
            )
        return self._worker

    def _end(self) -> None:
        if self._worker:
            self._worker.close()
            self._worker = None
