"""Files of results: written as a whole or not at all, by one run at a time."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from grader.errors import GraderError, UsageError

#: Names a folder for what can be made again, instead of the system's usual place; empty: nothing is kept.
CACHE_VARIABLE = "GRADER_CACHE"


def make_folder(path: Path) -> None:
    """Create a folder and those above it. Raises GraderError."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise GraderError(
            f"{path}: can't be created ({error.strerror}); mend that and run the same command again: "
            "what is graded is kept"
        ) from None


def write_atomically(path: Path, text: str) -> None:
    """Replace `path` by a file with `text`: a reader sees the old one or the new one, never half of it."""
    write_bytes(path, text.encode("utf-8", "backslashreplace"))


def write_bytes(path: Path, data: bytes) -> None:
    """Likewise with bytes. Raises GraderError."""
    temporary = path.with_name(path.name + ".tmp")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise GraderError(
            f"{path}: can't write ({error.strerror}); mend that and run the same command again: what is graded is kept"
        ) from None


@contextlib.contextmanager
def only_run(out: Path) -> Iterator[None]:
    """One run at a time in a results folder; the lock goes with the process, however it ends."""
    with (out / ".lock").open("a+") as file:
        try:
            _lock(file)
        except OSError:
            raise UsageError(f"another run is writing to {out}; wait for it, or give another --out") from None
        yield


def _lock(file: IO[Any]) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
