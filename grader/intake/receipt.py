"""What the system that took a submission says of it: when it came, and who the student is over there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Receipt:
    """Facts beside the files, none of which changes what the code scores before a late penalty.

    submitted: ISO 8601 with a zone, empty if unknown; source: where that time was read; note: why it is unknown,
    where there is something to say; lms: `system`, `id`, `name`, `email`, `sid`, as far as they are known.
    """

    submitted: str = ""
    source: str = ""
    note: str = ""
    lms: Mapping[str, str] = field(default_factory=dict)

    @property
    def says_when(self) -> bool:
        """Whether there is anything on the time in it."""
        return bool(self.submitted or self.note)
