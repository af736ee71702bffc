"""The errors of this package: a small hierarchy; every message says what was wrong, where, and what to do."""

from __future__ import annotations

from typing import NamedTuple


class GraderError(Exception):
    """Base of everything this package raises on purpose. The command line prints its message, no traceback."""


class UsageError(GraderError):
    """The command was called in a way that can't work: a path that isn't there, an unknown exercise."""


class CourseError(GraderError):
    """The course is not fit to grade with: course.yaml, a hidden test or the reference is wrong."""


class WallError(GraderError):
    """This machine can't confine student code, or a worker could not be started."""


class StudentFailure(Exception):
    """A call of the student's function did not give a value. The test that made it can't pass."""

    outcome = "error"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Frame(NamedTuple):
    """One frame of a student's own code: lines from 1, columns in bytes from 0, -1 where they are unknown."""

    file: str
    line: int
    end_line: int
    column: int
    end_column: int


class StudentRaised(StudentFailure):
    """The student's function raised.

    kind: the exception's class name; lineage: the names of its classes, itself first (untrusted text, both);
    line: the line in the student's own file, or None; frames: of the student's own code, the outermost first, some
    left out in the middle where they are many.
    """

    outcome = "failed"

    def __init__(
        self,
        kind: str,
        text: str,
        *,
        lineage: tuple[str, ...],
        file: str = "",
        line: int | None = None,
        frames: tuple[Frame, ...] = (),
    ) -> None:
        where = f" ({file}, line {line})" if file and line else ""
        super().__init__(f"raised {kind}: {text}{where}" if text else f"raised {kind}{where}")
        self.kind = kind
        self.text = text
        self.lineage = lineage
        self.file = file
        self.line = line
        self.frames = frames


class StudentMissing(StudentFailure):
    """The function is not there, or still the handout's stub."""

    outcome = "failed"


class StudentLost(StudentFailure):
    """The function was written and is not there: its line failed, or something took its name."""


class StudentBlocked(StudentFailure):
    """The function could not be reached: its chapter did not load, or needs something that is not there."""

    outcome = "blocked"


class StudentBroke(StudentFailure):
    """The worker died or broke the protocol; nothing it said is believed."""

    outcome = "error"


class StudentTimeout(BaseException):
    """The call used up its time.

    A BaseException, because Hypothesis catches every Exception and would run the looping code again and again.
    """

    outcome = "timeout"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
