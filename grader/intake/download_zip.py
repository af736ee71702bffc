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

#: A class of a thousand, each with the largest submission that courses allow.
_MOST_BYTES = 20_000 * MB
_MOST_MEMBERS = 500_000
_CHUNK = 1 << 20


@contextlib.contextmanager
def as_folder(submissions: Path) -> Iterator[Path]:
    """`submissions` itself, or, where it is a zip, a folder with what is in it, closed to others.

    No name leads out of that folder, and no link is made. Raises UsageError for what is no zip, or too large.
    """
    if not (submissions.is_file() and submissions.suffix.lower() == ".zip"):
        yield submissions
        return
    folder = Path(tempfile.mkdtemp(prefix="submissions-"))
    try:
        _unpack(submissions, folder)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unpack(path: Path, folder: Path) -> None:
    used = 0
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
                if not parts or ".." in parts or ":" in parts[0] or "\0" in info.filename or is_link:
                    continue
                target = folder.joinpath(*parts)
                if info.is_dir():
                    target.mkdir(parents=True, exist_ok=True)
                    continue
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(info) as source, target.open("xb") as out:
                    while chunk := source.read(_CHUNK):
                        used += len(chunk)
                        if used > _MOST_BYTES:
                            raise UsageError(
                                f"{path}: too large when unpacked; unpack it yourself and give the folder"
                            )
                        out.write(chunk)
    except UsageError:
        raise
    except Exception as error:  # zipfile raises half a dozen kinds of errors on damaged archives
        what = f"{type(error).__name__}: {error}"
        raise UsageError(
            f"{path}: can't be unpacked ({what}); download it again, or unpack it yourself"
        ) from None
