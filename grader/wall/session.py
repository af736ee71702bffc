"""One submission on this machine: what is sent to its workers, and how much time they may use."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from grader.course import Assignment, Limit
from grader.errors import StudentBroke, StudentTimeout
from grader.intake import Source
from grader.wall.launcher import Launcher
from grader.wall.near_end import Answerer, Worker
from grader.wall.own_time import OwnTime
from grader.wall.replies import Loaded, Problem, loaded
from grader.wall.standin import StandIn
from grader.worker.statements import label_of

#: How often a worker with everything loaded is started again for one submission: less often than it would cost more
#: than it saves.
_RENEWALS = 3
_MOST_PROBLEMS = 20
_TOO_DEAR = "was not loaded: what came back before took the grader too long to read"
#: Where a call never ended, the next ones of the exercise get at least so many CPU seconds, and so many times what the
#: slowest call took that did end.
_AFTER_A_TIMEOUT, _TIMES_THE_SLOWEST = 0.2, 20


@dataclass
class Budget:
    """CPU and wall seconds that several calls share."""

    limit: Limit
    what: str
    cpu: float = 0.0
    wall: float = 0.0

    def left(self) -> tuple[float, float]:
        """CPU and wall seconds that are left; neither is, when one is used up."""
        cpu, wall = self.limit.cpu - self.cpu, self.limit.wall - self.wall
        return (cpu, wall) if cpu > 0 and wall > 0 else (0.0, 0.0)

    @property
    def spent_message(self) -> str:
        """What a test says that could not run any more."""
        return f"not run: {self.what} had used up its {self.limit.cpu:g} s of computing"


@dataclass
class ChapterReport:
    """What loading one chapter showed.

    unavailable: why nothing in it can be called ('' if it can). syntax_error: a whole file or cell is no Python;
    partly_read: that, or a function in it.
    """

    problems: list[Problem] = field(default_factory=list)
    unavailable: str = ""
    syntax_error: bool = False
    partly_read: bool = False


class Session:
    """One submission on this machine: its sources, its budget, what is known about its chapters."""

    def __init__(
        self,
        launcher: Launcher,
        assignment: Assignment,
        sources: Mapping[str, Source],
        *,
        own: OwnTime | None = None,
    ) -> None:
        """own: what the submission may cost this process; None: anything, for one's own code."""
        self.launcher = launcher
        self.own = own or OwnTime()
        self.assignment = assignment
        self.chapter_of = assignment.chapter_of()
        self.budget = Budget(assignment.limits.submission, "the submission")
        self.reports: dict[str, ChapterReport] = {}
        #: Chapter → statements outside its functions that took long: not run again.
        self._skip: dict[str, set[int]] = {}
        self._loaded: Worker | None = None
        self._renewals = 0
        self._sources = sources
        self._as_text = {name: source.file for source in sources.values() for name in source.as_text}
        self._wire_sources = {
            name: {"file": source.file, "cells": list(source.cells), "main": source.kind == "ipynb"}
            for name, source in sources.items()
        }

    def why_undefined(self, exercise: str) -> str:
        """Why an exercise that no code defines is not there, as far as the file itself shows; '' if it does not."""
        file = self._as_text.get(exercise)
        return (
            f"{exercise} stands in a text cell of {file}, which is not run: turn it into a code cell"
            if file
            else ""
        )

    def cells_of(self, chapter: str) -> list[str]:
        """The source of `chapter`, cell by cell; none if it was not submitted."""
        source = self._sources.get(chapter)
        return list(source.cells) if source else []

    @cached_property
    def texts(self) -> Mapping[str, str]:
        """The source of every file or cell, by the name that a worker gives it."""
        return {
            label_of(source.file, len(source.cells), number): text
            for source in self._sources.values()
            for number, text in enumerate(source.cells, start=1)
        }

    def survey(self, *, keep: bool = False) -> Mapping[str, ChapterReport]:
        """Load every submitted chapter once and remember which hang, crash or have problems.

        keep: leave the worker that has loaded them all to whoever takes it (`take_loaded`); `close` ends it.
        """
        worker: Worker | None = None
        try:
            for chapter in self._wire_sources:
                if worker is None:
                    worker = self.launcher.spawn()
                report = self.reports[chapter] = ChapterReport()
                try:
                    reply = self.load(worker, [chapter], None)
                except (StudentTimeout, StudentBroke) as failure:
                    why = _TOO_DEAR if self.own.spent else _at_load(failure)
                    report.unavailable = f"{self.file_of(chapter)} {why}"
                    worker.close()
                    worker = None
                    continue
                report.problems = [one for one in reply.problems if one.chapter == chapter][:_MOST_PROBLEMS]
                report.syntax_error = any(p.kind == "syntax" for p in report.problems)
                report.partly_read = any(p.kind.startswith("syntax") for p in report.problems)
            if keep and len(self.reports) == len(self._wire_sources) and not self._unavailable():
                self._loaded, worker = worker, None
                self._renewals = _RENEWALS
        finally:
            if worker:
                worker.close()
        return self.reports

    def take_loaded(self, *, renew: bool = True) -> Worker | None:
        """A worker that has loaded every chapter, where the survey kept one; its taker ends it or leaves it again.

        renew: one that was ended is replaced, a few times.
        """
        worker, self._loaded = self._loaded, None
        if worker is None and renew and self._renewals > 0:
            self._renewals -= 1
            worker = self.launcher.spawn()
            try:
                self.load(worker, list(self._wire_sources), None)
            except (StudentTimeout, StudentBroke):
                worker.close()
                return None
        return worker

    def leave_loaded(self, worker: Worker) -> None:
        """Leave a worker that was taken, as good as new, to the next taker."""
        self._loaded = worker

    def close(self) -> None:
        """End the worker that nobody took."""
        if self._loaded:
            self._loaded.close()
            self._loaded = None

    def _unavailable(self) -> dict[str, str]:
        return {name: report.unavailable for name, report in self.reports.items() if report.unavailable}

    def file_of(self, chapter: str) -> str:
        """The name of the file in which `chapter` was submitted."""
        source = self._wire_sources.get(chapter)
        return str(source["file"]) if source else f"{chapter}.py"

    def load(
        self,
        worker: Worker,
        chapters: list[str],
        exercise: Budget | None,
        stand_in: StandIn | None = None,
    ) -> Loaded:
        """Make `worker` load chapters (and what they import)."""
        call = self.assignment.limits.call
        limit = Limit.model_construct(cpu=4 * call.cpu, wall=3 * call.wall)
        request = {
            "do": "load",
            "load": chapters,
            "sources": self._wire_sources,
            "exercises": self.chapter_of,
            "unavailable": self._unavailable(),
            "packages": list(self.assignment.imports),
            "needed": list(self.launcher.needed),
            "answered": sorted(stand_in.allowed) if stand_in else [],
            "skip": {name: sorted(numbers) for name, numbers in self._skip.items()},
            # CPU seconds a statement outside the functions, all of them, and wall seconds a statement.
            "own_code": [call.cpu, 2 * call.cpu, call.wall],
        }
        answer = stand_in.answer if stand_in else None
        reply = loaded(self.timed(worker, request, limit, exercise, answer))
        for chapter, number in reply.slow:
            if chapter in self._wire_sources:
                self._skip.setdefault(chapter, set()).add(number)
        return reply

    def timed(
        self,
        worker: Worker,
        request: dict[str, Any],
        limit: Limit,
        exercise: Budget | None,
        ask: Answerer | None = None,
    ) -> dict[str, Any]:
        """A request within the call's limit and what the exercise and the submission have left."""
        with self.within(worker, limit, exercise) as allowed:
            return worker.request(request, allowed, ask)

    @contextmanager
    def within(self, worker: Worker, limit: Limit, exercise: Budget | None) -> Iterator[Limit]:
        """The limit for one call, cut to what is left; what is used inside is taken off the budgets."""
        budgets = [self.budget] if exercise is None else [exercise, self.budget]
        for budget in budgets:
            left_cpu, left_wall = budget.left()
            if not left_cpu:
                raise StudentTimeout(budget.spent_message)
            if left_cpu < limit.cpu or left_wall < limit.wall:
                limit = Limit.model_construct(cpu=min(limit.cpu, left_cpu), wall=min(limit.wall, left_wall))
        self.own.check()
        cpu, wall = worker.cpu_seconds(), time.monotonic()
        try:
            yield limit
        finally:
            cpu, wall = max(0.0, worker.cpu_seconds() - cpu), time.monotonic() - wall
            for budget in budgets:
                budget.cpu += cpu
                budget.wall += wall


def _at_load(failure: StudentTimeout | StudentBroke) -> str:
    if isinstance(failure, StudentTimeout):
        return "does not finish loading: code outside the functions runs too long"
    return "ends the process while it loads"


def shorter(limit: Limit, slowest: float) -> Limit:
    """What calls after one that never ended may take: right code takes far less, and waiting again shows nothing."""
    cpu = min(limit.cpu, max(_AFTER_A_TIMEOUT, _TIMES_THE_SLOWEST * slowest))
    return Limit.model_construct(cpu=cpu, wall=limit.wall * cpu / limit.cpu)
