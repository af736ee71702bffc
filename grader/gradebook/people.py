"""Students who dropped or were renamed: said in the gradebook, with who said it, when and why; every attempt stays.

What is said twice changes nothing the second time.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from grader.errors import UsageError
from grader.gradebook.database import Gradebook
from grader.gradebook.people_log import Action, PeopleChange


def remove(gradebook: Gradebook, assignment: str, student: str, who: str, reason: str = "") -> None:
    """Leave `student` out of report, exports and later runs. Raises UsageError if nobody is called so."""
    _known(gradebook, assignment, student)
    if student not in gradebook.removed(assignment):
        _note(gradebook, assignment, student, "removed", "", who, reason)


def restore(gradebook: Gradebook, assignment: str, student: str, who: str, reason: str = "") -> None:
    """Take a removal back. Raises UsageError if `student` never was removed."""
    removed = gradebook.removed(assignment)
    if student in removed:
        _note(gradebook, assignment, student, "restored", "", who, reason)
    elif not any(c.student == student and c.action == "restored" for c in changes(gradebook, assignment)):
        raise UsageError(f"{student} is not removed{_alike(sorted(removed))}")


def rename(gradebook: Gradebook, assignment: str, student: str, new: str, who: str, reason: str = "") -> None:
    """Call `student` by another name, here and in later runs. Renaming back undoes it.

    Raises UsageError if nobody is called so, or somebody else has the new name.
    """
    if student == new or _is_done(gradebook, assignment, student, new, "renamed"):
        return
    names = _known(gradebook, assignment, student)
    if not new.strip() or new in names:
        raise UsageError(
            f"the name {new!r} is somebody else’s already; if both are one person: --same {student!r} {new!r}"
            if new.strip()
            else "the new name is empty"
        )
    gradebook.move(assignment, student, new)
    _note(gradebook, assignment, student, "renamed", new, who, reason)


def merge(
    gradebook: Gradebook, assignment: str, student: str, other: str, who: str, reason: str = ""
) -> None:
    """`student` and `other` are one person: all of it is `other`'s, and what comes under the first name, too.

    The latest attempt counts. Raises UsageError if nobody is called `other`.
    """
    names = _known(gradebook, assignment, other)
    if student == other or _is_done(gradebook, assignment, student, other, "merged"):
        return
    if student not in names and student not in {change.student for change in changes(gradebook, assignment)}:
        _known(gradebook, assignment, student)
    gradebook.move(assignment, student, other)
    _note(gradebook, assignment, student, "merged", other, who, reason)


def split(gradebook: Gradebook, assignment: str, student: str, new: str, who: str, reason: str = "") -> None:
    """What `student` handed in without a number of an LMS is another person's, called `new`. Raises UsageError."""
    if _is_done(gradebook, assignment, student, new, "parted", still_there=True):
        return
    names = _known(gradebook, assignment, student)
    if not new.strip() or new in names:
        raise UsageError(f"the name {new!r} is {'somebody else’s already' if new.strip() else 'empty'}")
    if not gradebook.move_unnumbered(assignment, student, new):
        raise UsageError(f"{student} has no attempt without a number of an LMS, or no other; nothing to part")
    _note(gradebook, assignment, student, "parted", new, who, reason)


def _is_done(
    gradebook: Gradebook,
    assignment: str,
    student: str,
    new: str,
    action: Action,
    *,
    still_there: bool = False,
) -> bool:
    """Whether the same was said before, and holds."""
    names = gradebook.latest(assignment)
    said = any((c.student, c.new, c.action) == (student, new, action) for c in changes(gradebook, assignment))
    return said and new in names and (student in names) is still_there


def _known(gradebook: Gradebook, assignment: str, student: str) -> Sequence[str]:
    names = sorted(gradebook.latest(assignment))
    if student not in names:
        raise UsageError(f"nobody in this gradebook is called {student!r}{_alike(names)}")
    return names


def _alike(names: Sequence[str]) -> str:
    return f"; there are {', '.join(names[:8])}{' …' if len(names) > 8 else ''}" if names else ""


def _note(
    gradebook: Gradebook, assignment: str, student: str, action: Action, new: str, who: str, reason: str
) -> None:
    at = datetime.now(UTC).isoformat(timespec="seconds")
    gradebook.note_people(assignment, PeopleChange(student, action, new, who, at, reason))


def changes(gradebook: Gradebook, assignment: str) -> list[PeopleChange]:
    """All that was said, oldest first."""
    return gradebook.people_log(assignment)
