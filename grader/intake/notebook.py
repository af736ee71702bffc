"""A notebook's code cells and answers, from its JSON. Nothing of Jupyter is needed, and nothing is run."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Literal

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
class Cell:
    """One cell as it stands. mark: its grade id or own id, or ""; answers: the question whose answer cell it is, or "";
    given: whether its metadata call it one of the handout's."""

    kind: Literal["code", "text"]
    source: str
    mark: str = ""
    answers: str = ""
    given: bool = False


@dataclass(frozen=True)
class Notebook:
    """What counts in a notebook.

    cells: its code cells in order, magics neutralised, "" for one that can't be read, so that numbers stay
    right; all: every cell that can be read, in order, answer cells and text among them; problems: of single cells.
    """

    cells: tuple[str, ...]
    all: tuple[Cell, ...]
    problems: tuple[str, ...]

    @property
    def answers(self) -> tuple[tuple[str, str], ...]:
        """(question name, text) of its answer cells, in order."""
        return tuple((cell.answers, cell.source) for cell in self.all if cell.answers)


def parse_notebook(data: bytes) -> Notebook:
    """The notebook in `data`. Raises Unreadable if there is no way to see it as one."""
    cells: list[str] = []
    found: list[Cell] = []
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
        found.append(
            Cell("code" if kind == "code" else "text", source, _mark(cell), name or "", _is_given(cell))
        )
        if kind == "code":
            # An answer in a code cell is text for a reader, not Python.
            cells.append("" if name is not None else neutralised(source))
    if problems and not any(cells) and not any(cell.answers for cell in found):
        raise Unreadable(f"none of its cells can be read; {_SAVE}")
    if len(problems) > MAX_LINES:
        problems[MAX_LINES - 1 :] = [f"{len(problems) - MAX_LINES + 1} more cells were passed over; {_SAVE}"]
    return Notebook(tuple(cells), tuple(found), tuple(problems))


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


def _marks(cell: dict[str, object]) -> list[str]:
    """Copies, other editors and Colab drop metadata; the cell's own id, or the comment in it, are left more often."""
    metadata = cell.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    return [mark for mark in (grade_id, cell.get("id")) if isinstance(mark, str) and 0 < len(mark) < 200]


def _mark(cell: dict[str, object]) -> str:
    return next(iter(_marks(cell)), "")


def _answer_name(cell: dict[str, object]) -> str | None:
    for mark in _marks(cell):
        if mark.startswith(ANSWER_PREFIX):
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
