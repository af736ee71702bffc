"""Who is graded, and by which name: what earlier runs and people have said of the entries of a class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from grader.course import Assignment, Course
from grader.errors import UsageError
from grader.gradebook import Gradebook, people_changes, present_names
from grader.intake import Entry, chapter_files, collect, open_bundle

#: A smaller class without a single chapter may be just that.
_FEWEST_TO_REFUSE = 3


def as_known(entries: Sequence[Entry], people: Mapping[tuple[str, str], str]) -> tuple[Entry, ...]:
    """Entries under the names that earlier runs gave to the same numbers of an LMS.

    A name gets its number behind it where a namesake hands in; whoever had it alone before keeps it so.
    """
    owner = {student: number for number, student in people.items()}
    named = []
    for entry in entries:
        lms = entry.receipt.lms
        number = (lms.get("system", ""), lms.get("id", ""))
        if number in people:
            entry = replace(entry, student=people[number])
        elif number[1] and owner.get(entry.student, number) != number:
            entry = replace(entry, student=f"{entry.student} ({number[1]})")
        named.append(entry)
    return tuple(named)


def as_called_now(
    entries: Sequence[Entry], gradebook: Gradebook, name: str, remarks: list[str]
) -> tuple[Entry, ...]:
    """Entries under the names that people gave in the gradebook, without those whom they removed."""
    names = present_names(people_changes(gradebook, name))
    removed = gradebook.removed(name)
    taken = {entry.student for entry in entries}
    # Somebody new who really has the new name keeps it; the other one stays under the old.
    names = {old: new for old, new in names.items() if new not in taken}
    called = [replace(entry, student=names.get(entry.student, entry.student)) for entry in entries]
    remarks += [
        f"{entry.student}: removed by a person, so not graded (grader people --restore takes that back)"
        for entry in called
        if entry.student in removed
    ]
    return tuple(entry for entry in called if entry.student not in removed)


def refuse_wrong_class(entries: Sequence[Entry], name: str, course: Course) -> None:
    """Raises UsageError where nobody handed in anything of the assignment: it is probably another folder's turn."""

    def anything(assignment: Assignment) -> bool:
        for entry in entries:
            bundle = collect(entry, assignment)
            if open_bundle(bundle, assignment, {}).readable or (bundle.problems and bundle.kind != "folder"):
                return True
        return False

    wanted = chapter_files(course.assignments[name])
    if loose := [entry.name for entry in entries if entry.name in wanted and not entry.files]:
        raise UsageError(
            f"{loose[0]} lies right in this folder, so it is one person's submission: give the folder that holds "
            "the submissions, each in a folder or a zip of its own"
        )
    if anything(course.assignments[name]):
        return
    fitting = [other for other, model in course.assignments.items() if other != name and anything(model)]
    if not fitting and len(entries) < _FEWEST_TO_REFUSE:
        return
    meant = f"; they fit {fitting[0]}: --assignment {fitting[0]}?" if fitting else ""
    many = f"none of the {len(entries)} submissions has" if len(entries) > 1 else "the one submission lacks"
    raise UsageError(f"{many} a file of {name}{meant or ': is this the folder of submissions?'}")
