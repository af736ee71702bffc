"""Files of results and caches: written as a whole or not at all, by one run at a time, and nobody else's business."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import stat
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from grader import __version__
from grader.errors import GraderError, UsageError

#: Names a folder for what can be made again, instead of the system's usual place; empty: nothing is kept.
CACHE_VARIABLE = "GRADER_CACHE"
#: Of each kind in a cache: courses, seeds and versions of tests have their own. Many small ones push out no large one.
FILES_KEPT, BYTES_KEPT = 2000, 256 << 20


def make_folder(path: Path, *, shared: bool = False) -> None:
    """Create a folder and those above it, closed to other users unless `shared`. Raises GraderError."""
    try:
        missing = [folder for folder in (path, *path.parents) if not folder.exists()]
        for folder in reversed(missing):
            folder.mkdir(mode=0o777 if shared else 0o700, exist_ok=True)
        path.mkdir(exist_ok=True)  # says what is wrong where a file stands there
    except OSError as error:
        raise GraderError(
            f"{path}: can't be created ({error.strerror}); mend that and run the same command again: "
            "what is graded is kept"
        ) from None


def refuse_others(folder: Path) -> None:
    """Raise UsageError where somebody else can write into `folder`, and with that change grades or read them.

    A link of one's own to it is fine, and so is what root owns. On Windows rights are inherited and not looked at.
    """
    if os.name != "posix" or not folder.exists():
        return
    for status in (folder.lstat(), folder.stat()):
        if status.st_uid not in (os.geteuid(), 0):
            raise UsageError(
                f"{folder} belongs to another user ({_user(status.st_uid)}), who could change what is written there: "
                "give a folder of your own, or make it yours with chown"
            )
    if status.st_mode & stat.S_IWOTH or (status.st_mode & stat.S_IWGRP and not _own_group(status.st_gid)):
        raise UsageError(
            f"{folder} can be written by other users, who could change grades there: chmod 700 {folder} (where that "
            "changes nothing, as on a mounted Windows drive, give a folder on another disk)"
        )


def _user(uid: int) -> str:
    import pwd

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _own_group(gid: int) -> bool:
    """Whether nobody else is in that group: many systems give each user one of the user's own name."""
    import grp

    try:
        group = grp.getgrgid(gid)
    except KeyError:
        return False
    me = _user(os.geteuid())
    return group.gr_name == me and set(group.gr_mem) <= {me}


def write_atomically(path: Path, text: str, *, shared: bool = False) -> None:
    """Replace `path` by a file with `text`: a reader sees the old one or the new one, never half of it."""
    write_bytes(path, text.encode("utf-8", "backslashreplace"), shared=shared)


def write_bytes(path: Path, data: bytes, *, shared: bool = False) -> None:
    """Likewise with bytes. Only its owner may read it, unless it is `shared`. Raises GraderError."""
    # A name that nobody can guess, made anew: what others put in its place beforehand is never written through.
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(8)}.tmp")
    try:
        _clear_halves(path)
        with open_new(temporary, 0o666 if shared else 0o600) as file:
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


def read_kept(file: Path) -> bytes | None:
    """What a cache has, noted as used now; None where it has nothing."""
    try:
        content = file.read_bytes()
    except OSError:
        return None
    note_use(file)
    return content


def note_use(file: Path) -> None:
    """Say that a file of a cache was read: what lies unused the longest is forgotten first."""
    with contextlib.suppress(OSError):
        # by hand, as many systems don't note each reading; the time of writing stays
        os.utime(file, ns=(time.time_ns(), file.stat().st_mtime_ns))


def forget_unused(folder: Path, pattern: str) -> None:
    """Remove files of a cache but for those used last, FILES_KEPT and BYTES_KEPT; what can't be removed stays."""
    held = 0
    with contextlib.suppress(OSError):
        for number, path in enumerate(sorted(folder.glob(pattern), key=_last_used, reverse=True)):
            held += path.stat().st_size
            if number >= FILES_KEPT or held > BYTES_KEPT:
                path.unlink()


def digest_of_code(decides: object, *folders: Path) -> str:
    """A name for what follows from the Python files of `folders`, and from `decides`, an object's repr."""
    digest = hashlib.sha256(repr((__version__, sys.version, decides)).encode())
    for folder in folders:
        for path in sorted(folder.rglob("*.py")):
            content = path.read_bytes()
            digest.update(f"{path.relative_to(folder).as_posix()} {len(content)} ".encode() + content)
    return digest.hexdigest()[:16]


def _last_used(path: Path) -> float:
    found = path.stat()
    return max(found.st_atime, found.st_mtime)


def _clear_halves(path: Path) -> None:
    """Remove what killed runs have left of `path`."""
    half = re.compile(re.escape(path.name) + r"(\.[0-9a-f]{16})?\.tmp")
    for name in [entry.name for entry in path.parent.iterdir()]:
        if half.fullmatch(name):
            path.with_name(name).unlink(missing_ok=True)


def open_new(path: Path, mode: int = 0o600) -> IO[bytes]:
    """A file that was not there, open for writing; closed to others from the first byte on. Raises OSError."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _extra_flags()
    return os.fdopen(os.open(path, flags, mode), "wb")


def close_to_others(path: Path) -> None:
    """Make an empty file, or take others' rights off the one that is there. Raises OSError.

    For a database: SQLite gives what it lays beside it the same rights.
    """
    try:
        open_new(path).close()
    except FileExistsError:
        if path.stat().st_mode & 0o077:
            path.chmod(0o600)


def _extra_flags() -> int:
    return getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


@contextlib.contextmanager
def only_run(out: Path) -> Iterator[None]:
    """One run at a time in a results folder; the lock goes with the process, however it ends.

    Raises UsageError while another one runs, and where the folder is not one's own.
    """
    refuse_others(out)
    lock = out / ".lock"
    try:
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | _extra_flags(), 0o600)
    except OSError as error:
        raise GraderError(f"{lock}: can't be opened ({error.strerror}); remove it and try again") from None
    with os.fdopen(descriptor, "a+") as file:
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
