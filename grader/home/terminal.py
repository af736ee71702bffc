"""CheckReport, or a hint → terminal: checkpoints with progress, the first failing check explained, what to do next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import RenderableType
from rich.markup import escape
from rich.panel import Panel
from rich.text import Text

from grader.course import Assignment, Hint
from grader.feedback import fitted_text
from grader.home.besides import CAPSTONE
from grader.home.folders import CHECKS_FOLDER
from grader.home.overview import besides_lines, chapter_lines, problem_lines
from grader.home.report import CheckReport, ExerciseCheck
from grader.result import ExerciseResult
from grader.testing import is_rule
from grader.text import visible


def check_text(
    report: CheckReport, assignment: Assignment, *, width: int = 80, rows: int | None = None
) -> Iterator[RenderableType]:
    """What `grader check` prints. rows: of the screen; what explains the failure and says what to do fits on it."""
    yield from problem_lines(report)
    yield from chapter_lines(report, assignment)
    yield from besides_lines(report)
    if report.next:
        yield Text("")
    below = (Text.from_markup(closing(report)),)
    if report.next:
        # One row is the prompt's.
        yield from explain(
            report.next, report.folder, width=width, rows=rows and rows - 1, below=below, hinted=report.hinted
        )
    else:
        yield from below


def explain(
    exercise: ExerciseCheck,
    folder: Path,
    *,
    width: int,
    rows: int | None = None,
    below: Sequence[RenderableType] = (),
    hinted: frozenset[str] = frozenset(),
) -> list[RenderableType]:
    """One exercise that does not pass: why, or how to begin; and `below` it what to do, in `rows` rows."""
    if exercise.lost:
        return [Text.from_markup(f"[bold]Next: {exercise.name}[/], whose file is missing."), *below]
    if exercise.status == "not started":
        file = exercise.file or f"{exercise.chapter}.py"
        begin = Text.from_markup(
            f"[bold]Next: {exercise.name}[/] in {escape(file)}. Its docstring says what to do"
            + (f"; `grader hint {exercise.name}` helps." if exercise.name in hinted else ".")
        )
        return [begin, *(Text(f"Rule: {rule}") for rule in exercise.rules), *below]
    result = ExerciseResult(
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
    )
    places = [_from_here(folder, exercise.place)] if exercise.place else []
    if exercise.failure and not is_rule(exercise.failure):
        places.append(_from_here(folder, f"{CHECKS_FOLDER}/{exercise.failure.id}"))
    return fitted_text(result, width=width, rows=rows, below=below, where=" · ".join(places))


def _from_here(folder: Path, place: str) -> str:
    """The path that a click in this terminal finds."""
    here = Path.cwd()
    path = folder.resolve() / place
    return visible((path.relative_to(here) if path.is_relative_to(here) else path).as_posix(), 300)


def closing(report: CheckReport) -> str:
    """What to do next, as rich markup."""
    if report.all_passed:
        return _when_all_pass(report)
    current = report.next
    if current is None:
        waiting = next(exercise for exercise in report.exercises if exercise.status == "blocked")
        first = waiting.needs[0]
        return f"{waiting.name} waits for {first}: `grader check -e {first}` says what is missing there."
    if current.lost:
        return f"`grader reset {current.chapter}` brings {current.file} back as it was handed out."
    if current.status == "not started":
        return f"Write {current.name}, save, and run `grader check` again."
    stuck = f" Stuck? `grader hint {current.name}`" if current.name in report.hinted else ""
    return f"Mend {current.name}, save, and run `grader check` again.{stuck}"


def _when_all_pass(report: CheckReport) -> str:
    if report.besides is None:
        (name,) = (exercise.name for exercise in report.exercises)
        return f"[green]{name} passes all visible checks.[/] `grader check` says what is next."
    left = []
    if unanswered := len(report.besides.questions.unanswered):
        left.append(f"{unanswered} question{'s' if unanswered > 1 else ''} to answer")
    if report.besides.capstone == "to run":
        left.append(f"`python {CAPSTONE}`")
    if report.besides.handin != "packed":
        left.append("`grader pack`")
    rest = f" Next: {', then '.join(left)}." if left else ""
    return f"[green]All visible checks pass.[/]{rest} The grader runs more of them, on inputs that are not shown here."


def hint_panel(hint: Hint, how_to_go_on: str) -> Panel:
    """One hint in a frame. how_to_go_on: what to do to see the next one."""
    from rich.markdown import Markdown

    rest = f"{hint.more} more: {how_to_go_on}" if hint.more else "that was the last one"
    return Panel(
        Markdown(hint.text), title=f"{hint.exercise}: {hint.tier}", subtitle=rest, title_align="left"
    )
