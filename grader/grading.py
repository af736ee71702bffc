"""One Submission and the hidden tests → one Result.

A `Grader` belongs to one process: it collects the hidden tests, draws their inputs, checks that the reference passes
them, and keeps a warm zygote. Then each submission costs what the student's own code costs.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from types import TracebackType
from typing import Literal

from grader import __version__, inputcache
from grader.collecting import collect
from grader.course import Assignment, Chapter, Course, Exercise, grading_text
from grader.diagnosis.grading import Diagnosing
from grader.errors import CourseError
from grader.hidden import HiddenTest, rehearse_all
from grader.intake import Submission
from grader.questions import KEY_FILE, AnswerKey, grade_questions, load_key, read_answers
from grader.reference import Reference, load_functions
from grader.result import (
    CheckpointResult,
    ExerciseResult,
    ExerciseStatus,
    Result,
    Run,
    SubmissionStatus,
    TestOutcome,
    TestResult,
)
from grader.session import Session
from grader.showcase import Showcase
from grader.standin import StandIn
from grader.standing import cannot_run, loading_problems, remarks_on, status_of
from grader.student import Student
from grader.testrun import TestRun, run_test
from grader.text import visible
from grader.workers import Launcher, launch

SEED_FILE = "seed.txt"
_PRINTED_CHARACTERS = 2000
#: What no other exercise's doing can have led to.
_SETTLED = ("passed", "missing")


class Grader:
    """Everything that is paid once a process. A context manager.

    confined: whether workers are confined (False only where somebody asked for it).
    """

    def __init__(self, course: Course, assignment_name: str, *, confined: bool = True) -> None:
        self.name, self.assignment = course.assignment(assignment_name)
        self.course = course
        self.confined = confined
        self.tests_sha256 = fingerprint_of_tests(course, self.name)
        chapter_of = self.assignment.chapter_of()
        self.reference = Reference(load_functions(course.solutions(self.name), chapter_of))
        self._sources = {
            chapter.name: (course.solutions(self.name) / f"{chapter.name}.py").read_text(encoding="utf-8")
            for chapter in self.assignment.open_chapters
        }
        self._key = answer_key(course, self.name)
        tests = collect(course.hidden_tests(self.name), chapter_of)
        check_points(self.assignment, tests)
        inputcache.fill(
            tests, course.hidden_tests(self.name), self.tests_sha256, course_seed(course, self.name)
        )
        #: Exercise → calls that several of its tests make; the tests keep them alive.
        self._repeated = rehearse_all(tests, self.reference)
        self.tests = tests
        self._diagnosing = Diagnosing(course, self.name, self.reference)
        self._showcase = Showcase(course, self.name)
        self._launcher: Launcher | None = None

    def __enter__(self) -> Grader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the zygote and its workers."""
        if self._launcher:
            self._launcher.close()
            self._launcher = None

    @property
    def launcher(self) -> Launcher:
        """The warm launcher, started when first needed."""
        if self._launcher is None:
            self._launcher = launch(self.assignment, wall=self.confined)
        return self._launcher

    def grade(self, submission: Submission) -> Result:
        """Grade one submission. Nothing that it contains makes this raise."""
        started, clock = datetime.now(UTC), time.perf_counter()
        session = Session(self.launcher, self.assignment, submission.sources)
        alone: dict[str, ExerciseStatus] = {}
        try:
            session.survey(keep=True)
            exercises = [
                self._grade_exercise(session, chapter, exercise, submission, alone)
                for chapter, exercise in self.assignment.exercises()
            ]
        finally:
            session.close()
        # After all scores are known: what the probes cost can take time from no test.
        self._diagnosing.add(
            exercises,
            session,
            submission.sources,
            lambda name: StandIn(self.launcher, self.assignment, self._sources, self._failing(name, alone)),
        )
        self._showcase.add(exercises, session, submission.sources)
        answers = read_answers(submission.answers, submission.notebook_answers, self.assignment)
        questions = grade_questions(self.assignment, self._key, answers)
        result = Result(
            assignment=self.name,
            student=submission.student,
            status=_status(submission, session),
            score=_total([e.score for e in exercises] + [q.score for q in questions]),
            max_score=self.assignment.max_score,
            needs_manual=any(question.needs_manual for question in questions),
            problems=list(
                dict.fromkeys([*submission.problems, *loading_problems(session), *answers.problems])
            ),
            ignored=list(submission.ignored),
            exercises=exercises,
            questions=questions,
            checkpoints=[_checkpoint(chapter, exercises) for chapter in self.assignment.open_chapters],
            unconfined=not self.confined,
            submission_sha256=submission.sha256,
            tests_sha256=self.tests_sha256,
            grader_version=__version__,
        )
        result.run = Run(
            started=started.isoformat(timespec="milliseconds"),
            finished=datetime.now(UTC).isoformat(timespec="milliseconds"),
            seconds=round(time.perf_counter() - clock, 3),
        )
        return result

    def _grade_exercise(
        self,
        session: Session,
        chapter: Chapter,
        exercise: Exercise,
        submission: Submission,
        alone: dict[str, ExerciseStatus],
    ) -> ExerciseResult:
        """As submitted; and where it fails beside a failing prerequisite, again with those answered.

        alone: exercise → how it ended as submitted; this one is added.
        """
        tests = [test for test in self.tests if test.exercise == exercise.name]
        if reason := cannot_run(session, chapter.name, submission):
            alone[exercise.name] = "error"
            return _not_runnable(chapter, exercise, tests, reason, chapter.name in submission.sources)
        failing = self._failing(exercise.name, alone)
        waits = any(alone[name] == "timeout" for name in failing)
        # Where it needs an endless function, it would wait for it in test after test.
        result = "unknown" if waits else self._run_in_passing(session, chapter, exercise, tests)
        answered = None
        if failing and (waits or result == "failed"):
            answered = self._run_answered(session, chapter, exercise, tests, failing)
            if not answered.answered:
                result = (
                    answered  # the prerequisites were not asked anything: that is how it stands as submitted
                )
            elif answered.status == "passed":
                alone[exercise.name] = "timeout" if waits else "failed"
                return answered
        if not isinstance(result, ExerciseResult):
            result = self._run(session, chapter, exercise, tests, None)
        timed_out = any(test.outcome == "timeout" for test in result.tests)
        alone[exercise.name] = "timeout" if timed_out else result.status
        if result.status in ("passed", "missing") or not failing:
            return result
        answered = answered or self._run_answered(session, chapter, exercise, tests, failing)
        return answered if answered.score > result.score else result

    def _run_answered(
        self,
        session: Session,
        chapter: Chapter,
        exercise: Exercise,
        tests: list[HiddenTest],
        failing: frozenset[str],
    ) -> ExerciseResult:
        """Run with the failing prerequisites answered by the reference."""
        with StandIn(self.launcher, self.assignment, self._sources, failing) as stand_in:
            result = self._run(session, chapter, exercise, tests, stand_in)
            if not stand_in.asked:
                return result  # as submitted, then
        names = ", ".join(name for name in self.assignment.chapter_of() if name in failing)
        result.message = f"graded with {names} answered by the grader, because of mistakes there"
        result.answered = sorted(failing)
        return result

    def _failing(self, exercise: str, alone: Mapping[str, ExerciseStatus]) -> frozenset[str]:
        """The prerequisites of `exercise` that did not pass as submitted."""
        needs = self._all_needs(self.assignment.find_exercise(exercise))
        return frozenset(name for name in needs if alone.get(name, "passed") != "passed")

    def _all_needs(self, exercise: Exercise) -> set[str]:
        """The prerequisites of `exercise` and theirs."""
        found: set[str] = set()
        waiting = list(exercise.needs)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += self.assignment.find_exercise(name).needs
        return found

    def _run_in_passing(
        self, session: Session, chapter: Chapter, exercise: Exercise, tests: list[HiddenTest]
    ) -> ExerciseResult | Literal["failed", "unknown"]:
        """Run in the worker that the exercises before left as they found it: starting one of its own costs more
        than most exercises do.

        Gives a result only where everything passes, or is not written yet. No points are lost by a failure here,
        which may be another exercise's doing; nor does it cost any of the exercise's time.
        "failed": a wrong answer, and the same one each time; "unknown": anything else, as a call that takes too long.
        """
        limit = self.assignment.limits.submission
        if session.budget.cpu > limit.cpu / 4 or session.budget.wall > limit.wall / 4:
            return "unknown"
        worker = session.take_loaded()
        if worker is None:
            return "unknown"
        student = Student(session, exercise.name, borrowed=worker, repeated=self._repeated[exercise.name])
        runs = []
        try:
            for test in tests:
                run = run_test(test, student, self.reference, shrink=False)
                if run.result.outcome != "passed" and not run.missing:
                    return "failed" if run.result.outcome == "failed" else "unknown"
                runs.append(run)
            return (
                self._result(chapter, exercise, runs, student) if status_of(runs) in _SETTLED else "unknown"
            )
        finally:
            if kept := student.give_back():
                session.leave_loaded(kept)

    def _run(
        self,
        session: Session,
        chapter: Chapter,
        exercise: Exercise,
        tests: list[HiddenTest],
        stand_in: StandIn | None,
    ) -> ExerciseResult:
        student = Student(session, exercise.name, stand_in, repeated=self._repeated[exercise.name])
        try:
            runs = [run_test(test, student, self.reference) for test in tests]
            return self._result(chapter, exercise, runs, student)
        finally:
            student.close()

    @staticmethod
    def _result(
        chapter: Chapter, exercise: Exercise, runs: list[TestRun], student: Student
    ) -> ExerciseResult:
        status = status_of(runs)
        return ExerciseResult(
            name=exercise.name,
            chapter=chapter.name,
            score=_total([run.result.points for run in runs]),
            max_score=exercise.points,
            status=status,
            tests=[run.result for run in runs],
            message="not written yet" if status == "missing" else "",
            printed=visible(student.printed(), _PRINTED_CHARACTERS, multiline=True),
            remarks=remarks_on(student),
        )


