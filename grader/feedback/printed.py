"""What code printed: numpy's warnings, said in plain words, and the rest as it came."""

from __future__ import annotations

import re
from dataclasses import dataclass

from grader.text import first_lines, visible

#: `chapter.py:12: RuntimeWarning: overflow encountered in exp`, as Python writes it; the line of code may follow.
_WARNING = re.compile(r"(.{1,200}):(\d{1,7}): RuntimeWarning: (.{1,60}) encountered in (\w{1,60})")
_FOLDERS = r"[\\/]"
_MOST_WARNINGS = 5


@dataclass(frozen=True)
class Printed:
    """warnings: a sentence each, the same ones once; rest: what else was printed, safe to show, and cut."""

    warnings: tuple[str, ...] = ()
    rest: str = ""


def printed_parts(text: str, lines: int, characters: int) -> Printed:
    """Tell numpy's warnings from what a student's code printed; `lines` and `characters` of the latter are kept."""
    found: dict[str, None] = {}
    rest: list[str] = []
    after_warning = False
    for line in text.split("\n"):
        match = _WARNING.fullmatch(line)
        if match:
            file, number, what, where = match.groups()
            found[
                visible(f"{re.split(_FOLDERS, file)[-1]}, line {number}: {_in_words(what, where)}", 300)
            ] = None
        elif not (after_warning and line.startswith("  ")):
            rest.append(line)
        after_warning = bool(match)
    kept = visible(first_lines("\n".join(rest), lines), characters, multiline=True)
    return Printed(tuple(found)[:_MOST_WARNINGS], kept if kept.strip() else "")


def _in_words(what: str, where: str) -> str:
    if what == "divide by zero":
        if where.startswith("log"):
            return f"numpy warns of a logarithm of 0 (`{where}`), which gives -inf."
        return f"numpy warns of a division by zero (`{where}`), which gives inf or -inf."
    if what == "overflow":
        return f"numpy warns of an overflow in `{where}`: a number too large for its type, which becomes inf."
    if what == "invalid value":
        return f"numpy warns of an invalid value in `{where}`, such as 0/0 or inf - inf: the result is nan."
    return f"numpy warns of {what} in `{where}`."
