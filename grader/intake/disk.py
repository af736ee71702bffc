"""Reading files that anybody may have put there: never a link, never a pipe, never more than allowed.

Whoever handed in may still hold the folder, and change it while it is read. So a path is never given to the system as
a whole: each folder is opened from the one above it, and a link is refused wherever it stands. Paths must be resolved
as far as they are the instructor's own (`discover` does that).
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from grader.intake.layout import MAX_DEPTH, MAX_FILES, Notes, Unreadable, is_clutter

Look = Literal["folder", "file", "link", "special", "unreadable"]

MB = 2**20
# Windows: IO_REPARSE_TAG_MOUNT_POINT, a link to a folder that is no symlink.
_JUNCTION = 0xA0000003

# Windows has no descriptors of folders; there, links on the way are looked for beforehand.
_BY_DESCRIPTOR = os.open in os.supports_dir_fd and os.scandir in os.supports_fd


def _flags(*names: str) -> int:
    return sum(getattr(os, f"O_{name}", 0) for name in names)


_CAREFUL = os.O_RDONLY | _flags("NOFOLLOW", "CLOEXEC")
_FOLDER = _CAREFUL | _flags("DIRECTORY")
# A pipe put in the file's place would block an ordinary open for ever.
_FILE = _CAREFUL | _flags("NONBLOCK", "NOCTTY", "BINARY")
# A folder above may be closed to lists and open to who knows a name in it.
_ON_THE_WAY = _FOLDER | _flags("PATH")


@dataclass(frozen=True)
class Seen:
    """One name in a folder. `size`: bytes, as the file system says."""

    look: Look
    size: int = 0


def look(path: Path) -> Seen:
    """What stands at `path`, without following it."""
    try:
        with _folder_of(path) as folder:
            return _seen(os.stat(_name(path, folder), dir_fd=folder, follow_symlinks=False))
    except (OSError, ValueError):
        return Seen("unreadable")


def listing(folder: Path, limit: int | None = None) -> list[str]:
    """The names in `folder`, sorted.

    Raises Unreadable if it can't be listed or holds more than `limit` names.
    """
    return list(_inside(folder, limit))


def _inside(path: Path, limit: int | None) -> dict[str, Seen]:
    """What stands in the folder at `path`, sorted by name. Raises Unreadable."""
    seen: dict[str, Seen] = {}
    try:
        with _opened_folder(path) as folder, os.scandir(folder) as entries:
            for entry in entries:
                try:
                    seen[entry.name] = _seen(entry.stat(follow_symlinks=False))
                except OSError:
                    seen[entry.name] = Seen("unreadable")
                if limit is not None and len(seen) > limit:
                    raise Unreadable(f"more than {limit} files; hand in only the assignment's")
    except (OSError, ValueError) as error:
        raise Unreadable(f"can't be opened ({_reason(error)}); hand it in again") from None
    return dict(sorted(seen.items()))


def _seen(status: os.stat_result) -> Seen:
    if stat.S_ISLNK(status.st_mode) or getattr(status, "st_reparse_tag", 0) == _JUNCTION:
        return Seen("link")
    if stat.S_ISDIR(status.st_mode):
        return Seen("folder")
    return Seen("file", status.st_size) if stat.S_ISREG(status.st_mode) else Seen("special")


@contextlib.contextmanager
def _folder_of(path: Path) -> Iterator[int | None]:
    """A descriptor of the folder that `path` stands in; None where systems have none. Raises OSError for a link."""
    if not _BY_DESCRIPTOR:
        for above in path.parents:
            if _seen(os.lstat(above)).look == "link":
                raise OSError(errno.ELOOP, "a link")
        yield None
        return
    first, *names = path.absolute().parts
    folder = os.open(first, _ON_THE_WAY)
    try:
        for name in names[:-1]:
            outer, folder = folder, os.open(name, _ON_THE_WAY, dir_fd=folder)
            os.close(outer)
        yield folder
    finally:
        os.close(folder)


def _name(path: Path, folder: int | None) -> str | Path:
    """How to call `path` beside its folder's descriptor."""
    return path if folder is None else path.name or "."