def _not_runnable(
    chapter: Chapter, exercise: Exercise, tests: list[HiddenTest], reason: str, submitted: bool
) -> ExerciseResult:
    outcome: TestOutcome = "error" if submitted else "failed"
    return ExerciseResult(
        name=exercise.name,
        chapter=chapter.name,
        score=0,
        max_score=exercise.points,
        status="error" if submitted else "missing",
        tests=[
            TestResult(id=t.id, title=t.title, outcome=outcome, points=0, max_points=t.points, message=reason)
            for t in tests
        ],
        message=reason,
    )


def _total(points: list[float]) -> float:
    total = sum(points)
    return int(total) if float(total).is_integer() else round(total, 4)


def _status(submission: Submission, session: Session) -> SubmissionStatus:
    if not submission.readable:
        return "unreadable"
    broken = any(report.syntax_error for report in session.reports.values())
    return "partly unreadable" if broken or submission.unreadable else "graded"


def _checkpoint(chapter: Chapter, exercises: list[ExerciseResult]) -> CheckpointResult:
    mine = [exercise for exercise in exercises if exercise.chapter == chapter.name]
    open_ones = [exercise.name for exercise in mine if exercise.status != "passed"]
    works = [exercise.name for exercise in mine if exercise.status == "passed"]
    if not open_ones:
        feedback = f"Everything in “{chapter.title}” works."
    else:
        done = f"Works: {', '.join(works)}. " if works else ""
        feedback = f"{done}Still open: {', '.join(open_ones)}. Next: {open_ones[0]}."
    return CheckpointResult(name=chapter.name, passed=not open_ones, feedback=feedback)


