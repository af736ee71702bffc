"""`grader people`."""

from __future__ import annotations

from pathlib import Path

from grader.batch import Summary, finish, take_away, write_result
from grader.commands import assignment_of, login, open_course
from grader.course import Assignment
from grader.errors import UsageError
from grader.files import only_run
from grader.gradebook import (
    FILE_NAME,
    Gradebook,
    PeopleChange,
    merge,
    people_changes,
    remove,
    rename,
    restore,
    split,
)
from grader.text import visible


def run(
    results: Path,
    *,
    removed: str | None = None,
    restored: str | None = None,
    renamed: tuple[str, str] = ("", ""),
    same: tuple[str, str] = ("", ""),
    parted: tuple[str, str] = ("", ""),
    who: str | None = None,
    reason: str = "",
    assignment: str | None = None,
    course_path: Path | None = None,
) -> int:
    """Change one student, or list what was changed. Returns the exit code."""
    if not results.is_dir():
        raise UsageError(f"{results} is not a folder; give the folder that `grader grade` wrote")
    wishes = sum(map(bool, (removed, restored, any(renamed), any(same), any(parted))))
    if wishes > 1:
        raise UsageError("one of --remove, --restore, --rename, --same and --split at a time")
    course = open_course(course_path)
    name, model = course.assignment(assignment_of(course, assignment, results))
    said = (who or login(), " ".join(reason.split()))
    with only_run(results), Gradebook(results / FILE_NAME, create=False, course=course) as gradebook:
        if removed:
            remove(gradebook, name, removed, *said)
        elif restored:
            restore(gradebook, name, restored, *said)
        elif any(renamed):
            rename(gradebook, name, *renamed, *said)
        elif any(same):
            merge(gradebook, name, *same, *said)
        elif any(parted):
            split(gradebook, name, *parted, *said)
        if wishes:
            _write(
                gradebook,
                name,
                model,
                results,
                {*filter(None, (removed, restored)), *renamed, *same, *parted},
            )
        for change in people_changes(gradebook, name):
            print(_line(change))
    return 0


def _write(gradebook: Gradebook, name: str, model: Assignment, results: Path, concerned: set[str]) -> None:
    """The pages of whom it concerns, and what the class has in common."""
    shown = {result.student: result for result in gradebook.results(name) if result.student in concerned}
    for student in filter(None, concerned):
        if student in shown:
            write_result(results, shown[student], model)
        else:
            take_away(results, student)
    finish(gradebook, name, model, results, set(), Summary())


def _line(change: PeopleChange) -> str:
    new = f" to {visible(change.new, 80)}" if change.new else ""
    if change.action == "parted":
        new = f": a part is now {visible(change.new, 80)}"
    why = f" ({visible(change.reason, 300)})" if change.reason else ""
    return (
        f"{change.at}  {visible(change.student, 80)}: {change.action}{new}, by {visible(change.who, 80)}{why}"
    )
