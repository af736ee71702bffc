"""Find out which layers of the wall work on this machine, by confining a child and having it try to break
out."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Final

from .confine import Layers, Limits, confine
from .preload import readable_paths

_LIMITS: Final = Limits(memory_bytes=4 << 30, cpu_seconds=10, file_bytes=1 << 20)


@dataclass(frozen=True)
class Attempt:
    """Something a student's code must not be able to do. stopped: whether the system refused it here."""

    what: str
    stopped: bool


@dataclass(frozen=True)
class Probe:
    """The layers a confined child reported, and what came of its attempts (none where nothing can be
    confined)."""

    layers: Layers
    attempts: tuple[Attempt, ...] = ()

    @property
    def wall(self) -> bool:
        """Whether the layers are in force and every attempt was stopped."""
        return self.layers.wall and bool(self.attempts) and all(attempt.stopped for attempt in self.attempts)


def probe(*, landlock: bool = True) -> Probe:
    """Confine a child of this process and let it try. Forks, so call it before threads are started. Linux
    only; elsewhere the answer is that no layer is in force. landlock: false tries the strict fallback."""
    if sys.platform != "linux":
        return Probe(Layers())
    # Open to everybody: the attempt to write must fail by the wall, not by the folder's permissions.
    folder = tempfile.mkdtemp(prefix="wall-")
    try:
        os.chmod(folder, 0o777)  # noqa: PTH101
        return _probe_in(folder, landlock)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _probe_in(folder: str, landlock: bool) -> Probe:
    readable = readable_paths()
    parent = os.getpid()
    answers, report = os.pipe()
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException):
            os.setsid()
            _send(report, asdict(confine(_LIMITS, readable, landlock=landlock)))
            for what, attempt in _attempts(folder, parent).items():
                _send(report, {"what": what, "stopped": _stopped(attempt)})
        os._exit(0)
    os.close(report)
    with os.fdopen(answers, encoding="utf-8") as stream:
        lines = [json.loads(line) for line in stream]
    os.waitpid(child, 0)
    if not lines:
        return Probe(Layers())
    tried = {line["what"]: line["stopped"] for line in lines[1:]}
    # One that was never reported took the child with it, the attempt to become another program for one.
    attempts = tuple(Attempt(what, tried.get(what, False)) for what in _attempts(folder, parent))
    return Probe(Layers(**lines[0]), attempts)


def _send(report: int, answer: object) -> None:
    os.write(report, json.dumps(answer).encode() + b"\n")


def _attempts(folder: str, parent: int) -> dict[str, Callable[[], object]]:
    """By what they try; the last one does not come back where it succeeds."""
    return {
        "read /etc/passwd": lambda: os.open("/etc/passwd", os.O_RDONLY),
        "write a file": lambda: os.open(folder + "/file", os.O_WRONLY | os.O_CREAT, 0o600),
        "change a folder's permissions": lambda: os.chmod(folder, 0o700),  # noqa: PTH101
        "open a socket": lambda: socket.socket(socket.AF_INET),
        "signal the parent": lambda: os.kill(parent, 0),
        "trace the parent": lambda: _trace(parent),
        "take more memory than allowed": lambda: bytearray(_LIMITS.memory_bytes),
        "fork": _fork,
        "run a program": lambda: os.execv(sys.executable, [sys.executable, "-c", ""]),
    }


def _stopped(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except (OSError, MemoryError):
        return True
    return False


def _trace(process: int) -> None:
    # PTRACE_SEIZE does not stop the process it is applied to, and ends with this one.
    if ctypes.CDLL(None, use_errno=True).ptrace(0x4206, process, None, None) < 0:
        raise OSError(ctypes.get_errno(), "ptrace")


def _fork() -> None:
    if sys.platform == "linux" and os.fork() == 0:
        os._exit(0)
