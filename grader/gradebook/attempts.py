"""Of several submissions and gradings of a student, which one counts: decided here alone, when results are read.

Every attempt stays in the gradebook, so another policy in course.yaml needs no regrading.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader.course import AttemptPolicy
from grader.gradebook.changes import what_changed
from grader.result import AttemptLine, Attempts, Regraded, Result
from grader.times import parse_time

_BROKEN = "grader error"


@dataclass(frozen=True)
class Graded:
    """One attempt: its number in the gradebook, its result as it would count, when it was handed in ('': unknown)."""

    id: int
    result: Result
    submitted: str = ""

    @property
    def sha256(self) -> str:
        """Of the submission."""
        return self.result.submission_sha256


def counting(attempts: Sequence[Graded], policy: AttemptPolicy) -> Result:
    """The result that counts, with what is to be said of the others.

    attempts: all of a student's, in the order in which they were graded; at least one.
    """
    submissions: dict[str, list[Graded]] = {}
    for attempt in attempts:
        submissions.setdefault(attempt.sha256, []).append(attempt)
    # Each as it was graded last; where that failed, as it was graded before.
    current = [_current(of_one, policy) for of_one in submissions.values()]
    in_order = sorted(current, key=_moment)
    within = in_order[: policy.limit]
    newest = max(attempts, key=lambda attempt: attempt.id).sha256
    candidates = [one for one in current if one in within]
    chosen, why = _choose(candidates, newest, policy)
    if chosen is not _choose(current, newest, policy)[0]:
        why = f"only {_number(policy.limit or 0)} of them may count"
    result = chosen.result
    result.regraded = _regraded(submissions[chosen.sha256], chosen)
    result.attempts = None
    if len(in_order) > 1:
        place = in_order.index(chosen) + 1
        says = f"Submission {place} of {len(in_order)} counts: {why}."
        result.attempts = Attempts(says=says, lines=[_line(one, counts=one is chosen) for one in in_order])
    return result


def _current(of_one: Sequence[Graded], policy: AttemptPolicy) -> Graded:
    sound = [attempt for attempt in of_one if attempt.result.status != _BROKEN] or list(of_one[-1:])
    if policy.counts == "never lower":
        return max(sound, key=lambda attempt: (attempt.result.score, attempt.id))
    return sound[-1]


def _choose(current: Sequence[Graded], newest: str, policy: AttemptPolicy) -> tuple[Graded, str]:
    """The one of `current` that counts, and why."""
    sound = [one for one in current if one.result.status != _BROKEN] or list(current)
    if policy.counts == "best":
        return max(sound, key=lambda one: (one.result.score, *_moment(one))), "the best one does"
    last = next((one for one in current if one.sha256 == newest), max(current, key=_moment))
    if policy.counts == "last before due":
        on_time = [one for one in sound if one.result.late and one.submitted and not one.result.late.days]
        if on_time:
            return max(on_time, key=_moment), "the last one before the due date does"
        return last, "none is known to be on time, so the last one does"
    return last, "the last one does"


def _moment(attempt: Graded) -> tuple[bool, float, int]:
    """When it was handed in; those of which that is unknown come after the others, in the order of grading."""
    moment = parse_time(attempt.submitted)
    return moment is None, moment.timestamp() if moment else 0.0, attempt.id


def _regraded(of_one: Sequence[Graded], chosen: Graded) -> Regraded | None:
    """What changed against the grading before the chosen one."""
    earlier = [one for one in of_one if one.id < chosen.id and one.result.status != _BROKEN]
    if not earlier or chosen.result.tests_sha256 == earlier[-1].result.tests_sha256:
        return None
    before = earlier[-1].result
    changed = what_changed(before, chosen.result)
    if not changed and before.score == chosen.result.score:
        return None
    return Regraded(before=before.score, at=chosen.result.run.finished, changed=changed)


def _line(attempt: Graded, *, counts: bool) -> AttemptLine:
    result = attempt.result
    return AttemptLine(
        submission_sha256=attempt.sha256,
        submitted=attempt.submitted,
        graded=result.run.finished,
        status=result.status,
        score=result.score,
        max_score=result.max_score,
        counts=counts,
    )


def _number(count: int) -> str:
    return "the first" if count == 1 else f"the first {count}"
