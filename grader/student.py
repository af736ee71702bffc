"""A Student handle that tests call like a module: `student.conv2d(x, w, b, stride=2)`.

Behind it stands a fresh worker for each exercise, restarted after a timeout or a broken protocol. Everything a reply
says is checked before it is believed; what it says about itself (missing, blocked, raised) can only cost points.
"""

from __future__ import annotations

import re
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from grader.course import Assignment, Limit
from grader.errors import (
    StudentBlocked,
    StudentBroke,
    StudentFailure,
    StudentMissing,
    StudentRaised,
    StudentTimeout,
)
from grader.intake import Source
from grader.standin import StandIn
from grader.text import visible
from grader.worker.wire import encode
from grader.workers import Answerer, Launcher, Worker

_TIMEOUTS_REMEMBERED = 3
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{6,16}")


@dataclass(frozen=True)
class Call:
    """One call of a student's function: what is shown as example and evidence."""

    name: str
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]

    def is_like(self, other: Call) -> bool:
        """Whether `other` is the same call, bit for bit."""
        if self.name != other.name or len(self.args) != len(other.args):
            return False
        if self.kwargs.keys() != other.kwargs.keys():
            return False
        return all(map(_same, self.args, other.args)) and all(
            _same(v, other.kwargs[k]) for k, v in self.kwargs.items()
        )


def _same(first: Any, second: Any) -> bool:
    if first is second:
        return True
    if type(first) is not type(second):
        return False
    if isinstance(first, np.ndarray):
        same_form = first.shape == second.shape and first.dtype == second.dtype
        return bool(same_form and first.tobytes() == second.tobytes())
    if isinstance(first, list | tuple):
        return len(first) == len(second) and all(map(_same, first, second))
    if isinstance(first, dict):
        return first.keys() == second.keys() and all(_same(v, second[k]) for k, v in first.items())
    return bool(first == second)


@dataclass(frozen=True)
class Script:
    """Calls that a test is known to make, encoded once for all students; answered without waiting in between."""

    calls: tuple[Call, ...]
    frame: bytes

    @classmethod
    def of(cls, calls: Sequence[Call]) -> Script:
        """Encode `calls`."""
        return cls(tuple(calls), encode([[call.name, list(call.args), dict(call.kwargs)] for call in calls]))


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
    """What loading one chapter showed. `unavailable`: why nothing in it can be called ('' if it can)."""

    problems: list[dict[str, Any]] = field(default_factory=list)
    unavailable: str = ""
    syntax_error: bool = False


class Session:
    """One submission on this machine: its sources, its budget, what is known about its chapters."""

    def __init__(self, launcher: Launcher, assignment: Assignment, sources: Mapping[str, Source]) -> None:
        self.launcher = launcher
        self.assignment = assignment
        self.chapter_of = assignment.chapter_of()
        self.budget = Budget(assignment.limits.submission, "the submission")
        self.reports: dict[str, ChapterReport] = {}
        self._wire_sources = {
            name: {"file": source.file, "cells": list(source.cells)} for name, source in sources.items()
        }

    def survey(self) -> Mapping[str, ChapterReport]:
        """Load every submitted chapter once and remember which hang, crash or have problems."""
        worker: Worker | None = None
        try:
            for chapter in self._wire_sources:
                if worker is None:
                    worker = self.launcher.spawn()
                report = self.reports[chapter] = ChapterReport()
                try:
                    reply = self.load(worker, [chapter], None)
                except (StudentTimeout, StudentBroke) as failure:
                    report.unavailable = f"{self.file_of(chapter)} {_at_load(failure)}"
                    worker.close()
                    worker = None
                    continue
                report.problems = _own_problems(reply.get("problems"), chapter)
                report.syntax_error = any(p["kind"] == "syntax" for p in report.problems)
        finally:
            if worker:
                worker.close()
        return self.reports

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
    ) -> dict[str, Any]:
        """Make `worker` load chapters (and what they import)."""
        unavailable = {
            name: report.unavailable for name, report in self.reports.items() if report.unavailable
        }
        call = self.assignment.limits.call
        limit = Limit.model_construct(cpu=3 * call.cpu, wall=3 * call.wall)
        request = {
            "do": "load",
            "load": chapters,
            "sources": self._wire_sources,
            "exercises": self.chapter_of,
            "unavailable": unavailable,
            "packages": list(self.assignment.imports),
            "answered": sorted(stand_in.allowed) if stand_in else [],
        }
        answer = stand_in.answer if stand_in else None
        reply = self.timed(worker, request, limit, exercise, answer)
        if reply.get("loaded") is not True:
            raise StudentBroke("broke the protocol: an unexpected reply to loading")
        return reply

    def timed(
        self,
        worker: Worker,
        request: dict[str, Any],
        limit: Limit,
        exercise: Budget | None,
        answer: Answerer | None = None,
    ) -> dict[str, Any]:
        """A request within the call's limit and what the exercise and the submission have left."""
        with self.within(worker, limit, exercise) as allowed:
            return worker.request(request, allowed, answer)

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
        cpu, wall = worker.cpu_seconds(), time.monotonic()
        try:
            yield limit
        finally:
            cpu, wall = max(0.0, worker.cpu_seconds() - cpu), time.monotonic() - wall
            for budget in budgets:
                budget.cpu += cpu
                budget.wall += wall


