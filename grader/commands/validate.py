"""`grader validate`."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar
from rich.table import Table

from grader.authoring import (
    ALLOWED,
    CAUGHT,
    NO_EFFECT,
    PASSED,
    PERTURBATIONS,
    PERTURBED_VALUES,
    Examination,
    ExerciseExam,
    Fairness,
    Material,
    Progress,
    about_choice,
    choose_inputs,
    examine,
    examine_seeds,
    examine_submissions,
    fairness_of,
    not_proven,
    prove,
    proven,
    try_wrong_answers,
    unproven,
)
from grader.commands import open_course
from grader.course import Course
from grader.errors import CourseError
from grader.feedback import Screen
from grader.grading import Grader, course_seed
from grader.wall import can_fork_workers

#: Inputs a test and seed where many seeds are run: variety comes from the seeds.
SEED_EXAMPLES = 5
#: Added to the course's seed: ordinary calls are none of the tests' own.
_FAIRNESS_SEED = 1_000_003
_CAUGHT, _PASSED = "■", "·"
_SPOILT = {CAUGHT: _CAUGHT, PASSED: "[red]·[/]", NO_EFFECT: "?", ALLOWED: "○"}


def run(
    full: bool,
    seeds: int,
    course_path: Path | None,
    *,
    assignment: str | None = None,
    matrix: bool = True,
    fairness: bool = False,
    choose: bool = False,
) -> int:
    """Examine a course and print what was found. Returns the exit code: 0 fit, 1 not; CourseError where it is none.

    full: grade a submission for every mistake and variant, too; seeds: how many other seeds variants are run on.
    fairness: also print partial credit beside what is right. choose: first choose the inputs that grading uses.
    """
    course = open_course(course_path)
    out = Screen()
    names = [course.assignment(assignment)[0]] if assignment or len(course.assignments) == 1 else None
    code = 0
    for name in names or course.assignments:
        started = time.perf_counter()
        if choose:
            with _progress_bar("choosing") as progress:
                file, chosen = choose_inputs(course, name, progress)
            out.print(f"{escape(name)}: {chosen}, see {escape(str(file))}", highlight=False)
        found, material = _examine(course, name, full=full, seeds=seeds)
        if matrix:
            for exam in found.exercises.values():
                out.print(exercise_table(exam))
            out.print(spoilt_table(found))
        if fairness and material is not None:
            _print_fairness(out, course, found, material)
        if found.exercises:
            out.print(summary_table(found))
        for note in found.notes:
            out.print(escape(note), highlight=False)
        for reason in found.reasons:
            out.print(f"[bold red]✗[/] {escape(reason)}", highlight=False)
        if material is not None:
            out.print(f"proven: {escape(proven(found))}", highlight=False)
        for gap in not_proven(found):
            out.print(f"[yellow]not proven:[/] {escape(gap)}", highlight=False)
        blank = unproven(found)
        many = len(found.reasons)
        verdict = f"[bold red]not fit to grade with: {many} reason{'s' if many > 1 else ''}[/]"
        if not found.reasons:
            verdict = "[bold green]fit to grade with[/]"
            if blank:
                verdict = f"[bold yellow]unproven: no wrong answer was seen to fail in {escape(', '.join(blank))}[/]"
        out.print(f"{escape(name)}: {verdict} ({time.perf_counter() - started:.0f} s)", highlight=False)
        code = max(code, int(bool(found.reasons or blank)))
    return code


def _examine(course: Course, name: str, *, full: bool, seeds: int) -> tuple[Examination, Material | None]:
    refused = ""
    with contextlib.ExitStack() as stack:
        try:
            grader = stack.enter_context(Grader(course, name, confined=can_fork_workers()))
        except CourseError as error:
            grader, refused = None, str(error)  # the reasons follow, all of them
        with _progress_bar("examining") as progress:
            found, material = examine(course, name, grader, progress)
        if refused and not found.reasons:
            found.reasons.append(refused)
        if material is None or grader is None:
            return found, material
        found.notes += about_choice(course, name, grader.tests)
        with _progress_bar("answering wrongly") as progress:
            try_wrong_answers(found, material, progress)
        with _progress_bar("spoiling") as progress:
            prove(course, found, material, everything=full, progress=progress)
        with _progress_bar("grading") as progress:
            examine_submissions(course, found, material, grader, everything=full, progress=progress)
    if seeds > 0:
        with _progress_bar("seeds") as progress:
            examine_seeds(course, found, seeds=seeds, examples=SEED_EXAMPLES, progress=progress)
    return found, material


def _print_fairness(out: Console, course: Course, found: Examination, material: Material) -> None:
    """The table, and how many mistakes get much more or much less than a person would give."""
    seed = course_seed(course, found.assignment) + _FAIRNESS_SEED
    rows = [row for exam in found.exercises.values() for row in fairness_of(exam, material, seed)]
    out.print(fairness_table(rows))
    shown = {row.exercise for row in rows}
    silent = [exam.name for exam in found.exercises.values() if exam.caught and exam.name not in shown]
    if silent:
        found.notes.append(f"partial credit is not judged where no test draws calls: {', '.join(silent)}")
    for kind in ("too little", "too much"):
        named = [f"{row.exercise} {row.mistake}" for row in rows if row.unfair == kind]
        found.notes.append(f"mistakes that get {kind}: {', '.join(named) or 'none'} (of {len(rows)})")


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


def spoilt_table(found: Examination) -> Table:
    """Exercises × what was done to the reference's results."""
    table = Table(
        title="The reference, its results spoilt",
        title_justify="left",
        box=None,
        pad_edge=False,
        header_style="dim",
    )
    table.add_column("results that are", overflow="fold")
    exams = [exam for exam in found.exercises.values() if exam.spoilt]
    table.add_column(f"in {len(exams)} exercises, in order", overflow="fold")
    for perturbation in (*PERTURBATIONS, *PERTURBED_VALUES):
        marks = "".join(_SPOILT.get(exam.spoilt.get(perturbation.name, ""), " ") for exam in exams)
        if marks.strip():
            table.add_row(escape(perturbation.name), marks)
    table.caption = (
        f"{_CAUGHT} noticed, {_PASSED} not, ○ allowed, ? no call found that tells, blank: no such numbers"
    )
    table.caption_justify = "left"
    return table


def fairness_table(rows: Sequence[Fairness]) -> Table:
    """Mistakes: how often right, and what share of the points."""
    table = Table(title="Partial credit", title_justify="left", box=None, pad_edge=False, header_style="dim")
    table.add_column("exercise")
    table.add_column("mistake")
    for head in ("right on", "of the points"):
        table.add_column(head, justify="right")
    table.add_column("")
    for row in rows:
        table.add_row(
            escape(row.exercise), escape(row.mistake), f"{row.right:.0%}", f"{row.points:.0%}", row.unfair,
            style="red" if row.unfair else "",
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
