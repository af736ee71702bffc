"""`ClusterPool`: the executor that hands bundles to a Dask cluster and takes Results back. Its process alone writes."""

from __future__ import annotations

import contextlib
import logging
import queue
import secrets
import sys
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from grader.batch import TRIES, Graded
from grader.batch.cluster.parcel import pack
from grader.course import Course
from grader.errors import GraderError, UsageError
from grader.grading import fingerprint_of_tests
from grader.intake import Bundle
from grader.result import Result
from grader.text import visible

try:
    import dask
    import distributed

    from grader.batch.cluster.crew import Assembly, Client, Crew
    from grader.batch.cluster.worker import grade_bundle
except ImportError as missing:
    raise UsageError(
        f"--cluster needs Dask ({missing}): pip install 'cnn-grader[cluster]' here and on every worker"
    ) from None

#: Submissions handed over for each thread of the cluster: one being graded, one waiting beside it.
_AHEAD = 2


@dataclass
class _Flight:
    """A bundle on its way, and Dask's future of it. on: the workers that may grade it."""

    bundle: Bundle
    future: Any
    on: frozenset[str]


def _to_stderr(note: str) -> None:
    print(f"grader: {note}", file=sys.stderr)


class ClusterPool:
    """Grades on the workers of a Dask scheduler.

    Connects when the first bundle is there. `run` raises UsageError if the scheduler does not answer within `timeout`
    seconds, has no worker, or a worker's versions differ; WallError or CourseError if a worker can't begin;
    GraderError if the scheduler is lost, or all workers for `patience` seconds. say: told what ends no run.
    """

    def __init__(
        self,
        course: Course,
        assignment: str,
        address: str,
        *,
        confined: bool = True,
        timeout: float = 10.0,
        patience: float = 120.0,
        say: Callable[[str], None] = _to_stderr,
    ) -> None:
        self._course = course
        self._assignment = assignment
        self._address = address
        self._confined = confined
        self._timeout = timeout
        self._patience = patience
        self._say = say
        self._run = f"grader-{secrets.token_hex(8)}"
        self._stack = contextlib.ExitStack()
        self._client: Client | None = None
        self._crew: Crew | None = None
        self._flights: dict[str, _Flight] = {}
        self._landed: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._again: list[tuple[Bundle, str]] = []  # with the worker that had it last
        self._tries: dict[str, int] = {}
        self._number = 0

    def run(self, bundles: Iterable[Bundle]) -> Iterator[Graded]:
        waiting = iter(bundles)
        first = next(waiting, None)
        if first is None:
            return
        client = self._connect()
        self._tests = fingerprint_of_tests(self._course, self._assignment)
        parcel = pack(self._course, self._assignment)
        crew = self._crew = Crew(client, Assembly(self._run, parcel, self._confined), self._say)
        crew.look()
        self._again = [(first, "")]
        exhausted = False
        while True:
            while len(self._flights) < _AHEAD * sum(crew.ready.values()):
                if self._again:
                    self._send(client, crew, *self._again.pop())
                elif (bundle := next(waiting, None)) is not None:
                    self._send(client, crew, bundle)
                else:
                    exhausted = True
                    break
            if exhausted and not self._flights:
                return
            for flight in self._arrived():
                if graded := self._land(client, crew, flight):
                    yield graded
            self._check_connection(client)
            self._recall_stranded(crew)
            crew.look_beside()
            if crew.seconds_without() > self._patience:
                raise GraderError(
                    f"no worker of {self._address} is left: start workers and run the same command again; "
                    "what is graded is kept"
                )

    def close(self) -> None:
        """End the run on every worker: nothing of the course stays there. Waits at most 20 s for a dead cluster."""
        client, self._client = self._client, None
        if client is not None:
            leave = threading.Thread(target=self._leave, args=(client,), daemon=True)
            leave.start()
            leave.join(timeout=20)
        self._stack.close()

    def _leave(self, client: Client) -> None:
        with contextlib.suppress(Exception):
            if client.status == "running":
                client.cancel([flight.future for flight in self._flights.values()])
                if self._crew:
                    self._crew.dismiss()
        with contextlib.suppress(Exception):
            client.close(timeout=5)

    def _connect(self) -> Client:
        # What Dask tells its log about lost connections is told here in one message.
        logger = logging.getLogger("distributed")
        self._stack.callback(logger.setLevel, logger.level)
        logger.setLevel(logging.CRITICAL + 1)
        quiet = {"distributed.admin.large-graph-warning-threshold": "1GiB"}
        self._stack.enter_context(dask.config.set(quiet))
        start: Callable[..., Client] = distributed.Client
        try:
            with warnings.catch_warnings(action="ignore"):  # of differing versions, which the crew explains
                client = self._client = start(self._address, timeout=self._timeout, set_as_default=False)
        except Exception as error:
            reason = str(error).strip().splitlines()
            raise UsageError(
                f"no Dask scheduler answers at {self._address} within {self._timeout:g} s "
                f"({reason[0] if reason else type(error).__name__}): is `dask scheduler` running there, "
                "and may this machine reach it?"
            ) from None
        try:
            if not client.nthreads():
                self._say(f"{self._address} has no workers yet; waiting {self._patience:g} s for the first")
            client.wait_for_workers(1, timeout=self._patience)
        except TimeoutError:
            raise UsageError(
                f"the scheduler at {self._address} has no workers: start some with `dask worker {self._address}`"
            ) from None
        return client

    def _send(self, client: Client, crew: Crew, bundle: Bundle, not_to: str = "") -> None:
        everybody = frozenset(crew.ready)
        on = everybody - {not_to} or everybody
        self._number += 1
        key = f"{self._run}-{self._number}"
        future = client.submit(grade_bundle, self._run, bundle, key=key, workers=sorted(on), pure=False)
        self._flights[key] = _Flight(bundle, future, on)
        future.add_done_callback(lambda done: self._landed.put(done.key))

    def _arrived(self) -> list[_Flight]:
        """The flights that ended, one way or another; waits a little for the first."""
        keys: list[str] = []
        with contextlib.suppress(queue.Empty):
            keys.append(self._landed.get(timeout=0.5))
            while True:
                keys.append(self._landed.get_nowait())
        return [self._flights.pop(key) for key in keys if key in self._flights]

    def _recall_stranded(self, crew: Crew) -> None:
        """Of some flights, every worker that may grade them has gone; Dask would wait for one to return."""
        for key, flight in list(self._flights.items()):
            if flight.on.isdisjoint(crew.ready):
                del self._flights[key]
                flight.future.cancel()
                self._again.append((flight.bundle, ""))

    def _land(self, client: Client, crew: Crew, flight: _Flight) -> Graded | None:
        """None where it has to be graded again."""
        bundle = flight.bundle
        try:
            kind, text, address = flight.future.result(timeout=60)
        except Exception as error:
            self._check_connection(client)
            name = type(error).__name__
            if name in ("CancelledError", "FutureCancelledError", "TimeoutError"):
                self._again.append((bundle, ""))
                return None
            killed = name == "KilledWorker"
            return Graded(
                bundle, error="every worker that tried was lost" if killed else f"{name}: {error}"[:500]
            )
        if kind == "unprepared":
            crew.strike(address)
            self._again.append((bundle, ""))
            return None
        if kind == "lost":
            count = self._tries[bundle.student] = self._tries.get(bundle.student, 0) + 1
            if count < TRIES:
                self._again.append((bundle, address))
                return None
        wrong = text if kind != "result" else self._not_its_result(bundle, text)
        if wrong:
            # The result is the student's page too, and no place for addresses of machines.
            self._say(f"{visible(bundle.student, 60)}: {visible(wrong, 300)} (worker {address})")
            return Graded(bundle, error=wrong)
        return Graded(bundle, result_json=text)

    def _not_its_result(self, bundle: Bundle, text: str) -> str:
        """Why `text` is not the Result of `bundle`; '' if it is."""
        try:
            result = Result.from_json(text)
        except ValueError:
            return "the worker sent something that is no result"
        if (result.assignment, result.student) != (self._assignment, bundle.student):
            return "the worker sent the result of somebody else"
        if result.submission_sha256 != bundle.sha256:
            return "the worker sent the result of another submission"
        if result.tests_sha256 != self._tests:
            return "the worker sent a result of other hidden tests"
        return ""

    def _check_connection(self, client: Client) -> None:
        if client.status != "running":
            raise GraderError(
                f"the Dask scheduler at {self._address} is gone: start it again and run the same command; "
                "what is graded is kept"
            )
