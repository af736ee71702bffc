"""`grader validate`."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar
from rich.table import Table

from grader.authoring import Examination, ExerciseExam, Progress, examine, examine_seeds, examine_submissions
from grader.commands import open_course
from grader.course import Course
from grader.errors import CourseError
from grader.grading import Grader
from grader.wall import can_fork_workers

#: Inputs a test and seed where many seeds are run: variety comes from the seeds.
SEED_EXAMPLES = 5
_CAUGHT, _PASSED = "■", "·"


def run(
    full: bool, seeds: int, course_path: Path | None, *, assignment: str | None = None, matrix: bool = True
) -> int:
    """Examine a course and print what was found. Returns the exit code: 0 fit, 1 not; CourseError where it is none.

    full: grade a submission for every mistake and variant, too; seeds: how many other seeds variants are run on.
    """
    course = open_course(course_path)
    out = Console()
    names = [course.assignment(assignment)[0]] if assignment or len(course.assignments) == 1 else None
    code = 0
    for name in names or course.assignments:
        started = time.perf_counter()
        found = _examine(course, name, full=full, seeds=seeds)
        if matrix:
            for exam in found.exercises.values():
                out.print(exercise_table(exam))
        out.print(summary_table(found))
        for note in found.notes:
            out.print(escape(note), highlight=False)
        for reason in found.reasons:
            out.print(f"[bold red]✗[/] {escape(reason)}", highlight=False)
        verdict = f"[bold red]not fit to grade with: {len(found.reasons)} reasons[/]"
        if not found.reasons:
            verdict = "[bold green]fit to grade with[/]"
        out.print(f"{escape(name)}: {verdict} ({time.perf_counter() - started:.0f} s)", highlight=False)
        code = max(code, int(bool(found.reasons)))
    return code


def _examine(course: Course, name: str, *, full: bool, seeds: int) -> Examination:
    with contextlib.ExitStack() as stack:
        try:
            grader = stack.enter_context(Grader(course, name, confined=can_fork_workers()))
        except CourseError:
            grader = None  # the reasons follow, all of them
        with _progress_bar("examining") as progress:
            found, material = examine(course, name, grader, progress)
        if material is None or grader is None:
            return found
        with _progress_bar("grading") as progress:
            examine_submissions(course, found, material, grader, everything=full, progress=progress)
    if seeds > 0:
        with _progress_bar("seeds") as progress:
            examine_seeds(course, found, seeds=seeds, examples=SEED_EXAMPLES, progress=progress)
    return found


def exercise_table(exam: ExerciseExam) -> Table:
    """Tests × mistakes of one exercise: a mark for each mistake, in the catalogue's order."""
    table = Table(title=exam.name, title_justify="left", box=None, pad_edge=False, header_style="dim")
    table.add_column("hidden test", overflow="fold")
    table.add_column("points", justify="right")
    table.add_column(f"its {len(exam.caught)} mistakes", overflow="fold")
    for head in ("caught", "first", "alone"):
        table.add_column(head, justify="right")
    for number, test in enumerate(exam.tests):
        marks = "".join(_CAUGHT if row[number] else _PASSED for row in exam.caught.values())
        counts = (exam.catches(number), exam.first(number), exam.alone(number))
        table.add_row(
            escape(test.id.partition("::")[2]), f"{test.points:g}", marks, *map(str, counts),
            style="" if exam.first(number) or not exam.caught else "red",
        )  # fmt: skip
    return table


def summary_table(found: Examination) -> Table:
    """One line an exercise, and the totals."""
    table = Table(title="Examination", title_justify="left", header_style="bold")
    table.add_column("exercise")
    for head in ("points", "tests", "checks", "mistakes caught", "variants accepted"):
        table.add_column(head, justify="right")
    for exam in found.exercises.values():
        caught = sum(any(row) for row in exam.caught.values())
        table.add_row(
            escape(exam.name), f"{exam.points:g}", str(len(exam.tests)), str(len(exam.checks)),
            f"{caught}/{len(exam.caught)}", f"{sum(exam.accepted.values())}/{len(exam.accepted)}",
        )  # fmt: skip
    exams = found.exercises.values()
    table.add_section()
    table.add_row(
        "all", f"{sum(e.points for e in exams):g}", str(sum(len(e.tests) for e in exams)),
        str(sum(len(e.checks) for e in exams)), "/".join(map(str, found.mistakes)),
        "/".join(map(str, found.variants)),
    )  # fmt: skip
    return table


@contextlib.contextmanager
def _progress_bar(what: str) -> Iterator[Progress]:
    columns = (
        TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("{task.fields[at]}")
    )  # fmt: skip
    with Bar(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True) as bar:
        task = bar.add_task(what, total=None, at="")

        def advance(done: int, total: int, at: str) -> None:
            bar.update(task, completed=done, total=total, at=escape(at))

        yield advance
