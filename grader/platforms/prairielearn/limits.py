"""What a grading may take at PrairieLearn."""

from __future__ import annotations

from grader.course import Course
from grader.errors import UsageError

#: PrairieLearn allows no more, and takes a submission that is stopped by it for not gradable.
MOST_SECONDS = 600
#: What a grading takes beside the student's own code, on a busy machine and with inputs that must be drawn first.
SPARE_SECONDS = 60


def in_time(course: Course, name: str) -> tuple[Course, int]:
    """The course with wall limits within what PrairieLearn allows, and the timeout to ask for, in seconds."""
    assignment = course.assignments[name]
    submission = assignment.limits.submission
    wall = min(submission.wall, MOST_SECONDS - SPARE_SECONDS)
    if wall < 2 * submission.cpu:
        raise UsageError(
            f"limits.submission.cpu of {name} is {submission.cpu:g} s: PrairieLearn stops a grading after "
            f"{MOST_SECONDS} s, so {wall / 2:g} s are the most that can be promised there"
        )
    limits = assignment.limits.model_copy(update={"submission": submission.model_copy(update={"wall": wall})})
    mine = assignment.model_copy(update={"limits": limits})
    others = {**course.assignments, name: mine}
    return course.model_copy(update={"assignments": others}), int(wall) + SPARE_SECONDS
