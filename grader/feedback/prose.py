"""Sentences in a terminal: no word, no path and no command in backticks is broken, so that each can be copied.

What is longer than a line stands on it whole: the terminal goes on below, and copies it in one piece.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.measure import Measurement
from rich.text import Text

from grader.text import line_starts

_NARROWEST = 20


class Prose:
    """Text, `indent` columns to the right, wrapped between words and behind commands."""

    def __init__(self, text: Text, indent: int = 0) -> None:
        self._text = text
        self._indent = indent

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        room = max(_NARROWEST, options.max_width - self._indent)
        for whole in self._text.split("\n", allow_blank=True):
            for line in whole.divide(line_starts(whole.plain, room, cell_len)):
                line.rstrip()
                yield Text(" " * self._indent, no_wrap=True, overflow="ignore", end="\n").append_text(line)

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement(_NARROWEST, options.max_width)


class Screen(Console):
    """A console of which every sentence is prose, and which cuts nothing off."""

    def print(self, *objects: Any, highlight: bool | None = None, **how: Any) -> None:
        """As rich prints, texts as prose. highlight: as rich has it, for texts with markup."""
        if not how:  # whoever says more about how, such as `out`, wants just that
            objects, how = tuple(self._as_prose(part, highlight) for part in objects), {"crop": False}
        super().print(*objects, highlight=highlight, **how)

    def _as_prose(self, part: Any, highlight: bool | None) -> Any:
        if isinstance(part, str):
            part = self.render_str(part, highlight=self._highlight if highlight is None else highlight)
        return Prose(part) if isinstance(part, Text) and part.plain else part


def height_of(parts: Iterable[RenderableType], width: int) -> int:
    """How many rows `parts` take up in a terminal `width` columns wide."""
    console = Screen(width=width, force_terminal=False, legacy_windows=False, color_system=None)
    with console.capture() as drawn:
        for part in parts:
            console.print(part)
    lines = drawn.get().split("\n")[:-1]
    return sum(max(1, math.ceil(cell_len(line.rstrip()) / width)) for line in lines)
