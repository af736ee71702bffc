"""Every system call that a worker may make is one that honest code makes: it ends where the call ends the process."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from grader.course.models import Limit, Limits
from grader.errors import StudentBroke
from grader.wall import launcher
from grader.wall.launcher import ZygoteLauncher, can_fork_workers
from grader.worker import seccomp
from grader.worker.syscalls import machine

pytestmark = pytest.mark.skipif(not can_fork_workers(), reason="the wall exists on Linux only")

LIMITS = Limits(call=Limit(cpu=5, wall=60), exercise=Limit(cpu=5, wall=60), submission=Limit(cpu=9, wall=90))
#: What people's code does besides computing: late imports, printing, waiting, looking at the clock, too much memory.
WORK = """
import numpy as np

def f(x):
    import colorsys, datetime, inspect, logging, os, random, signal, sys, tempfile, time, traceback, wave
    print(x, flush=True)
    logging.getLogger().warning("so it is")
    found = [np.linalg.svd(np.ones((200, 200))), np.fft.fft2(np.ones((64, 64))), np.random.default_rng().normal(size=9)]
    found += [random.SystemRandom().random(), time.time(), time.perf_counter(), time.process_time(), time.thread_time()]
    found += [datetime.datetime.now(), os.getpid(), os.cpu_count(), time.get_clock_info("monotonic"), time.localtime()]
    time.sleep(0.001)
    rows = [list(range(1000)) for _ in range(3000)]  # grows, and is given back
    del rows
    for work in (
        lambda: np.ones(1 << 40),
        lambda: open(np.__file__).read(),
        lambda: sys.stdin.readline(),
        lambda: input(),
        lambda: os.listdir(os.path.dirname(np.__file__)),
        lambda: np.load("weights.npz"),
        lambda: [][1],
        lambda: warn(),
        lambda: os.path.abspath("x"),
        lambda: tempfile.gettempdir(),
        lambda: inspect.getsource(np.pad),
        lambda: deep(0),
        lambda: large(),
        lambda: __import__("cProfile"),
        lambda: __import__("xml.etree.ElementTree"),
        lambda: __import__("threading").Event().wait(0.001),
        lambda: __import__("resource").getrusage(0),
        lambda: os.times(),
    ):
        try:
            work()
        except BaseException:
            traceback.format_exc()
    return x

def deep(n):
    return deep(n + 1)

def large():
    kept = np.zeros(1 << 22)
    kept = np.concatenate([kept, kept])
    text = bytearray(48 << 20)
    for _ in range(4):
        text += bytes(1 << 22)

def warn():
    import warnings
    warnings.warn("old")

end = 0
while end < 3e7:  # too slow outside the functions: it is stopped
    end += 1
"""

#: Denied in another way; the end of a worker, when its line ends; and `newfstatat` of other C libraries.
OTHERS = ("clone3", "exit_group", "stat", "lstat", "statx")


def allowed() -> list[str]:
    here = machine()
    assert here
    names = [name for name, _ in seccomp._rules(here, strict=False) if name in here.numbers]
    return [name for name in names if name not in {*seccomp._INSTEAD.split(), *OTHERS}]


def ends_without(call: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether honest code ends where `call` ends the process."""
    shutil.copytree(launcher._WORKER_FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    file = folder / "seccomp.py"
    text = file.read_text(encoding="utf-8")
    changed, count = re.subn(
        r"(?m)^    return rules$",
        f"    return [(name, [_give(_KILL)] if name == {call!r} else body) for name, body in rules]",
        text,
    )
    assert count == 1
    file.write_text(changed, encoding="utf-8")
    monkeypatch.setattr(launcher, "_WORKER_FOLDER", folder)
    with ZygoteLauncher(LIMITS, bubblewrap=False) as started:
        worker = started.spawn()
        chapter = {"file": "ch.py", "cells": [WORK]}
        load = {
            "do": "load", "load": ["ch"], "sources": {"ch": chapter}, "exercises": {"f": "ch"}, "unavailable": {},
            "packages": ["numpy"], "answered": [], "own_code": [0.05, 0.1, 5],
        }  # fmt: skip
        try:
            assert worker.request(load, LIMITS.call)["loaded"] is True
            reply = worker.request({"do": "call", "name": "f", "args": [1], "kwargs": {}}, LIMITS.call)
        except StudentBroke:
            return True
        finally:
            worker.close()
        assert reply.get("value") == 1, reply
        return False


@pytest.mark.slow
@pytest.mark.parametrize("call", ["none", *allowed()] if can_fork_workers() else [])
def test_an_allowed_call_is_made_by_honest_code(
    call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ends_without(call, tmp_path / "worker", monkeypatch) == (call != "none")
