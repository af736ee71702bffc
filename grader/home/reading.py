"""A student's folder, read as the grader will read it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from grader.course import Assignment, original_name
from grader.intake import Bundle, Submission, folder_bundle, open_bundle, untouched_twins


@dataclass(frozen=True)
class OwnFolder:
    """given: file name → bytes of the chapters as they were handed out, as far as that is known."""

    bundle: Bundle
    submission: Submission
    given: dict[str, bytes]


def read_folder(folder: Path, assignment: Assignment, checks: Path) -> OwnFolder:
    """Read `folder` and decide, as grading does, what of it counts. checks: where the untouched chapters are kept."""
    bundle = folder_bundle(folder, assignment)
    # Without the originals, a chapter in which nothing is written is taken for one.
    given = untouched_twins(bundle.files, assignment) | originals(bundle.files, checks)
    return OwnFolder(bundle, open_bundle(bundle, assignment, given), given)


def originals(files: Iterable[str], checks: Path) -> dict[str, bytes]:
    """File name → bytes as handed out, of those that the handout keeps."""
    found: dict[str, bytes] = {}
    for file in files:
        with contextlib.suppress(OSError):
            found[file] = (checks / original_name(file)).read_bytes()
    return found
