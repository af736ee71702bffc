"""A watch's state → what the terminal shows: one exercise, the list, a hint or a question, and always the bar."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from grader.course import Assignment
from grader.home import CheckReport, besides_lines, chapter_lines, closing, explain, hint_panel, problem_lines
from grader.home.watch.machine import State, View
from grader.text import visible


def screen(
    state: State, report: CheckReport, assignment: Assignment, *, file: str, keys: bool, width: int
) -> Iterator[RenderableType]:
    """Everything on the screen, from top to bottom. file: what `r` would reset; keys: whether there is a keyboard."""
    yield from problem_lines(report)
    yield from _middle(state, report, assignment, file, width)
    yield Text()
    if state.note:
        yield _note(state.note)
    yield bar(state, width)
    if keys:
        yield _keys(state, file)


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
    state: State, report: CheckReport, assignment: Assignment, file: str, width: int
) -> Iterator[RenderableType]:
    if state.view is View.LIST:
        yield from chapter_lines(report, assignment)
        yield from besides_lines(report)
    elif state.view is View.HINT and state.hint is not None:
        yield hint_panel(state.hint, "press h again")
    elif state.view is View.ASK_RESET:
        yield Text(f"Put {file} back as it was handed out?", "bold")
        yield Text("Every exercise in it starts again. Your version is kept in .grader/kept.")
        yield Text("y resets it, any other key leaves it as it is.")
    elif state.focus in state.found and not state.passes(state.focus):
        yield from explain(state.found[state.focus], width)
    elif not state.running and report.exercises:
        yield Text.from_markup(closing(report))
        yield from besides_lines(report)


def _note(note: str) -> Text:
    text = Text(visible(note, 400))
    text.highlight_regex(r"✓ \w+ passes", "green")
    text.highlight_regex(r"✗ [^·]*", "red")
    return text


def _keys(state: State, file: str) -> Text:
    if state.view is View.ASK_RESET:
        words = [("y", "reset"), ("n", "leave it")]
    else:
        words = [("n", "next"), ("h", "hint"), ("l", "list"), ("a", "check all")]
        words += [("r", f"reset {file}")] if file else []
        words += [("q", "quit")]
    return Text(" · ").join([Text.assemble((key, "bold cyan"), f" {word}") for key, word in words])
