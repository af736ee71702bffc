"""`grader export`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Final

from grader.commands import assignment_of, open_course
from grader.course import Assignment
from grader.errors import UsageError
from grader.exports import Pairing, canvas_csv, class_csv, gradescope_results, moodle_csv, pair_up
from grader.files import make_folder, write_atomically
from grader.gradebook import FILE_NAME, Gradebook, Roster, read_roster
from grader.intake import result_folder
from grader.text import visible

TARGETS: Final = ("csv", "canvas", "moodle", "gradescope")


def run(
    results: Path,
    to: str,
    *,
    roster: Path | None,
    out: Path | None,
    column: str | None,
    assignment: str | None,
    course_path: Path | None,
) -> int:
    """Write the file, print where it is, and list on stderr what a person must know. Returns the exit code."""
    if to not in TARGETS:
        raise UsageError(f"--to {to}: it is one of {', '.join(TARGETS)}")
    if not results.is_dir():
        raise UsageError(f"{results} is not a folder; give the folder that `grader grade` wrote")
    if column is not None and to != "canvas":
        raise UsageError("--column names the assignment's column in Canvas; it goes with --to canvas")
    course = open_course(course_path)
    name, model = course.assignment(assignment_of(course, assignment, results))
    people = read_roster(roster) if roster else None
    with Gradebook(results / FILE_NAME, create=False, course=course) as gradebook:
        pairing = pair_up(gradebook.results(name), people)
        said = list(gradebook.remarks)
    if not pairing.pairs:
        raise UsageError(f"{results} holds no results of the assignment {name}")
    if to == "gradescope":
        target, remarks = _write_folders(
            out or results.with_name(f"{results.name}-gradescope"), pairing, model
        )
    else:
        text, remarks = _text(to, pairing, model, people, column)
        target = out or results / ("class.csv" if to == "csv" else f"{to}.csv")
        write_atomically(target, text)
    for line in (*said, *pairing.remarks, *remarks):
        print(visible(line, 500), file=sys.stderr)
    print(target)
    return 0


def run_nbgrader(
    results: Path,
    database: str | None,
    *,
    course_dir: Path | None,
    submissions: Path | None,
    assignment: str | None,
    course_path: Path | None,
) -> int:
    """Push the scores into nbgrader's gradebook and list what it refused. Returns the exit code."""
    from grader.platforms.nbgrader import push

    if database is None:
        raise UsageError("--to nbgrader needs --db, nbgrader's database: --db sqlite:///course/gradebook.db")
    course = open_course(course_path)
    name, _ = course.assignment(assignment)
    done = push(results, database, course, name, course_dir=course_dir, submissions=submissions)
    for line in done.refused:
        print(visible(line, 500), file=sys.stderr)
    if done.unseen:
        names = ", ".join(visible(name, 60) for name in done.unseen[:10])
        more = f" and {len(done.unseen) - 10} more" if len(done.unseen) > 10 else ""
        print(
            f"the notebooks of {names}{more} show scores without code: what was graded is not there; name it with "
            "--submissions FOLDER",
            file=sys.stderr,
        )
    print(f"{database}: {len(done.students)} students; {done.changed_files} notebooks changed")
    return 1 if done.refused else 0


def _text(
    to: str, pairing: Pairing, model: Assignment, roster: Roster | None, column: str | None
) -> tuple[str, list[str]]:
    if to == "canvas":
        return canvas_csv(pairing, model, roster, column)
    if to == "moodle":
        return moodle_csv(pairing, model, roster)
    return class_csv(pairing, model), []


def _write_folders(out: Path, pairing: Pairing, model: Assignment) -> tuple[Path, list[str]]:
    for pair in pairing.pairs:
        folder = out / result_folder(pair.result.student)
        make_folder(folder)
        data = gradescope_results(pair.result, model)
        text = json.dumps(data, ensure_ascii=False, allow_nan=False, indent=1) + "\n"
        write_atomically(folder / "results.json", text)
    return out, []
