"""The first grading process may be forked beforehand: as any other it is lost alone, and never outlives its driver."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.batch.pool import Job, LocalPool

from ..conftest import GOOD, environment

ROOT = Path(__file__).parents[3]
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="forked on Linux only")


@pytest.fixture
def pool(tiny: Any) -> Iterator[LocalPool]:
    made = LocalPool(Job(tiny.root / "course.yaml", "tiny", True, {}), jobs=1)
    try:
        yield made
    finally:
        made.close()


#: The pool of a course, with its first process forked; `before` and `children()`: whose parent this process is.
FORKED = """
import os, signal, sys, time
from pathlib import Path
from grader.batch.pool import Job, LocalPool
from grader.errors import GraderError
from grader.intake import Bundle
from grader.result import Result

def children():
    return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())

ADA = Bundle("ada", "folder", {name: text.encode() for name, text in FILES.items()})
pool = LocalPool(Job(Path(COURSE), "tiny", True, {}), jobs=1)
before = children()
pool.fork_ahead()
(forked,) = children() - before
"""
GRADES = """
(graded,) = pool.run([ADA])
assert graded.error == "", graded.error
assert Result.from_json(graded.result_json).score > 0
assert children() - before == {forked}
pool.close()
assert children() == before
"""
UNUSED = """
assert list(pool.run([])) == []
pool.close()
assert children() == before
"""
LOST = """
os.kill(int(forked), signal.SIGKILL)
try:
    list(pool.run([ADA]))
except GraderError as error:
    assert "ended while it was starting" in str(error)
else:
    raise AssertionError
"""


@linux
@pytest.mark.parametrize("then", [GRADES, UNUSED, LOST], ids=["it grades", "it is not needed", "it is lost"])
def test_the_process_that_was_forked(then: str, tiny: Any) -> None:
    """In a process of its own: this one may have threads of other tests."""
    files = {f"{name}.py": text for name, text in GOOD.items()}
    given = f"FILES = {files!r}\nCOURSE = {str(tiny.root / 'course.yaml')!r}\n"
    done = subprocess.run(
        [sys.executable, "-c", given + FORKED + then],
        env=environment(PYTHONPATH=str(ROOT)),
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""


def test_nothing_is_forked_beside_a_thread(pool: LocalPool) -> None:
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        pool.fork_ahead()
        assert pool._forked == []
    finally:
        done.set()
        thread.join()


def imported_by_grading(work: Path, *more: str) -> list[str]:
    """What `grader grade` imports, the grading process with it, in order; of each Python that was started."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "grader", "grade", "class", "--out", "out", *more],
        cwd=work,
        env=environment(PYTHONPATH=str(ROOT), GRADER_CACHE=str(work / "cache")),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return [line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if "import time:" in line]


@linux
@pytest.mark.slow
def test_one_submission_starts_one_python_and_collects_nothing_twice(tiny: Any, tmp_path: Path) -> None:
    for name, text in GOOD.items():
        file = tmp_path / "class" / "ada" / f"{name}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    course = ("--course", str(tiny.root))
    first = imported_by_grading(tmp_path, *course)
    assert {"_pytest", "grader.diagnosis.diagnoser"} <= set(first)
    again = imported_by_grading(tmp_path, *course, "--regrade")
    assert again.count("encodings") == again.count("numpy") == 1
    unwanted = {"_pytest", "hypothesis.core", "doctest", "copydetect", "scipy", "grader.explain.raised"}
    assert unwanted & set(again) == set()


DRIVER = """
import time
from pathlib import Path
from grader.batch.pool import Job, LocalPool
pool = LocalPool(Job(Path("course.yaml"), "tiny", True, {}), jobs=2)
pool.fork_ahead()
print(*(process.pid for process, _ in pool._forked), flush=True)
time.sleep(60)
"""


@linux
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_it_ends_with_its_driver_and_says_nothing(number: int) -> None:
    """Ctrl-C reaches both; a driver that is killed can tell nobody."""
    driver = subprocess.Popen(
        [sys.executable, "-c", DRIVER],
        env=environment(PYTHONPATH=str(ROOT)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # Where the tests run in the background, it is ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert driver.stdout is not None
    forked = list(map(int, driver.stdout.readline().split()))
    assert len(forked) == 2
    time.sleep(0.2)
    if number == signal.SIGINT:
        os.killpg(driver.pid, number)
    else:
        driver.kill()
    _, errors = driver.communicate(timeout=30)  # ends when both have closed it
    assert errors.count("Traceback") == (1 if number == signal.SIGINT else 0), errors  # the driver's own
    for one in forked:
        gone(one)


def gone(pid: int) -> None:
    deadline = time.monotonic() + 10
    while Path(f"/proc/{pid}").exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)
