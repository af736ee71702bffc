"""Grading processes on this machine: each grades one submission at a time, and may be lost without losing the run."""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import signal
import sys
import threading
import time
import traceback
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Literal, Protocol

from grader.course import Course, load_course
from grader.errors import CourseError, GraderError, WallError
from grader.intake import Bundle, open_bundle
from grader.wall import Launcher, begin_launch

#: Processes that are forked ahead at most: a command may find that it needs only one.
_FORKED = 4
#: Seconds past a submission's own wall limit after which the grading process itself is taken for stuck.
GRACE = 120.0
#: Grading processes that one submission may cost before it is a grader error.
TRIES = 2


@dataclass(frozen=True)
class Graded:
    """What came of one bundle: the Result's JSON, or why the grader could not make one."""

    bundle: Bundle
    result_json: str = ""
    error: str = ""


class Executor(Protocol):
    """Turns bundles into results, in any order."""

    def run(self, bundles: Iterable[Bundle]) -> Iterator[Graded]:
        """Grade every bundle; yields each as it is done."""

    def close(self) -> None:
        """Release everything."""


@dataclass(frozen=True)
class Job:
    """What a grading process needs to know to begin."""

    course_file: Path
    assignment: str
    confined: bool
    handout: dict[str, bytes]


@dataclass
class _Process:
    process: BaseProcess
    pipe: Connection
    ready: bool = False
    bundle: Bundle | None = None
    deadline: float = 0.0


@dataclass
class LocalPool:
    """Grading processes on this machine. Raises CourseError or WallError if the first one can't begin."""

    job: Job
    jobs: int
    _processes: list[_Process] = field(default_factory=list)
    #: Processes and the pipes to them, forked beforehand: they wait for their Job.
    _forked: list[tuple[BaseProcess, Connection]] = field(default_factory=list)

    def fork_ahead(self) -> None:
        """Fork the processes from this one, with all that it has imported, where systems do that well (Linux).

        For the beginning of a command: before any thread, lock or database that a fork would share.
        """
        if not sys.platform.startswith("linux") or threading.active_count() > 1:
            return
        for _ in range(min(self.jobs, _FORKED)):
            near, far = multiprocessing.Pipe()
            # It closes the ends that are not its own: else none would see that this process is gone.
            others = [*(pipe for _, pipe in self._forked), near]
            process = multiprocessing.get_context("fork").Process(
                target=grading_process, args=(far, others), daemon=True
            )
            process.start()
            far.close()
            self._forked.append((process, near))

    def run(self, bundles: Iterable[Bundle]) -> Iterator[Graded]:
        waiting = iter(bundles)
        again: list[Bundle] = []
        tries: dict[str, int] = {}
        exhausted = False
        limits = load_course(self.job.course_file).assignment(self.job.assignment)[1].limits
        while True:
            while not exhausted or again:
                free = next((p for p in self._processes if p.ready and p.bundle is None), None)
                if free is None and len(self._processes) >= self.jobs:
                    break
                if free is None and any(not p.ready for p in self._processes):
                    break  # one is starting: a class of one submission needs no second process
                bundle = again.pop() if again else next(waiting, None)
                if bundle is None:
                    exhausted = True
                    break
                if free is None:
                    free = self._start()
                self._hand_over(free, bundle, limits.submission.wall + GRACE)
            busy = [p for p in self._processes if p.bundle is not None]
            if not busy:
                if exhausted and not again:
                    return
                continue
            for process in self._finished():
                graded = self._collect(process)
                if graded is None:
                    continue
                if graded.error and graded.error.startswith(_LOST):
                    count = tries[graded.bundle.student] = tries.get(graded.bundle.student, 1) + 1
                    if count <= TRIES:
                        again.append(graded.bundle)
                        continue
                yield graded

    def close(self) -> None:
        """End every process, at once."""
        self._processes += [_Process(*forked) for forked in self._forked]
        self._forked.clear()
        for process in self._processes:
            process.pipe.close()
            process.process.kill()
        for process in self._processes:
            process.process.join(timeout=10)
        self._processes.clear()

    def _start(self) -> _Process:
        if self._forked:
            process, near = self._forked.pop(0)
        else:
            context = multiprocessing.get_context("spawn")
            near, far = context.Pipe()
            process = context.Process(target=grading_process, args=(far,), daemon=True)
            process.start()
            far.close()
        # By the pipe and not as an argument: a process that dies at once then shows as its end.
        with contextlib.suppress(OSError):
            near.send(self.job)
        started = _Process(process, near)
        self._processes.append(started)
        return started

    def _hand_over(self, process: _Process, bundle: Bundle, seconds: float) -> None:
        process.bundle = bundle
        process.deadline = time.monotonic() + seconds
        with contextlib.suppress(OSError):  # a process that died meanwhile is noticed when its answer is read
            process.pipe.send(bundle)

    def _finished(self) -> list[_Process]:
        """Processes with something to say; a stuck one is killed, so that it has."""
        watched = {p.pipe: p for p in self._processes if p.bundle is not None or not p.ready}
        timeout = max(0.0, min(p.deadline for p in watched.values() if p.bundle) - time.monotonic())
        pipes = wait(list(watched), timeout)
        if not pipes:
            for process in watched.values():
                if process.bundle and time.monotonic() >= process.deadline:
                    process.process.kill()
            return []
        return [watched[pipe] for pipe in pipes if isinstance(pipe, Connection)]

    def _collect(self, process: _Process) -> Graded | None:
        try:
            kind, text = process.pipe.recv()
        except (EOFError, OSError):
            self._processes.remove(process)
            process.process.join(timeout=10)
            code = process.process.exitcode
            process.pipe.close()
            if not process.ready:
                raise GraderError(
                    f"a grading process ended while it was starting (exit code {code})"
                ) from None
            bundle, process.bundle = process.bundle, None
            return Graded(bundle, error=f"{_LOST} (exit code {code})") if bundle else None
        if kind == "ready":
            process.ready = True
            return None
        if kind in _FATAL:
            raise _FATAL[kind](text)
        bundle, process.bundle = process.bundle, None
        if bundle is None:
            return None
        return Graded(bundle, result_json=text) if kind == "result" else Graded(bundle, error=text)


