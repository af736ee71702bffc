"""A hint → terminal."""

from __future__ import annotations

from rich.markdown import Markdown
from rich.panel import Panel

from grader.course import Hint


def hint_panel(hint: Hint, how_to_go_on: str) -> Panel:
    """One hint in a frame. how_to_go_on: what to do to see the next one."""
    rest = f"{hint.more} more: {how_to_go_on}" if hint.more else "that was the last one"
    return Panel(
        Markdown(hint.text), title=f"{hint.exercise}: {hint.tier}", subtitle=rest, title_align="left"
    )
