"""A notebook's code cells and answers, from its JSON. Nothing of Jupyter is needed, and nothing is run."""

from __future__ import annotations

import json
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
_CLEAR = "clear the outputs (Kernel, Restart and clear all outputs), save and hand it in again"
_ONLY = "hand in only what belongs to the assignment"
_SAVE = "open it in Jupyter, save it and hand it in again"


@dataclass(frozen=True)
class Notebook:
    """What counts in a notebook.

    cells: its code cells in order, magics neutralised, "" for one that can't be read, so that numbers stay
    right; answers: (question name, text) of its answer cells, in order; problems: of single cells.
    """

    cells: tuple[str, ...]
    answers: tuple[tuple[str, str], ...]
    problems: tuple[str, ...]


def parse_notebook(data: bytes) -> Notebook:
    """The notebook in `data`. Raises Unreadable if there is no way to see it as one."""
    cells: list[str] = []
    answers: list[tuple[str, str]] = []
    problems: list[str] = []
    size = 0
    for number, cell in enumerate(_cells(data), start=1):
        if number > MAX_CELLS:
            raise Unreadable(f"too long: at most {MAX_CELLS} cells are read; {_ONLY}")
        kind = cell.get("cell_type") if isinstance(cell, dict) else None
        if not isinstance(cell, dict) or kind not in ("code", "markdown", "raw", "heading", "html"):
            problems.append(f"cell {number} is not a notebook's cell and was passed over; {_SAVE}")
            continue
        name = _answer_name(cell)
        if kind != "code" and name is None:
            continue
        try:
            source = _source(cell)
        except Unreadable as error:
            problems.append(f"cell {number} {error} and was passed over; write it again")
            source = ""
        size += len(source)
        if size > MAX_CODE_MB * 2**20:
            raise Unreadable(f"too long: at most {MAX_CODE_MB} MB of code are read; {_ONLY}")
        if name is not None:
            answers.append((name, source))
        if kind == "code":
            # An answer in a code cell is text for a reader, not Python.
            cells.append("" if name is not None else neutralised(source))
    if problems and not any(cells) and not answers:
        raise Unreadable(f"none of its cells can be read; {_SAVE}")
    if len(problems) > MAX_LINES:
        problems[MAX_LINES - 1 :] = [f"{len(problems) - MAX_LINES + 1} more cells were passed over; {_SAVE}"]
    return Notebook(tuple(cells), tuple(answers), tuple(problems))


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
    if isinstance(grade_id, str) and grade_id.startswith(ANSWER_PREFIX):
        return grade_id.removeprefix(ANSWER_PREFIX)
    return None


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
