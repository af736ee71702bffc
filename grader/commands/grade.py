"""`grader grade` and `grader report`."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from grader.batch import (
    Executor,
    Options,
    Summary,
    assignment_in,
    finish,
    grade_class,
    local_pool,
    more_for_report,
    what_would_change,
)
from grader.batch import Progress as ProgressCallback
from grader.commands import assignment_of, open_course
from grader.commands.preview import print_preview
from grader.course import Course
from grader.errors import UsageError
from grader.feedback import Screen
from grader.files import write_atomically
from grader.gradebook import FILE_NAME, Gradebook, read_roster
from grader.intake import as_folder
from grader.report import report_html, side_by_side
from grader.text import visible

#: Lines of a run's summary; the report has the rest.
_MOST_UNREAD = 10
_STATUSES = ("graded", "partly unreadable", "unreadable", "grader error")


def run(
    submissions: Path,
    out: Path,
    *,
    assignment: str | None,
    jobs: int | None,
    regrade: bool,
    unconfined: bool,
    course_path: Path | None,
    roster: Path | None = None,
    cluster: str | None = None,
    preview: bool = False,
) -> int:
    """Grade and print the summary, or what would change. Returns the exit code."""
    course = open_course(course_path)
    if cluster and jobs:
        raise UsageError("--jobs is for this machine; with --cluster its workers say how many grade at once")
    console = Screen()
    with contextlib.ExitStack() as stack:
        folder, left_out = stack.enter_context(as_folder(submissions))
        known = assignment_of(course, assignment, out) or assignment_in(course, folder)
        name, _ = course.assignment(known)
        options = Options(
            jobs=jobs or available_cores(),
            regrade=regrade,
            confined=not unconfined,
            roster=read_roster(roster) if roster else None,
        )
        pool: Executor
        if cluster:
            pool = _cluster_pool(course, name, cluster, confined=not unconfined)
        else:
            here = local_pool(course, name, jobs=options.jobs, confined=options.confined)
            pool = stack.enter_context(contextlib.closing(here))
            pool.fork_ahead()
        # A terminal's bar has a thread of its own: after the fork.
        options = replace(options, progress=stack.enter_context(_progress_bar()))
        if preview:
            found = what_would_change(course, name, folder, out, options, pool)
        else:
            summary = grade_class(course, name, folder, out, options, pool)
            summary.skipped += left_out
    if preview:
        return print_preview(console, found, out)
    print_summary(console, summary, out, unconfined=unconfined)
    if summary.interrupted:
        console.print("Stopped. The same command goes on where this run stopped.")
        return 1
    return 1 if summary.statuses.get("grader error") else 0


def _cluster_pool(course: Course, name: str, address: str, *, confined: bool) -> Executor:
    from grader.batch.cluster import ClusterPool  # wants the extra `cluster`

    return ClusterPool(course, name, address, confined=confined)


def available_cores() -> int:
    """The processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextlib.contextmanager
def _progress_bar() -> Iterator[ProgressCallback]:
    """A bar on stderr, so that stdout stays clean; nothing at all when nobody is watching."""
    columns = (
        TextColumn("grading"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
        TextColumn("{task.fields[who]}"),
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("grading", total=None, who="")

        def advance(done: int, total: int, student: str) -> None:
            bar.update(task, completed=done, total=total, who=escape(visible(student, 30)))

        yield advance


def print_summary(console: Console, summary: Summary, out: Path, *, unconfined: bool = False) -> None:
    """The short table at the end of a run, what needs attention, and where everything is."""
    table = Table(title="Results", show_header=False)
    table.add_column("what")
    table.add_column("number", justify="right")
    for status in _STATUSES:
        table.add_row(status, str(summary.statuses.get(status, 0)))
    if summary.mean is not None and summary.median is not None:
        table.add_row("mean score", f"{summary.mean:.1f} of {summary.max_score:g}")
        table.add_row("median score", f"{summary.median:.1f} of {summary.max_score:g}")
    table.add_row("graded in this run", str(summary.graded))
    table.add_row("kept from before", str(summary.kept))
    if summary.unread:
        table.add_row("handed in, not graded", str(len(summary.unread)))
    table.add_row("seconds", f"{summary.seconds:.1f}")
    if unconfined:
        table.add_row("wall", "NONE (--unconfined)")
    console.print(table)
    for change in summary.changes:
        scores = f"{change.before:g} → {change.after:g} of {change.max_score:g}"
        console.print(f"changed: {escape(visible(change.student, 60))}: {scores}", highlight=False)
    for student, problem in summary.grader_errors:
        console.print(
            f"grader error: {escape(visible(student, 60))}: {escape(visible(problem, 300))}", highlight=False
        )
    for line in summary.remarks:
        console.print(f"note: {escape(visible(line, 500))}", highlight=False)
    for student, line in summary.unread[:_MOST_UNREAD]:
        console.print(
            f"not graded: {escape(visible(student, 60))}: {escape(visible(line, 200))}", highlight=False
        )
    for line in summary.skipped:
        console.print(f"passed over: {escape(visible(line, 200))}", highlight=False)
    for file in ("report.html", "grades.csv", FILE_NAME):
        print(out / file)


def write_report(
    results: Path,
    *,
    anonymous: bool,
    assignment: str | None,
    course_path: Path | None,
    roster: Path | None = None,
) -> Path:
    """Write RESULTS/report.html and grades.csv from the gradebook; returns the report's path.

    anonymous: write report-anonymous.html instead, without names.
    """
    if not results.is_dir():
        raise UsageError(f"{results} is not a folder; give the folder that `grader grade` wrote")
    course = open_course(course_path)
    name, model = course.assignment(assignment_of(course, assignment, results))
    people = read_roster(roster) if roster else None
    with Gradebook(results / FILE_NAME, create=False, course=course) as gradebook:
        if anonymous:
            counting = {result.student: result for result in side_by_side(gradebook.results(name))}
            more = more_for_report(gradebook, name, counting, people)
            text = report_html(list(counting.values()), name, model, links={}, anonymous=True, more=more)
            write_atomically(results / "report-anonymous.html", text)
            return results / "report-anonymous.html"
        finish(gradebook, name, model, results, set(), Summary(), people)
    return results / "report.html"
