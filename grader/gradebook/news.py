"""What the last run changed: who is new, whose score went up or down, who is gone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from grader.gradebook.database import Gradebook
from grader.result import Result


@dataclass(frozen=True)
class Moved:
    """A student's score before and after (or what it would be); why: a sentence for each exercise or question."""

    student: str
    before: float
    after: float
    max_score: float
    why: tuple[str, ...]


@dataclass(frozen=True)
class News:
    """Against what counted before it. at, previous: when the last run and the one before began ('': unknown).

    new: graded for the first time; moved: another score, the greatest loss first; same: graded again, score as before;
    gone: with results, but not among the run's submissions. first: nobody had been graded before.
    """

    at: str
    previous: str
    first: bool
    new: tuple[str, ...]
    moved: tuple[Moved, ...]
    same: int
    gone: tuple[str, ...]

    @property
    def down(self) -> tuple[Moved, ...]:
        return tuple(one for one in self.moved if one.after < one.before)

    @property
    def up(self) -> tuple[Moved, ...]:
        return tuple(one for one in reversed(self.moved) if one.after > one.before)


def news_of(gradebook: Gradebook, assignment: str, results: Mapping[str, Result]) -> News | None:
    """What the last run changed; results: student → what counts now. None where no run is on record."""
    last = gradebook.runs.last(assignment)
    if last is None:
        return None
    graded = gradebook.runs.graded_since(assignment, last.before)
    moved = []
    same = 0
    for student, new in graded:
        if new or student not in results:
            continue
        before, after = gradebook.counting(assignment, student, until=last.before), results[student]
        if (before.score, before.status) == (after.score, after.status):
            same += 1
        else:
            moved.append(
                Moved(student, before.score, after.score, after.max_score, tuple(_why(before, after)))
            )
    moved.sort(key=lambda one: (one.after - one.before, one.student))
    return News(
        at=last.at,
        previous=last.previous,
        first=last.before == 0,
        new=tuple(student for student, new in graded if new and student in results),
        moved=tuple(moved),
        same=same,
        gone=tuple(student for student in last.gone if student in results),
    )


def _why(before: Result, after: Result) -> list[str]:
    if before.status != after.status:
        return [f"It was {before.status}, and is {after.status}."]
    if before.submission_sha256 != after.submission_sha256:
        return ["Another submission counts."]
    return after.regraded.changed if after.regraded else []