def check_points(assignment: Assignment, tests: list[HiddenTest]) -> None:
    """Every exercise has tests, and their points add up to what course.yaml says. Raises CourseError."""
    for _, exercise in assignment.exercises():
        mine = [test for test in tests if test.exercise == exercise.name]
        if not mine:
            raise CourseError(f"exercise {exercise.name} has no hidden test")
        total = sum(test.points for test in mine)
        if abs(total - exercise.points) > 1e-9:
            raise CourseError(
                f"the hidden tests of {exercise.name} are worth {total:g} points, course.yaml says {exercise.points:g}"
            )


def answer_key(course: Course, name: str) -> AnswerKey:
    """The answer key of an assignment; an empty one where nothing is asked. Raises CourseError."""
    assignment = course.assignments[name]
    if not any(chapter.questions for chapter in assignment.open_chapters):
        return AnswerKey(schema=1, questions={})
    return load_key(course.solutions(name) / KEY_FILE, assignment)


def course_seed(course: Course, assignment: str) -> int:
    """The secret seed of the hidden tests' inputs: the same for every student. Raises CourseError."""
    path = course.hidden_tests(assignment) / SEED_FILE
    try:
        text = path.read_text(encoding="utf-8").strip()
    except OSError:
        raise CourseError(f"{path} is missing: write any secret line of text into it") from None
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def fingerprint_of_tests(course: Course, assignment: str) -> str:
    """SHA-256 over what decides a score: hidden tests, reference, answer key, course.yaml less its due dates, numpy,
    Hypothesis."""
    digest = hashlib.sha256()
    hidden, solutions = course.hidden_tests(assignment), course.solutions(assignment)
    if not hidden.is_dir():
        raise CourseError(f"{hidden} is missing: the hidden tests belong there")
    _feed(digest, b"course.yaml", grading_text(course.root / "course.yaml", assignment))
    files = [
        *sorted(path for path in hidden.rglob("*") if path.suffix in (".py", ".txt")),
        *sorted(path for path in solutions.glob("*") if path.suffix in (".py", ".yaml")),
    ]
    for path in files:
        _feed(digest, path.relative_to(course.root).as_posix().encode(), path.read_bytes())
    for package in ("numpy", "hypothesis"):
        _feed(digest, package.encode(), version(package).encode())
    return digest.hexdigest()


def _feed(digest: hashlib._Hash, *parts: bytes) -> None:
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
