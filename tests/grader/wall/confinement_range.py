"""Not a test: the process that test_confinement.py talks to.

Forks a child for every request, confines it, and lets it run code that puts what it could do into `found`.

Arguments: the worker's folder, a uid to become (0: stay), "strict" to do without Landlock.
"""

from __future__ import annotations

import ctypes
import json
import mmap
import os
import resource
import signal
import socket
import sys
import tempfile
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy

_WORKER, _USER, _STRICT = sys.argv[1], int(sys.argv[2]), sys.argv[3] == "strict"
_package = types.ModuleType("_worker")
_package.__path__ = [_WORKER]
sys.modules["_worker"] = _package

from _worker import confine, preload, probe  # type: ignore[import-not-found]  # noqa: E402

#: What the children's code is given, besides `found`, `channel` and `output`.
GIVEN = {"ctypes": ctypes, "mmap": mmap, "os": os, "resource": resource, "signal": signal, "socket": socket}


def outcome(function: Callable[..., object], *arguments: object) -> int | str:
    """The errno of what the system refused, the name of another exception, or "done"."""
    try:
        function(*arguments)
    except OSError as error:
        return error.errno or 0
    except BaseException as error:
        return type(error).__name__
    return "done"


def child(request: dict[str, Any], prepared: Any, channel: tuple[int, int], output: int) -> None:
    os.setsid()
    keep = {*channel, output, prepared.ruleset if prepared else None}
    for descriptor in {*range(3, 200)} - keep:
        outcome(os.close, descriptor)
    if request["deaf"]:
        signal.signal(signal.SIGXCPU, signal.SIG_IGN)
    usual = {"memory_bytes": 1 << 30, "cpu_seconds": 20, "file_bytes": 1 << 16}
    limits = confine.Limits(**usual | request["limits"])
    paths = request["readable"] or READABLE
    layers = confine.confine(limits, paths, landlock=not _STRICT, prepared=prepared)
    found = {"layers": vars(layers) | {"wall": layers.wall}}
    names = {**GIVEN, "sys": sys, "numpy": numpy, "outcome": outcome, "environment_at": ENVIRONMENT_AT}
    names |= {"found": found, "channel": channel, "output": output}
    try:
        exec(request["code"], names)
    except BaseException as error:
        found["failed"] = repr(error)
    os.write(channel[1], json.dumps(found).encode())


def close(*descriptors: int) -> None:
    for descriptor in descriptors:
        os.close(descriptor)


def run(request: dict[str, Any]) -> dict[str, Any]:
    """What the child found, and the signal that ended it. An orphan's parent is killed."""
    ours_in, theirs_out = os.pipe()
    theirs_in, ours_out = os.pipe()
    theirs = (theirs_in, theirs_out)
    prepared = PREPARED if request["readable"] is None else None
    with tempfile.TemporaryFile() as output:
        middle = os.fork() if request["orphan"] else 0
        if middle:
            close(*theirs)
            os.read(ours_in, 1)
            os.kill(middle, signal.SIGKILL)
            os.waitpid(middle, 0)
            ended = os.read(ours_in, 1) == b""
            close(ours_in, ours_out)
            return {"found": {"end_seen": ended}, "signal": 0}
        process = os.fork()
        if process == 0:
            close(ours_in, ours_out)
            try:
                child(request, prepared, theirs, os.dup(output.fileno()))
            finally:
                os._exit(0)
        close(*theirs)
        if request["orphan"]:
            os.waitpid(process, 0)
            os._exit(0)
        os.write(ours_out, request["say"].encode())
        answer = b""
        while part := os.read(ours_in, 65536):
            answer += part
        close(ours_in, ours_out)
        ended = os.waitpid(process, 0)[1]
    return {"found": json.loads(answer) if answer else {}, "signal": os.WTERMSIG(ended)}


def attempts() -> dict[str, Any]:
    tried = probe.probe(landlock=not _STRICT)
    return {"wall": tried.wall, "attempts": {attempt.what: attempt.stopped for attempt in tried.attempts}}


if _STRICT or _USER:
    preload.preimport()
READABLE = preload.readable_paths()
if _USER:
    os.setgroups([])
    os.setresgid(_USER, _USER, _USER)
    os.setresuid(_USER, _USER, _USER)
PREPARED = confine.prepare(READABLE, landlock=not _STRICT)
_fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
ENVIRONMENT_AT = int(_fields[47]), int(_fields[48])

print(json.dumps({"lazy": all(os.access(path, os.R_OK) for path in READABLE)}), flush=True)
for line in sys.stdin:
    wanted = json.loads(line)
    print(json.dumps(attempts() if "probe" in wanted else run(wanted)), flush=True)
