"""A .zip in memory → the assignment's files.

Nothing is extracted to disk, and no size in the archive is believed.
"""

from __future__ import annotations

import io
import re
import stat
import zipfile
from collections import Counter

from grader.course import Assignment
from grader.intake.choosing import may_be_meant, meant_by, unnamed
from grader.intake.disk import MB, too_large
from grader.intake.layout import (
    MAX_FILES,
    Notes,
    Unreadable,
    chapter_files,
    choose_root,
    is_clutter,
    nothing_found,
    passed_over,
)

_ENCRYPTED = 0x1
# zipfile unpacks bzip2 and LZMA without a bound on what one read returns: a bomb would fill the memory.
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_CHUNK = 1 << 16
#: Members of an archive, a packed environment and the like included. Of others, MAX_FILES.
_MOST_MEMBERS = 40_000
_REPACK = "pack the files again with an ordinary zip program"


def unpack(
    name: str, data: bytes, assignment: Assignment, notes: Notes, *, inner: bool = False
) -> dict[str, bytes]:
    """The files of the archive `name` that are the assignment's, or may be: name, or path in the zip → content.

    A zip that holds nothing but a zip is opened once more (`inner`). What can't be read is noted, never raised.
    """
    try:
        with _opened(data) as archive:
            members = _safe_members(archive, Notes())
            zips = [member for member in members if member[0].lower().endswith(".zip")]
            wanted = chapter_files(assignment)
            if not inner and len(zips) == 1 and not any(meant_by(path, wanted) for path, _ in members):
                path, info = zips[0]
                content = _inflated(archive, info, assignment.limits.submission_mb * MB, 0)
                notes.problem(path, f"a zip inside {name}; it was opened, hand in the inner one next time")
                return unpack(path, content, assignment, notes, inner=True)
            return _files(name, archive, assignment, notes)
    except Unreadable as error:
        notes.problem(name, error)
        return {}


def slimmed(data: bytes, assignment: Assignment) -> bytes:
    """A zip with only those files of the zip `data` that may be the assignment's: what was packed along is left out.

    Raises Unreadable where it can't be read, or where none of its files may be.
    """
    wanted = chapter_files(assignment)
    limit = assignment.limits.submission_mb * MB
    packed = io.BytesIO()
    with _opened(data) as archive, zipfile.ZipFile(packed, "w") as slim:
        members = [member for member in _safe_members(archive, Notes()) if may_be_meant(member[0], wanted)]
        used = 0
        for path, info in members[:MAX_FILES]:
            content = _inflated(archive, info, limit, used)
            used += len(content)
            # A fixed time: the same hand-in has the same digest.
            slim.writestr(zipfile.ZipInfo(path), content)
    if not members:
        raise Unreadable(nothing_found(wanted))
    return packed.getvalue()


def _opened(data: bytes) -> zipfile.ZipFile:
    # Each member has this mark in the directory; counting first keeps a million from becoming objects.
    if data.count(b"PK\x01\x02") > _MOST_MEMBERS:
        raise Unreadable(f"more than {_MOST_MEMBERS} files; hand in only the assignment's")
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except Exception:
        # zipfile raises half a dozen kinds of errors on a damaged directory, not all of them its own.
        raise Unreadable(f"not a zip file, or a damaged one; {_REPACK}") from None


def _files(name: str, archive: zipfile.ZipFile, assignment: Assignment, notes: Notes) -> dict[str, bytes]:
    refused = Notes()
    members = _safe_members(archive, refused)
    wanted = chapter_files(assignment)
    limit = assignment.limits.submission_mb * MB
    root = ""
    if len(members) > MAX_FILES:
        raise Unreadable(f"more than {MAX_FILES} files; hand in only the assignment's")
    found = False
    try:
        root = choose_root((path for path, _ in members), wanted)
    except Unreadable as error:
        found = any(meant_by(path, wanted) for path, _ in members)
        if not found:
            notes.problem(name, error)
        for path, _ in members:
            if path.lower().endswith(".zip"):
                notes.problem(path, "a zip inside the zip is not opened; hand in the inner one")
    times = Counter(path for path, _ in members)
    mine = {path: info for path, info in members if path[len(root) :] in wanted and path.startswith(root)}
    mine |= {path: info for path, info in members if path not in mine and meant_by(path, wanted)}
    others = unnamed((path for path, _ in members if path not in mine), assignment, mine)
    mine |= {path: info for path, info in members if path in others}
    files: dict[str, bytes] = {}
    used = 0
    for path in sorted(mine, key=lambda path: (path[len(root) :] not in wanted, mine[path].file_size, path)):
        short = path[len(root) :] if path.startswith(root) and path[len(root) :] in wanted else path
        try:
            if times[path] > 1:
                raise Unreadable(f"is in the zip {times[path]} times; {_REPACK}, once each")
            files[short] = _inflated(archive, mine[path], limit, used)
            used += len(files[short])
        except Unreadable as error:
            notes.problem(short, error)
    for first, why in passed_over((path for path, _ in members if path not in mine), root, assignment):
        notes.ignore(first, why)
    notes.extend(refused)
    return files


def _safe_members(archive: zipfile.ZipFile, notes: Notes) -> list[tuple[str, zipfile.ZipInfo]]:
    """(normal path, member) of the ordinary files. A name or kind that could lead elsewhere is a problem."""
    members: list[tuple[str, zipfile.ZipInfo]] = []
    for info in archive.infolist():
        # `filename` is cut at a NUL and, on Windows, has its backslashes turned; the original tells.
        original = info.orig_filename
        # Some programs of Windows part folders by its own sign.
        original = original.replace("\\", "/")
        mode = stat.S_IFMT(info.external_attr >> 16)
        clutter = next((part for part in original.split("/") if is_clutter(part)), None)
        if clutter is not None:
            notes.ignore(clutter + "/" * (not original.endswith(clutter)), "not part of the assignment")
        elif _leads_elsewhere(original):
            notes.problem(original, f"a name that no zip should hold; {_REPACK}")
        elif mode == stat.S_IFLNK:
            notes.problem(original, "a symlink in the zip, which is not followed; pack the file itself")
        elif mode not in (0, stat.S_IFREG, stat.S_IFDIR):
            notes.problem(original, "not an ordinary file; pack the file itself")
        elif not original.endswith("/"):
            members.append(("/".join(part for part in original.split("/") if part not in ("", ".")), info))
    return members


def _leads_elsewhere(name: str) -> bool:
    return (
        not name
        or "\\" in name
        or "\0" in name
        or name.startswith("/")
        or re.match(r"[A-Za-z]:", name) is not None
        or ".." in name.split("/")
    )


def _inflated(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limit: int, used: int) -> bytes:
    """One member's content. limit: bytes a submission may have unpacked; used: those taken."""
    if info.flag_bits & _ENCRYPTED:
        raise Unreadable("encrypted; hand in a zip without a password")
    if info.compress_type not in _METHODS:
        raise Unreadable(f"compressed in an unusual way; {_REPACK}")
    chunks: list[bytes] = []
    size = 0
    try:
        with archive.open(info) as stream:
            while chunk := stream.read(_CHUNK):
                size += len(chunk)
                if used + size > limit:
                    raise Unreadable(too_large(max(size, info.file_size), used, limit))
                chunks.append(chunk)
    except Unreadable:
        raise
    except Exception:
        # Beside BadZipFile, crafted offsets bring out zlib.error, struct.error, EOFError, OverflowError and others.
        raise Unreadable(f"damaged in the zip; {_REPACK}") from None
    return b"".join(chunks)