def read_handout(course: Course, assignment: str) -> dict[str, bytes]:
    """The handout's chapters, to tell which of a submission's twins was worked on."""
    folder = course.handout(assignment)
    names = [
        path
        for path in sorted(folder.glob("*"))
        if path.suffix in (".py", ".ipynb", ".yaml") and path.is_file()
    ]
    return {path.name: path.read_bytes() for path in names}


def local_pool(course: Course, assignment: str, *, jobs: int, confined: bool) -> LocalPool:
    """Grading processes of this machine; none is started yet."""
    job = Job(course.root / "course.yaml", assignment, confined, read_handout(course, assignment))
    return LocalPool(job, jobs)


_LOST = "the grading process was lost"
_FATAL: dict[str, type[GraderError]] = {"course": CourseError, "wall": WallError}
Message = tuple[Literal["ready", "result", "error", "course", "wall"], str]


def grading_process(pipe: Connection, others: Sequence[Connection] = ()) -> None:
    """The life of one grading process on this machine: the Job comes first through the pipe."""
    _leave_interrupts_to_the_driver()
    for end in others:
        end.close()
    try:
        job: Job = pipe.recv()
    except (EOFError, OSError):
        return
    serve_bundles(pipe, job)


def _leave_interrupts_to_the_driver() -> None:
    """Ctrl-C reaches every process of the terminal; the driver decides what it means."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def serve_bundles(pipe: Connection, job: Job) -> None:
    """Begin once; then a bundle in, a Result out, until the pipe ends."""
    _leave_interrupts_to_the_driver()
    import numpy as np

    from grader.grading import Grader

    def say(kind: str, text: str = "") -> None:
        pipe.send((kind, text))

    starting: Launcher | None = None
    try:
        course = load_course(job.course_file)
        # First of all: it gets ready while the tests do.
        starting = begin_launch(course.assignment(job.assignment)[1], wall=job.confined)
        grader = Grader(course, job.assignment, confined=job.confined, starting=starting)
        _ = grader.launcher
    except WallError as error:
        say("wall", str(error))
        return
    except GraderError as error:
        say("course", str(error))
        if starting:
            starting.close()
        return
    gc.collect()
    gc.freeze()  # what is kept for every submission need not be looked through again and again
    say("ready")
    np.seterr(all="ignore")  # a student's infinities are compared, not told to the instructor one by one
    with grader:
        while True:
            try:
                bundle: Bundle = pipe.recv()
            except (EOFError, OSError):
                return
            try:
                result = grader.grade(open_bundle(bundle, grader.assignment, job.handout))
                say("result", result.to_json())
            except BrokenPipeError:
                return
            except Exception as error:
                where = traceback.extract_tb(error.__traceback__)[-1]
                say(
                    "error",
                    f"{type(error).__name__} in {Path(where.filename).name}:{where.lineno}: {error}"[:500],
                )
