"""A plain `assert` of a hidden test that did not hold, in words for the student who failed it."""

from __future__ import annotations

from typing import Any

from grader.text import visible

_MAX_VALUE = 80


def words_of(error: BaseException, got: Any, expected: Any) -> str:
    """The author's message if there is one, then what was returned last and what the reference returns there.

    What pytest adds to a message (the expression, how it came about) is for authors and left out.
    """
    lines = str(error).strip().splitlines()
    first = lines[0].strip() if lines else ""
    own = first and not first.startswith(("assert ", "Not equal", "Arrays are not", "Items are not"))
    message = visible(first)[:200].rstrip(":. ") if own else "what the title says does not hold"
    returned, right = _short(got), _short(expected)
    if expected is None or returned is None or right is None or returned == right:
        return message
    return f"{message}: the last call returned {returned}, right is {right}"


def _short(value: Any) -> str | None:
    """The value on one line, or nothing where it would be too long to read."""
    try:
        text = " ".join(repr(value).split())
    except Exception:
        return None
    return visible(text) if len(text) <= _MAX_VALUE else None
