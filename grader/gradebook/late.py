"""Late work: what is taken off, decided here alone.

The gradebook keeps the score as the tests gave it, and the time of submission beside it. The penalty is counted when a
result is read, so that another due date or an extension needs no regrading.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta, tzinfo

from grader.course import Assignment
from grader.intake import Receipt
from grader.result import Late, Result
from grader.times import parse_time

_NOTHING = "so nothing is taken off"


def count_late(
    result: Result, assignment: Assignment, receipt: Receipt, former: Iterable[str] = ()
) -> Result:
    """`result` with `late` and with `score` after the penalty. Doing it again changes nothing.

    former: what the student was called before, in course.yaml perhaps still.

    Where the assignment has no due date, `late` is None and the score as it was.
    """
    before = result.late.score_before if result.late else result.score
    result.score = before
    result.late = None
    if assignment.due is None:
        return result
    extended = extension_of(assignment.extensions, [*names_of(result.student, receipt.lms), *former])
    due = extended or assignment.due
    late = Late(
        due=due.isoformat(), extended=extended is not None, submitted=receipt.submitted, source=receipt.source,
        score_before=before,
    )  # fmt: skip
    submitted = parse_time(receipt.submitted)
    if submitted is None:
        late.note = f"{receipt.note or 'the time of submission is unknown'}, {_NOTHING}"
    else:
        late.days = days_late(submitted, due, assignment.late.grace_minutes, assignment.late.zone)
        late.penalty_percent = _plain(
            min(late.days * assignment.late.percent_a_day, assignment.late.cap_percent)
        )
        result.score = _plain(before * (1 - late.penalty_percent / 100))
    result.late = late
    return result


def days_late(submitted: datetime, due: datetime, grace_minutes: float, zone: tzinfo | None = None) -> int:
    """Days after `due` and the grace, each counted from its beginning; 0 if on time.

    zone: the course's. A day is one by the clock there, an hour longer or shorter where summer time begins or ends.
    """
    grace = timedelta(minutes=grace_minutes)
    if submitted <= due + grace:
        return 0
    if zone is not None:
        submitted, due = (moment.astimezone(zone).replace(tzinfo=None) for moment in (submitted, due))
    over = max(submitted - due - grace, timedelta(microseconds=1))
    return max(0, math.ceil(over / timedelta(days=1)))


def extension_of(extensions: Mapping[str, datetime], names: Iterable[str]) -> datetime | None:
    """The latest extension under any of a student's names; upper and lower case are alike."""
    wanted = {_folded(name) for name in names}
    return max((moment for name, moment in extensions.items() if _folded(name) in wanted), default=None)


def unknown_extensions(
    extensions: Mapping[str, datetime], students: Iterable[tuple[str, Mapping[str, str]]]
) -> Iterator[str]:
    """The names in `extensions` that are nobody's: a name misspelt there costs a student points."""
    known = {_folded(name) for student, lms in students for name in names_of(student, lms)}
    yield from (name for name in extensions if _folded(name) not in known)


def shared_extensions(
    extensions: Mapping[str, datetime], students: Iterable[tuple[str, Mapping[str, str]]]
) -> Iterator[tuple[str, list[str]]]:
    """The names in `extensions` that fit two people or more, and whom: name in the results, and number."""
    owners: dict[str, dict[str, str]] = {}
    for student, lms in students:
        number = lms.get("email", "") if lms.get("system") == "gradescope" else lms.get("id", "")
        for name in names_of(student, lms):
            known = owners.setdefault(_folded(name), {})
            known[student] = known.get(student) or number
    for name in extensions:
        fitting = owners.get(_folded(name), {})
        if len(fitting) > 1:
            yield (
                name,
                [
                    f"{student} (number {number})" if number else student
                    for student, number in fitting.items()
                ],
            )


def names_of(student: str, lms: Mapping[str, str]) -> Iterator[str]:
    """What a student may be called in course.yaml: the result's name, or what the LMS calls them."""
    yield student
    for key in ("name", "email", "sid", "login", "id"):
        if lms.get(key):
            yield lms[key]


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold().strip()


def _plain(value: float) -> float:
    return int(value) if float(value).is_integer() else round(value, 4)
