"""One exercise of a student's folder: its visible checks run, in a worker, and what came of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from grader.course import Reference
from grader.home.besides import questions_of
from grader.home.report import CheckStatus, ExerciseCheck
from grader.intake import Submission, line_of, written_in
from grader.result import TestResult
from grader.testing import (
    HiddenTest,
    TestRun,
    cannot_run,
    loading_problems,
    remarks_on,
    rule_results,
    run_test,
    stands_elsewhere,
    status_of,
    syntax_fault,
    why_not_there,
)
from grader.text import visible
from grader.wall import Session, Student

if TYPE_CHECKING:
    from grader.questions import Overview


@dataclass(frozen=True)
class Work:
    """The student's files as they were at one moment, each chapter loaded once to see whether it can be.

    begin_in: chapter → the file to go on in, where the chapter has no exercise written yet.
    missing: chapter → its file that is gone.
    """

    submission: Submission
    session: Session
    signatures: Reference
    begin_in: Mapping[str, str] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)

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


def check_one(work: Work, exercise: str, checks: list[HiddenTest], needs: tuple[str, ...]) -> ExerciseCheck:
    session, submission = work.session, work.submission
    chapter = session.chapter_of[exercise]
    if lost := work.missing.get(chapter):
        return ExerciseCheck(
            exercise,
            chapter,
            "not started",
            0,
            len(checks),
            message=f"{lost} is missing",
            file=lost,
            lost=True,
        )
    if reason := cannot_run(session, chapter, submission):
        status: CheckStatus = "failed" if chapter in submission.sources else "not started"
        return ExerciseCheck(
            exercise,
            chapter,
            status,
            0,
            len(checks),
            message=stands_elsewhere(session, exercise) or reason,
            place=_where_it_stops(work, exercise),
            fault=syntax_fault(session, exercise),
            file=work.file_of(chapter),
        )
    if not checks:
        return _unchecked(work, exercise)
    runs, student = _in_shared_worker(work, exercise, checks) or _in_own_worker(work, exercise, checks)
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
            remarks=tuple(remarks_on(student, exercise, state)),
            file=work.file_of(chapter),
            place=_where_it_begins(work, exercise),
            rules=tuple(rule.title for rule in session.assignment.find_exercise(exercise).rules),
        )
    rules = rules_of(work, exercise, works=passed > 0)
    broken = next((rule for rule in rules if rule.outcome != "passed"), None)
    first_failed = first.result if first else broken
    keeps = state == "passed" and not broken
    status = "passed" if keeps else "blocked" if needs and state != "passed" else "failed"
    message = ""
    if status == "blocked":
        message = f"needs {', '.join(needs)}, which {'does' if len(needs) == 1 else 'do'} not pass yet"
    elif untried:
        message = f"never finished; {untried} more check{'s were' if untried > 1 else ' was'} not tried"
    return ExerciseCheck(
        name=exercise,
        chapter=chapter,
        status=status,
        passed=passed + sum(rule.outcome == "passed" for rule in rules),
        total=len(checks) + len(rules),
        needs=needs if status == "blocked" else (),
        message=message,
        failure=first_failed,
        printed=visible(student.printed(), 2000, multiline=True),
        remarks=tuple(remarks_on(student, exercise, state)),
        fault=None if status == "passed" else syntax_fault(session, exercise),
        file=work.file_of(chapter),
        place=_place(work, exercise, first) if first else _where_it_begins(work, exercise),
        endless=(exercise,) if runs[-1].result.outcome == "timeout" else (),
    )


def rules_of(work: Work, exercise: str, *, works: bool) -> list[TestResult]:
    """What course.yaml's rules about the source of an exercise say."""
    assignment = work.session.assignment
    source = work.submission.sources.get(work.session.chapter_of[exercise])
    others = assignment.chapter_of()
    return rule_results(
        assignment.find_exercise(exercise), source.cells if source else (), others, works=works
    )


def _unchecked(work: Work, exercise: str) -> ExerciseCheck:
    """The course has no visible check of it: whether it is written is all that can be said."""
    chapter = work.session.chapter_of[exercise]
    source = work.submission.sources.get(chapter)
    written = source is not None and exercise in written_in(source.cells, [exercise])
    message = (
        "written; nothing checks it here, it is graded when it is handed in" if written else "not written yet"
    )
    status: CheckStatus = "passed" if written else "not started"
    place = _where_it_begins(work, exercise)
    return ExerciseCheck(
        exercise, chapter, status, 0, 0, message=message, file=work.file_of(chapter), place=place
    )


def _in_shared_worker(
    work: Work, exercise: str, checks: list[HiddenTest]
) -> tuple[list[TestRun], Student] | None:
    """The runs in a worker that others have used, which saves its start; None unless everything passes there."""
    worker = work.session.take_loaded()
    if worker is None:
        return None
    student = Student(work.session, exercise, borrowed=worker)
    runs = []
    try:
        for check in checks:
            runs.append(run_test(check, student, work.signatures, shrink=False))
            if runs[-1].result.outcome != "passed":
                return None
        return runs, student
    finally:
        if kept := student.give_back():
            work.session.leave_loaded(kept)


def _in_own_worker(work: Work, exercise: str, checks: list[HiddenTest]) -> tuple[list[TestRun], Student]:
    student = Student(work.session, exercise)
    runs: list[TestRun] = []
    try:
        for check in checks:
            runs.append(run_test(check, student, work.signatures))
            # A loop that never ends costs its time once, not once a check.
            if runs[-1].result.outcome == "timeout":
                break
    finally:
        student.close()
    return runs, student


def _place(work: Work, exercise: str, run: TestRun) -> str:
    """Where to look, as terminals and editors make a link of: `convolution.py:96`. A notebook has no such lines."""
    if run.place and run.place[0].endswith(".py"):
        return f"{run.place[0]}:{run.place[1]}"
    return _where_it_begins(work, exercise)


def _where_it_stops(work: Work, exercise: str) -> str:
    """Where the file stops, if it can't be run at all."""
    chapter = work.session.chapter_of[exercise]
    source, report = work.submission.sources.get(chapter), work.session.reports.get(chapter)
    if source and report and source.kind == "py":
        lines = [problem.line for problem in report.problems if problem.line]
        if lines:
            return f"{source.file}:{lines[0]}"
    return _where_it_begins(work, exercise)


def _where_it_begins(work: Work, exercise: str) -> str:
    """The `file:line` of its `def`, or the file alone."""
    source = work.submission.sources.get(work.session.chapter_of[exercise])
    if source is None:
        return ""
    if source.kind == "ipynb":
        return source.file
    line = line_of(source.cells[0], exercise)
    return f"{source.file}:{line}" if line else source.file
