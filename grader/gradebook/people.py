"""Students who dropped or were renamed: said in the gradebook, with who said it and when; every attempt stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from grader.errors import UsageError
from grader.gradebook.database import Gradebook

Action = Literal["removed", "restored", "renamed"]


@dataclass(frozen=True)
class PeopleChange:
    """What was said of a student. new: the new name of one who was renamed."""

    student: str
    action: str
    new: str
    who: str
    at: str


def remove(gradebook: Gradebook, assignment: str, student: str, who: str) -> None:
    """Leave `student` out of report, exports and later runs. Raises UsageError if nobody is called so."""
    _known(gradebook, assignment, student)
    if student in gradebook.removed(assignment):
        raise UsageError(f"{student} is removed already; --restore takes that back")
    _note(gradebook, assignment, student, "removed", "", who)


def restore(gradebook: Gradebook, assignment: str, student: str, who: str) -> None:
    """Take a removal back. Raises UsageError if `student` is not removed."""
    if student not in gradebook.removed(assignment):
        raise UsageError(f"{student} is not removed{_alike(sorted(gradebook.removed(assignment)))}")
    _note(gradebook, assignment, student, "restored", "", who)


def rename(gradebook: Gradebook, assignment: str, student: str, new: str, who: str) -> None:
    """Call `student` by another name, here and in later runs. Renaming back undoes it.

    Raises UsageError if nobody is called so, or somebody else has the new name.
    """
    names = _known(gradebook, assignment, student)
    if not new.strip() or new in names:
        raise UsageError(f"the name {new!r} is {'somebody else’s already' if new.strip() else 'empty'}")
    gradebook.move(assignment, student, new)
    _note(gradebook, assignment, student, "renamed", new, who)


def _known(gradebook: Gradebook, assignment: str, student: str) -> Sequence[str]:
    names = sorted(gradebook.latest(assignment))
    if student not in names:
        raise UsageError(f"nobody in this gradebook is called {student!r}{_alike(names)}")
    return names


def _alike(names: Sequence[str]) -> str:
    return f"; there are {', '.join(names[:8])}{' …' if len(names) > 8 else ''}" if names else ""


def _note(gradebook: Gradebook, assignment: str, student: str, action: Action, new: str, who: str) -> None:
    gradebook.note_people(
        assignment, student, action, new, who, datetime.now(UTC).isoformat(timespec="seconds")
    )


def changes(gradebook: Gradebook, assignment: str) -> list[PeopleChange]:
    """All that was said, oldest first."""
    return [PeopleChange(*row) for row in gradebook.people_log(assignment)]


def present_names(log: Sequence[PeopleChange]) -> dict[str, str]:
    """Name as it is handed in → name in the gradebook, of everybody who was renamed."""
    names: dict[str, str] = {}
    for change in log:
        if change.action == "renamed":
            names = {old: change.new if now == change.student else now for old, now in names.items()}
            names.setdefault(change.student, change.new)
    return names
