"""Starting workers: forked from a warm, confined zygote on Linux, plain subprocesses elsewhere."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from grader.course import Assignment, Limit, Limits
from grader.errors import StudentBroke, StudentTimeout, WallError
from grader.wall import bubblewrap, replies
from grader.wall.boot import WORKER_FOLDER, command, environment, numpy_home
from grader.wall.data_home import home_with
from grader.wall.near_end import Worker
from grader.wall.packages import packages_for
from grader.worker.ends import SocketEnd, pipes
from grader.worker.wire import Caps, Channel

# Results of the exercises are kilobytes; what is larger is no answer, and must not cost the grader memory.
BODY_BYTES = 4 << 20


class Launcher(ABC):
    """Starts workers with the limits of an assignment. A context manager.

    data: name → file, of what workers may read as `data/<name>`. needed: packages that may be imported because those
    of the assignment need them.
    """

    needed: tuple[str, ...] = ()

    def __init__(self, limits: Limits, data: Mapping[str, Path] | None = None) -> None:
        self.limits = limits
        self._home = home_with(data or {})

    @abstractmethod
    def spawn(self) -> Worker:
        """A fresh worker with nothing loaded. Raises WallError if none can be started."""

    @abstractmethod
    def reap(self, worker: Worker) -> float:
        """Kill and reap; the CPU seconds it used."""

    @abstractmethod
    def close(self) -> None:
        """End everything that was started."""

    def _forget_data(self) -> None:
        if self._home:
            self._home.cleanup()

    def __enter__(self) -> Launcher:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _settings(self) -> dict[str, Any]:
        return {
            "memory_bytes": self.limits.memory_mb << 20,
            # behind the grader's own clock, in case the grader dies: a whole exercise's seconds, rounded up
            "cpu_seconds": int(self.limits.exercise.cpu) + 2,
            "output_bytes": self.limits.output_kb << 10,
            "body_bytes": BODY_BYTES,
        }


class ZygoteLauncher(Launcher):
    """Forks workers from one warm process, which gets ready while its creator goes on. Linux.

    bubblewrap: put it around the zygote where it is installed. A zygote that could not start is found out when the
    first worker is asked for.
    """

    def __init__(
        self,
        limits: Limits,
        *,
        packages: Sequence[str] = ("numpy",),
        wall: bool = True,
        bubblewrap: bool = True,
        data: Mapping[str, Path] | None = None,
    ) -> None:
        super().__init__(limits, data)
        self._packages = list(packages)
        more = packages_for(packages)
        self.needed, self._readable = more.names, more.paths
        self.wall = wall
        self._ready = False
        self._start(bubblewrap and wall)

    def _start(self, second: bool) -> None:
        mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        mine.settimeout(60)
        home = numpy_home()
        folders = [home / "numpy", home / "numpy.libs", WORKER_FOLDER]
        where = self._home.name if self._home else ""
        folders += [Path(path) for path in (where, *self._readable) if path]
        settings = {"packages": self._packages, "readable": self._readable, "home": where}
        second_wall = bubblewrap.prefix(folders) if second else []
        self.bubblewrapped = bool(second_wall)
        with theirs:
            self._process = subprocess.Popen(
                second_wall + command("zygote", str(theirs.fileno()), settings),
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env=environment(),
                cwd="/",
                start_new_session=True,  # Ctrl-C in the terminal is handled here, not there
            )
        self._control = mine

    def _wait_until_ready(self) -> None:
        try:
            self._ready = bool(self._control.recv(1 << 16))
        except OSError:
            self._ready = False
        if not self._ready:
            self._process.kill()
            errors = self._process.communicate()[1].decode("utf-8", "replace").strip().splitlines()
            raise WallError(f"the worker process could not start: {errors[-1] if errors else 'no message'}")

    def layers(self) -> dict[str, Any]:
        """The layers of the wall that a fresh worker finds in force. Raises WallError if it may not start."""
        worker = self.spawn()
        try:
            return replies.layers(worker.request({"do": "hello"}, Limit(cpu=10, wall=30)))
        except (StudentBroke, StudentTimeout):
            raise WallError(
                "this machine can't confine student code (the kernel needs Landlock or seccomp); "
                "grade on a newer Linux, or pass --unconfined for code you trust"
            ) from None
        finally:
            worker.close()

    def spawn(self) -> Worker:
        near, far = pipes()
        output = os.memfd_create("printed")
        # The worker's descriptor can only write: what it could read back it could also map as code.
        writable = os.open(f"/proc/self/fd/{output}", os.O_WRONLY | os.O_APPEND)
        message = json.dumps({"do": "spawn", "settings": {**self._settings(), "wall": self.wall}}).encode()
        try:
            pid = int(self._ask(message, [*far, writable])["pid"])
        except BaseException:
            near.close()
            os.close(output)
            raise
        finally:
            for descriptor in (*far, writable):
                os.close(descriptor)
        return Worker(Channel(near, Caps(body=BODY_BYTES)), output, pid, self)

    def reap(self, worker: Worker) -> float:
        return float(self._ask(json.dumps({"do": "reap", "pid": worker.pid}).encode())["cpu"])

    def _ask(self, message: bytes, fds: list[int] | None = None) -> dict[str, Any]:
        if not self._ready:
            self._wait_until_ready()
        try:
            socket.send_fds(self._control, [message], fds or [])
            reply = self._control.recv(1 << 16)
        except OSError as error:
            raise WallError(f"the zygote does not answer: {error}") from None
        if not reply:
            raise WallError("the zygote is gone; run the command again")
        answer: dict[str, Any] = json.loads(reply)
        return answer

    def close(self) -> None:
        self._control.close()  # the zygote ends on this, with its children
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=10)
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        if self._process.stderr:
            self._process.stderr.close()
        self._forget_data()


class PlainLauncher(Launcher):
    """A new Python for every worker. Works everywhere, confines nothing."""

    def __init__(
        self, limits: Limits, data: Mapping[str, Path] | None = None, packages: Sequence[str] = ()
    ) -> None:
        super().__init__(limits, data)
        self.needed = packages_for(packages).names
        self._processes: dict[int, subprocess.Popen[bytes]] = {}

    def spawn(self) -> Worker:
        near, far = socket.socketpair()
        handle, name = tempfile.mkstemp(prefix="grader-printed-")
        options: dict[str, Any] = {}
        if sys.platform == "win32":
            options["creationflags"] = subprocess.CREATE_NEW_PROCESS_GROUP
        else:
            options["pass_fds"] = [far.fileno()]
            options["start_new_session"] = True
        with far:
            process = subprocess.Popen(
                command("plain", str(far.fileno()), self._settings()),
                stdin=subprocess.PIPE,
                stdout=handle,
                stderr=handle,
                env=environment(),
                cwd=self._home.name if self._home else None,
                **options,
            )
            if sys.platform == "win32" and process.stdin:
                process.stdin.write(base64.b64encode(far.share(process.pid)) + b"\n")
                process.stdin.flush()
        if process.stdin:
            process.stdin.close()
        with contextlib.suppress(OSError):  # Windows keeps the name until both ends are closed
            Path(name).unlink()
        self._processes[process.pid] = process
        return Worker(Channel(SocketEnd(near), Caps(body=BODY_BYTES)), handle, process.pid, self)

    def reap(self, worker: Worker) -> float:
        process = self._processes.pop(worker.pid)
        used = worker.cpu_seconds()
        process.kill()
        process.wait()
        return used

    def close(self) -> None:
        for process in self._processes.values():
            process.kill()
            process.wait()
        self._processes.clear()
        self._forget_data()


def can_fork_workers() -> bool:
    """Whether this system has what the zygote needs."""
    return sys.platform.startswith("linux")


def _zygote(assignment: Assignment, *, wall: bool = True, bubblewrap: bool = True) -> ZygoteLauncher:
    return ZygoteLauncher(
        assignment.limits,
        packages=assignment.imports,
        wall=wall,
        bubblewrap=bubblewrap,
        data=assignment.data_files(),
    )


def launch_own(assignment: Assignment) -> Launcher:
    """For one's own code on one's own machine: as walled as this machine can, and never refused."""
    if not can_fork_workers():
        return PlainLauncher(assignment.limits, assignment.data_files(), assignment.imports)
    return _zygote(assignment, bubblewrap=False)


def unwalled_if_needed(launcher: Launcher, assignment: Assignment) -> Launcher:
    """`launcher`, or one without a wall where it finds that this machine has none; waits until it is ready."""
    if not isinstance(launcher, ZygoteLauncher):
        return launcher
    try:
        launcher.layers()
    except WallError:
        launcher.close()
        return _zygote(assignment, wall=False)
    return launcher


def launch(assignment: Assignment, *, wall: bool = True) -> Launcher:
    """The best launcher of this machine for `assignment`. `wall`: confine the workers (Linux).

    Raises WallError where a wall is wanted and can't be had.
    """
    return walled(begin_launch(assignment, wall=wall))


def begin_launch(assignment: Assignment, *, wall: bool = True) -> Launcher:
    """What `launch` gives, still getting ready: for `walled`, before anything else is asked of it."""
    if not can_fork_workers():
        if wall:
            raise WallError(
                "this system has no wall around student code (it needs Linux): grade there, "
                "or with --unconfined code that you trust"
            )
        return PlainLauncher(assignment.limits, assignment.data_files(), assignment.imports)
    return _zygote(assignment, wall=wall)


def walled(launcher: Launcher) -> Launcher:
    """`launcher`, once it is known to have the wall that it was to have. Raises WallError, and closes it, if not."""
    if isinstance(launcher, ZygoteLauncher) and launcher.wall:
        try:
            launcher.layers()
        except WallError:
            launcher.close()
            raise
    return launcher
