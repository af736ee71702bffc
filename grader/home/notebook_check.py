"""`check("conv2d")` in a notebook: the visible checks on the live functions of the student's own kernel.

In this process and without a wall, since it is the student's own code on the student's own machine; code that never
ends is interrupted like any other cell. pytest is imported when the first check runs, not with this module.
"""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.course import COURSE_FILE, Assignment, Course, find_course, load_course
from grader.errors import GraderError, UsageError
from grader.home.card import LiveCheck, Status
from grader.home.uses import used_live

if TYPE_CHECKING:
    from grader.home.kernel_checks import Outcome
    from grader.testing import HiddenTest

_PRINTED_CHARACTERS = 20_000
_CHECK = 'check("its_name")'


class CheckFailed(AssertionError):
    """A check does not pass. In a notebook the card says why, so that the traceback is one line.

    found: what the card shows; None where the checks could not be run at all.
    """

    def __init__(self, message: str, found: LiveCheck | None = None) -> None:
        super().__init__(message)
        self.found = found

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


# Whatever it is called with, so that a slip is answered in a sentence and by no TypeError of Python's.
def check(*exercise: str | Callable[..., Any], **others: Any) -> LiveCheck:
    """Run the visible checks of `exercise`, its name or the function, on the functions as they are in this notebook.

    Returns what was found, which a notebook shows; a script gets it printed. Where a check does not pass, shows it and
    raises CheckFailed, so that nbgrader, which counts a cell that does not raise as right, gives no points for it.
    """
    try:
        meant = (*exercise, *others.values()) if others.keys() == {"exercise"} else exercise
        if len(meant) != 1 or others.keys() - {"exercise"}:
            raise UsageError(f"check takes one exercise and nothing else: {_CHECK}")
        found = _find(name_of(meant[0], _CHECK))
    except GraderError as error:
        raise CheckFailed(str(error)) from None
    if found.status != "passed":
        _show(found)
        raise CheckFailed(found.summary, found)
    if not in_notebook() and not hasattr(sys, "ps1"):  # `>>>` shows it by itself
        print(repr(found))
    return found


def name_of(exercise: str | Callable[..., Any], so: str) -> str:
    """What was meant: `check(conv2d)` and `check("conv2d")` are the same. so: how it is written."""
    name = exercise if isinstance(exercise, str) else getattr(exercise, "__name__", None)
    if not isinstance(name, str) or name in ("", "<lambda>"):
        raise UsageError(f"say which exercise by its name: {so}")
    return name


def _find(exercise: str) -> LiveCheck:
    from grader.home.kernel_checks import LiveStudent, diagnosed, load_checks, pictures, with_cells

    course, name = course_of(Path.cwd(), exercise)
    assignment = course.assignments[name]
    wanted = assignment.find_exercise(exercise)
    home = assignment.chapter_of()[exercise]
    folder = _checks_folder(course, name)
    tests = load_checks(folder, tuple(assignment.chapter_of().items()))
    printed = _Bounded(_PRINTED_CHARACTERS)
    # nbgrader takes a cell that writes to stderr (one numpy warning is enough) for a failed one.
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        outcome = _outcome(exercise, tests, assignment, home)
        failed = outcome.state not in ("passed", "missing")
        looked_at = used_live(sys.modules["__main__"].__dict__, exercise, wanted.needs) if failed else ()
        needs = tuple(n for n in looked_at if _outcome(n, tests, assignment, home).state != "passed")
    if outcome.state == "missing":
        return LiveCheck(exercise, "not started", outcome.tests, message=outcome.message)
    status: Status = "passed" if outcome.state == "passed" else "blocked" if needs else "failed"
    seen = with_cells(printed.getvalue())
    found = LiveCheck(exercise, status, outcome.tests, needs, printed=seen, remarks=outcome.remarks)
    # What the code prints while it is looked at more closely is nothing that was asked for.
    unseen = _Bounded(0)
    student = LiveStudent(sys.modules["__main__"].__dict__, assignment.chapter_of(), home)
    with contextlib.redirect_stdout(unseen), contextlib.redirect_stderr(unseen):
        if status == "failed":
            return replace(found, diagnosis=diagnosed(assignment, exercise, outcome.tests, student, folder))
        if status == "passed":
            drawn = pictures(assignment, exercise, student, course.handout(name))
            return replace(found, pictures=drawn)
    return found


def _outcome(exercise: str, tests: tuple[HiddenTest, ...], assignment: Assignment, home: str) -> Outcome:
    from grader.home.kernel_checks import LiveStudent, run_checks

    main: dict[str, Any] = sys.modules["__main__"].__dict__
    mine = [test for test in tests if test.exercise == exercise]
    if not mine:
        raise UsageError(f"the folder checks has none for {exercise}: unpack the exercise again")
    return run_checks(mine, LiveStudent(main, assignment.chapter_of(), home), assignment)


def course_of(folder: Path, exercise: str) -> tuple[Course, str]:
    """The course of `folder` and the assignment meant: the folder's own name, the only one, the exercise's."""
    try:
        course = load_course(find_course(folder))
    except UsageError:
        raise UsageError(
            f"no {COURSE_FILE} beside this notebook: open it in the folder that you unpacked. In Colab, or with the "
            f"notebook alone: upload the exercise's zip, then run in a cell  !python -m zipfile -e NAME.zip .  and  "
            f"%cd NAME"
        ) from None
    if folder.name in course.assignments:
        return course, folder.name
    if len(course.assignments) == 1:
        return course, next(iter(course.assignments))
    holding = [name for name, model in course.assignments.items() if exercise in model.chapter_of()]
    if len(holding) != 1:
        raise UsageError(f"which assignment has {exercise!r}? Open the notebook in the assignment's folder")
    return course, holding[0]


def _checks_folder(course: Course, name: str) -> Path:
    for folder in (Path.cwd() / "checks", course.handout(name) / "checks"):
        if folder.is_dir():
            return folder
    raise UsageError("the folder checks is missing beside this notebook: unpack the exercise again")


def _show(found: LiveCheck) -> None:
    """Show the card above the error; without IPython, as text."""
    if in_notebook():
        sys.modules["IPython"].display.display(found)
    else:
        print(repr(found))


def in_notebook() -> bool:
    """Whether IPython shows what a cell ends with; a plain script shows what it prints."""
    python = sys.modules.get("IPython")
    return python is not None and python.get_ipython() is not None


class _Bounded(io.StringIO):
    """Keeps the first characters and drops the rest: a print in an endless loop must not fill the memory."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self._room = room

    def write(self, text: str) -> int:
        kept = text[: self._room]
        self._room -= len(kept)
        super().write(kept)
        return len(text)
