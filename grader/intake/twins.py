"""Which twin of a chapter a student works in, where no untouched handout is at hand to compare with.

Grading compares with the handout. On a student's machine there is only what the student has made of it: a twin in
which no exercise is written yet counts as untouched.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from grader.course import Assignment
from grader.intake.layout import Unreadable
from grader.intake.notebook import parse_notebook, trimmed
from grader.intake.text import decoded_source

_DEF = re.compile(r"([ \t]{0,8})(?:async[ \t]+)?(def|class)[ \t]+(\w{1,100})")
_METHOD = re.compile(r"[ \t]{1,8}def[ \t]+(\w{1,100})")
_CLOSES = ("#", ")", "]", "}")
#: The first triple-quoted text; what never ends is no docstring.
_DOCSTRING = re.compile(r'"""[^"]*(?:"(?!"")[^"]*)*"""|\'\'\'[^\']*(?:\'(?!\'\')[^\']*)*\'\'\'')
#: What people put where a function is still to be written.
_NOTHING = frozenset(["pass", "...", "return", "return None"])
#: A line that does something; an argument's line does not.
_STEP = re.compile(
    r"(?:return|raise|for|while|if|with|try|assert|import|from|pass|print)\b|[\w.\[\], ]+\s[-+*/]?=\s"
)


def untouched_twins(files: Mapping[str, bytes], assignment: Assignment) -> dict[str, bytes]:
    """Those of `files` (name → bytes) that are chapters, `.py` or `.ipynb`, with no exercise written yet.

    Given to `open_bundle` as the handout, they lose against a twin that was worked on.
    """
    found: dict[str, bytes] = {}
    for chapter in assignment.open_chapters:
        exercises = {exercise.name for exercise in chapter.exercises}
        for file in (f"{chapter.name}.py", f"{chapter.name}.ipynb"):
            if file in files and not touched(file, files[file], exercises):
                found[file] = files[file]
    return found


def touched(file: str, data: bytes, exercises: Iterable[str]) -> bool:
    """Whether one of `exercises` is more than a stub in a chapter, or the chapter can't be read as one any more."""
    return written(file, data, exercises) != frozenset()


def written(
    file: str,
    data: bytes,
    exercises: Iterable[str],
    given: bytes | None = None,
    *,
    unread: bool = True,
) -> frozenset[str]:
    """Those of `exercises` that are more in a chapter than a stub, or than what `given`, the handout's, has of them.

    unread: whether a chapter that can't be read as one counts as all of them, or as none.
    """
    names = frozenset(exercises)
    cells = _cells_of(file, data)
    if cells is None:
        return names if unread else frozenset()
    return written_in(cells, names, (given is not None and _cells_of(file, given)) or ())


def _cells_of(file: str, data: bytes) -> tuple[str, ...] | None:
    try:
        return parse_notebook(data).cells if file.endswith(".ipynb") else (decoded_source(data),)
    except (Unreadable, ValueError, RecursionError, MemoryError):
        return None


def written_in(cells: Iterable[str], exercises: Iterable[str], given: Iterable[str] = ()) -> frozenset[str]:
    """Those of `exercises` that are more than a stub in the cells of a chapter, and not as `given` cells have them."""
    names = frozenset(exercises)
    before = _given(tuple(given), names)
    return frozenset(
        name
        for cell in cells
        for name, text in _functions(cell, names)
        if not _is_stub(text) and (name, trimmed(text)) not in before
    )


@lru_cache(16)  # the same few with every submission
def _given(cells: tuple[str, ...], names: frozenset[str]) -> frozenset[tuple[str, str]]:
    return frozenset((name, trimmed(text)) for cell in cells for name, text in _functions(cell, names))


def line_of(text: str, exercise: str) -> int | None:
    """The line, from 1, on which the `def` or `class` of `exercise` begins in the text of a chapter."""
    found = (_DEF.match(line) for line in text.split("\n"))
    return next(
        (number for number, match in enumerate(found, start=1) if match and match[3] == exercise), None
    )


def defined_in(cells: Iterable[str], exercises: Iterable[str]) -> frozenset[str]:
    """Those of `exercises` for which there is a `def` or `class` in `cells`, a stub or more."""
    names = frozenset(exercises)
    return frozenset(name for cell in cells for name, _ in _functions(cell, names))


def _functions(cell: str, exercises: frozenset[str]) -> Iterator[tuple[str, str]]:
    """(name, what follows the name; "class" before it, of a class).

    Read as lines, never parsed: a text could be written for a parser.
    """
    lines = cell.split("\n")
    for number, line in enumerate(lines):
        match = _DEF.match(line)
        if match is None or match[3] not in exercises:
            continue
        body = []
        for below in map(lines.__getitem__, range(number + 1, len(lines))):
            indent = len(below) - len(below.lstrip(" \t"))
            if below.strip() and indent <= len(match[1]) and below.lstrip()[:1] not in _CLOSES:
                break
            body.append(below)
        kind = match[2] if match[2] == "class" else ""
        yield match[3], kind + line[match.end() :] + "\n" + "\n".join(body)


def _is_stub(rest: str) -> bool:
    """Whether what follows a function's name is its arguments, a docstring and a raise of NotImplementedError.

    Of a class: whether all its methods are so, save an `__init__`, which may be given.
    """
    if rest.startswith("class") and (methods := _methods(rest)):
        own = [text for name, text in methods if name != "__init__"] or [text for _, text in methods]
        return all(map(_is_stub, own))
    text = _DOCSTRING.sub("", rest, count=1)
    steps = [line.strip() for line in text.split("\n") if line.strip() and not line.strip().startswith("#")]
    if not steps or any(map(_STEP.match, steps[:-1])):
        return False
    return steps[-1].startswith("raise NotImplementedError") or steps[-1] in _NOTHING


def _methods(rest: str) -> list[tuple[str, str]]:
    """The methods of a class: (name, what follows the name)."""
    lines = rest.split("\n")
    starts = [(number, match) for number, line in enumerate(lines) if (match := _METHOD.match(line))]
    ends = [*(number for number, _ in starts), len(lines)][1:]
    return [
        (match[1], "\n".join([lines[start][match.end() :], *lines[start + 1 : end]]))
        for (start, match), end in zip(starts, ends, strict=True)
    ]
