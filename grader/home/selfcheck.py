"""A student's self-check: the visible checks on the files of one folder, in a worker like any other.

Nothing here needs the reference or the hidden tests; they are not on a student's machine.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from grader.course import Assignment, Course, has_hints
from grader.home.besides import Besides, look_around
from grader.home.folders import checks_folder
from grader.home.missing import missing_files, missing_lines
from grader.home.one_exercise import Work, check_one
from grader.home.reading import read_folder
from grader.home.report import CheckReport, ExerciseCheck
from grader.home.signatures import SignaturesOnly
from grader.home.uses import used_in_files
from grader.intake import Submission, written_in
from grader.testing import (
    HiddenTest,
    KeptInputs,
    collect,
    digest_of,
    is_rule,
    keep_tests,
    kept_tests,
)
from grader.wall import Launcher, Session, Student, launch_own, unwalled_if_needed

if TYPE_CHECKING:
    from grader.diagnosis import DigestDiagnoser

# The checks are the student's to read, so this seed is no secret.
_SEED = 1
_INPUTS = Path(".grader") / "inputs.bin"
_TESTS = Path(".grader") / "checks.json"
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
        self._session: Session | None = None
        try:
            self.checks_folder = checks_folder(course, self.name, folder)
            self.collect()
        except BaseException:
            self._launcher.close()
            raise

    def __enter__(self) -> Checker:
        return self

    def __exit__(self, *exc: object) -> None:
        self._end_session()
        self._launcher.close()

    def _end_session(self) -> None:
        if self._session:
            self._session.close()

    def collect(self) -> None:
        """Collect the checks, again if their files have changed. Raises CourseError if one is not fit to use."""
        key = digest_of(self.checks_folder, _SEED, _EXAMPLES)
        inputs = KeptInputs(self.folder / _INPUTS, key, seed=_SEED, examples=_EXAMPLES)
        kept = kept_tests(self.folder / _TESTS, key, self.checks_folder)
        checks = self._mine(kept or ())
        if kept is None or not all(map(inputs.restore, checks)):
            found = collect(self.checks_folder, self.assignment.chapter_of())
            keep_tests(self.folder / _TESTS, key, found)
            checks = self._mine(found)
            for check in checks:
                inputs.fill(check)
            inputs.keep()
        self._checks = checks
        self._diagnoser: DigestDiagnoser | None = None

    def _mine(self, tests: Iterable[HiddenTest]) -> list[HiddenTest]:
        return [test for test in tests if test.exercise in self.wanted]

    def read(self) -> Work:
        """What is in the folder now."""
        if not self._launched:
            self._launcher = unwalled_if_needed(self._launcher, self.assignment)
            self._launched = True
        own = read_folder(self.folder, self.assignment, self.checks_folder)
        submission = own.submission
        self._end_session()
        session = self._session = Session(self._launcher, self.assignment, submission.sources)
        session.survey(keep=True)
        return Work(
            submission,
            session,
            SignaturesOnly(submission),
            self._begin_in(submission, own.bundle.files),
            missing_files(own, self.folder, self.assignment),
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
        waits = [
            need
            for need in self.assignment.find_exercise(exercise).needs
            if need in known and known[need].status != "passed"
        ]
        needs = used_in_files(work.submission.sources, exercise, waits) if waits else ()
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
        found = check_one(work, exercise, mine, needs)
        if found.failure and found.failure.evidence:
            from grader.grading import outline  # as late as what follows, and for the same reason

            outline(self.assignment, [found.failure])
        return self._diagnosed(work, found)

    def _diagnosed(self, work: Work, found: ExerciseCheck) -> ExerciseCheck:
        """`found`, with what its mistake looks like if it failed on its own account."""
        if found.status != "failed" or found.failure is None or found.failure.outcome != "failed":
            return found
        if is_rule(found.failure):
            return found
        # Imported and read when something has failed: where all passes, nothing of it is needed.
        from grader.diagnosis import DIGESTS, beside, read_digests, with_limits_of_its_own

        if self._diagnoser is None:
            self._diagnoser = read_digests(self.checks_folder / DIGESTS, self.assignment)
        student = Student(with_limits_of_its_own(work.session, work.submission.sources), found.name)
        try:
            diagnosis = self._diagnoser.diagnose(found.name, student)
            return replace(found, diagnosis=beside(diagnosis, [found.failure]))
        finally:
            student.close()

    def report(self, work: Work, found: Mapping[str, ExerciseCheck]) -> CheckReport:
        """What was found, in the course's order."""
        return CheckReport(
            assignment=self.name,
            folder=self.folder,
            chapters=self.assignment.open_chapters,
            exercises=tuple(found[name] for name in self.shown if name in found),
            problems=(*missing_lines(work.missing, self.folder, self.assignment), *work.problems),
            besides=self._look_around(work) if self._whole else None,
            hinted=frozenset(n for n in found if has_hints(n, self.folder, self.checks_folder.parent)),
        )

    def _look_around(self, work: Work) -> Besides:
        examples = ""
        cells = [cell for source in work.submission.sources.values() for cell in source.cells]
        if work.submission.examples is not None or any("example(" in cell for cell in cells):
            # Only whoever has examples waits until what judges them is imported.
            from grader.home.own_examples import judge_own

            examples = judge_own(work.submission, self.assignment, self.checks_folder).short
        return look_around(self.folder, work.submission, work.questions, examples)


def _wanted(assignment: Assignment, only: str | None) -> list[str]:
    """The exercises to run, in order: all, or one with everything it needs."""
    if only is None:
        return [exercise.name for _, exercise in assignment.exercises()]
    needed = {only}
    for _, exercise in reversed(list(assignment.exercises())):
        if exercise.name in needed:
            needed.update(assignment.find_exercise(exercise.name).needs)
    return [exercise.name for _, exercise in assignment.exercises() if exercise.name in needed]
