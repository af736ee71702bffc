"""Who submitted, before anything of it is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from grader.intake.disk import Seen
from grader.intake.receipt import Receipt

Kind = Literal["folder", "zip", "notebook"]

KINDS: Final[Mapping[str, Kind]] = {".zip": "zip", ".ipynb": "notebook"}


@dataclass(frozen=True)
class Entry:
    """One student's entry in SUBMISSIONS. `path`: what to read; `name`: the entry as a message calls it.

    files: the student's own name of each file → where it lies, where an LMS hands files out one by one; else empty.
    receipt: what the system that took the submission says of it.
    """

    student: str
    path: Path
    kind: Kind
    seen: Seen
    name: str
    ignored: tuple[str, ...] = ()
    files: Mapping[str, Path] = field(default_factory=dict)
    receipt: Receipt = field(default_factory=Receipt)

    @property
    def names(self) -> frozenset[str]:
        """The names in SUBMISSIONS that this entry takes up."""
        return frozenset([self.name, *(path.name for path in self.files.values())])

    @property
    def rank(self) -> tuple[int, str]:
        """The smallest counts where several entries have the same student."""
        if self.seen.look in ("folder", "file"):
            order = {"folder": 0, ".zip": 1, ".ipynb": 2}
            key = "folder" if self.seen.look == "folder" else suffix_of(self.name)
            return order.get(key, 3), self.name
        return 4, self.name


@dataclass(frozen=True)
class Discovery:
    """Everything found in SUBMISSIONS.

    `skipped`: what is no submission (hidden files and the like), with why.
    """

    entries: tuple[Entry, ...]
    skipped: tuple[str, ...] = ()


def suffix_of(name: str) -> str:
    """The ending of a file's name in lower case, with its dot."""
    return Path(name).suffix.lower()
