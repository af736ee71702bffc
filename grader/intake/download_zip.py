"""The zip that an LMS hands out, as a folder that lives as long as it is needed."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from grader.errors import UsageError
from grader.intake.disk import MB
from grader.intake.names import shown

#: A class of a thousand, each with the largest submission that courses allow.
_MOST_BYTES = 20_000 * MB
_MOST_MEMBERS = 500_000
_CHUNK = 1 << 20


@contextlib.contextmanager
def as_folder(submissions: Path) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """`submissions` itself, or, where it is a zip, a folder with its files, closed to others; and what was left out.

    No name leads out of that folder, and no link is made. Raises UsageError for what is no zip, or too large.
    """
    if not (submissions.is_file() and submissions.suffix.lower() == ".zip"):
        yield submissions, ()
        return
    folder = Path(tempfile.mkdtemp(prefix="submissions-"))
    try:
        yield folder, tuple(_unpack(submissions, folder))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unpack(path: Path, folder: Path) -> list[str]:
    used = 0
    left_out = []
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) > _MOST_MEMBERS:
                raise UsageError(
                    f"{path}: more than {_MOST_MEMBERS} files; unpack it yourself and give the folder"
                )
            for info in members:
                parts = [
                    part for part in info.filename.replace("\\", "/").split("/") if part not in ("", ".")
                ]
                is_link = (info.external_attr >> 16) & 0o170000 == 0o120000
                odd = not parts or ".." in parts or ":" in parts[0] or "\0" in info.filename or is_link
                # bzip2 and LZMA return without a bound from one read.
                if odd or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                    left_out.append(f"{shown(info.filename)} (no ordinary file of a zip)")
                    continue
                target = folder.joinpath(*parts)
                if info.is_dir():
                    with contextlib.suppress(OSError):
                        target.mkdir(parents=True, exist_ok=True)
                    continue
                try:
                    target.parent.mkdir(parents=True, exist_ok=True)
                    out = target.open("xb")
                except OSError:
                    left_out.append(f"{shown(info.filename)} (there twice, or with too long a name)")
                    continue
                with out, archive.open(info) as source:
                    while chunk := source.read(_CHUNK):
                        used += len(chunk)
                        if used > _MOST_BYTES:
                            raise UsageError(
                                f"{path}: too large when unpacked; unpack it yourself and give the folder"
                            )
                        out.write(chunk)
        return left_out
    except UsageError:
        raise
    except Exception as error:  # zipfile raises half a dozen kinds of errors on damaged archives
        what = f"{type(error).__name__}: {error}"
        raise UsageError(
            f"{path}: can't be unpacked ({what}); download it again, or unpack it yourself"
        ) from None
