"""Chapters in percent format (`# %%` cells): their cells, the handout's stubs, the hints.

The one source of a chapter is `solutions/<assignment>/<chapter>.py`; stubs and notebooks are derived from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from grader.course.formulas import plain_formulas
from grader.course.marks import BEGIN as _BEGIN
from grader.course.marks import END as _END
from grader.course.plain_chapter import plain_cells
from grader.errors import CourseError

#: The last paragraph of the hints may be a question back to the student, with which the last hint ends.
_QUESTION = "Question"

_CELL = re.compile(r"^# %%(?P<rest>.*)$")
_HINTS = re.compile(r'exercise="(?P<exercise>\w+)"')
_HINT = re.compile(r"^\*\*([^*\n]+)\.\*\*\s*", re.MULTILINE)
_DEFINITION = re.compile(r"( *)(def|class) (\w+)\b")


@dataclass(frozen=True)
class Cell:
    """One percent cell: its header line (after `# %%`) and its lines."""

    header: str
    lines: tuple[str, ...]

    @property
    def is_markdown(self) -> bool:
        """Whether it is lesson text."""
        return "[markdown]" in self.header

    @property
    def hints_for(self) -> str | None:
        """The exercise whose hints stand here, or None."""
        if 'tags=["hints"]' not in self.header:
            return None
        match = _HINTS.search(self.header)
        return match["exercise"] if match else None

    @property
    def text(self) -> str:
        """Markdown without the comment signs, or the code as it is."""
        if not self.is_markdown:
            return "\n".join(self.lines)
        return "\n".join(line.removeprefix("#").removeprefix(" ") for line in self.lines).strip("\n")


def read_cells(path: Path) -> list[Cell]:
    """The cells of a chapter, in percent format or plain. Raises CourseError if it can't be read."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(f"{path}: can't be read: {error}") from None
    first = next((number for number, line in enumerate(lines) if _CELL.match(line)), len(lines))
    cells = plain_cells(lines[:first])
    for line in lines[first:]:
        if match := _CELL.match(line):
            cells.append((match["rest"].strip(), []))
        else:
            cells[-1][1].append(line)
    return [Cell(header, tuple(_trimmed(body))) for header, body in cells]


def _trimmed(lines: list[str]) -> list[str]:
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    while lines and not lines[0].strip():
        lines = lines[1:]
    return lines


def strip_solutions(path: Path, cell: Cell) -> Cell:
    """The cell with each marked block replaced: inside a function by `raise NotImplementedError`, else by nothing.

    A whole `__init__` of a class is replaced by one that raises it.

    Raises CourseError, with the line, where the markers do not match.
    """
    kept: list[str] = []
    inside = False
    function = owner = ""
    for line in cell.lines:
        match = _DEFINITION.match(line)
        if match and not match[1]:
            function, owner = match[3], match[3] if match[2] == "class" else ""
        elif match and owner and not inside and len(match[1]) <= 4:
            function = f"{owner}.{match[3]}"
        marker = line.strip()
        if marker == _BEGIN:
            if inside:
                raise CourseError(f"{path}: a second {_BEGIN} before {_END} in {function or 'a cell'}")
            inside = True
            indent = line[: len(line) - len(line.lstrip())]
            if indent and owner and len(indent) <= 4:
                kept += [f"{indent}pass"]
            elif indent:
                kept.append(f'{indent}raise NotImplementedError("{function} is not written yet")')
        elif marker == _END:
            if not inside:
                raise CourseError(f"{path}: {_END} without {_BEGIN} in {function or 'a cell'}")
            inside = False
        elif not inside:
            kept.append(line)
        elif owner and "def __init__(" in line and kept[-1].strip() == "pass":
            said = f'raise NotImplementedError("{owner} is not written yet")'
            kept[-1:] = (
                [f"{match[1]}def __init__(self, *args, **kwargs):", f"{match[1]}    {said}"] if match else []
            )
    if inside:
        raise CourseError(f"{path}: {_BEGIN} without {_END} in {function or 'a cell'}")
    return Cell(cell.header, tuple(_trimmed(kept)))


def student_cells(path: Path) -> list[Cell]:
    """What a student sees of a chapter: no solutions, no hints (they stand folded elsewhere)."""
    stripped = (strip_solutions(path, cell) for cell in read_cells(path) if cell.hints_for is None)
    return [cell for cell in stripped if cell.lines]


def stub_text(path: Path) -> str:
    """The `.py` handout of a chapter, percent cells kept; formulas can be read as they stand."""
    return percent_text(_readable(cell) for cell in student_cells(path))


def _readable(cell: Cell) -> Cell:
    if not cell.is_markdown:
        return cell
    return Cell(cell.header, tuple(f"# {line}".rstrip() for line in plain_formulas(cell.text).split("\n")))


def percent_text(cells: Iterable[Cell]) -> str:
    """Cells as the text of a percent-format file."""
    blocks = [f"# %%{' ' if cell.header else ''}{cell.header}\n" + "\n".join(cell.lines) for cell in cells]
    return "\n\n".join(blocks) + "\n"


def hints_of(path: Path) -> dict[str, dict[str, str]]:
    """Exercise → name of the hint → text, of one chapter. A hint begins with its name as **Nudge.** does.

    The last may end with a question. Raises CourseError where one has no name or no text, or two have one name.
    """
    hints: dict[str, dict[str, str]] = {}
    for cell in read_cells(path):
        if exercise := cell.hints_for:
            before, *parts = _HINT.split(cell.text)
            names, texts = parts[::2], [text.strip() for text in parts[1::2]]
            if names[1:] and names[-1] == _QUESTION:
                question = texts.pop()
                if not question.endswith("?"):
                    raise CourseError(f"{path}: the question in the hints of {exercise} has to end with `?`")
                names.pop()
                texts[-1] += f"\n\n**And you:** {question}"
            unfit = before.strip() or not names or not all(texts) or _QUESTION in names
            if unfit or len(set(names)) < len(names):
                raise CourseError(
                    f"{path}: each of the hints of {exercise} begins with a name of its own, as in `**Nudge.** Look …`"
                )
            hints[exercise] = dict(zip(names, texts, strict=True))
    return hints


def solution_of(path: Path, exercise: str) -> str:
    """One function or class of a chapter as the reference has it, its comments and helpers that students don't get too.

    Raises CourseError where the chapter does not define it.
    """
    cells = [cell for cell in read_cells(path) if not cell.is_markdown]
    own = next((cell for cell in cells if exercise in _defined(cell)), None)
    if own is None:
        raise CourseError(f"{path}: there is no function {exercise}")
    text = "\n".join(own.lines)
    hidden = [cell for cell in cells if cell is not own and not strip_solutions(path, cell).lines]
    words = set(re.findall(r"\w+", text))
    helpers = [cell for cell in hidden if words & _defined(cell)]
    lines = "\n\n\n".join("\n".join(cell.lines) for cell in (*helpers, own)).split("\n")
    return "\n".join(line for line in lines if line.strip() not in (_BEGIN, _END)).strip("\n") + "\n"


def _defined(cell: Cell) -> set[str]:
    """The functions and classes of a cell."""
    found = map(_DEFINITION.match, cell.lines)
    return {match[3] for match in found if match and not match[1]}
