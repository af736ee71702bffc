"""Pictures of what works, for the student's page, worth no points: an assignment's plug-in `pictures` says of what.

The student's own code computes them within a small budget, after all scores are known, in the worker that has loaded it
already or one of its own.
What comes back is untrusted: only finite numbers in rows and columns become a picture.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from grader.course import Assignment, Course, Limit
from grader.errors import CourseError, StudentTimeout
from grader.intake import Source
from grader.result import ExerciseResult, Picture
from grader.wall import Session, Student

_SECONDS = Limit.model_construct(cpu=1.0, wall=10.0)
_MOST_PICTURES, _LONGEST_SIDE = 8, 400


class Pictures(Protocol):
    """The plug-in `pictures`: of which exercises there are some, and a line before and one below them."""

    EXERCISES: Collection[str]
    ABOUT: str
    NOTE: str

    def pictures(
        self, exercise: str, function: Callable[..., Any], handout: Path
    ) -> Sequence[tuple[str, str, Any]]:
        """Title, text and numbers, (H, W), of each. function: the student's; what it raises may pass through."""


class Showcase:
    """Adds pictures to results. Without the plug-in, or what it looks for in the handout, it adds nothing."""

    def __init__(self, course: Course, name: str) -> None:
        self._plugin = cast(Pictures | None, course.assignments[name].plugin("pictures"))
        self._handout = course.handout(name)

    def add(
        self, exercises: Sequence[ExerciseResult], session: Session, sources: Mapping[str, Source]
    ) -> None:
        """Give an exercise that passed, as submitted, its pictures."""
        if self._plugin is None or not session.own.for_courtesies:
            return
        for exercise in exercises:
            name = exercise.name
            if name in self._plugin.EXERCISES and exercise.status == "passed" and not exercise.answered:
                apart = _apart(session, sources)
                # Where the code of all exercises is loaded already, it is not loaded once more.
                for worker in ([loaded] if (loaded := session.take_loaded(renew=False)) else []) + [None]:
                    student = Student(apart, name, borrowed=worker)
                    try:
                        exercise.pictures = _pictures(
                            self._plugin, name, getattr(student, name), self._handout
                        )
                    finally:
                        student.close()
                    if exercise.pictures:
                        break


def pictures_by(
    assignment: Assignment, exercise: str, function: Callable[..., Any], handout: Path
) -> list[Picture]:
    """The same from a function at hand, one's own; none where the assignment has none of this exercise."""
    try:
        plugin = cast(Pictures | None, assignment.plugin("pictures"))
    except CourseError:
        return []
    if plugin is None or exercise not in plugin.EXERCISES:
        return []
    return _pictures(plugin, exercise, function, handout)


def _apart(session: Session, sources: Mapping[str, Source]) -> Session:
    """The same submission with a budget of its own: a picture takes time from no test."""
    limits = session.assignment.limits.model_copy(update={"exercise": _SECONDS, "submission": _SECONDS})
    model = session.assignment.model_copy(update={"limits": limits})
    apart = Session(session.launcher, model, sources, own=session.own)
    apart.reports = session.reports
    return apart


def _pictures(plugin: Pictures, exercise: str, function: Callable[..., Any], handout: Path) -> list[Picture]:
    """All of them, or nothing where the code did not give what a picture can be made of."""
    try:
        found = [
            (title, text, _believed(values))
            for title, text, values in plugin.pictures(exercise, function, handout)
        ]
    except (Exception, StudentTimeout):
        # A picture is a courtesy: whatever went wrong here, it passed its tests.
        return []
    about = {"about": plugin.ABOUT, "note": plugin.NOTE}
    return [
        _picture(title, text, values).model_copy(update=about)
        for title, text, values in found[:_MOST_PICTURES]
    ]


def _believed(answer: Any) -> NDArray[np.float64]:
    values = np.asarray(answer)
    if values.ndim != 2 or values.dtype.kind not in "biuf" or not 0 < max(values.shape) <= _LONGEST_SIDE:
        raise ValueError("these are no numbers in rows and columns")
    found = values.astype(np.float64)
    if not np.isfinite(found).all():
        raise ValueError("some numbers are not finite")
    return found


def _picture(title: str, text: str, values: NDArray[np.float64]) -> Picture:
    """The numbers, (H, W), as levels from −127 to 127 of the largest."""
    largest = float(np.abs(values).max(initial=0.0))
    # Rounded up at a half by a hair, so that rounding noise decides no level.
    levels = np.floor(127 * (values / (largest or 1.0)) + 0.5 + 1e-9).clip(-127, 127).astype(np.int8)
    height, width = values.shape
    return Picture(
        title=title,
        text=text,
        height=height,
        width=width,
        levels=base64.b64encode(levels.tobytes()).decode("ascii"),
    )
