"""A student's self-check: the visible checks on the files of one folder, in a worker like any other.

Nothing here needs the reference or the hidden tests; they are not on a student's machine.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from grader.course import Assignment, Chapter, Course, Reference
from grader.home.folders import checks_folder
from grader.home.signatures import SignaturesOnly
from grader.intake import Submission, folder_bundle, open_bundle, untouched_twins, written_in
from grader.result import Diagnosis, Fault, TestResult
from grader.testing import (
    HiddenTest,
    KeptInputs,
    cannot_run,
    collect,
    digest_of,
    loading_problems,
    remarks_on,
    run_test,
    stands_elsewhere,
    status_of,
    syntax_fault,
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

CheckStatus = Literal["passed", "failed", "not started", "blocked"]


@dataclass(frozen=True)
class ExerciseCheck:
    """How one exercise stands. `needs`: prerequisites that do not pass yet; `failure`: the first failing check."""

    name: str
    chapter: str
    status: CheckStatus
    passed: int
    total: int
    needs: tuple[str, ...] = ()
    message: str = ""
    failure: TestResult | None = None
    printed: str = ""
    remarks: tuple[str, ...] = ()
    diagnosis: Diagnosis | None = None
    fault: Fault | None = None
    file: str = ""

    def to_data(self) -> dict[str, Any]:
        """JSON data."""
        data = {**vars(self), "needs": list(self.needs), "remarks": list(self.remarks)}
        data["failure"] = self.failure.model_dump(mode="json") if self.failure else None
        data["fault"] = self.fault.model_dump(mode="json") if self.fault else None
        data["diagnosis"] = self.diagnosis.model_dump(mode="json") if self.diagnosis else None
        return data


@dataclass(frozen=True)
class CheckReport:
    """What a self-check found. `all_passed` decides the exit code."""

    assignment: str
    folder: Path
    chapters: tuple[Chapter, ...]
    exercises: tuple[ExerciseCheck, ...]
    problems: tuple[str, ...]

    @property
    def all_passed(self) -> bool:
        """Whether everything that was asked for passes."""
        return bool(self.exercises) and all(exercise.status == "passed" for exercise in self.exercises)

    @property
    def next(self) -> ExerciseCheck | None:
        """The first exercise that does not pass and waits for nothing else."""
        open_ones = [exercise for exercise in self.exercises if exercise.status != "passed"]
        return next((exercise for exercise in open_ones if exercise.status != "blocked"), None)

    def to_data(self) -> dict[str, Any]:
        """JSON data, for `--json`."""
        states = {exercise.name: exercise.status for exercise in self.exercises}
        return {
            "schema": 1,
            "assignment": self.assignment,
            "passed": self.all_passed,
            "next": self.next.name if self.next else None,
            "problems": list(self.problems),
            "exercises": [exercise.to_data() for exercise in self.exercises],
            "checkpoints": [
                {"name": c.name, "passed": all(states[e.name] == "passed" for e in c.exercises)}
                for c in self.chapters
                if all(e.name in states for e in c.exercises)
            ],
        }


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
        bundle = folder_bundle(self.folder, self.assignment)
        submission = open_bundle(bundle, self.assignment, untouched_twins(bundle.files, self.assignment))
        session = Session(self._launcher, self.assignment, submission.sources)
        session.survey()
        return Work(submission, session, SignaturesOnly(submission), self._begin_in(submission, bundle.files))

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
            exercise,
            chapter,
            status,
            0,
            len(checks),
            message=stands_elsewhere(session, exercise) or reason,
            fault=syntax_fault(session, exercise),
            file=work.file_of(chapter),
        )
    student = Student(session, exercise)
    try:
        runs = [run_test(check, student, work.signatures) for check in checks]
    finally:
        student.close()
    passed = sum(run.result.outcome == "passed" for run in runs)
    first = next((run.result for run in runs if run.result.outcome != "passed"), None)
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
            remarks=tuple(remarks_on(student, exercise, state)),
            file=work.file_of(chapter),
        )
    status = "passed" if state == "passed" else "blocked" if needs else "failed"
    return ExerciseCheck(
        name=exercise,
        chapter=chapter,
        status=status,
        passed=passed,
        total=len(checks),
        needs=needs if status == "blocked" else (),
        message=f"needs {', '.join(needs)}, which does not pass yet" if status == "blocked" else "",
        failure=first,
        printed=visible(student.printed(), 2000, multiline=True),
        remarks=tuple(remarks_on(student, exercise, state)),
        fault=None if status == "passed" else syntax_fault(session, exercise),
        file=work.file_of(chapter),
    )
