"""Which of several submissions and gradings counts, by each policy of course.yaml, and what is said of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from grader.course import AttemptPolicy
from grader.gradebook.attempts import Graded, counting
from grader.gradebook.changes import what_changed
from grader.result import ExerciseResult, Late, Result, Run, TestResult

DUE = datetime(2026, 3, 10, tzinfo=UTC)


def graded(
    number: int, sha: str, score: float, *, day: int | None = None, tests: str = "t1", **more: Any
) -> Graded:
    submitted = f"2026-03-{day:02d}T12:00:00+00:00" if day else ""
    late = Late(due=DUE.isoformat(), submitted=submitted, days=max(0, (day or 0) - 9), score_before=score)
    result = Result(
        assignment="tiny", student="ada", status=more.pop("status", "graded"), score=score, max_score=10, late=late,
        submission_sha256=sha, tests_sha256=tests, run=Run(finished=f"2026-04-{number:02d}"), **more,
    )  # fmt: skip
    return Graded(number, result, submitted)


THREE = (("s1", 4, 1), ("s2", 9, 5), ("s3", 6, 12))


@pytest.mark.parametrize(
    ("policy", "score", "says"),
    [
        ({}, 6, "Submission 3 of 3 counts: the last one does."),
        ({"counts": "best"}, 9, "Submission 2 of 3 counts: the best one does."),
        (
            {"counts": "last before due"},
            9,
            "Submission 2 of 3 counts: the last one before the due date does.",
        ),
        ({"counts": "never lower"}, 6, "Submission 3 of 3 counts: the last one does."),
        ({"limit": 1}, 4, "Submission 1 of 3 counts: only the first of them may count."),
        ({"counts": "best", "limit": 2}, 9, "Submission 2 of 3 counts: the best one does."),
        ({"limit": 2}, 9, "Submission 2 of 3 counts: only the first 2 of them may count."),
        ({"limit": 3}, 6, "Submission 3 of 3 counts: the last one does."),
    ],
)
@pytest.mark.parametrize("order", [(1, 2, 3), (3, 1, 2)])
def test_policies(policy: dict[str, Any], score: float, says: str, order: tuple[int, ...]) -> None:
    attempts = [graded(id, sha, points, day=day) for id, (sha, points, day) in zip(order, THREE, strict=True)]
    if policy.get("counts") in (None, "never lower") and order != (1, 2, 3):
        # The last is the one that was graded last: whoever grades an older one again means it.
        score, says = 4, "Submission 1 of 3 counts: the last one does."
    result = counting(sorted(attempts, key=lambda one: one.id), AttemptPolicy(**policy))
    assert (result.score, result.attempts and result.attempts.says) == (score, says)
    assert result.attempts is not None
    assert [line.submission_sha256 for line in result.attempts.lines] == ["s1", "s2", "s3"]
    assert [line.score for line in result.attempts.lines if line.counts] == [score]


def test_without_times_the_order_of_grading_is_that_of_handing_in() -> None:
    attempts = [graded(1, "s1", 3), graded(2, "s2", 5), graded(3, "s3", 5)]
    assert counting(attempts, AttemptPolicy(counts="best")).submission_sha256 == "s3"
    assert counting(attempts, AttemptPolicy(limit=2)).submission_sha256 == "s2"
    found = counting(attempts, AttemptPolicy(counts="last before due"))
    assert found.attempts is not None
    assert (
        found.attempts.says == "Submission 3 of 3 counts: none is known to be on time, so the last one does."
    )


def test_submissions_come_in_the_order_of_their_moments_whatever_their_zones() -> None:
    # The hour that is twice where summer time ends, and half a second.
    times = ("2026-10-25T02:30:00+02:00", "2026-10-25T02:10:00+01:00", "2026-10-25T01:10:00.5+00:00")
    attempts = [
        replace(graded(number, f"s{number}", 3), submitted=moment)
        for number, moment in zip((3, 1, 2), times, strict=True)
    ]
    found = counting(sorted(attempts, key=lambda one: one.id), AttemptPolicy())
    assert found.attempts is not None
    assert [line.submission_sha256 for line in found.attempts.lines] == ["s3", "s1", "s2"]


def test_a_grading_that_failed_takes_nothing_away() -> None:
    attempts = [graded(1, "s1", 7), graded(2, "s1", 0, status="grader error")]
    for policy in (AttemptPolicy(), AttemptPolicy(counts="best")):
        assert counting(attempts, policy).score == 7
    assert counting([graded(1, "s1", 0, status="grader error")], AttemptPolicy()).status == "grader error"


def test_a_regrade_lowers_a_score_unless_the_course_says_never() -> None:
    attempts = [graded(1, "s1", 7), graded(2, "s1", 5, tests="t2")]
    lowered = counting(attempts, AttemptPolicy())
    assert (lowered.score, lowered.regraded and lowered.regraded.before) == (5, 7)
    kept = counting(attempts, AttemptPolicy(counts="never lower"))
    assert (kept.score, kept.regraded) == (7, None)
    # Another submission is another matter: its score is its own.
    later = [*attempts, graded(3, "s2", 4)]
    assert counting(later, AttemptPolicy(counts="never lower")).score == 4


def exercise(
    score: float, *tests: tuple[str, str, float], name: str = "scale", most: float = 4
) -> ExerciseResult:
    return ExerciseResult(
        name=name, score=score, max_score=most, status="partly",
        tests=[
            TestResult.model_validate(
                {"id": title, "title": title, "outcome": outcome, "points": 0, "max_points": points}
            )
            for title, outcome, points in tests
        ],
    )  # fmt: skip


def test_what_changed_is_said_by_title() -> None:
    before = graded(
        1, "s1", 0, exercises=[exercise(2, ("Any factor", "failed", 2), ("The default", "passed", 2))]
    )
    after = graded(
        2, "s1", 0, exercises=[exercise(3, ("Any factor", "passed", 1), ("Huge", "failed", 3), name="scale")]
    )
    assert what_changed(before.result, after.result) == [
        "scale: 3 of 4 points, 2 before (“Any factor” passes now; “Huge” is a new test, which does not pass; "
        "“The default” is no longer asked)."
    ]
    assert what_changed(before.result, before.result) == []
    worth = graded(3, "s1", 0, exercises=[exercise(4, most=8), exercise(1, name="new")])
    assert what_changed(before.result, worth.result)[0].startswith("scale: 4 of 8 points, 2 of 4 before (")
    assert what_changed(before.result, worth.result)[1] == "new is new: 1 of 4 points."
    assert what_changed(worth.result, before.result)[1] == "new is no longer part of it (1 points before)."
