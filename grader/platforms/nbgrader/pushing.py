"""RESULTS → nbgrader: scores and comments in its gradebook, graded notebooks for its pages.

Pushing the same results twice changes nothing. Scores and comments that a person gave in formgrader stay; where what
they were given to has changed since, nbgrader is told that they need another look.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.course import Assignment, Course
from grader.errors import UsageError
from grader.feedback import reveal
from grader.files import make_folder, write_bytes
from grader.gradebook import FILE_NAME, Gradebook, answer_sha256
from grader.intake import Entry, Submission, collect, discover, nbgrader_receipt, open_bundle, shown
from grader.platforms.nbgrader.cells import marked_answers
from grader.platforms.nbgrader.database import check_notebooks, course_folder, misfit, opened
from grader.platforms.nbgrader.pages import graded_page
from grader.platforms.nbgrader.record import record_chapter, record_penalty
from grader.result import Result

AUTOGRADED = "autograded"


@dataclass
class Pushed:
    """What a push did.

    refused: one line a student whose result was not pushed, with why; unseen: whose notebooks don't show what was
    graded, because it is not in the submissions, or no longer as it was.
    """

    students: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)
    changed_files: int = 0


def push(
    results: Path,
    db_url: str,
    course: Course,
    assignment_name: str,
    *,
    course_dir: Path | None = None,
    submissions: Path | None = None,
) -> Pushed:
    """Push the latest result of every student.

    db_url: nbgrader's database, sqlite:///…; course_dir: nbgrader's course folder, by default the database's own;
    submissions: where the graded submissions are, by default course_dir; what they hold is shown in the notebooks.
    Raises UsageError, GraderError if nbgrader is not installed or its gradebook does not fit the course.
    """
    name, assignment = course.assignment(assignment_name)
    folder = course_folder(db_url, course_dir)
    frames = _frames(folder, course, name, assignment)
    entries = _entries(submissions or folder, name, assignment, required=submissions is not None)
    done = Pushed()
    with Gradebook(results / FILE_NAME, create=False, course=course) as kit, opened(db_url) as gradebook:
        check_notebooks(gradebook, name, assignment, db_url)
        for result in kit.results(name):
            reason = _why_not(result)
            if reason:
                done.refused.append(f"{shown(result.student, 60)}: {reason}")
                continue
            submission = _submission(entries, result, assignment)
            _push_one(gradebook, result, assignment, frames, submission, folder, done)
            done.students.append(result.student)
            if submission is None:
                done.unseen.append(result.student)
    return done


def _why_not(result: Result) -> str:
    if result.status == "grader error":
        return "grader error: grade again, then push"
    name = result.student
    if name in ("", ".", "..") or "/" in name or "\\" in name or name != name.strip():
        return "nbgrader can't have a folder of this name"
    return ""


def _frames(folder: Path, course: Course, name: str, assignment: Assignment) -> dict[str, bytes]:
    """Chapter → the notebook that was handed out: nbgrader's release, or else the kit's own handout."""
    frames = {}
    for chapter in assignment.open_chapters:
        file = f"{chapter.name}.ipynb"
        found = [
            path for path in (folder / "release" / name / file, course.handout(name) / file) if path.is_file()
        ]
        if not found:
            raise UsageError(f"{course.handout(name) / file} is missing: run grader release")
        frames[chapter.name] = found[0].read_bytes()
    return frames


def _entries(submissions: Path, name: str, assignment: Assignment, *, required: bool) -> dict[str, Entry]:
    try:
        return {entry.student: entry for entry in discover(submissions, name, assignment).entries}
    except UsageError:
        if required:
            raise
        return {}


def _submission(entries: Mapping[str, Entry], result: Result, assignment: Assignment) -> Submission | None:
    """What was graded, if the bytes are still the same."""
    entry = entries.get(result.student)
    bundle = collect(entry, assignment) if entry else None
    if bundle is None or bundle.sha256 != result.submission_sha256:
        return None
    return open_bundle(bundle, assignment, {})


def _push_one(
    gradebook: Any,
    result: Result,
    assignment: Assignment,
    frames: Mapping[str, bytes],
    submission: Submission | None,
    folder: Path,
    done: Pushed,
) -> None:
    from nbgrader.api import MissingEntry

    target = folder / AUTOGRADED / result.student / result.assignment
    before = graded_answers(target, assignment)
    same = [q.name for q in result.questions if before.get(q.name) in (None, answer_sha256(q.answer))]
    gradebook.update_or_create_student(result.student)
    gradebook.update_or_create_submission(result.assignment, result.student, **_timestamp(folder, result))
    shown = reveal(result, assignment)
    try:
        for chapter in assignment.open_chapters:
            record_chapter(gradebook, chapter, shown, result.student, same_answers=same)
    except MissingEntry as error:
        gradebook.db.rollback()
        raise misfit(error) from None
    record_penalty(gradebook, assignment.open_chapters, result, result.student)
    gradebook.db.commit()
    # nbgrader's folders have nbgrader's rights: other graders of the course may read them.
    make_folder(target, shared=True)
    for chapter in assignment.open_chapters:
        page = graded_page(frames[chapter.name], chapter, result, submission, assignment)
        path = target / f"{chapter.name}.ipynb"
        if not path.is_file() or path.read_bytes() != page:
            write_bytes(path, page, shared=True)
            done.changed_files += 1


def _timestamp(folder: Path, result: Result) -> dict[str, Any]:
    """When it was handed in, as nbgrader noted it: its pages call a submission graded only if the two agree."""
    from nbgrader.utils import parse_utc

    submitted = nbgrader_receipt(
        (folder / "submitted").resolve() / result.student / result.assignment
    ).submitted
    return {"timestamp": parse_utc(submitted)} if submitted else {}


def graded_answers(folder: Path, assignment: Assignment) -> dict[str, str]:
    """Question → which answer the notebooks in `autograded/<student>/<assignment>/` hold; unreadable ones hold none."""
    found: dict[str, str] = {}
    for chapter in assignment.open_chapters:
        path = folder / f"{chapter.name}.ipynb"
        try:
            found |= marked_answers(json.loads(path.read_bytes())["cells"])
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return found
