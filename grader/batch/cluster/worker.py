"""The cluster's side: one run's course on one Dask worker, with warm grading processes, and the task that uses them."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import sys
import tempfile
import threading
from pathlib import Path

from distributed import Worker, WorkerPlugin, get_worker

from grader.batch import GRACE
from grader.batch.cluster.parcel import Parcel, unpack
from grader.batch.cluster.process import GradingProcess, ProcessLost
from grader.batch.cluster.versions import code_sha256
from grader.course import load_course
from grader.errors import CourseError, GraderError, WallError
from grader.intake import Bundle

#: Seconds for a grading process to collect the tests and draw their inputs.
_BEGIN = 300.0

Said = tuple[str, str]


class Session(WorkerPlugin):
    """One run on one Dask worker: the unpacked course, and a grading process for each thread that wants one.

    A plugin, so that a worker that closes takes the course with it; given to the worker alone and not to the
    scheduler, which would keep every secret of the course for workers yet to come.

    lease: seconds without work after which the driver is taken for dead, and all is removed.
    """

    def __init__(self, parcel: Parcel, *, confined: bool, lease: float) -> None:
        self._parcel = parcel
        self._confined = confined
        self._lease = lease
        self._lock = threading.Lock()
        self._free: list[GradingProcess] = []
        self._running: set[GradingProcess] = set()
        self._closed = False
        self._timer: threading.Timer | None = None

    def begin(self, scratch: Path) -> None:
        """Unpack below `scratch` and start the first process. Raises GraderError, CourseError or WallError."""
        self._folder = Path(tempfile.mkdtemp(prefix="grader-", dir=scratch)).resolve()
        try:
            self._course_file = unpack(self._parcel, self._folder)
            limits = load_course(self._course_file).assignment(self._parcel.assignment)[1].limits
            self._seconds = limits.submission.wall + GRACE
            self._give_back(self._start())
        except BaseException:
            self.close()
            raise
        self._parcel = Parcel(
            self._parcel.assignment, b"", self._parcel.sha256
        )  # now on disk; once is enough

    def grade(self, bundle: Bundle) -> Said:
        """("result", JSON), ("error", why the grader failed), ("lost", how) or ("unprepared", "")."""
        try:
            process = self._take()
        except GraderError as error:
            return "error", str(error)
        if process is None:
            return "unprepared", ""
        try:
            said = process.grade(bundle, self._seconds)
        except ProcessLost as error:
            self._drop(process)
            return ("unprepared", "") if self._closed else ("lost", str(error))
        self._give_back(process)
        return said

    def close(self) -> None:
        """End every process and remove the course from this machine."""
        with self._lock:
            self._closed = True
            processes = list(self._running)
            self._running.clear()
            self._free.clear()
            if self._timer:
                self._timer.cancel()
        for process in processes:
            process.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def teardown(self, worker: Worker) -> None:
        self.close()

    def _start(self) -> GradingProcess:
        process = GradingProcess(
            self._folder, self._course_file, self._parcel.assignment, confined=self._confined
        )
        with self._lock:
            self._running.add(process)
        try:
            process.begin(_BEGIN)
        except BaseException:
            self._drop(process)
            raise
        return process

    def _take(self) -> GradingProcess | None:
        with self._lock:
            if self._closed:
                return None
            if self._timer:
                self._timer.cancel()
            if self._free:
                return self._free.pop()
        return self._start()

    def _give_back(self, process: GradingProcess) -> None:
        with self._lock:
            if self._closed:
                return
            self._free.append(process)
            if len(self._free) < len(self._running):
                return
            if self._timer:
                self._timer.cancel()
            self._timer = threading.Timer(self._lease, self.close)
            self._timer.daemon = True
            self._timer.start()

    def _drop(self, process: GradingProcess) -> None:
        with self._lock:
            self._running.discard(process)
        process.close()


async def prepare(
    run: str, parcel: Parcel, confined: bool, code: str, lease: float, dask_worker: Worker
) -> Said:
    """Make a worker ready for `run`: ("ready", ""), or why it can't be. code: `code_sha256` of the driver."""
    if sys.platform == "win32":
        return "unfit", "Windows workers can't grade for a cluster; use Linux"
    if code_sha256() != code:
        return "unfit", "its cnn-grader has other files than this machine's: install the same checkout there"
    session = Session(parcel, confined=confined, lease=lease)
    try:
        await asyncio.to_thread(session.begin, Path(dask_worker.local_directory))
    except WallError as error:
        return "wall", str(error)
    except CourseError as error:
        return "course", str(error)
    except (GraderError, OSError) as error:
        return "unfit", str(error)
    await dask_worker.plugin_add(plugin=session, name=run)
    return "ready", ""


async def forget(run: str, dask_worker: Worker) -> None:
    """End `run` on a worker: its processes and its copy of the course go."""
    if run in dask_worker.plugins:
        await dask_worker.plugin_remove(name=run)


def grade_bundle(run: str, bundle: Bundle) -> tuple[str, str, str]:
    """The task: what `Session.grade` says, and the worker's address."""
    worker = get_worker()
    session = worker.plugins.get(run)
    said: Said = ("unprepared", "")
    if isinstance(session, Session):
        with contextlib.suppress(OSError):  # the folder went with a session that was closed this moment
            said = session.grade(bundle)
    return (*said, worker.address)
