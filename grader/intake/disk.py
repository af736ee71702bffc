"""Reading files that anybody may have put there: never a link, never a pipe, never more than allowed."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from grader.intake.layout import MAX_DEPTH, MAX_FILES, Notes, Unreadable, is_clutter

Look = Literal["folder", "file", "link", "special", "unreadable"]

MB = 2**20
# Windows: IO_REPARSE_TAG_MOUNT_POINT, a link to a folder that is no symlink.
_JUNCTION = 0xA0000003


@dataclass(frozen=True)
class Seen:
    """One name in a folder. `size`: bytes, as the file system says."""

    look: Look
    size: int = 0


def look(path: Path) -> Seen:
    """What stands at `path`, without following it."""
    try:
        status = os.lstat(path)
    except (OSError, ValueError):
        return Seen("unreadable")
    if stat.S_ISLNK(status.st_mode) or getattr(status, "st_reparse_tag", 0) == _JUNCTION:
        return Seen("link")
    if stat.S_ISDIR(status.st_mode):
        return Seen("folder")
    return Seen("file", status.st_size) if stat.S_ISREG(status.st_mode) else Seen("special")


def listing(folder: Path, limit: int | None = None) -> list[str]:
    """The names in `folder`, sorted.

    Raises Unreadable if it can't be listed or holds more than `limit` names.
    """
    names: list[str] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                names.append(entry.name)
                if limit is not None and len(names) > limit:
                    raise Unreadable(f"more than {limit} files; hand in only the assignment's")
    except (OSError, ValueError) as error:
        raise Unreadable(f"can't be opened ({_reason(error)}); hand it in again") from None
    return sorted(names)


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
                names = listing(path, MAX_FILES)
            except Unreadable as error:
                if not prefix:
                    raise
                if not quiet:
                    notes.problem(prefix, error)
                continue
            for name in names:
                item = look(path / name)
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
    # A pipe put in the file's place would block an ordinary open for ever; a link would lead anywhere.
    flags = os.O_RDONLY
    for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_NOCTTY", "O_BINARY"):
        flags |= getattr(os, name, 0)
    try:
        before = os.lstat(path)
        descriptor = os.open(path, flags)
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
    return (getattr(error, "strerror", None) or "not readable").lower()
