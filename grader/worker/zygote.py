"""A process with numpy imported that forks a confined child for every worker that is asked for.

Started by exec, not forked from the grader: no test and no solution was ever in its memory. Speaks JSON messages on
a Unix socket: {"do": "spawn", ...} with three descriptors (the worker's pipes, its output file) → {"pid": n};
{"do": "reap", "pid": n} → {"cpu": seconds}. Ends, with all its children, when the grader's end closes.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import signal
import socket
from dataclasses import asdict, replace
from typing import Any

from .confine import Limits, Prepared, confine, prepare
from .ends import PipeEnd
from .preload import preimport, readable_paths
from .serve import serve

_MESSAGE = 64 << 10


def main(control_fd: int, settings: dict[str, Any]) -> None:
    """Serve the control socket until it closes.

    settings: `packages`, which a worker may import and read beside the stdlib; `readable`, what they need; `home`, the
    folder that holds the assignment's data files ('' where it has none).
    """
    preimport(settings["packages"])
    home = settings["home"]
    files = [home + "/data"] if home else []
    prepared = prepare((*readable_paths(settings["packages"]), *settings["readable"], *files))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the grader's to handle; it closes the socket
    control = socket.socket(fileno=control_fd)
    control.sendall(b'{"ready": true}')
    gc.collect()
    gc.freeze()  # or the first collection in a child would copy every page
    children: set[int] = set()
    try:
        while True:
            data, fds, _, _ = socket.recv_fds(control, _MESSAGE, 3)
            if not data:
                return
            message = json.loads(data)
            if message["do"] == "spawn":
                pid = _spawn(fds, {**message["settings"], "home": home or "/"}, prepared)
                children.add(pid)
                control.sendall(json.dumps({"pid": pid}).encode())
            else:
                pid = int(message["pid"])
                children.discard(pid)
                control.sendall(json.dumps({"cpu": _reap(pid)}).encode())
    finally:
        for pid in children:
            _reap(pid)


def _spawn(fds: list[int], settings: dict[str, Any], prepared: Prepared) -> int:
    zygote = os.getpid()
    pid = os.fork()
    if pid:
        for fd in fds:
            os.close(fd)
        return pid
    try:
        _become_worker(fds, settings, prepared, zygote)
    except BaseException:
        os._exit(70)
    os._exit(0)


def _become_worker(fds: list[int], settings: dict[str, Any], prepared: Prepared, zygote: int) -> None:
    """In the child: leave everything of the zygote behind, then confine, then serve. Never returns to the loop."""
    os.setsid()
    requests, replies, output = fds
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    # Everything but these is closed: the control socket above all. Copies first, so that neither overwrites the other.
    ruleset = prepared.ruleset
    keep = [os.dup(fd) for fd in (requests, replies, *([ruleset] if ruleset is not None else []))]
    base = max(keep) + 1
    for place, fd in enumerate(keep):
        os.dup2(fd, base + place, inheritable=False)
    os.closerange(3, base)
    os.closerange(base + len(keep), 1 << 16)
    for place in range(len(keep)):
        os.dup2(base + place, 3 + place, inheritable=False)
    os.closerange(3 + len(keep), 1 << 16)
    if ruleset is not None:
        prepared = replace(prepared, ruleset=5)
    line = PipeEnd(3, 4, waits=False)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    layers = confine(
        Limits(
            memory_bytes=int(settings["memory_bytes"]),
            cpu_seconds=int(settings["cpu_seconds"]),
            file_bytes=int(settings["output_bytes"]),
        ),
        (),
        want_wall=bool(settings["wall"]),
        prepared=prepared,
        home=settings["home"],
    )
    if os.getppid() != zygote:
        os._exit(72)  # the zygote ended before its death could be tied to ours
    if settings["wall"] and not layers.wall:
        os._exit(71)  # fail closed: the grader's probe has said that this machine has a wall
    serve(line, 1, settings, asdict(layers))


def _reap(pid: int) -> float:
    """Kill a worker with everything in its session and return the CPU seconds it used."""
    with contextlib.suppress(OSError):
        os.killpg(pid, signal.SIGKILL)
    with contextlib.suppress(OSError):
        os.kill(pid, signal.SIGKILL)
    try:
        _, _, usage = os.wait4(pid, 0)
    except ChildProcessError:
        return 0.0
    return usage.ru_utime + usage.ru_stime
