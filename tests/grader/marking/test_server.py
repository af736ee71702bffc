"""`grader mark` as a process: one line with the address, this machine alone, and an end that leaves pages behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from grader.course import Course

pytest.importorskip("uvicorn", reason="uvicorn is not installed")
pytestmark = pytest.mark.skipif(os.name != "posix", reason="ends by a signal")
Make = Callable[[Sequence[str]], Path]


@pytest.fixture
def command(results: Make, course: Course) -> list[str]:
    folder = results(["one", "two"])
    return [sys.executable, "-m", "grader", "mark", str(folder), "--no-browser", "--course", str(course.root)]


@pytest.fixture
def running(command: list[str]) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        yield process
        process.kill()


def test_it_prints_its_address_serves_there_and_writes_the_pages_at_the_end(
    running: subprocess.Popen[str], command: list[str], tmp_path: Path
) -> None:
    assert running.stdout
    address = running.stdout.readline().strip()
    with urllib.request.urlopen(address, timeout=20) as reply:
        assert b"Marking" in reply.read()
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(address.partition("?")[0], timeout=20)
    port = address.partition("/?")[0].rpartition(":")[2]
    taken = subprocess.run(
        [*command, "--port", port], capture_output=True, text=True, timeout=60, check=False
    )
    assert taken.returncode == 2
    assert f"--port {port}: can't be used" in taken.stderr
    running.send_signal(signal.SIGTERM)
    said = running.communicate(timeout=60)[0]
    assert running.returncode == 0
    assert "2 students' pages written" in said
    assert "Traceback" not in said
    assert (tmp_path / "results" / "s1" / "feedback.html").is_file()
