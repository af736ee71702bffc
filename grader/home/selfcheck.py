"""A student's self-check: the visible checks on the files of one folder, in a worker like any other.

Nothing here needs the reference or the hidden tests; they are not on a student's machine.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from grader.course import Assignment, Course, Reference
from grader.home.besides import look_around, questions_of
from grader.home.folders import checks_folder
from grader.home.reading import read_folder
from grader.home.report import CheckReport, CheckStatus, ExerciseCheck
from grader.home.signatures import SignaturesOnly
from grader.intake import Submission, written_in
from grader.questions import Overview
from grader.testing import (
    HiddenTest,
    KeptInputs,
    TestRun,
    cannot_run,
    collect,
    digest_of,
    loading_problems,
    remarks_on,
    run_test,
    status_of,
    why_not_there,
)
from grader.text import visible
from grader.wall import Launcher, Session, Student, launch_own, unwalled_if_needed

if TYPE_CHECKING:
    from grader.diagnosis import DigestDiagnoser

# The checks are the student's to read, so this seed is no secret.
_SEED = 1
_INPUTS = Path(".grader") / "inputs.bin"
_EXAMPLES = 15

Progress = Callable[[int, int, str], None]


def self_check(
    course: Course,
    assignment_name: str,
    folder: Path,
    *,
    only: str | None = None,
    progress: Progress = lambda done, total, name: None,
    launcher: Launcher | None = None,
) -> CheckReport:
    """Run the visible checks on `folder`; `only` one exercise (and, quietly, what it needs).

    launcher: of `launch_own`, if it was started already; it is closed here.
    """
    with Checker(course, assignment_name, folder, only=only, launcher=launcher) as checker:
        work = checker.read()
        found: dict[str, ExerciseCheck] = {}
        for number, exercise in enumerate(checker.wanted):
            progress(number, len(checker.wanted), exercise)
            found[exercise] = checker.check(work, exercise, found)
        progress(len(checker.wanted), len(checker.wanted), "")
        return checker.report(work, found)


@dataclass(frozen=True)
class Work:
    """The student's files as they were at one moment, each chapter loaded once to see whether it can be.

    begin_in: chapter → the file to go on in, where the chapter has no exercise written yet.
    """

    submission: Submission
    session: Session
    signatures: Reference
    begin_in: Mapping[str, str] = field(default_factory=dict)

    def file_of(self, chapter: str) -> str:
        """The file in which the student works, or will work, on a chapter."""
        return self.begin_in.get(chapter) or self.session.file_of(chapter)

    @cached_property
    def questions(self) -> Overview:
        """How far the answers have come."""
        return questions_of(self.submission, self.session.assignment)

    @property
    def problems(self) -> tuple[str, ...]:
        """What is wrong with whole files."""
        return (*self.submission.problems, *loading_problems(self.session))


class Checker:
    """The visible checks of one folder, kept ready: collected once, inputs drawn once, a warm process to fork.

    A context manager. `wanted`: the exercises to check, in order.
    """

    def __init__(
        self,
        course: Course,
        assignment_name: str,
        folder: Path,
        *,
        only: str | None = None,
        launcher: Launcher | None = None,
    ) -> None:
        self.name, self.assignment = course.assignment(assignment_name)
        self.folder = folder
        self._whole = only is None
        self.wanted = _wanted(self.assignment, only)
        #: Those that a report shows: without what an only one needs.
        self.shown = tuple(self.wanted) if only is None else (only,)
        # First of all: it gets ready while the checks are collected.
        self._launcher = launcher or launch_own(self.assignment)
        self._launched = False
        try:
            self.checks_folder = checks_folder(course, self.name, folder)
            self.collect()
        except BaseException:
            self._launcher.close()
            raise

    def __enter__(self) -> Checker:
        return self

    def __exit__(self, *exc: object) -> None:
        self._launcher.close()

    def collect(self) -> None:
        """Collect the checks, again if their files have changed. Raises CourseError if one is not fit to use."""
        checks = collect(self.checks_folder, self.assignment.chapter_of())
        key = digest_of(self.checks_folder, _SEED, _EXAMPLES)
        inputs = KeptInputs(self.folder / _INPUTS, key, seed=_SEED, examples=_EXAMPLES)
        for check in checks:
            if check.exercise in self.wanted:
                inputs.fill(check)
        inputs.keep()
        self._checks = checks
        self._diagnoser: DigestDiagnoser | None = None

    def read(self) -> Work:
        """What is in the folder now."""
        if not self._launched:
            self._launcher = unwalled_if_needed(self._launcher, self.assignment)
            self._launched = True
        own = read_folder(self.folder, self.assignment, self.checks_folder)
        submission = own.submission
        session = Session(self._launcher, self.assignment, submission.sources)
        session.survey()
        return Work(
            submission, session, SignaturesOnly(submission), self._begin_in(submission, own.bundle.files)
        )

    def _begin_in(self, submission: Submission, files: Collection[str]) -> dict[str, str]:
        """Whoever works in notebooks begins the next chapter in its notebook, too."""
        begun = {
            name: source.kind
            for name, source in submission.sources.items()
            if written_in(source.cells, self.assignment.chapter_of())
        }
        if set(begun.values()) != {"ipynb"}:
            return {}
        pages = {chapter.name: f"{chapter.name}.ipynb" for chapter in self.assignment.open_chapters}
        return {name: page for name, page in pages.items() if name not in begun and page in files}

    def check(self, work: Work, exercise: str, known: Mapping[str, ExerciseCheck]) -> ExerciseCheck:
        """Check one exercise. known: how those before it stand, to say what it waits for."""
        mine = [check for check in self._checks if check.exercise == exercise]
        needs = tuple(
            need
            for need in self.assignment.find_exercise(exercise).needs
            if need in known and known[need].status != "passed"
        )
        if endless := tuple(dict.fromkeys(name for need in needs for name in known[need].endless)):
            # It would wait for each of them again, and find out nothing.
            return ExerciseCheck(
                exercise,
                work.session.chapter_of[exercise],
                "blocked",
                0,
                len(mine),
                needs=needs,
                message=f"not tried: {', '.join(endless)} never finished",
                file=work.file_of(work.session.chapter_of[exercise]),
                endless=endless,
            )
        found = _check(work, exercise, mine, needs)
        return self._diagnosed(work, found)

    def _diagnosed(self, work: Work, found: ExerciseCheck) -> ExerciseCheck:
        """`found`, with what its mistake looks like if it failed on its own account."""
        if found.status != "failed" or found.failure is None or found.failure.outcome != "failed":
            return found
        # Imported and read when something has failed: where all passes, nothing of it is needed.
        from grader.diagnosis import DIGESTS, read_digests, with_limits_of_its_own

        if self._diagnoser is None:
            self._diagnoser = read_digests(self.checks_folder / DIGESTS)
        student = Student(with_limits_of_its_own(work.session, work.submission.sources), found.name)
        try:
            return replace(found, diagnosis=self._diagnoser.diagnose(found.name, student))
        finally:
            student.close()

    def report(self, work: Work, found: Mapping[str, ExerciseCheck]) -> CheckReport:
        """What was found, in the course's order."""
        return CheckReport(
            assignment=self.name,
            folder=self.folder,
            chapters=self.assignment.open_chapters,
            exercises=tuple(found[name] for name in self.shown if name in found),
            problems=work.problems,
            besides=look_around(self.folder, work.submission, work.questions) if self._whole else None,
        )


