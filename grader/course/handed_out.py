"""The chapters as they were handed out, kept beside the checks so that a student can go back to them.

They end in `.txt`: nothing that reads a submission, collects tests or opens notebooks takes one for a chapter.
"""

from __future__ import annotations

import itertools
import os
from pathlib import Path

from grader.errors import UsageError

#: Inside the folder of the checks.
FOLDER = "original"
_ENDING = ".txt"
_KEPT = Path(".grader") / "kept"


def original_name(file: str) -> str:
    """Where the untouched copy of a chapter's file stands, relative to the folder of the checks."""
    return f"{FOLDER}/{file}{_ENDING}"


def reset(file: str, folder: Path, checks: Path) -> Path | None:
    """Put `folder`'s chapter `file` back as it was handed out; where the student's version is kept, below `folder`.

    None where there was none. Raises UsageError where there is no original or the folder can't be written to; nothing
    is lost then.
    """
    try:
        original = (checks / original_name(file)).read_bytes()
    except OSError:
        raise UsageError(f"{checks / original_name(file)} is missing: unpack the exercise again") from None
    return replace_kept(folder / file, original, folder)


def replace_kept(path: Path, content: bytes, folder: Path) -> Path | None:
    """Replace a student's file; where the version it had is kept, below `folder`; None where there was none.

    Raises UsageError, file as it was.
    """
    try:
        kept = _keep(path, folder / _KEPT) if path.exists() else None
        beside = path.with_name(f".{path.name}.{os.getpid()}")
        beside.write_bytes(content)
        beside.replace(path)
    except OSError as error:
        raise UsageError(f"{path} could not be reset: {error.strerror}; it is as it was") from None
    return kept.relative_to(folder) if kept else None


def _keep(path: Path, store: Path) -> Path:
    store.mkdir(parents=True, exist_ok=True)
    content = path.read_bytes()
    for number in itertools.count(1):
        try:
            with (store / f"{path.stem}-{number}{path.suffix}").open("xb") as copy:
                copy.write(content)
                return Path(copy.name)
        except FileExistsError:
            continue
    raise AssertionError("unreachable")
