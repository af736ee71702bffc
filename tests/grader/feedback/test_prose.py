"""On 80 columns no word, no path and no command is broken: each can be copied."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.text import Text

from grader.feedback.prose import Prose, Screen, height_of
from grader.text import line_starts, wrapped

LONG = "/home/ada/documents/university/second year/".replace(" ", "_") * 3 + "cnn-handin.zip"


def lines(*parts: object, width: int = 80) -> list[str]:
    console = Screen(file=io.StringIO(), width=width, color_system=None)
    for part in parts:
        console.print(part)
    return console.file.getvalue().rstrip("\n").split("\n")  # type: ignore[attr-defined]


@pytest.mark.parametrize("before", range(60, 80))
def test_a_command_stays_on_one_line(before: int) -> None:
    sentence = f"{'x' * before} then `grader check -e conv2d` says more, and `grader pack`."
    for shown in (lines(sentence), lines(Text(sentence)), lines(Prose(Text(sentence), 6))):
        assert sum("`grader check -e conv2d`" in line for line in shown) == 1
        assert all(len(line) <= 80 for line in shown if "x" not in line)
        assert " ".join(line.strip() for line in shown) == sentence


def test_what_is_longer_than_a_line_is_printed_whole() -> None:
    shown = lines(Text(f"  file    {LONG} is it"), Prose(Text(f"a {LONG}"), 4))
    assert shown == ["  file", LONG, "is it", "    a", "    " + LONG]
    assert height_of([Text(LONG)], 80) == -(-len(LONG) // 80)


def test_a_long_text_in_backticks_is_no_command() -> None:
    assert len(lines("`" + "some words " * 20 + "`")) > 2


@given(st.text("ab `\n", max_size=60), st.integers(1, 12))
def test_nothing_is_lost_or_broken(text: str, width: int) -> None:
    line = text.replace("\n", " ")
    starts = line_starts(line, width)
    assert starts == sorted(set(starts))
    pieces = [line[a:b] for a, b in zip([0, *starts], [*starts, len(line)], strict=True)]
    assert "".join(pieces) == line
    assert [word for piece in pieces for word in piece.split()] == line.split()


def test_only_a_terminal_gets_lines_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    text = "a word " * 30
    assert wrapped(text, stream) == text
    monkeypatch.setattr(stream, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    assert max(map(len, wrapped(text, stream).split("\n"))) <= 80


def test_rich_itself_would_break_a_command() -> None:
    """Why there is a console of our own."""
    console = Console(file=io.StringIO(), width=30, color_system=None)
    console.print("so many words here: `grader check -e conv2d`")
    assert "`grader check -e conv2d`" not in console.file.getvalue()  # type: ignore[attr-defined]