def _own_problems(problems: Any, chapter: str) -> list[dict[str, Any]]:
    """The problems a worker reported about `chapter`, as plain short text; it may have said anything."""
    found = []
    for problem in problems if isinstance(problems, list) else []:
        if isinstance(problem, dict) and problem.get("chapter") == chapter:
            line = problem.get("line")
            found.append(
                {
                    "file": visible(str(problem.get("file", "")), 80),
                    "kind": "syntax" if problem.get("kind") == "syntax" else "error",
                    "message": visible(str(problem.get("message", "")), 300),
                    "line": line if isinstance(line, int) else None,
                }
            )
    return found[:20]


def _at_load(failure: StudentTimeout | StudentBroke) -> str:
    if isinstance(failure, StudentTimeout):
        return "does not finish loading: code outside the functions runs too long"
    return "ends the process while it loads"


class Student:
    """The functions of one exercise's worker. Attribute access gives functions; anything else is an error.

    stand_in: answers the prerequisites that it allows; None where the submission stands alone.
    answers: how many values came back; changed: names of functions that changed an argument in place.
    """

    def __init__(self, session: Session, exercise: str, stand_in: StandIn | None = None) -> None:
        self._session = session
        self._exercise = exercise
        self._stand_in = stand_in
        self._budget = Budget(session.assignment.limits.exercise, "the exercise")
        self._worker: Worker | None = None
        self._timed_out: set[bytes] = set()
        self.last_call: Call | None = None
        self.answers = 0
        self.changed: set[str] = set()
        self._printed: list[str] = []
        self._print_mark = self._print_end = 0
        self._answerer = stand_in.answer if stand_in else None
        self._script: Script | None = None
        self._sent: deque[Call] = deque()
        self._answered = 0

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_") or name not in self._session.chapter_of:
            raise AttributeError(name)

        def call(*args: Any, **kwargs: Any) -> Any:
            return self._call(name, args, kwargs)

        call.__name__ = name
        return call

    def printed(self) -> str:
        """What the student's code printed so far, in all of this exercise's workers: untrusted text."""
        self._drain()
        self._collect_print()
        return stable("".join(self._printed))

    def close(self) -> None:
        """End the worker. The handle can still be called; it would start another."""
        self._drain()
        self._drop_worker()

    def expect(self, script: Script) -> None:
        """The next calls will probably be these: the first of them sends them all. None of them is lost if not."""
        self._script = script

    def _call(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        call = self.last_call = Call(name, args, kwargs)
        if self._timed_out:
            known = encode([name, list(args), kwargs]) in self._timed_out
            if known or len(self._timed_out) >= _TIMEOUTS_REMEMBERED:
                raise StudentTimeout("did not finish before, on the same input")
        unavailable = self._session.reports.get(self._session.chapter_of[name], ChapterReport()).unavailable
        if unavailable:
            raise StudentBlocked(unavailable)
        try:
            reply = self._reply_to(call)
        except StudentTimeout:
            self._timed_out.add(encode([name, list(args), kwargs]))
            self._drop_worker()
            raise
        except StudentFailure:
            self._drop_worker()
            raise
        self._note_print(reply)
        return self._believe(name, reply)

    def _reply_to(self, call: Call) -> dict[str, Any]:
        """From the calls already sent if this is the next of them; else by a request of its own."""
        if self._sent and not self._sent[0].is_like(call):
            self._drain()
        worker = self._ready_worker()
        if not self._sent and self._script and self._script.calls[0].is_like(call) and not self._timed_out:
            worker.request_all(self._script.frame, self._session.assignment.limits.call)
            self._sent = deque(self._script.calls)
            self._script = None
            self._answered = 0
        if self._sent:
            return self._next_reply(worker)
        request = {"do": "call", "name": call.name, "args": list(call.args), "kwargs": dict(call.kwargs)}
        return self._session.timed(
            worker, request, self._session.assignment.limits.call, self._budget, self._answerer
        )

    def _next_reply(self, worker: Worker) -> dict[str, Any]:
        with self._session.within(worker, self._session.assignment.limits.call, self._budget) as limit:
            reply = worker.next_reply(self._answered, limit, self._answerer)
        self._sent.popleft()
        self._answered += 1
        return reply

    def _drain(self) -> None:
        """Take the answers that nobody asked for any more, so that the next one is to the next call."""
        try:
            while self._sent and self._worker:
                self._note_print(self._next_reply(self._worker))
        except (StudentTimeout, StudentFailure):
            self._drop_worker()

    def _note_print(self, reply: dict[str, Any]) -> None:
        """Where the output stood when this call was done; the worker says so, and can only spoil its own text."""
        position = reply.get("printed")
        if self._worker and isinstance(position, int) and position >= 0:
            self._print_end = max(self._print_end, min(position, self._worker.printed_bytes()))

    def _ready_worker(self) -> Worker:
        if self._worker is None:
            self._worker = self._session.launcher.spawn()
            self._print_mark = self._print_end = 0
            self._session.load(
                self._worker, [self._session.chapter_of[self._exercise]], self._budget, self._stand_in
            )
            self._print_mark = self._print_end = self._worker.printed_bytes()
        return self._worker

    def _drop_worker(self) -> None:
        self._sent.clear()
        if self._worker:
            self._collect_print()
            self._worker.close()
            self._worker = None

    def _collect_print(self) -> None:
        """Keep what was printed up to the last finished call.

        Not what a call printed that never finished: how far it got differs from run to run.
        """
        if self._worker:
            cap = self._session.assignment.limits.output_kb << 10
            self._printed.append(self._worker.printed(self._print_mark, min(self._print_end, cap)))
            self._print_mark = self._print_end

    def _believe(self, name: str, reply: dict[str, Any]) -> Any:
        """Turn a reply into a value or a failure. Only a well-formed value can lead to a pass."""
        keys = reply.keys() - {"id", "n", "printed"}
        if keys == {"value", "changed"} and isinstance(reply["changed"], list):
            self.answers += 1
            if reply["changed"]:
                self.changed.add(name)
            return reply["value"]
        if keys == {"missing"}:
            raise StudentMissing(visible(str(reply["missing"]), 200))
        if keys == {"blocked"}:
            raise StudentBlocked(visible(str(reply["blocked"]), 200))
        if keys == {"unsupported"}:
            raise StudentFailure(f"returned {visible(str(reply['unsupported']), 200)}")
        if keys == {"raised"} and isinstance(reply["raised"], dict):
            raise _raised(reply["raised"])
        raise StudentBroke("broke the protocol: a reply of the wrong form")


def stable(text: str) -> str:
    """`text` without memory addresses and without paths of this machine.

    Both differ from run to run or from machine to machine, and the paths are nobody's business.
    """
    for path in _own_paths():
        text = text.replace(path, "…")
    return _ADDRESS.sub("0x…", text)


@cache
def _own_paths() -> tuple[str, ...]:
    """Where Python, numpy and this package lie, the longest first."""
    home = Path(__file__).resolve().parents[1]
    found = {
        str(home),
        sys.prefix,
        sys.base_prefix,
        str(Path(np.__file__).parents[1]),
        str(Path(sys.prefix).resolve()),
    }
    return tuple(sorted((path for path in found if len(path) > 4), key=len, reverse=True))


def _raised(data: dict[str, Any]) -> StudentRaised:
    lineage = data.get("lineage")
    line = data.get("line")
    return StudentRaised(
        visible(str(data.get("kind", "")), 80),
        visible(stable(str(data.get("text", ""))), 300),
        lineage=tuple(str(name) for name in lineage) if isinstance(lineage, list) else (),
        file=visible(str(data.get("file", "")), 80),
        line=line if type(line) is int else None,
    )
