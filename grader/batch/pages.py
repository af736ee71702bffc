"""The files of one student in RESULTS: result.json and feedback.html."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

from grader.course import Assignment
from grader.feedback import feedback_html
from grader.files import make_folder, write_atomically
from grader.intake import result_folder
from grader.result import Result


def write_result(out: Path, result: Result, assignment: Assignment) -> None:
    """Write a student's result.json and feedback.html, each as a whole or not at all."""
    folder = out / result_folder(result.student)
    make_folder(folder)
    write_atomically(folder / "result.json", result.to_json() + "\n")
    try:
        page = feedback_html(result, assignment)
    except Exception as error:  # one page that can't be made must not end the run for everybody else
        print(f"grader: the page of {result.student!r} could not be made: {error}", file=sys.stderr)
        page = "<!doctype html><title>Feedback</title><p>No page could be made; the score stands in result.json.</p>"
    write_atomically(folder / "feedback.html", page)


def mend_files(out: Path, result: Result, assignment: Assignment) -> bool:
    """Write what is not there, or not as the gradebook has it; whether anything was."""
    folder = out / result_folder(result.student)
    try:
        current = (folder / "result.json").read_text(encoding="utf-8") == result.to_json() + "\n"
    except (OSError, UnicodeDecodeError):
        current = False
    # What a page may show changes with the clock alone, when the due date passes.
    current = current and assignment.reveal_answers != "after due date"
    if current and (folder / "feedback.html").is_file():
        return False
    write_result(out, result, assignment)
    return True


def take_away(out: Path, student: str) -> None:
    """Remove the files of somebody who has no row; the gradebook keeps what stood in them."""
    folder = out / result_folder(student)
    for file in ("result.json", "feedback.html"):
        (folder / file).unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        folder.rmdir()
