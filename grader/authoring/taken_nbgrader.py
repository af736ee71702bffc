"""An nbgrader source notebook → its parts. What a cell is stands in its metadata."""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.authoring.taken_marks import marked
from grader.authoring.taken_parts import Given, NotebookCell, Parts, Solution, Tests, Text, Written

_HIDDEN = re.compile(
    r"^[ \t]*#+ BEGIN HIDDEN TESTS.*?^[ \t]*#+ END HIDDEN TESTS[^\n]*\n?", re.MULTILINE | re.DOTALL
)
_HIDDEN_MARK = re.compile(r"^[ \t]*#+ (?:BEGIN|END) HIDDEN TESTS[^\n]*\n?", re.MULTILINE)
_ANSWER = re.compile(r"^.*BEGIN SOLUTION.*\n((?:.*\n)*?).*END SOLUTION.*\n?", re.MULTILINE)


def is_nbgrader(cells: Sequence[NotebookCell]) -> bool:
    """Whether any cell is marked for nbgrader."""
    return any(cell.marks for cell in cells)


def read_nbgrader(cells: Sequence[NotebookCell]) -> Parts:
    """The parts, in order."""
    parts = Parts()
    for cell in cells:
        marks = cell.marks
        name = str(marks.get("grade_id") or f"cell-{cell.number}")
        graded, solution = bool(marks.get("grade")), bool(marks.get("solution"))
        points = _points(marks.get("points"))
        if cell.kind == "raw":
            parts.left.append(f"cell {cell.number}, a raw cell")
        elif marks.get("task"):
            parts.found.append(Written(name, cell.source, points, "See the task."))
        elif cell.kind == "markdown":
            if graded and solution:
                parts.found.append(_written(parts, name, points, cell.source))
            else:
                parts.found.append(Text(cell.source))
        elif graded and solution:
            parts.left.append(
                f"{name}, code that a person grades: hidden tests or a question can take its place"
            )
            parts.found.append(Solution(name, marked(cell.source)))
        elif graded:
            visible = _HIDDEN.sub("", cell.source)
            parts.found.append(Tests(name, _HIDDEN_MARK.sub("", cell.source), visible, points))
        elif solution:
            parts.found.append(Solution(name, marked(cell.source)))
        else:
            parts.found.append(Given(cell.source))
    return parts


def _points(value: object) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0


def _written(parts: Parts, name: str, points: float, source: str) -> Written:
    """What stands between marks is the answer, what stands around them is kept by nbgrader: the question. Without
    either, the cell is the answer."""
    answers = _ANSWER.findall(source)
    around = _ANSWER.sub("", source).strip() if answers else ""
    answer = "\n".join(answers) if answers else source
    return Written(name, around or _taken_text(parts, name), points, answer.strip())


def _taken_text(parts: Parts, name: str) -> str:
    """The question is the text right above the cell of its answer."""
    if parts.found and isinstance(above := parts.found[-1], Text):
        parts.found.pop()
        return above.text
    return f"The question {name} of the notebook"
