"""`grader export`."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from grader.commands import assignment_of, open_course
from grader.course import Assignment
from grader.errors import UsageError
from grader.exports import (
    Page,
    Pairing,
    canvas_csv,
    canvas_pages,
    class_csv,
    gradescope_results,
    mail_merge,
    mails,
    moodle_csv,
    moodle_pages,
    pair_up,
)
from grader.files import make_folder, write_atomically, write_bytes
from grader.gradebook import FILE_NAME, Gradebook, Roster, folded, read_roster
from grader.intake import result_folder
from grader.result import Result
from grader.text import visible

PAGES: Final = {"moodle-feedback": ".zip", "canvas-feedback": ".zip", "mbox": ".mbox", "mail-merge": ".csv"}
TARGETS: Final = ("csv", "canvas", "moodle", "gradescope", *PAGES, "pages")


def run(
    results: Path,
    to: str,
    *,
    roster: Path | None,
    out: Path | None,
    column: str | None,
    assignment: str | None,
    course_path: Path | None,
    without: Sequence[str] = (),
    sender: str = "",
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
    pairing = _less(pairing, without)
    if to in PAGES:
        data, remarks = _returned(to, pairing, model, _page_in(results), sender)
        target = out or results / f"{to}{PAGES[to]}"
        make_folder(target.parent)
        write_bytes(target, data)
    elif to == "pages":
        target, remarks = _page_folders(
            out or results.with_name(f"{results.name}-pages"), pairing, _page_in(results)
        )
    elif to == "gradescope":
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


def _less(pairing: Pairing, without: Sequence[str]) -> Pairing:
    """`pairing` without these people: a member of a group who says that it is not theirs, say."""
    pairs = pairing.pairs
    for name in without:
        left = tuple(
            pair
            for pair in pairs
            if folded(name) != folded(pair.row.name if pair.row else pair.result.student)
        )
        if len(left) == len(pairs):
            raise UsageError(f"--without {name}: nobody of that name is exported")
        pairs = left
    return replace(pairing, pairs=pairs)


def _page_in(results: Path) -> Page:
    def page(result: Result) -> bytes | None:
        try:
            return (results / result_folder(result.student) / "feedback.html").read_bytes()
        except OSError:
            return None

    return page


def _returned(
    to: str, pairing: Pairing, model: Assignment, page: Page, sender: str
) -> tuple[bytes, list[str]]:
    if to == "moodle-feedback":
        return moodle_pages(pairing, page)
    if to == "canvas-feedback":
        return canvas_pages(pairing, page)
    if to == "mbox":
        return mails(pairing, page, model, sender)
    text, remarks = mail_merge(pairing, model)
    return text.encode(), remarks


def _page_folders(out: Path, pairing: Pairing, page: Page) -> tuple[Path, list[str]]:
    """A folder a student, with the page alone: result.json holds what students must not see."""
    for pair in pairing.pairs:
        data = page(pair.result)
        if data is not None:
            name = pair.row.name if pair.member and pair.row else pair.result.student
            make_folder(out / result_folder(name))
            write_bytes(out / result_folder(name) / "feedback.html", data)
    return out, []
