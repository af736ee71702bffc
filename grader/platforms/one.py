"""What a platform's own run does with the kit beside it: grade one folder, or a class."""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path

from grader.batch import Options, Summary, grade_class, read_handout
from grader.course import COURSE_FILE, Course, load_course
from grader.errors import GraderError, WallError
from grader.gradebook import count_late, read_roster
from grader.grading import Grader
from grader.intake import Entry, Receipt, collect, look, open_bundle
from grader.result import Result

FOR_THE_STUDENT = (
    "The grader could not run. This is not your fault and not a judgement of your work: nothing was graded. "
    "Your instructor sees the details and can run it again."
)


def course_in(kit: Path) -> tuple[Course, str]:
    """The course in a package's folder, and the assignment that was packed."""
    course = load_course(kit / COURSE_FILE)
    chosen = kit / "assignment.txt"
    wanted = chosen.read_text(encoding="utf-8").strip() if chosen.is_file() else None
    return course, course.assignment(wanted)[0]


def get_ready(kit: Path | None = None) -> None:
    """Work out all that is kept for later gradings, so that none of them has to. Raises GraderError."""
    with Grader(*course_in(kit or Path.cwd())) as grader:
        grader.prepare()


def grade_folder(course: Course, name: str, folder: Path, student: str, receipt: Receipt) -> Result:
    """Grade one student's folder behind the wall, lateness counted. Raises GraderError; WallError without a wall."""
    assignment = course.assignments[name]
    if not folder.is_dir():
        raise GraderError(f"{folder} is not there")
    entry = Entry(student, folder, "folder", look(folder), "submission", receipt=receipt)
    bundle = collect(entry, assignment)
    with Grader(course, name) as grader:
        _ = grader.launcher
        result = grader.grade(open_bundle(bundle, assignment, read_handout(course, name)))
    result.lms = dict(receipt.lms)
    return count_late(result, assignment, receipt)


def grade_all(course: Course, name: str, submissions: Path, out: Path, roster: Path | None = None) -> Summary:
    """`grader grade`, on all cores. Raises GraderError; WallError without a wall."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    options = Options(jobs=cores, roster=read_roster(roster) if roster else None)
    return grade_class(course, name, submissions, out, options)


def said_of(summary: Summary) -> str:
    """A run in numbers: no name, no word of a student's."""
    statuses = ", ".join(f"{count} {status}" for status, count in sorted(summary.statuses.items()))
    return f"graded now {summary.graded}, kept {summary.kept}" + (f" ({statuses})" if statuses else "")


def tell_instructor(error: Exception, *, where: str) -> None:
    """Print to the container's log why nothing was graded. where: what else may have a wall."""
    if isinstance(error, WallError):
        print(
            f"No wall around student code in this container, so nothing was graded: {error}\n"
            f"Run `grader doctor` in it; {where}.",
            flush=True,
        )
    elif isinstance(error, GraderError):
        print(f"Nothing was graded: {error}", flush=True)
    else:
        traceback.print_exception(error, file=sys.stdout)
