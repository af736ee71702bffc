"""A watch's state → what the terminal shows: one exercise, the list, a hint or a question, and always the bar."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import RenderableType
from rich.text import Text

from grader.course import Assignment
from grader.feedback import height_of
from grader.home import (
    CheckReport,
    besides_lines,
    chapter_lines,
    closing,
    explain,
    hint_panel,
    problem_lines,
    short_lines,
)
from grader.home.watch.machine import State, View
from grader.text import visible


def screen(
    state: State,
    report: CheckReport,
    assignment: Assignment,
    *,
    file: str,
    keys: bool,
    width: int,
    rows: int | None = None,
) -> list[RenderableType]:
    """Everything on the screen, from top to bottom, on `rows` rows if that can be.

    file: what `r` would reset; keys: whether there is a keyboard.
    """
    above = list(problem_lines(report))
    below: list[RenderableType] = [Text()]
    if state.note:
        below.append(_note(state.note))
    below.append(bar(state, width))
    if keys:
        below.append(_keys(state, file))
    # The cursor stands below the last line.
    left = None if rows is None else rows - 1 - height_of(above, width)
    return [*above, *_middle(state, report, assignment, file, width, left, below)]


def bar(state: State, width: int) -> Text:
    """How much passes, of how much; and what is being checked."""
    total = len(state.order)
    text = Text.assemble(
        ("█" * state.done, "green"),
        ("░" * (total - state.done), "dim"),
        (f" {state.done} of {total} done", "bold"),
    )
    if state.running:
        text.append(f"  checking {state.running} …", "dim")
    text.truncate(width)
    return text


def _middle(
    state: State,
    report: CheckReport,
    assignment: Assignment,
    file: str,
    width: int,
    rows: int | None,
    below: list[RenderableType],
) -> Iterable[RenderableType]:
    if state.view is View.LIST:
        lines: list[RenderableType] = [*chapter_lines(report, assignment), *besides_lines(report), *below]
        if rows is None or height_of(lines, width) <= rows:
            return lines
        return [*short_lines(report, assignment), *besides_lines(report), *below]
    if state.view is View.HINT and state.hint is not None:
        return [hint_panel(state.hint, "press h again"), *below]
    if state.view is View.ASK_RESET:
        return [
            Text(f"Put {state.focus} back as it was handed out?", "bold"),
            Text(f"y: only {state.focus}. f: all of {file}. Any other key leaves it as it is."),
            Text("Your version of the file is kept in .grader/kept."),
            *below,
        ]
    if state.focus in state.found and not state.passes(state.focus):
        return explain(
            state.found[state.focus], report.folder, width=width, rows=rows, below=below, hinted=report.hinted
        )
    if not state.running and report.exercises:
        return [Text.from_markup(closing(report)), *besides_lines(report), *below]
    return below


def _note(note: str) -> Text:
    text = Text(visible(note, 400))
    text.highlight_regex(r"✓ \w+ passes", "green")
    text.highlight_regex(r"✗ [^·]*", "red")
    return text


def _keys(state: State, file: str) -> Text:
    if state.view is View.ASK_RESET:
        words = [("y", f"reset {state.focus}"), ("f", f"reset {file}"), ("n", "leave it")]
    else:
        words = [("n", "next"), ("h", "hint"), ("l", "list"), ("a", "check all")]
        words += [("o", "open"), ("r", "reset")] if file else []
        words += [("q", "quit")]
    return Text(" · ").join([Text.assemble((key, "bold cyan"), f" {word}") for key, word in words])
