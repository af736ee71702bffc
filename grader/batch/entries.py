"""Who is graded, and by which name: what earlier runs and people have said of the entries of a class."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from grader.course import Assignment, Course
from grader.errors import UsageError
from grader.gradebook import (
    Gradebook,
    People,
    identity_of,
    merged_names,
    people_changes,
    present_names,
)
from grader.intake import Entry, chapter_files, collect, discover, open_bundle

#: A smaller class without a single chapter may be just that.
_FEWEST_TO_REFUSE = 3


def as_known(entries: Sequence[Entry], people: People) -> tuple[Entry, ...]:
    """Entries under the names that earlier runs gave to the same people of an LMS.

    A name gets its number behind it where a namesake hands in; whoever had it alone before keeps it so.
    """
    called = {place: people.name_of(entry.receipt.lms) for place, entry in enumerate(entries)}
    used: set[str] = set()
    # Those who are known choose first: the others make room.
    for place in sorted(called, key=lambda place: not called[place]):
        entry, lms = entries[place], entries[place].receipt.lms
        name = called[place] or entry.student
        identity = identity_of(lms)
        if identity and (name in used or people.is_anothers(name, lms)):
            number = f" ({identity.number})"
            name = entry.student if entry.student.endswith(number) else f"{entry.student}{number}"
        while name in used or people.is_anothers(name, lms):
            name += "~"
        used.add(name)
        called[place] = name
    return tuple(replace(entry, student=called[place]) for place, entry in enumerate(entries))


def as_called_now(
    entries: Sequence[Entry], gradebook: Gradebook, assignment: Assignment, name: str, remarks: list[str]
) -> tuple[Entry, ...]:
    """Entries under the names that people gave in the gradebook, without those whom they removed.

    Somebody of the old name is the one who was renamed where the LMS's number says so, or the files are the same, or a
    person said it; everybody else is new.
    """
    log = people_changes(gradebook, name)
    names, merged, removed = present_names(log), merged_names(log), gradebook.removed(name)
    people, there = gradebook.people(name), gradebook.latest(name)
    taken = {entry.student for entry in entries}

    def files_of(entry: Entry, row: str) -> bool:
        return collect(entry, assignment).sha256 in gradebook.submissions(name, row)

    # Two may have changed their names with each other: whoever's own files stand elsewhere leaves the name free.
    leaving = {
        entry.student
        for entry in entries
        if entry.student in there
        and any(files_of(entry, new) for new in names.get(entry.student, ()))
        and not files_of(entry, entry.student)
    }

    def called(entry: Entry) -> str:
        student, lms = entry.student, entry.receipt.lms
        if people.name_of(lms):
            return student
        # Somebody new who really has the new name keeps it.
        options = [new for new in names.get(student, ()) if new not in taken - leaving and new in there]
        if identity_of(lms):
            options = [new for new in options if not people.has_number(new)]
        if options:
            if student in there and files_of(entry, student):
                return student
            for new in options:
                if student in merged or files_of(entry, new):
                    taken.add(new)
                    leaving.discard(new)
                    return new
        if student in there:
            return student
        if options:
            remarks.append(
                f"{student}: was renamed to {options[0]}, and these are other files: taken for somebody new of the old "
                f"name; if they are {options[0]}'s: grader people RESULTS --same {_quoted(student, options[0])}"
            )
        elif other := people.of_the_same_number(lms):
            remarks.append(
                f"{student}: has the number {lms.get('id')}, and so has {other}: two people, as far as is known; if it "
                f"is one: grader people RESULTS --same {_quoted(other, student)}"
            )
        return student

    entries = [replace(entry, student=called(entry)) for entry in entries]
    remarks += [
        f"{entry.student}: removed by a person, so not graded (grader people --restore takes that back)"
        for entry in entries
        if entry.student in removed
    ]
    return tuple(entry for entry in entries if entry.student not in removed)


def _quoted(*names: str) -> str:
    return " ".join(map(shlex.quote, names))


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


def assignment_in(course: Course, submissions: Path) -> str | None:
    """The only assignment that anything in SUBMISSIONS belongs to; None where that is none, or several."""

    def fits(name: str, assignment: Assignment) -> bool:
        entries = discover(submissions, name, assignment).entries
        # Chapters tell assignments from each other; every one of them may have an answers.yaml.
        return any(open_bundle(collect(entry, assignment), assignment, {}).sources for entry in entries)

    if len(course.assignments) == 1 or not submissions.is_dir():
        return None
    fitting = [name for name, assignment in course.assignments.items() if fits(name, assignment)]
    return fitting[0] if len(fitting) == 1 else None
