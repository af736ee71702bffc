"""`grader people`."""

from __future__ import annotations

import contextlib
import getpass
from pathlib import Path

from grader.batch import Summary, finish, write_result
from grader.commands import assignment_of, open_course
from grader.errors import UsageError
from grader.files import only_run
from grader.gradebook import FILE_NAME, Gradebook, people_changes, remove, rename, restore
from grader.intake import result_folder
from grader.text import visible


def run(
    results: Path,
    *,
    removed: str | None,
    restored: str | None,
    renamed: tuple[str, str],
    who: str | None,
    assignment: str | None,
    course_path: Path | None,
) -> int:
    """Change one student, or list what was changed. Returns the exit code."""
    if not results.is_dir():
        raise UsageError(f"{results} is not a folder; give the folder that `grader grade` wrote")
    if sum(map(bool, (removed, restored, any(renamed)))) > 1:
        raise UsageError("one of --remove, --restore and --rename at a time")
    course = open_course(course_path)
    name, model = course.assignment(assignment_of(course, assignment, results))
    person = who or _user()
    with only_run(results), Gradebook(results / FILE_NAME, create=False, course=course) as gradebook:
        if removed:
            remove(gradebook, name, removed, person)
        elif restored:
            restore(gradebook, name, restored, person)
        elif any(renamed):
            rename(gradebook, name, *renamed, person)
        for student in filter(None, (removed, renamed[0])):
            _take_away(results / result_folder(student))
        for result in gradebook.results(name):
            if result.student in (restored, renamed[1]):
                write_result(results, result, model)
        if removed or restored or any(renamed):
            finish(gradebook, name, model, results, set(), Summary())
        for change in people_changes(gradebook, name):
            new = f" to {visible(change.new, 80)}" if change.new else ""
            print(
                f"{change.at}  {visible(change.student, 80)}: {change.action}{new}, by {visible(change.who, 80)}"
            )
    return 0


def _take_away(folder: Path) -> None:
    """The pages that a run wrote for somebody; the gradebook keeps what stood in them."""
    for file in ("result.json", "feedback.html"):
        (folder / file).unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        folder.rmdir()


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"
