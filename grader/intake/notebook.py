"""A notebook's code cells and answers, from its JSON. Nothing of Jupyter is needed, and nothing is run."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from grader.intake.layout import Unreadable
from grader.intake.magics import neutralised
from grader.intake.text import decoded, has_half_characters, with_plain_line_ends

ANSWER_PREFIX = "answer-"
MAX_CELLS = 2000
MAX_CODE_MB = 2
MAX_LINES = 5
# JSON grows some twenty times when it becomes objects; real notebooks have far fewer parts, outputs included.
_MAX_PARTS = 2_000_000
#: What an empty answer cell begins with: <!-- why-share: … -->
_COMMENT = re.compile(r"\s{0,20}<!-- ([a-z][a-z0-9-]{0,60}): ")
_CLEAR = "clear the outputs (Kernel, Restart and clear all outputs), save and hand it in again"
_ONLY = "hand in only what belongs to the assignment"
_SAVE = "open it in Jupyter, save it and hand it in again"


@dataclass(frozen=True)
class Notebook:
    """What counts in a notebook.

    cells: its code cells in order, magics neutralised, "" for one that can't be read, so that numbers stay
    right; answers: (question name, text) of its answer cells, in order; below: (question name, text) of the cell
    right below one, where that is nobody else's; texts: of all its cells that are no code; problems: of single cells.
    """

    cells: tuple[str, ...]
    answers: tuple[tuple[str, str], ...]
    problems: tuple[str, ...]
    below: tuple[tuple[str, str], ...] = ()
    texts: frozenset[str] = frozenset()


def parse_notebook(data: bytes) -> Notebook:
    """The notebook in `data`. Raises Unreadable if there is no way to see it as one."""
    cells: list[str] = []
    answers: list[tuple[str, str]] = []
    problems: list[str] = []
    below: list[tuple[str, str]] = []
    texts: set[str] = set()
    above: str | None = None
    size = 0
    for number, cell in enumerate(_cells(data), start=1):
        if number > MAX_CELLS:
            raise Unreadable(f"too long: at most {MAX_CELLS} cells are read; {_ONLY}")
        kind = cell.get("cell_type") if isinstance(cell, dict) else None
        if not isinstance(cell, dict) or kind not in ("code", "markdown", "raw", "heading", "html"):
            problems.append(f"cell {number} is not a notebook's cell and was passed over; {_SAVE}")
            continue
        name = _answer_name(cell)
        previous, above = above, name
        try:
            source = _source(cell)
        except Unreadable as error:
            if kind != "code" and name is None:
                continue
            problems.append(f"cell {number} {error} and was passed over; write it again")
            source = ""
        size += len(source) if kind == "code" or name is not None else 0
        if size > MAX_CODE_MB * 2**20:
            raise Unreadable(f"too long: at most {MAX_CODE_MB} MB of code are read; {_ONLY}")
        if name is not None:
            answers.append((name, source))
        elif previous is not None and not _is_given(cell):
            below.append((previous, source))
        if kind != "code":
            texts.add(trimmed(source))
        if kind == "code":
            # An answer in a code cell is text for a reader, not Python.
            cells.append("" if name is not None else neutralised(source))
    if problems and not any(cells) and not answers:
        raise Unreadable(f"none of its cells can be read; {_SAVE}")
    if len(problems) > MAX_LINES:
        problems[MAX_LINES - 1 :] = [f"{len(problems) - MAX_LINES + 1} more cells were passed over; {_SAVE}"]
    return Notebook(tuple(cells), tuple(answers), tuple(problems), tuple(below), frozenset(texts))


def _cells(data: bytes) -> list[object]:
    if sum(data.count(mark) for mark in (b"[", b"{", b",")) > _MAX_PARTS:
        raise Unreadable(f"too complex; {_CLEAR}")
    try:
        tree = json.loads(decoded(data))
    except Unreadable:
        raise
    except (ValueError, RecursionError, MemoryError):
        raise Unreadable(f"not a notebook: it is no valid JSON; {_SAVE}") from None
    if not isinstance(tree, dict):
        raise Unreadable(f"not a notebook: it has no cells; {_SAVE}")
    cells = tree.get("cells")
    if cells is None and isinstance(sheets := tree.get("worksheets"), list):
        # Notebooks of format 3, before 2015, keep their cells in worksheets.
        cells = []
        for sheet in sheets:
            inner = sheet.get("cells") if isinstance(sheet, dict) else None
            cells += inner if isinstance(inner, list) else [None]
    if not isinstance(cells, list):
        raise Unreadable(f"not a notebook: it has no cells; {_SAVE}")
    return cells


def _answer_name(cell: dict[str, object]) -> str | None:
    metadata = cell.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    # Copies, other editors and Colab drop metadata; the cell's own id, or the comment in it, are left more often.
    for mark in (grade_id, cell.get("id")):
        if isinstance(mark, str) and mark.startswith(ANSWER_PREFIX) and len(mark) < 200:
            return mark.removeprefix(ANSWER_PREFIX)
    if cell.get("cell_type") != "code" and (comment := _COMMENT.match(_beginning(cell))):
        return comment[1]
    return None


def _beginning(cell: dict[str, object]) -> str:
    source = cell.get("source")
    text = source[0] if isinstance(source, list) and source else source
    return text[:300] if isinstance(text, str) else ""


def _is_given(cell: dict[str, object]) -> bool:
    """Whether a cell is one of the handout's, by its metadata."""
    metadata = cell.get("metadata")
    return isinstance(metadata, dict) and "nbgrader" in metadata


def _source(cell: dict[str, object]) -> str:
    source = cell.get("source", cell.get("input"))
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        raise Unreadable("holds no text")
    if "\0" in source:
        raise Unreadable("holds NUL characters")
    if has_half_characters(source):
        raise Unreadable("holds half characters (lone surrogates)")
    return with_plain_line_ends(source)


def comparable(notebook: Notebook) -> tuple[object, ...]:
    """What two notebooks must share to be the same work: code and answers, not outputs or metadata."""
    code = tuple(text for cell in notebook.cells if (text := trimmed(cell)))
    return code, tuple((name, trimmed(text)) for name, text in notebook.answers)


def trimmed(text: str) -> str:
    """`text` with plain line ends, and without the white space at the ends of lines and of the whole."""
    return "\n".join(line.rstrip() for line in with_plain_line_ends(text).split("\n")).strip("\n")
