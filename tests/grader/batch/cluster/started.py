"""A Dask scheduler and workers, started with Dask's own commands, each in a folder of its own."""

from __future__ import annotations

import contextlib
import os
import platform
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

#: Runs `dask` as on a kernel that has neither Landlock nor seccomp: a filter refuses both, here and in all children.
WITHOUT_A_WALL = """
import errno, runpy, struct
from grader.worker.seccomp import install
from grader.worker.syscalls import prctl
seccomp, landlock, control = {numbers}
allow, deny = 0x7FFF0000, 0x00050000
steps = [
    (0x20, 0, 0, 0),
    (0x15, 0, 1, seccomp), (0x06, 0, 0, deny | errno.ENOSYS),
    (0x15, 0, 1, landlock), (0x06, 0, 0, deny | errno.ENOSYS),
    (0x15, 0, 3, control), (0x20, 0, 0, 16), (0x15, 0, 1, 22), (0x06, 0, 0, deny | errno.EINVAL),
    (0x06, 0, 0, allow),
]
prctl(38, 1)
install(b"".join(struct.pack("=HBBI", *step) for step in steps))
runpy.run_module("dask", run_name="__main__", alter_sys=True)
""".format(numbers=(277, 444, 167) if platform.machine() == "aarch64" else (317, 444, 157))


def wait_until(condition: Callable[[], Any], what: str, *, seconds: float = 40) -> Any:
    """What `condition` returns as soon as it is true. Fails, naming `what`, after `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(0.01)
    raise AssertionError(f"waited {seconds:g} s in vain: {what}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Cluster:
    """A scheduler and its workers, each a process group with a folder and a log of its own below `root`."""

    root: Path
    address: str = ""
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start_scheduler(self, **environment: str) -> None:
        port = free_port()
        self.address = f"tcp://127.0.0.1:{port}"
        arguments = ["scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard", "--no-show"]
        self._start("scheduler", arguments, environment)
        wait_until(lambda: "Scheduler at" in self.log("scheduler"), "the scheduler")

    def start_worker(
        self, name: str, *options: str, code: str = "", threads: int = 1, **environment: str
    ) -> None:
        """Only begin: a worker needs seconds to register. code: run in place of `python -m dask`."""
        arguments = ["worker", self.address, "--host", "127.0.0.1", "--no-dashboard"]
        own = ["--nthreads", str(threads), "--local-directory", str(self.folder(name) / "scratch")]
        self._start(name, [*arguments, *own, *options], environment, code)

    def wait_for(self, *names: str) -> None:
        for name in names:
            wait_until(lambda name=name: "Registered to" in self.log(name), f"worker {name}")

    def folder(self, name: str) -> Path:
        return self.root / name

    def log(self, name: str) -> str:
        return (self.folder(name) / "log").read_text(errors="replace")

    def kill(self, name: str) -> None:
        """SIGKILL to the worker and its nanny, as a machine that loses power; its grading processes are left."""
        process = self.processes.pop(name)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()

    def holding(self, name: str, secret: str) -> list[Path]:
        """Files in the folder of `name` that hold `secret`."""
        found = []
        for path in self.folder(name).rglob("*"):
            with contextlib.suppress(OSError):
                if path.is_file() and secret.encode() in path.read_bytes():
                    found.append(path)
        return found

    def stop(self) -> None:
        for process in self.processes.values():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.processes.clear()

    def _start(self, name: str, arguments: list[str], environment: Mapping[str, str], code: str = "") -> None:
        self.folder(name).mkdir()
        with (self.folder(name) / "log").open("wb") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, *(["-c", code] if code else ["-m", "dask"]), *arguments],
                cwd=self.folder(name),
                env={**os.environ, **environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