@contextlib.contextmanager
def _opened_folder(path: Path) -> Iterator[int | Path]:
    """What os.scandir lists for `path`. Raises OSError."""
    with _folder_of(path) as folder:
        if folder is None:
            if _seen(os.lstat(path)).look == "link":
                raise OSError(errno.ELOOP, "a link")
            yield path
            return
        descriptor = os.open(_name(path, folder), _FOLDER, dir_fd=folder)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def survey(folder: Path, wanted: frozenset[str], notes: Notes) -> dict[str, Seen]:
    """What stands in `folder`, level by level: posix path → what it is.

    Links and clutter are named, not entered. Below the first level with a wanted file it is looked only as far as that
    costs little. Raises Unreadable if `folder` can't be listed or holds too many files down to there.
    """
    seen: dict[str, Seen] = {}
    level: list[tuple[str, Path]] = [("", folder)]
    found = False
    for _ in range(MAX_DEPTH + 1):
        below: list[tuple[str, Path]] = []
        quiet = found
        for prefix, path in level:
            try:
                inside = _inside(path, MAX_FILES)
            except Unreadable as error:
                if not prefix:
                    raise
                if not quiet:
                    notes.problem(prefix, error)
                continue
            for name, item in inside.items():
                seen[prefix + name] = item
                if item.look == "folder" and not is_clutter(name):
                    below.append((f"{prefix}{name}/", path / name))
                found = found or (item.look != "folder" and name in wanted)
            if len(seen) > MAX_FILES:
                if quiet:
                    return seen
                raise Unreadable(f"more than {MAX_FILES} files; hand in only the assignment's")
        level = below
    return seen


def read_file(path: Path, limit: int, used: int = 0) -> bytes:
    """The content of the ordinary file at `path`. Raises Unreadable for anything else.

    limit: bytes a submission may have; used: bytes of it that are taken.
    """
    seen = look(path)
    if seen.look != "file":
        raise Unreadable(not_a_file(seen.look))
    if used + seen.size > limit:
        raise Unreadable(too_large(seen.size, used, limit))
    try:
        with _folder_of(path) as folder:
            name = _name(path, folder)
            before = os.stat(name, dir_fd=folder, follow_symlinks=False)
            descriptor = os.open(name, _FILE, dir_fd=folder)
        with os.fdopen(descriptor, "rb") as stream:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode) or not os.path.samestat(before, status):
                raise Unreadable(not_a_file("special"))
            data = stream.read(min(status.st_size, limit - used) + 1)
    except (OSError, ValueError) as error:
        raise Unreadable(f"can't be read ({_reason(error)}); hand it in again") from None
    if used + len(data) > limit:
        raise Unreadable(too_large(len(data), used, limit))
    if len(data) != status.st_size:
        raise Unreadable("changed while it was read; grade it again")
    return data


def not_a_file(what: Look) -> str:
    """What to say of something that is no ordinary file."""
    return {
        "folder": "a folder, not a file; hand in the file itself",
        "link": "a symlink, which is not followed; hand in the file itself",
        "special": "not an ordinary file (a pipe, a socket or a device); hand in the file itself",
    }.get(what, "can't be read; hand it in again")


def too_large(size: int, used: int, limit: int) -> str:
    """What to say of a file that doesn't fit. All in bytes."""
    most = f"at most {limit / MB:.0f} MB may be submitted; clear the outputs of notebooks"
    if size <= limit:
        return f"too large: with it the submission has {(used + size) / MB:.1f} MB, {most}"
    return f"too large: {size / MB:.1f} MB, {most}"


def _reason(error: OSError | ValueError) -> str:
    # The error's own text would show a path of this machine to students.
    if isinstance(error, PermissionError):
        return "permission denied"
    if isinstance(error, FileNotFoundError):
        return "it is gone"
    if isinstance(error, NotADirectoryError) or getattr(error, "errno", 0) == errno.ELOOP:
        return "there is a link where a folder was"
    return (getattr(error, "strerror", None) or "not readable").lower()
