"""Untrusted text, made safe to show: exception texts, printed output, file names, names of submissions.

A student's text must not move the terminal's cursor, recolour a page, or reorder what a reader sees. Nothing
is dropped without a trace: what can't be shown stands there as a visible escape. HTML escaping is not done
here; the templates' autoescape does that.
"""

from __future__ import annotations

import codecs
import io
import itertools
import re
import shutil
import unicodedata
from collections.abc import Callable
from typing import TextIO

#: Colour sequences alone are removed whole: harmless, and common in output of honest programs.
_COLOUR = re.compile(r"\x1b\[[0-9;:]{0,32}m")

#: Joiners that ordinary names and emoji need. Every other format character can hide or reorder text.
_JOINERS = frozenset("\u200c\u200d")

_MAX_MARKS = 4


def visible(text: str, limit: int = 2000, *, multiline: bool = False) -> str:
    """`text` with every character that could act on the reader's screen shown as an escape.

    limit: characters of `text` that are kept; what is cut is counted: "… (n more characters)".
    multiline: keep line feeds and tabs (tabs as four spaces); otherwise they become visible signs.
    """
    if len(text) <= limit and text.isascii() and text.isprintable():
        return text  # as nearly all of them are
    text = _COLOUR.sub("", text.replace("\r\n", "\n"))
    kept = text[: max(0, limit)]
    out: list[str] = []
    marks = 0
    for char in kept:
        # A tower of combining marks would cover the lines above and below it.
        marks = marks + 1 if unicodedata.combining(char) else 0
        out.append(_escape(char, multiline) if marks <= _MAX_MARKS else f"<U+{ord(char):04X}>")
    more = len(text) - len(kept)
    tail = f"… ({more} more character{'s' if more != 1 else ''})" if more else ""
    return "".join(out) + tail


def first_lines(text: str, count: int) -> str:
    """The first `count` lines of `text`, and how many were left out."""
    lines = text.rstrip("\n").split("\n")
    if len(lines) <= count:
        return "\n".join(lines)
    more = len(lines) - count
    return "\n".join([*lines[:count], f"… ({more} more line{'s' if more != 1 else ''})"])


#: What the signs of this package's output become where a terminal or a file can't hold them.
_PLAIN = str.maketrans(
    {
        **dict(zip("✓✗○◐◷⊘…│║┃≠█░━─→←·×−–—", "+xo%@/.|||!#.=-><.x---", strict=True)),
        **dict(zip("╭╮╰╯┌┐└┘├┤┬┴┼", "+" * 13, strict=True)),
        "Σ": "sum", "∂": "d", "√": "sqrt", "≤": "<=", "≥": ">=", "∈": " in ", "∞": "inf", "≈": "~",
        "⌊": "floor(", "⌋": ")", "⌈": "ceil(", "⌉": ")",
        "“": '"', "”": '"', "’": "'",
    }
)  # fmt: skip


def encode_anyhow(*streams: object) -> None:
    """Let streams write what their encoding lacks as plain signs: a Windows terminal, or a file that output goes to."""
    codecs.register_error("grader.plain", _in_plain_signs)
    for stream in streams:
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="grader.plain")


def _in_plain_signs(error: UnicodeError) -> tuple[str | bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = unicodedata.normalize("NFKD", error.object[error.start : error.end].translate(_PLAIN))
    text = "".join(char for char in text if not unicodedata.combining(char))
    return text.encode("ascii", "replace").decode("ascii"), error.end


def _escape(char: str, multiline: bool) -> str:
    code = ord(char)
    if multiline and char == "\n":
        return char
    if multiline and char == "\t":
        return "    "
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    # Cc and Cf: C1 controls, bidi overrides and isolates, zero-width and tag characters. Cs, Cn and Co: no
    # meaning, or none that can be encoded. Zl and Zp break lines where no line break was expected.
    if char not in _JOINERS and unicodedata.category(char) in {"Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"}:
        return f"<U+{code:04X}>"
    return char


#: A longer piece in backticks is no command but a text that somebody wrote.
_LONGEST_COMMAND = 60


def line_starts(text: str, width: int, measure: Callable[[str], int] = len) -> list[int]:
    """Where to break one line of text so that the pieces fit into `width`: between words, never in `a command`."""
    pieces = text.split("`")
    for number in range(1, len(pieces) - 1, 2):
        if len(pieces[number]) <= _LONGEST_COMMAND:
            pieces[number] = pieces[number].replace(" ", "\0")
    words = list(re.finditer(r"\S+", "`".join(pieces)))
    starts: list[int] = []
    begin = 0
    for word in words[1:]:
        if measure(text[begin : word.end()]) > width:
            begin = word.start()
            starts.append(begin)
    return starts


def wrapped(text: str, stream: TextIO) -> str:
    """`text` for a stream: in a terminal broken between words; anywhere else as it is."""
    if not stream.isatty():
        return text
    width = shutil.get_terminal_size().columns
    lines = []
    for line in text.split("\n"):
        cuts = [0, *line_starts(line, width), len(line)]
        lines += [line[a:b].rstrip() for a, b in itertools.pairwise(cuts)]
    return "\n".join(lines)
