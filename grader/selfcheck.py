"""A student's self-check: the visible checks on the files of one folder, in a worker like any other.

Nothing here needs the reference or the hidden tests; they are not on a student's machine.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from grader.course import Assignment, Chapter, Course
from grader.diagnosis.budget import with_limits_of_its_own
from grader.diagnosis.digests import DIGESTS, DigestDiagnoser, read_digests
from grader.errors import UsageError
from grader.grading import cannot_run, loading_problems, remarks_on, status_of
from grader.hidden import HiddenTest, Reference, collect
from grader.intake import Submission, folder_bundle, open_bundle
from grader.result import Diagnosis, TestResult
from grader.student import Session, Student
from grader.testrun import run_test
from grader.text import visible
from grader.twins import untouched_twins
from grader.workers import launch

CHECKS_FOLDER = "checks"
# The checks are the student's to read, so this seed is no secret.
_SEED = 1
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

    def to_data(self) -> dict[str, Any]:
        """JSON data."""
        data = {**vars(self), "needs": list(self.needs), "remarks": list(self.remarks)}
        data["failure"] = self.failure.model_dump(mode="json") if self.failure else None
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


def find_folder(course: Course, assignment: str, path: Path | None) -> Path:
    """The folder of chapters to check: `path`, or where one stands, or the course's own handout."""
    chapters = [chapter.name for chapter in course.assignments[assignment].chapters]

    def holds_chapters(folder: Path) -> bool:
        return any(
            (folder / f"{name}{suffix}").is_file() for name in chapters for suffix in (".py", ".ipynb")
        )

    if path is not None:
        folder = path.parent if path.is_file() else path
        if not folder.exists():
            raise UsageError(f"{path} is not there; give the folder with your {chapters[0]}.py")
        if not holds_chapters(folder):
            raise UsageError(f"{folder} has none of the chapters ({', '.join(f'{n}.py' for n in chapters)})")
        return folder
    for folder in (Path.cwd(), course.handout(assignment)):
        if holds_chapters(folder):
            return folder
    raise UsageError("no chapters here: go into your exercise folder, or give its path: grader check PATH")


@dataclass
class _States:
    """What is known so far, to say what an exercise waits for."""

    assignment: Assignment
    passed: dict[str, bool] = field(default_factory=dict)

    def open_needs(self, name: str) -> tuple[str, ...]:
        needs = self.assignment.find_exercise(name).needs
        return tuple(need for need in needs if not self.passed.get(need, True))


Progress = Callable[[int, int, str], None]


def self_check(
    course: Course,
    assignment_name: str,
    folder: Path,
    *,
    only: str | None = None,
    progress: Progress = lambda done, total, name: None,
) -> CheckReport:
    """Run the visible checks on `folder`; `only` one exercise (and, quietly, what it needs)."""
    name, assignment = course.assignment(assignment_name)
    wanted = _wanted(assignment, only)
    checks_folder = _checks_folder(course, name, folder)
    checks = collect(checks_folder, assignment.chapter_of())
    diagnoser = read_digests(checks_folder / DIGESTS)
    for check in checks:
        if check.exercise in wanted:
            check.draw(None, None, _SEED, examples=_EXAMPLES)
    bundle = folder_bundle(folder, assignment)
    submission = open_bundle(bundle, assignment, untouched_twins(bundle.files, assignment))
    reference = _SignaturesOnly(submission)
    exercises: list[ExerciseCheck] = []
    states = _States(assignment)
    with launch(assignment) as launcher:
        session = Session(launcher, assignment, submission.sources)
        session.survey()
        for number, exercise in enumerate(wanted):
            progress(number, len(wanted), exercise)
            mine = [check for check in checks if check.exercise == exercise]
            found = _check(session, submission, exercise, mine, reference, states)
            states.passed[exercise] = found.status == "passed"
            exercises.append(_diagnosed(found, session, submission, diagnoser))
    progress(len(wanted), len(wanted), "")
    shown = tuple(e for e in exercises if only is None or e.name == only)
    return CheckReport(
        assignment=name,
        folder=folder,
        chapters=assignment.open_chapters,
        exercises=shown,
        problems=(*submission.problems, *loading_problems(session)),
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


def _checks_folder(course: Course, assignment: str, folder: Path) -> Path:
    for candidate in (folder / CHECKS_FOLDER, course.handout(assignment) / CHECKS_FOLDER):
        if candidate.is_dir():
            return candidate
    raise UsageError(f"{folder / CHECKS_FOLDER} is missing: unpack the exercise again, it belongs to it")


def _diagnosed(
    found: ExerciseCheck, session: Session, submission: Submission, diagnoser: DigestDiagnoser
) -> ExerciseCheck:
    """`found`, with what its mistake looks like if it failed on its own account."""
    if found.status != "failed" or found.failure is None or found.failure.outcome != "failed":
        return found
    student = Student(with_limits_of_its_own(session, submission.sources), found.name)
    try:
        return replace(found, diagnosis=diagnoser.diagnose(found.name, student))
    finally:
        student.close()


def _check(
    session: Session,
    submission: Submission,
    exercise: str,
    checks: list[HiddenTest],
    reference: Reference,
    states: _States,
) -> ExerciseCheck:
    chapter = session.chapter_of[exercise]
    needs = states.open_needs(exercise)
    if reason := cannot_run(session, chapter, submission):
        status: CheckStatus = "failed" if chapter in submission.sources else "not started"
        return ExerciseCheck(exercise, chapter, status, 0, len(checks), message=reason)
    student = Student(session, exercise)
    try:
        runs = [run_test(check, student, reference) for check in checks]
    finally:
        student.close()
    passed = sum(run.result.outcome == "passed" for run in runs)
    first = next((run.result for run in runs if run.result.outcome != "passed"), None)
    state = status_of(runs)
    if state == "missing":
        return ExerciseCheck(
            exercise, chapter, "not started", 0, len(checks), needs=needs, message="not written yet"
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
        remarks=tuple(remarks_on(student)),
    )


class _SignaturesOnly(Reference):
    """Stands where the reference would: knows the names of arguments, from the student's own `def` lines."""

    def __init__(self, submission: Submission) -> None:
        super().__init__({})
        self._signatures = _signatures(submission)

    def function(self, name: str) -> Callable[..., Any] | None:
        return self._signatures.get(name)


def _signatures(submission: Submission) -> Mapping[str, Callable[..., Any]]:
    """Empty functions with the argument names found in the sources, which are read and not run."""
    found: dict[str, Callable[..., Any]] = {}
    for text in (cell for source in submission.sources.values() for cell in source.cells):
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and not node.args.vararg and not node.args.kwarg:
                found[node.name] = _empty_function(node)
    return found


def _empty_function(node: ast.FunctionDef) -> Callable[..., Any]:
    names = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
    required = len(names) - len(node.args.defaults)
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    parameters = [
        inspect.Parameter(name, kind, default=inspect.Parameter.empty if i < required else None)
        for i, name in enumerate(names)
    ]

    def empty() -> None:
        """Never called: it carries a signature."""

    empty.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return empty
