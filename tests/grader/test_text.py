"""Untrusted text comes out inert and honest: nothing acts on the screen, nothing disappears unseen."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.text import first_lines, visible


def test_ordinary_text_of_any_script_stays_as_it_is() -> None:
    for text in ("conv2d: got 3.0", "Zoë Müller", "می\u200cخواهم", "日本語", "≠ ✓ – …", "e\u0301"):
        assert visible(text) == text


def test_colour_sequences_vanish_and_other_escapes_become_visible() -> None:
    assert visible("\x1b[1;31mred\x1b[0m") == "red"
    assert visible("a\x1b[2Jb") == "a␛[2Jb"
    assert visible("\x1b]0;title\x07") == "␛]0;title␇"


@pytest.mark.parametrize(
    "char", ["\u202e", "\u2066", "\u200f", "\u200b", "\ufeff", "\u2028", "\x9b", "\U000e0041", "\ud800"]
)
def test_characters_that_hide_or_reorder_are_named(char: str) -> None:
    assert visible(f"a{char}b") == f"a<U+{ord(char):04X}>b"


def test_line_breaks_are_kept_only_where_lines_are_wanted() -> None:
    assert visible("a\nb\tc\rd") == "a␊b␉c␍d"
    assert visible("a\r\nb\tc\rd", multiline=True) == "a\nb    c␍d"


def test_long_text_is_cut_and_says_how_much_is_missing() -> None:
    assert visible("abcdef", 4) == "abcd… (2 more characters)"
    assert visible("abcde", 4) == "abcd… (1 more character)"
    assert visible("abcd", 4) == "abcd"


def test_a_tower_of_combining_marks_is_taken_down() -> None:
    assert sum(unicodedata.combining(char) > 0 for char in visible("a" + "\u0301" * 200)) == 4


def test_first_lines_counts_what_it_leaves_out() -> None:
    assert first_lines("a\nb\n", 2) == "a\nb"
    assert first_lines("a\nb\nc\nd", 2) == "a\nb\n… (2 more lines)"


@settings(max_examples=200, deadline=None, database=None, derandomize=True)
@given(st.text(st.characters(), max_size=40), st.booleans())
def test_no_acting_character_survives_and_a_second_pass_changes_nothing(text: str, multiline: bool) -> None:
    shown = visible(text, multiline=multiline)
    allowed = {"\u200c", "\u200d"} | ({"\n"} if multiline else set())
    assert not [c for c in shown if unicodedata.category(c) in ("Cc", "Cf", "Cs") and c not in allowed]
    assert visible(shown, 10_000, multiline=multiline) == shown
    shown.encode("utf-8")
