"""A Student handle that tests call like a module: `student.conv2d(x, w, b, stride=2)`.

Behind it stands a fresh worker for each exercise, restarted after a timeout or a broken protocol. Everything a reply
says is checked before it is believed; what it says about itself (missing, blocked, raised) can only cost points.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Collection, Container, Mapping, Sequence
from typing import Any

from grader.course import Limit
from grader.errors import (
    StudentBlocked,
    StudentFailure,
    StudentLost,
    StudentMissing,
    StudentTimeout,
)
from grader.wall.calls import Call, Identity, Script
from grader.wall.near_end import Worker
from grader.wall.objects import Function, Handle, has_kept, label_of
from grader.wall.own_time import OwnTime
from grader.wall.ready import Purpose, Ready
from grader.wall.replies import Answer, Content, Held, Raised, Returned, Unread, answer, stable
from grader.wall.session import Budget, ChapterReport, Session, shorter
from grader.wall.standin import StandIn
from grader.worker.wire import encode

_TIMEOUTS_REMEMBERED = 3


class Student(Handle):
    """The functions of one exercise's worker. Attribute access gives functions; anything else is an error.

    stand_in: answers the prerequisites that it allows; None where the submission stands alone.
    borrowed: a worker that other exercises have used. A call there may take a part of its time only, and where one
    fails, so does the handle: what the exercise is worth is then found out with a worker of its own.
    repeated: calls that several tests make, with the very same arguments: each is made once, its answer remembered.
    answers_here: before they are asked for. by_the_book: whether since `begin_turn` no call was made but
    those that were foreseen, and none changed anything.
    last_call, last_value: what was called last, and what came back last. answers: how many values did;
    changed: names of functions that changed an argument in place; overwritten: of those that wrote into a result
    which they had given back before.
    object_labels: of which calls objects are kept, as labels; None: of all. Elsewhere an object is no answer.
    """

    def __init__(
        self,
        session: Session,
        exercise: str,
        stand_in: StandIn | None = None,
        *,
        borrowed: Worker | None = None,
        repeated: Container[Identity] = (),
    ) -> None:
        super().__init__()
        self.object_labels: frozenset[str] | None = frozenset()
        self._session = session
        self._exercise = exercise
        self._stand_in = stand_in
        self._budget = Budget(session.assignment.limits.exercise, "the exercise")
        self._worker = borrowed
        self._limit = session.assignment.limits.call
        if borrowed:
            self._limit = Limit.model_construct(cpu=self._limit.cpu / 4, wall=self._limit.wall / 4)
        self._borrowed = borrowed is not None
        self._timed_out: set[bytes] = set()
        self.last_call: Call | None = None
        self.last_value: Any = None
        self.answers = 0
        self.changed: set[str] = set()
        self.overwritten: set[str] = set()
        self._printed: list[str] = []
        self._print_start = borrowed.printed_bytes() if borrowed else 0
        self._print_mark = self._print_end = self._print_start
        self._answerer = stand_in.answer if stand_in else None
        self._script: Script | None = None
        #: Calls that were sent and not answered yet, and how many of their script were.
        self._sent: deque[Call] = deque()
        self._answered = 0
        self.by_the_book = False
        self.answers_here = Ready(repeated)
        self._together = True
        self._pace = self._slowest = 0.0

    def __getattr__(self, name: str) -> Function:
        if name.startswith("_") or name not in self._session.chapter_of:
            raise AttributeError(name)
        return Function(self, name)

    @property
    def own(self) -> OwnTime:
        """What the submission costs this process."""
        return self._session.own

    @property
    def time_used(self) -> float:
        """CPU seconds taken off the exercise's budget."""
        return self._budget.cpu

    @property
    def texts(self) -> Mapping[str, str]:
        """The submission's source: file or cell, as frames name it → text."""
        return self._session.texts

    @property
    def exercises(self) -> Collection[str]:
        """The names of all exercises."""
        return self._session.chapter_of.keys()

    def source_of(self, exercise: str) -> Sequence[str]:
        """The chapter of `exercise` as it was submitted, cell by cell."""
        return self._session.cells_of(self._session.chapter_of[exercise])

    def printed(self) -> str:
        """What the student's code printed so far, in all of this exercise's workers: untrusted text."""
        self._drain()
        self._collect_print()
        return stable("".join(self._printed))

    def close(self) -> None:
        """End the worker. The handle can still be called; it would start another."""
        self._drain()
        self._drop_worker()

    def give_back(self) -> Worker | None:
        """The borrowed worker, if it is as it was: alive, and nothing was printed. Otherwise it is ended."""
        self._drain()
        worker = self._worker
        if worker is None or worker.printed_bytes() > self._print_start:
            self._drop_worker()
            return None
        self._worker = None
        return worker

    def expect(self, script: Script) -> None:
        """The next calls will probably be these: the first of them sends them all. None of them is lost if not."""
        self._script = script

    def make_ahead(self, wanted: Sequence[tuple[Purpose, Sequence[Call]]]) -> None:
        """Have the calls for many purposes made now, together; `begin_turn` puts them to use.

        Raises what a call raises: these have the time of one.
        """
        calls = [call for _, some in wanted for call in some]
        if not calls or any(map(self._unavailable, {call.name for call in calls})):
            return
        self.own.check()
        self._drain()
        try:
            replies = self._all_at_once(self._ready_worker(), calls) or []
        except (StudentTimeout, StudentFailure):
            self._drop_worker()
            raise
        self.answers_here.come_ahead(wanted, replies)

    @property
    def calls_at_once(self) -> float:
        """How many calls may be made at once, at the pace of those before."""
        return self._limit.cpu / 4 / self._pace if self._pace else math.inf

    def begin_turn(self, purpose: Purpose) -> None:
        """The calls for this purpose come now."""
        self.by_the_book = True
        self.answers_here.turn(purpose)

    def take_as_passed(self, calls: Sequence[Call]) -> None:
        """These calls' answers need not be read: a test has passed on the very same ones."""
        self.answers_here.skip()
        self.answers += len(calls)

    def do_call(
        self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], typed: tuple[str, ...] | None = None
    ) -> Any:
        call = self.last_call = self.note_call(name, args, kwargs, typed)
        self.own.check()
        # What an object does to the same call may differ each time, and its identity may have been another's.
        identity = None if self.object_calls and has_kept([args, kwargs]) else call.identity
        if identity and (known := self.answers_here.remembered(identity)):
            return self._believe(call, known)
        if self._timed_out:
            # What an operation does depends on its object, whose number says nothing.
            before = not name.startswith(".") and encode([name, list(args), kwargs]) in self._timed_out
            if before or len(self._timed_out) >= _TIMEOUTS_REMEMBERED:
                raise StudentTimeout("did not finish before, on the same input")
        if why := self._unavailable(name):
            raise StudentBlocked(why)
        spent = self._budget.cpu
        try:
            reply, content = self._reply_to(call)
        except (StudentTimeout, StudentFailure) as failure:
            if isinstance(failure, StudentTimeout):
                self._timed_out.add(encode([name, list(args), kwargs]))
                self._limit = shorter(self._limit, self._slowest)
            self._drop_worker()
            raise
        self._slowest = max(self._slowest, self._budget.cpu - spent)
        if identity:
            self.answers_here.remember(identity, reply, content)
        return self._believe(call, content)

    def _unavailable(self, name: str) -> str:
        """Why nothing of the chapter that `name` stands in can be called; '' if it can."""
        return self._session.reports.get(self._session.chapter_of.get(name, ""), ChapterReport()).unavailable

    def _reply_to(self, call: Call) -> tuple[Answer | Unread, Content]:
        """From the answers that are here, or from the calls already sent, or by a request of its own."""
        if here := self.answers_here.next_to(call):
            return here, here.content()
        self.by_the_book = False
        if self._sent and not self._sent[0].is_like(call):
            self._drain()
        worker = self._ready_worker()
        if not self._sent and self._script and self._script.calls[0].is_like(call) and not self._timed_out:
            script, self._script = self._script, None
            if (replies := self._all_at_once(worker, script.calls)) is not None:
                first, *others = replies
                self.answers_here.come(script.calls[1:], others)
                return first, first.content()
            worker = self._ready_worker()
            worker.request_all(script.calls, self._limit)
            self._sent = deque(script.calls)
            self._answered = 0
        if self._sent:
            reply = self._next_reply(worker)
            return reply, reply.content
        request = call.request([self.run_number, call.number] if self._may_keep(call) else None)
        reply = answer(self._session.timed(worker, request, self._limit, self._budget, self._answerer))
        self._note_print(reply.printed)
        return reply, reply.content

    def _may_keep(self, call: Call) -> bool:
        """Whether what `call` gives may be an object: in a test, where the reference gives one."""
        if self.object_labels is None:
            return self._running
        return bool(self.object_labels) and self._running and label_of(call) in self.object_labels

    def _all_at_once(self, worker: Worker, calls: Sequence[Call]) -> list[Unread] | None:
        """The answers to many calls at once, within the time that one call may take; None if that can't be.

        Most code needs no more. Where it does, or where anything at all goes wrong, nothing of it counts: the calls
        are made one by one, by a fresh worker, so that each fault and each second is the right call's.
        """
        # Not tried where it would probably be too slow. What is asked first is little: it sets the pace.
        known = self._borrowed or self._pace
        if not self._together or (len(calls) > 1 and not (known and len(calls) <= self.calls_at_once)):
            return None
        before = [(budget, budget.cpu, budget.wall) for budget in (self._budget, self._session.budget)]
        started = worker.cpu_seconds()
        try:
            with self._session.within(worker, self._limit, self._budget) as limit:
                worker.request_all(calls, limit, together=True)
                replies, printed = worker.all_replies(len(calls), limit, self._answerer)
        except (StudentTimeout, StudentFailure) as failure:
            if self._borrowed or (len(calls) == 1 and isinstance(failure, StudentTimeout)):
                raise
            for budget, cpu, wall in before:
                budget.cpu, budget.wall = cpu, wall
            self._together = False
            self._drop_worker()
            return None
        self._pace = max(0.0, worker.cpu_seconds() - started) / len(calls)
        self._note_print(printed)
        return replies

    def _next_reply(self, worker: Worker) -> Answer:
        with self._session.within(worker, self._limit, self._budget) as limit:
            reply = worker.next_reply(self._answered, limit, self._answerer)
        self._sent.popleft()
        self._answered += 1
        self._note_print(reply.printed)
        return reply

    def _drain(self) -> None:
        """Take the answers that nobody asked for any more, so that the next one is to the next call."""
        try:
            while self._sent and self._worker:
                self._next_reply(self._worker)
        except (StudentTimeout, StudentFailure):
            self._drop_worker()

    def _note_print(self, printed: int) -> None:
        """Where the output stood when a call was done; the worker says so, and can only spoil its own text."""
        if self._worker and printed > self._print_end:
            self._print_end = max(self._print_end, min(printed, self._worker.printed_bytes()))

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
        self.answers_here.clear()
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

    def _believe(self, call: Call, content: Content) -> Any:
        """Turn a reply into a value or a failure. Only a well-formed value can lead to a pass."""
        name = call.name if call.name in self._session.chapter_of else label_of(call).removesuffix("()")
        if isinstance(content, Returned):
            self.answers += 1
            if content.changed:
                self.changed.add(name)
            if content.overwritten:
                self.overwritten.add(name)
            if content.changed or content.overwritten:
                self.by_the_book = False
            self.last_value = content.value
            return content.value
        if isinstance(content, Held):
            if self._may_keep(call):
                return self.keep_result(call)
            raise StudentFailure("broke the protocol: an object where none is asked for")
        if isinstance(content, Raised):
            raise content.failure()
        text = content.text
        if content.why == "missing":
            if text == f"{name} is not defined":
                text = self._session.why_undefined(name) or text
            raise StudentMissing(text)
        if content.why == "unsupported":
            raise StudentFailure(f"returned {text}")
        raise {"lost": StudentLost, "blocked": StudentBlocked}[content.why](text)
