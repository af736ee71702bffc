"""What was said of people in a gradebook, oldest first, and what follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Action = Literal["removed", "restored", "renamed", "merged", "parted", "joined", "doubtful"]


@dataclass(frozen=True)
class PeopleChange:
    """What was said of a student. new: the name of the row to which all or part of the student's work went.

    renamed: all of it; merged: the same, and it is known to be one person; parted: a part, another's. The grader itself
    parts and joins rows of old gradebooks, and says where it is doubtful whose work it is.
    """

    student: str
    action: str
    new: str
    who: str
    at: str
    reason: str = ""


def removed_in(log: Sequence[PeopleChange]) -> frozenset[str]:
    """Who is left out of report, exports and later runs, by the present name."""
    removed: set[str] = set()
    for change in log:
        if change.action == "removed":
            removed.add(change.student)
        elif change.action == "restored":
            removed.discard(change.student)
        elif change.action in ("renamed", "merged") and change.student in removed:
            removed.discard(change.student)
            removed |= {change.new} if change.action == "renamed" else set()
    return frozenset(removed)


def present_names(log: Sequence[PeopleChange]) -> dict[str, list[str]]:
    """Name as it is handed in → names in the gradebook that took its place, the latest first."""
    names: dict[str, list[str]] = {}
    for change in log:
        if change.action not in ("renamed", "merged"):
            continue
        for present in names.values():
            present[:] = [change.new if one == change.student else one for one in present]
        names.setdefault(change.student, []).insert(0, change.new)
    return names


def merged_names(log: Sequence[PeopleChange]) -> frozenset[str]:
    """Names of which a person said that whatever comes under them is somebody else's on record."""
    return frozenset(change.student for change in log if change.action == "merged")


def former_names(log: Sequence[PeopleChange]) -> dict[str, set[str]]:
    """Name in the gradebook → the names that the student had before."""
    former: dict[str, set[str]] = {}
    for old, present in present_names(log).items():
        for name in present:
            if name != old:
                former.setdefault(name, set()).add(old)
    return former
