"""Which workers may grade: found, examined, given the course, and missed when they have gone."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from grader.batch.cluster.parcel import Parcel
from grader.batch.cluster.versions import PACKAGES, code_sha256, explain, mend, versions_of
from grader.batch.cluster.worker import Said, forget, prepare
from grader.errors import CourseError, GraderError, UsageError, WallError

#: Seconds between two looks at which workers there are.
_LOOK = 2.0
#: Seconds without work after which a worker takes the driver for dead and forgets the course.
_LEASE = 900.0

# Dask's own annotations cover its client in parts only, and differ from release to release.
Client = Any


@dataclass(frozen=True)
class Assembly:
    """What every worker of a run is given, and must agree to: see `worker.prepare`."""

    run: str
    parcel: Parcel
    confined: bool


class Crew:
    """The workers of a scheduler that are ready for a run. ready: worker → its threads; say: told who is left out."""

    def __init__(self, client: Client, assembly: Assembly, say: Callable[[str], None]) -> None:
        self.ready: dict[str, int] = {}
        self._client = client
        self._assembly = assembly
        self._say = say
        self._unfit: set[str] = set()
        self._thread: threading.Thread | None = None
        self._error: Exception | None = None
        self._last = self._seen = time.monotonic()

    def look(self) -> None:
        """Make workers ready that have come, drop those that have gone.

        On the first look one unfit worker is enough to refuse the run; later it is left out. Raises UsageError,
        WallError or CourseError.
        """
        threads: dict[str, int] = self._client.nthreads()
        for gone in set(self.ready) - set(threads):
            self.ready.pop(gone, None)
        new = [address for address in threads if address not in self.ready and address not in self._unfit]
        if not new:
            return
        starting = not self.ready and not self._unfit
        misfits = self._misfits(new)
        fit = [address for address in new if address not in misfits]
        # Nothing of the course is sent anywhere while the run may still be refused.
        said = self._prepare(fit) if fit and not (starting and misfits) else {}
        for address, (kind, text) in said.items():
            if kind == "ready":
                self.ready[address] = threads[address]
            elif starting and kind in ("wall", "course"):
                raise (WallError if kind == "wall" else CourseError)(f"worker {address}: {text}")
            else:
                misfits[address] = (text,)
        if misfits and (starting or not self.ready):
            raise UsageError(explain(misfits))
        if misfits:
            self._unfit |= set(misfits)
            self._say(f"left out: {explain(misfits)}")

    def look_beside(self) -> None:
        """Begin a look in a thread of its own if the last one is long ago: making a worker ready takes seconds.

        Raises what an earlier such look raised on purpose.
        """
        if self._thread is not None and self._thread.is_alive():
            return
        if isinstance(self._error, GraderError):
            raise self._error
        if time.monotonic() - self._last >= _LOOK:
            self._thread = threading.Thread(target=self._beside, daemon=True)
            self._thread.start()

    def seconds_without(self) -> float:
        """For how long there has been nobody; 0 while there is somebody."""
        if self.ready:
            self._seen = time.monotonic()
        return time.monotonic() - self._seen

    def strike(self, address: str) -> None:
        """This worker has lost the course (it was restarted, say); the next look sends it again."""
        self.ready.pop(address, None)

    def dismiss(self) -> None:
        """Take the course away from every worker."""
        if self._thread is not None:
            self._thread.join(10)  # or a worker that is being made ready just now would keep it
        self._client.run(forget, self._assembly.run, on_error="ignore")

    def _beside(self) -> None:
        self._error = None
        try:
            self.look()
        except Exception as error:  # a lost connection is noticed, and told, by those who wait for results
            self._error = error
        self._last = time.monotonic()

    def _misfits(self, workers: list[str]) -> dict[str, tuple[str, ...]]:
        versions = self._client.get_versions(packages=list(PACKAGES))
        own = versions_of(versions["client"])
        lines = {address: mend(own, versions_of(versions["workers"].get(address))) for address in workers}
        # The scheduler computes nothing, but takes tasks apart: Python and this package must be there.
        needed = {name: own[name] for name in own if name not in ("numpy", "hypothesis")}
        lines["the scheduler"] = mend(needed, versions_of(versions["scheduler"]))
        return {who: differing for who, differing in lines.items() if differing}

    def _prepare(self, workers: list[str]) -> dict[str, Said]:
        run, parcel, confined = self._assembly.run, self._assembly.parcel, self._assembly.confined
        answers: dict[str, Any] = self._client.run(
            prepare, run, parcel, confined, code_sha256(), _LEASE, workers=workers, on_error="return"
        )
        # A worker that was lost meanwhile is no worker; where it is still there, the next look finds it again.
        return {
            address: ("unfit", f"{type(said).__name__}: {said}") if isinstance(said, Exception) else said
            for address, said in answers.items()
            if not isinstance(said, OSError)
        }
