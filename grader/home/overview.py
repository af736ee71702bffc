"""CheckReport → lines of a terminal: how every exercise stands, and the rest of the assignment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from rich.console import RenderableType
from rich.markup import escape
from rich.text import Text

from grader.course import Assignment, Chapter
from grader.feedback import remark_lines
from grader.home.besides import CAPSTONE
from grader.home.report import CheckReport, ExerciseCheck
from grader.text import visible

#: What is wrong with a whole file, and the line: "alpha.py: invalid syntax, line 2".
AT_LINE = re.compile(r"^(\w+\.py): (.*), line (\d+)(?=$|: )")

_SIGNS = {
    "passed": ("✓", "green"),
    "failed": ("✗", "red"),
    "not started": ("○", "dim"),
    "blocked": ("…", "yellow"),
}


def problem_lines(report: CheckReport) -> Iterator[Text]:
    """What is wrong with whole files."""
    for problem in report.problems:
        # With the line where terminals and editors look for it.
        text = AT_LINE.sub(r"\1:\3: \2", visible(problem, 300))
        yield Text.assemble(("! ", "yellow"), text)


def chapter_lines(report: CheckReport, assignment: Assignment) -> Iterator[RenderableType]:
    """Every chapter with its checkpoint, every exercise with how it stands."""
    by_name = {exercise.name: exercise for exercise in report.exercises}
    for chapter in assignment.chapters:
        mine = [by_name[e.name] for e in chapter.exercises if e.name in by_name]
        if mine or not chapter.available:
            yield from _chapter(chapter, mine)


def question_lines(report: CheckReport) -> Iterator[Text]:
    """How many questions are answered, and what of the answers can't be read."""
    found = report.besides.questions if report.besides else None
    if not found or not found.total:
        return
    style = "green" if found.answered == found.total else "yellow" if found.answered else "dim"
    yield Text.assemble(("questions: ", "bold"), (f"{found.answered} of {found.total} answered", style))
    for remark in found.remarks:
        yield Text.assemble(("  ! ", "yellow"), visible(remark, 300))


def besides_lines(report: CheckReport) -> Iterator[Text]:
    """The questions, the capstone and the hand-in, as far as the assignment has them."""
    besides = report.besides
    if besides is None:
        return
    yield from question_lines(report)
    if besides.examples:
        yield Text.assemble(("examples of yours: ", "bold"), visible(besides.examples, 200))
    if besides.capstone != "none":
        waits = "" if report.all_passed else " (when all exercises pass)"
        done = "has run" if besides.capstone == "has run" else f"run `python {CAPSTONE}`{waits}"
        yield Text.assemble(("capstone: ", "bold"), done)
    when = besides.packed.replace("T", " ")[:16]
    words = {
        "not packed": "`grader pack` makes the zip to hand in",
        "changed": f"changed since it was packed ({when}): run `grader pack` again",
        "packed": f"packed {when} as {Path(besides.file).name}, nothing has changed since",
    }
    yield Text.assemble(("hand-in: ", "bold"), visible(words[besides.handin], 200))


def short_lines(report: CheckReport, assignment: Assignment) -> Iterator[RenderableType]:
    """The same on few rows: the exercises of a chapter behind its title."""
    by_name = {exercise.name: exercise for exercise in report.exercises}
    for chapter in assignment.chapters:
        line = Text(chapter.title, "bold")
        if not chapter.available:
            line.append(" (opens later)", "dim")
        for exercise in (by_name[e.name] for e in chapter.exercises if e.name in by_name):
            sign, style = _SIGNS[exercise.status]
            line.append_text(Text.assemble("  ", (sign, style), (f" {exercise.name}", "not bold")))
        yield line


def _chapter(chapter: Chapter, exercises: list[ExerciseCheck]) -> Iterator[RenderableType]:
    if not chapter.available:
        yield Text.from_markup(f"[bold]{escape(chapter.title)}[/] [dim](opens later)[/]")
        return
    done = sum(exercise.status == "passed" for exercise in exercises)
    bar = "█" * done + "░" * (len(exercises) - done)
    whole = done == len(chapter.exercises)
    flag = "  [green]checkpoint reached[/]" if whole else ""
    yield Text.from_markup(f"[bold]{escape(chapter.title)}[/]  {bar} {done} of {len(exercises)}{flag}")
    for exercise in exercises:
        sign, style = _SIGNS[exercise.status]
        if exercise.status == "passed" and exercise.total:
            note = ""
        elif exercise.message:
            note = visible(exercise.message, 200)
        else:
            note = f"{exercise.passed} of {exercise.total} checks pass"
        yield Text.from_markup(
            f"  [{style}]{sign}[/] {exercise.name:16} [{style}]{exercise.status:12}[/]{escape(note)}"
        )
        if exercise.status == "passed":
            yield from remark_lines(exercise.remarks)
