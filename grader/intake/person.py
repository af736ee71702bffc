"""One student of an LMS's download."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Person:
    """One student of a download: what the LMS calls them, and their files under the names that they gave them.

    uploads: (number of the attachment, the student's name for it, where it lies), still with re-uploads in it.
    """

    name: str
    user: str
    lms: dict[str, str]
    uploads: list[tuple[int, str, Path]] = field(default_factory=list)
    files: dict[str, Path] = field(default_factory=dict)
    folder: Path | None = None
    note: str = ""
    ignored: list[str] = field(default_factory=list)

    def taken(self, submissions: Path) -> Iterator[str]:
        """The names in `submissions` that this student's files lie under."""
        paths = [*self.files.values(), *([self.folder] if self.folder else [])]
        yield from (path.relative_to(submissions).parts[0] for path in paths)
        yield from self.ignored
