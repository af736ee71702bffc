"""A grading process beside a Dask worker: the same `serve_bundles` as on one machine, without Dask in it.

Not in the Dask worker itself: a hidden test that crashes or a grader that hangs then costs one process and not the
worker with all that it holds; and each thread of a worker gets a process, so that no lock makes them wait.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO

from grader.batch import Job, serve_bundles
from grader.course import load_course
from grader.errors import CourseError, GraderError, WallError
from grader.files import CACHE_VARIABLE
from grader.intake import Bundle

_FATAL: dict[str, type[GraderError]] = {"course": CourseError, "wall": WallError}


class ProcessLost(Exception):
    """The grading process ended, or was ended, without an answer."""


class GradingProcess:
    """The near end. folder: holds the unpacked course; course_file: its course.yaml."""

    def __init__(self, folder: Path, course_file: Path, assignment: str, *, confined: bool) -> None:
        near, far = socket.socketpair()
        self._stderr: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 (lives as long as the process)
        # -P: a file in the current folder named like a module is not imported in its place.
        command = [sys.executable, "-P", "-m", __name__, str(far.fileno())]
        with far:
            self._process = subprocess.Popen(
                [
                    *command,
                    str(folder),
                    str(course_file),
                    assignment,
                    "confined" if confined else "unconfined",
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=self._stderr,
                pass_fds=[far.fileno()],
                cwd=folder,
                # What is drawn for the hidden tests goes with the course, not into the cache of whoever runs Dask.
                env=os.environ | {CACHE_VARIABLE: str(folder / "cache")},
            )
        self._pipe: Connection[object, tuple[str, str]] = Connection(near.detach())

    def begin(self, seconds: float) -> None:
        """Wait until it can grade. Raises CourseError, WallError, or GraderError if it ends first."""
        try:
            kind, text = self._answer(seconds)
        except ProcessLost as error:
            self._stderr.seek(0)
            lines = self._stderr.read().decode("utf-8", "replace").strip().splitlines()
            raise GraderError(f"{error}: {lines[-1]}" if lines else str(error)) from None
        if kind in _FATAL:
            raise _FATAL[kind](text)

    def grade(self, bundle: Bundle, seconds: float) -> tuple[str, str]:
        """("result", JSON) or ("error", text). Raises ProcessLost, past `seconds` too."""
        with contextlib.suppress(OSError):  # that it died meanwhile is noticed when its answer is read
            self._pipe.send(bundle)
        return self._answer(seconds)

    def close(self) -> None:
        """End it, at once. May be called twice, and while another thread waits for an answer."""
        self._process.kill()
        self._process.wait()
        if self._process.stdin:
            self._process.stdin.close()
        self._stderr.close()

    def _answer(self, seconds: float) -> tuple[str, str]:
        try:
            if self._pipe.poll(seconds):
                return self._pipe.recv()
            self._process.kill()
        except (EOFError, OSError):
            pass
        code = self._process.wait()
        raise ProcessLost(f"the grading process was lost (exit code {code})")


def main(fd: int, folder: Path, course_file: Path, assignment: str, confined: bool) -> None:
    """The far end: serve until the Dask worker ends the pipe, or ends."""
    threading.Thread(target=_end_with_parent, args=(folder,), daemon=True).start()
    from grader.batch import read_handout  # not loaded by the Dask worker, which starts this process

    handout = read_handout(load_course(course_file), assignment)
    serve_bundles(Connection(fd), Job(course_file, assignment, confined, handout))


def _end_with_parent(folder: Path) -> None:
    """A Dask worker that is killed removes nothing itself: whoever outlives it takes the course off the disk."""
    while os.read(0, 1):
        pass
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)


if __name__ == "__main__":
    number, *paths, name, wall = sys.argv[1:]
    main(int(number), Path(paths[0]), Path(paths[1]), name, wall == "confined")