def _wanted(assignment: Assignment, only: str | None) -> list[str]:
    """The exercises to run, in order: all, or one with everything it needs."""
    if only is None:
        return [exercise.name for _, exercise in assignment.exercises()]
    needed = {only}
    for _, exercise in reversed(list(assignment.exercises())):
        if exercise.name in needed:
            needed.update(assignment.find_exercise(exercise.name).needs)
    return [exercise.name for _, exercise in assignment.exercises() if exercise.name in needed]


def _check(work: Work, exercise: str, checks: list[HiddenTest], needs: tuple[str, ...]) -> ExerciseCheck:
    session, submission = work.session, work.submission
    chapter = session.chapter_of[exercise]
    if reason := cannot_run(session, chapter, submission):
        status: CheckStatus = "failed" if chapter in submission.sources else "not started"
        return ExerciseCheck(
            exercise, chapter, status, 0, len(checks), message=reason, file=work.file_of(chapter)
        )
    student = Student(session, exercise)
    runs: list[TestRun] = []
    try:
        for check in checks:
            runs.append(run_test(check, student, work.signatures))
            # A loop that never ends costs its time once, not once a check.
            if runs[-1].result.outcome == "timeout":
                break
    finally:
        student.close()
    untried = len(checks) - len(runs)
    passed = sum(run.result.outcome == "passed" for run in runs)
    first = next((run for run in runs if run.result.outcome != "passed"), None)
    state = status_of(runs)
    if state == "missing":
        return ExerciseCheck(
            exercise,
            chapter,
            "not started",
            0,
            len(checks),
            needs=needs,
            message=why_not_there(runs) or "not written yet",
            file=work.file_of(chapter),
        )
    status = "passed" if state == "passed" else "blocked" if needs else "failed"
    message = ""
    if status == "blocked":
        message = f"needs {', '.join(needs)}, which does not pass yet"
    elif untried:
        message = f"never finished; {untried} more check{'s were' if untried > 1 else ' was'} not tried"
    return ExerciseCheck(
        name=exercise,
        chapter=chapter,
        status=status,
        passed=passed,
        total=len(checks),
        needs=needs if status == "blocked" else (),
        message=message,
        failure=first.result if first else None,
        printed=visible(student.printed(), 2000, multiline=True),
        remarks=tuple(remarks_on(student)),
        file=work.file_of(chapter),
        place=_place(work, exercise, first) if first else "",
        endless=(exercise,) if runs[-1].result.outcome == "timeout" else (),
    )


def _place(work: Work, exercise: str, run: TestRun) -> str:
    """Where to look, as terminals and editors make a link of: `convolution.py:96`. A notebook has no such lines."""
    if run.place and run.place[0].endswith(".py"):
        return f"{run.place[0]}:{run.place[1]}"
    source = work.submission.sources[work.session.chapter_of[exercise]]
    if source.kind == "ipynb":
        return source.file
    begin = re.compile(rf"\s*(?:async\s+)?def\s+{exercise}\b")
    lines = source.cells[0].split("\n")
    line = next((number for number, text in enumerate(lines, start=1) if begin.match(text)), None)
    return f"{source.file}:{line}" if line else source.file
