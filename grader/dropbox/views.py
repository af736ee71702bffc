"""What the pages show: uploads and what came of them, as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from grader.dropbox.box import Box
from grader.dropbox.people import Person
from grader.dropbox.uploads import DONE, WAITING, Upload
from grader.feedback import feedback_html, points
from grader.gradebook import Gradebook
from grader.result import Result

#: Lines of a student's list; the oldest are left out.
MOST_SHOWN = 30


@dataclass(frozen=True)
class Line:
    """An upload as its student sees it. says: how it stands, in a sentence; work: the digest of what was graded."""

    upload: Upload
    at: str
    says: str
    graded: bool
    work: str = ""
    counts: bool = False


@dataclass(frozen=True)
class Home:
    """A student's own page. rules: what course.yaml says of due date and submissions; left: how many more are taken."""

    lines: Sequence[Line]
    rules: Sequence[str]
    left: int | None


def home_of(box: Box, person: Person) -> Home:
    """What a student sees after the login."""
    uploads = box.uploads.of(person.name, MOST_SHOWN)
    counting = counting_of(box, person)
    with box.gradebook() as gradebook:
        lines = [line_of(box, gradebook, upload, counting) for upload in uploads]
    left = box.uploads.left(person.name)
    return Home(lines, [*_rules(box, left)], left)


def line_of(box: Box, gradebook: Gradebook, upload: Upload, counting: Result | None = None) -> Line:
    """One upload. counting: what counts of its student."""
    at = shown_time(box, upload.at)
    if upload.state == WAITING:
        place = box.uploads.place(upload)
        return Line(upload, at, f"Waiting: place {place} in the queue.", False)
    if upload.state != DONE:
        return Line(upload, at, "Being graded.", False)
    result = gradebook.confirmed(gradebook.result(upload.attempt))
    counts = counting is not None and counting.submission_sha256 == result.submission_sha256
    return Line(upload, at, said_of(result), True, result.work_sha256, counts)


def said_of(result: Result) -> str:
    """What came of a graded upload."""
    if result.status == "grader error":
        return (
            "The grader could not finish. That is not your fault, and no zero: your instructor sees it, too."
        )
    score = f"Graded: {points(result.score)} of {points(result.max_score)} points."
    if result.status == "unreadable":
        return f"{score} Nothing of the assignment could be read in it: the page says why."
    return f"{score} Answers wait for a person." if result.needs_manual else score


def counting_of(box: Box, person: Person) -> Result | None:
    """What counts now of everything a student handed in here; None before anything was graded."""
    graded = next((one for one in box.uploads.of(person.name, MOST_SHOWN) if one.state == DONE), None)
    if graded is None:
        return None
    with box.gradebook() as gradebook:
        # The name as it is in the gradebook: people are renamed there.
        return gradebook.counting(box.name, gradebook.result(graded.attempt).student)


def page_of(box: Box, upload: Upload) -> str | None:
    """The feedback page of one upload; None before it was graded."""
    if upload.state != DONE:
        return None
    with box.gradebook() as gradebook:
        return feedback_html(gradebook.confirmed(gradebook.result(upload.attempt)), box.assignment)


def shown_time(box: Box, at: str) -> str:
    """A moment by the clock of the course."""
    moment = datetime.fromisoformat(at).astimezone(box.assignment.late.zone)
    return f"{moment:%Y-%m-%d %H:%M:%S} {moment.tzname() or ''}".strip()


def _rules(box: Box, left: int | None) -> list[str]:
    assignment = box.assignment
    rules = []
    if assignment.due:
        due = shown_time(box, assignment.due.isoformat())
        late = assignment.late.percent_a_day
        cost = (
            f"a day late costs {late:g} % of the points"
            if late
            else "late work is taken, and said to be late"
        )
        over = "was due" if datetime.now(UTC) > assignment.due else "is due"
        rules.append(f"It {over} on {due}, unless you have an extension; {cost}.")
    if left is not None:
        rules.append(f"Submissions: {left} of {assignment.attempts.limit} are left.")
    counts = {
        "latest": "The last one counts.",
        "best": "The best one counts.",
        "last before due": "The last one before the due date counts.",
        "never lower": "The last one counts.",
    }
    rules.append(counts[assignment.attempts.counts])
    return rules
