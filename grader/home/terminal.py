"""CheckReport, or a hint → terminal: checkpoints with progress, the first failing check explained, what to do next."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.markdown import Markdown
from rich.markup import escape
from rich.panel import Panel
from rich.text import Text

from grader.course import Assignment, Chapter, Hint
from grader.feedback import exercise_text
from grader.home.selfcheck import CheckReport, ExerciseCheck
from grader.result import ExerciseResult
from grader.text import visible

_SIGNS = {
    "passed": ("✓", "green"),
    "failed": ("✗", "red"),
    "not started": ("○", "dim"),
    "blocked": ("…", "yellow"),
}


def check_text(report: CheckReport, assignment: Assignment, *, width: int = 80) -> Iterator[RenderableType]:
    """What `grader check` prints."""
    yield from problem_lines(report)
    yield from chapter_lines(report, assignment)
    if report.next:
        yield Text("")
        yield from explain(report.next, width)
    yield Text("")
    yield Text.from_markup(closing(report))


def problem_lines(report: CheckReport) -> Iterator[Text]:
    """What is wrong with whole files."""
    for problem in report.problems:
        yield Text.from_markup(f"[yellow]![/] {escape(visible(problem, 300))}")


def chapter_lines(report: CheckReport, assignment: Assignment) -> Iterator[RenderableType]:
    """Every chapter with its checkpoint, every exercise with how it stands."""
    by_name = {exercise.name: exercise for exercise in report.exercises}
    for chapter in assignment.chapters:
        mine = [by_name[e.name] for e in chapter.exercises if e.name in by_name]
        if mine or not chapter.available:
            yield from _chapter(chapter, mine)


def _chapter(chapter: Chapter, exercises: list[ExerciseCheck]) -> Iterator[RenderableType]:
    if not chapter.available:
        yield Text.from_markup(f"[bold]{escape(chapter.title)}[/] [dim](opens later)[/]")
        return
    done = sum(exercise.status == "passed" for exercise in exercises)
    bar = "█" * done + "░" * (len(exercises) - done)
    flag = "  [green]checkpoint reached[/]" if done == len(exercises) else ""
    yield Text.from_markup(f"[bold]{escape(chapter.title)}[/]  {bar} {done} of {len(exercises)}{flag}")
    for exercise in exercises:
        sign, style = _SIGNS[exercise.status]
        if exercise.status == "passed":
            note = ""
        elif exercise.message:
            note = visible(exercise.message, 200)
        else:
            note = f"{exercise.passed} of {exercise.total} checks pass"
        yield Text.from_markup(
            f"  [{style}]{sign}[/] {exercise.name:16} [{style}]{exercise.status:12}[/]{escape(note)}"
        )


def explain(exercise: ExerciseCheck, width: int) -> Iterator[RenderableType]:
    """One exercise that does not pass: why, or how to begin."""
    if exercise.status == "not started":
        file = exercise.file or f"{exercise.chapter}.py"
        yield Text.from_markup(
            f"[bold]Next: {exercise.name}[/] in {escape(file)}. Its docstring says what to do; "
            f"`grader hint {exercise.name}` helps."
        )
        return
    yield exercise_text(
        ExerciseResult(
            name=exercise.name,
            chapter=exercise.chapter,
            score=exercise.passed,
            max_score=exercise.total,
            status="partly" if exercise.passed else "failed",
            tests=[exercise.failure] if exercise.failure else [],
            message=exercise.message,
            printed=exercise.printed,
            remarks=list(exercise.remarks),
            fault=exercise.fault,
            diagnosis=exercise.diagnosis,
        ),
        width=width,
    )


def closing(report: CheckReport) -> str:
    """What to do next, as rich markup."""
    if report.all_passed:
        return "[green]All visible checks pass.[/] The grader runs more of them, on inputs that are not shown here."
    current = report.next
    if current is None:
        return "Nothing passes yet."
    if current.status == "not started":
        return f"Write {current.name}, save, and run `grader check` again."
    return f"Mend {current.name}, save, and run `grader check` again. Stuck? `grader hint {current.name}`"


def hint_panel(hint: Hint, how_to_go_on: str) -> Panel:
    """One hint in a frame. how_to_go_on: what to do to see the next one."""
    rest = f"{hint.more} more: {how_to_go_on}" if hint.more else "that was the last one"
    return Panel(
        Markdown(hint.text), title=f"{hint.exercise}: {hint.tier}", subtitle=rest, title_align="left"
    )
