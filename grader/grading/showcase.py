"""What a working convolution makes of a handwritten digit: pictures for the student's page, worth no points.

The student's own code computes them, in a worker of its own and within a small budget, after all scores are
known. What comes back is untrusted: only numbers of the expected shape, all finite, become a picture.
"""

from __future__ import annotations

import base64
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.course import Course, Limit
from grader.errors import StudentTimeout
from grader.intake import Source
from grader.result import ExerciseResult, Picture
from grader.wall import Session, Student

DIGITS = "data/digits.npz"
_EXERCISE = "conv2d"
_DIGIT = 1202  # a 4: strokes that run down, across and aslant
_SECONDS = Limit.model_construct(cpu=1.0, wall=10.0)

_EDGE = np.array([[-1.0, 0.0, 1.0]] * 3)
#: Whole numbers, so that every correct convolution gives the same picture on every machine.
_FILTERS: tuple[tuple[str, str, NDArray[np.float64]], ...] = (
    ("vertical edges", "bright where a stroke begins from the left, dark where it ends", _EDGE),
    ("horizontal edges", "bright where a stroke begins from the top, dark where it ends", _EDGE.T),
    ("blur", "the digit, softened", np.ones((3, 3))),
)


class Showcase:
    """Adds pictures to results. Without the handout's digits it adds nothing."""

    def __init__(self, course: Course, name: str) -> None:
        self._digit = _digit_in(course.handout(name))

    def add(
        self, exercises: Sequence[ExerciseResult], session: Session, sources: Mapping[str, Source]
    ) -> None:
        """Give a convolution that passed, as submitted, its feature maps of one digit."""
        passed = [e for e in exercises if e.name == _EXERCISE and e.status == "passed" and not e.answered]
        if not passed or self._digit is None or not session.own.for_courtesies:
            return
        student = Student(_apart(session, sources), _EXERCISE)
        try:
            passed[0].pictures = _pictures(student.conv2d, self._digit)
        finally:
            student.close()


def pictures_by(exercise: str, function: Callable[..., Any], handout: Path) -> list[Picture]:
    """The same from a function at hand, one's own; none for another exercise or without the digits."""
    digit = _digit_in(handout) if exercise == _EXERCISE else None
    return [] if digit is None else _pictures(function, digit)


def _digit_in(handout: Path) -> NDArray[np.float64] | None:
    try:
        with np.load(handout / DIGITS, allow_pickle=False) as stored:
            digit: NDArray[Any] = stored["X"][_DIGIT]
    except (OSError, KeyError, IndexError, ValueError, zipfile.BadZipFile):
        return None
    return digit.astype(np.float64) if digit.ndim == 2 else None


def _apart(session: Session, sources: Mapping[str, Source]) -> Session:
    """The same submission with a budget of its own: a picture takes time from no test."""
    limits = session.assignment.limits.model_copy(update={"exercise": _SECONDS, "submission": _SECONDS})
    model = session.assignment.model_copy(update={"limits": limits})
    apart = Session(session.launcher, model, sources, own=session.own)
    apart.reports = session.reports
    return apart


def _pictures(conv2d: Callable[..., Any], digit: NDArray[np.float64]) -> list[Picture]:
    """The digit and its feature maps; nothing where the code did not give any."""
    filters = np.stack([kernel for _, _, kernel in _FILTERS])[:, np.newaxis]
    try:
        answer = conv2d(digit[np.newaxis, np.newaxis], filters, np.zeros(len(_FILTERS)))
    except (Exception, StudentTimeout):
        # A picture is a courtesy: whatever went wrong here, it passed its tests.
        return []
    maps = _believed(answer, (1, len(_FILTERS), digit.shape[0] - 2, digit.shape[1] - 2))
    if maps is None:
        return []
    shown = zip(_FILTERS, maps, strict=True)
    return [
        _picture("the digit", "a handwritten 4, light on dark", digit),
        *(_picture(title, text, values) for (title, text, _), values in shown),
    ]


def _believed(answer: Any, shape: tuple[int, ...]) -> NDArray[np.float64] | None:
    try:
        values = np.asarray(answer)
        if values.shape != shape or values.dtype.kind not in "biuf":
            return None
        found = values.astype(np.float64)[0]
    except (TypeError, ValueError, OverflowError):
        return None
    return found if np.isfinite(found).all() else None


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
