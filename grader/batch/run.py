"""Grading a class: discover, skip what is done, grade the rest, record each as it ends."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from grader import __version__
from grader.batch.entries import as_called_now, as_known, refuse_wrong_class
from grader.batch.order import longest_first
from grader.batch.pages import mend_files, take_away, write_result
from grader.batch.pool import Executor, Graded, local_pool
from grader.course import Assignment, Course
from grader.errors import UsageError
from grader.exports import grades_csv
from grader.files import make_folder, only_run, write_atomically
from grader.gradebook import (
    FILE_NAME,
    Attempt,
    Gradebook,
    Roster,
    news_of,
    unknown_extensions,
)
from grader.grading import fingerprint_of_tests, unused_choice
from grader.intake import Bundle, Entry, collect, discover, result_folder
from grader.report import More, report_html, side_by_side, unread
from grader.result import CheckpointResult, ExerciseResult, QuestionResult, Result, Run


@dataclass(frozen=True)
class Change:
    """How a regrade moved one student's score."""

    student: str
    before: float
    after: float
    max_score: float


@dataclass
class Summary:
    """What a run did. `kept`: already graded, not graded again; `remarks`: names that match nobody, and the like."""

    graded: int = 0
    kept: int = 0
    statuses: dict[str, int] = field(default_factory=dict)
    scores: list[float] = field(default_factory=list)
    max_score: float = 0.0
    grader_errors: list[tuple[str, str]] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    skipped: tuple[str, ...] = ()
    unread: list[tuple[str, str]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    seconds: float = 0.0
    interrupted: bool = False

    @property
    def mean(self) -> float | None:
        """Mean score of everybody in the gradebook less grader errors."""
        return statistics.fmean(self.scores) if self.scores else None

    @property
    def median(self) -> float | None:
        """Median score, likewise."""
        return statistics.median(self.scores) if self.scores else None


Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Options:
    """How to grade. progress(done, total, student) is called after each submission; roster: for times of submission;
    pages: write what people look at, beside the gradebook."""

    jobs: int
    regrade: bool = False
    confined: bool = True
    roster: Roster | None = None
    progress: Progress = lambda done, total, student: None
    pages: bool = True


def grade_class(
    course: Course,
    assignment_name: str,
    submissions: Path,
    out: Path,
    options: Options,
    executor: Executor | None = None,
) -> Summary:
    """Grade every entry of `submissions` into `out`. What an earlier run finished is kept.

    Raises UsageError, CourseError, WallError or GraderError; what was committed before stays committed.
    """
    name, assignment = course.assignment(assignment_name)
    _check_folders(submissions, out)
    started = time.perf_counter()
    found = discover(submissions, name, assignment)
    if not found.entries:
        raise UsageError(
            f"{submissions} has no submissions: one folder, .zip or .ipynb a student is expected there"
        )
    refuse_wrong_class(found.entries, name, course)
    make_folder(out)
    summary = Summary(skipped=found.skipped, max_score=assignment.max_score)
    with only_run(out), Gradebook(out / FILE_NAME, course=course) as gradebook:
        others = [other for other in gradebook.assignments() if other != name]
        if others:
            raise UsageError(
                f"{out} holds results of {others[0]}: give {name} a folder of its own, or say --assignment {others[0]}"
            )
        tests = fingerprint_of_tests(course, name)
        before = gradebook.latest(name)
        summary.remarks += gradebook.remarks
        summary.remarks += filter(None, [unused_choice(course, name)])
        summary.remarks += options.roster.remarks if options.roster else ()
        known = as_known(found.entries, gradebook.people(name))
        found = replace(found, entries=as_called_now(known, gradebook, assignment, name, summary.remarks))
        gradebook.refuse_shared_extensions(name, [(e.student, e.receipt.lms) for e in found.entries])
        entries = longest_first(found.entries, gradebook.seconds(name))
        todo = _Todo(entries, name, assignment, before, tests, options, gradebook, out)
        pool = executor or local_pool(course, name, jobs=options.jobs, confined=options.confined)
        gradebook.runs.begin(name)
        try:
            for graded in pool.run(todo):
                result = result_of(graded, name, assignment, tests, confined=options.confined)
                gradebook.add(result)
                # Before anything is confirmed or taken off, as the attempts on record are.
                _note_change(summary, before, result, options)
                if options.pages:
                    write_result(out, gradebook.counting(name, result.student), assignment)
                summary.graded += 1
                options.progress(summary.graded + todo.kept, len(found.entries), result.student)
        except KeyboardInterrupt:
            summary.interrupted = True
        finally:
            pool.close()
        summary.kept = todo.kept
        present = {entry.student for entry in found.entries}
        if not summary.interrupted:
            gradebook.runs.end(name, gradebook.latest(name).keys() - present)
        summary.changes.sort(key=lambda change: change.student)
        summary.remarks += todo.remarks
        if todo.remarks:
            summary.remarks.append(f"the roster's word could not be taken for {len(todo.remarks)}, see above")
        for why, students in todo.unknown.items():
            names = f"{', '.join(students[:10])}{' …' if len(students) > 10 else ''}"
            summary.remarks.append(f"{why}, so nothing is taken off, for {len(students)}: {names}")
        people = [(entry.student, entry.receipt.lms) for entry in found.entries]
        for nobody in unknown_extensions(assignment.extensions, people):
            summary.remarks.append(f"course.yaml: the extension of {nobody!r} is of nobody who handed in")
        if options.pages:
            finish(gradebook, name, assignment, out, present, summary, options.roster)
    summary.seconds = time.perf_counter() - started
    return summary


class _Todo:
    """The bundles still to be graded, read from disk one at a time, when a process is free for them."""

    def __init__(
        self,
        entries: Sequence[Entry],
        name: str,
        assignment: Assignment,
        before: dict[str, Attempt],
        tests: str,
        options: Options,
        gradebook: Gradebook,
        out: Path,
    ) -> None:
        self._entries = entries
        self._name = name
        self._assignment = assignment
        self._before = before
        self._tests = tests
        self._options = options
        self._gradebook = gradebook
        self._out = out
        self.kept = 0
        self.remarks: list[str] = []
        self.unknown: dict[str, list[str]] = {}

    def __iter__(self) -> Iterator[Bundle]:
        for entry in self._entries:
            bundle = collect(entry, self._assignment)
            self._receive(bundle)
            attempt = self._before.get(entry.student)
            if attempt and self._is_done(attempt, bundle):
                self.kept += 1
                self._mend_files(attempt)
                continue
            yield bundle

    def _receive(self, bundle: Bundle) -> None:
        """Keep what is known beside the files, the roster's word before the LMS's."""
        receipt, problem = bundle.receipt, ""
        if self._options.roster is not None:
            receipt, problem = self._options.roster.receipt(
                bundle.student, receipt, self._assignment.late.zone
            )
        if problem:
            self.remarks.append(problem)
        if receipt.note and receipt.note not in problem and self._assignment.due:
            self.unknown.setdefault(receipt.note, []).append(bundle.student)
        self._gradebook.receive(self._name, bundle.student, bundle.sha256, receipt)

    def _mend_files(self, attempt: Attempt) -> None:
        """Write what a run that was killed between the commit and the files left undone."""
        if self._options.pages:
            mend_files(self._out, self._gradebook.counting(self._name, attempt.student), self._assignment)

    def _is_done(self, attempt: Attempt, bundle: Bundle) -> bool:
        same = attempt.submission_sha256 == bundle.sha256 and attempt.tests_sha256 == self._tests
        return same and attempt.status != "grader error" and not self._options.regrade


def result_of(graded: Graded, name: str, assignment: Assignment, tests: str, *, confined: bool) -> Result:
    """The result of a graded bundle, or one that says that the grader failed. tests: their fingerprint."""
    if graded.result_json:
        return Result.from_json(graded.result_json)
    return grader_error(graded.bundle, name, assignment, tests, graded.error, confined=confined)


def grader_error(
    bundle: Bundle, name: str, assignment: Assignment, tests: str, error: str, *, confined: bool
) -> Result:
    """A result that says the grader failed: a state of its own, never points lost silently."""
    message = (
        "the grader could not finish; this is not the student's fault, and it is tried again on the next run"
    )
    exercises = [
        ExerciseResult(
            name=exercise.name,
            chapter=chapter.name,
            score=0,
            max_score=exercise.most,
            status="error",
            message=message,
        )
        for chapter, exercise in assignment.exercises()
    ]
    questions = [
        QuestionResult(name=question.name, chapter=chapter.name, score=0, max_score=question.points)
        for chapter in assignment.open_chapters
        for question in chapter.questions
    ]
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    return Result(
        assignment=name,
        student=bundle.student,
        status="grader error",
        score=0,
        max_score=assignment.max_score,
        problems=[f"grader error: {error}"],
        exercises=exercises,
        questions=questions,
        checkpoints=[
            CheckpointResult(name=c.name, passed=False, feedback=message) for c in assignment.open_chapters
        ],
        unconfined=not confined,
        submission_sha256=bundle.sha256,
        tests_sha256=tests,
        grader_version=__version__,
        run=Run(started=now, finished=now),
    )


def _note_change(summary: Summary, before: dict[str, Attempt], result: Result, options: Options) -> None:
    if result.status == "grader error":
        summary.grader_errors.append((result.student, result.problems[0] if result.problems else ""))
    earlier = before.get(result.student)
    if options.regrade and earlier and earlier.score != result.score:
        summary.changes.append(Change(result.student, earlier.score, result.score, result.max_score))


def finish(
    gradebook: Gradebook,
    name: str,
    assignment: Assignment,
    out: Path,
    present: set[str],
    summary: Summary,
    roster: Roster | None = None,
) -> None:
    """Write grades.csv and report.html from the gradebook, and count what it holds."""
    parted = set(gradebook.parted(name))

    def counting() -> Iterator[Result]:
        for result in gradebook.results(name):
            if result.student in parted:
                mend_files(out, result, assignment)
            yield result

    results = side_by_side(counting())
    by_name = {result.student: result for result in results}
    for student in parted - by_name.keys():
        take_away(out, student)
    links = {result.student: f"{quote(result_folder(result.student))}/feedback.html" for result in results}
    write_atomically(out / "grades.csv", grades_csv(results, assignment))
    page = report_html(
        results, name, assignment, links=links, more=more_for_report(gradebook, name, by_name, roster)
    )
    write_atomically(out / "report.html", page)
    for result in results:
        if result.student not in present:
            continue
        summary.unread += [(result.student, line) for line in unread(result)]
        summary.statuses[result.status] = summary.statuses.get(result.status, 0) + 1
        if result.status != "grader error":
            summary.scores.append(result.score)


def more_for_report(
    gradebook: Gradebook, name: str, results: Mapping[str, Result], roster: Roster | None
) -> More:
    """What the report says beside the results. results: student → what counts now."""
    return More(news_of(gradebook, name, results), roster, gradebook.removed(name))


def _check_folders(submissions: Path, out: Path) -> None:
    if not submissions.is_dir():
        raise UsageError(f"{submissions} is not a folder; give the folder that holds one entry a student")
    inner, outer = out.resolve(), submissions.resolve()
    if inner == outer or outer in inner.parents:
        raise UsageError(
            f"--out {out} lies inside {submissions}: the results would be taken for a submission"
        )
    if out.exists() and not out.is_dir():
        raise UsageError(f"--out {out} is a file; give a folder")
