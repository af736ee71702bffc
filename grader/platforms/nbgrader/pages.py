"""A graded student's notebooks for nbgrader's pages, made from the handout's and what the student wrote.

The frame is always the handout's, so that nothing of a submission but its text comes into the page.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from typing import Any

from grader.course import Assignment, Chapter
from grader.intake import ANSWER_PREFIX, Source, Submission
from grader.platforms.nbgrader.cells import fill_outputs, mark_answers
from grader.platforms.nbgrader.markup import defuse
from grader.result import Result
from grader.text import visible

_NO_SOURCE = (
    "# The code that was graded is not kept with the results: push again with --submissions FOLDER.\n"
)
_REST = "# What else stands in {file}:\n\n"
_CHARACTERS = 200_000


def graded_page(
    frame: bytes, chapter: Chapter, result: Result, submission: Submission | None, assignment: Assignment
) -> bytes:
    """The notebook of one chapter, graded, as the bytes of an .ipynb: the same for the same arguments.

    frame: the chapter's notebook as it was handed out; submission: None if what was graded can't be had any more.
    """
    page = json.loads(frame)
    source = submission.sources.get(chapter.name) if submission else None
    functions, rest = _parts(source, {exercise.name for exercise in chapter.exercises})
    answers = {f"{ANSWER_PREFIX}{q.name}": q.answer for q in result.questions if q.chapter == chapter.name}
    graded = {e.name: e for e in result.exercises}
    for cell in page["cells"]:
        cell["source"] = "".join(cell["source"])
        name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        if name in answers and answers[name].strip():
            cell["source"] = answers[name]
        elif cell["cell_type"] == "code" and name in functions:
            cell["source"] = functions[name]
        elif cell["cell_type"] == "code" and submission is None and name in graded:
            cell["source"] = _NO_SOURCE if graded[name].status != "missing" else cell["source"]
    if source and rest.strip():
        page["cells"].append(_code_cell("also-submitted", _REST.format(file=visible(source.file, 60)) + rest))
    fill_outputs(page["cells"], chapter, result, assignment)
    mark_answers(page["cells"], result)
    defuse(page)
    return (json.dumps(page, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode("utf-8", "replace")


def _code_cell(identity: str, source: str) -> dict[str, Any]:
    return {"cell_type": "code", "id": identity, "metadata": {}, "source": source, "outputs": []}


def _parts(source: Source | None, exercises: set[str]) -> tuple[Mapping[str, str], str]:
    """The text of each exercise's function, the last one of a name, and everything else."""
    functions: dict[str, str] = {}
    rest: list[str] = []
    for cell in source.cells if source else ():
        cell = cell[:_CHARACTERS]
        lines = cell.split("\n")
        taken: set[int] = set()
        for node in _definitions(cell):
            if node.name in exercises and node.end_lineno is not None:
                first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)]) - 1
                functions[node.name] = "\n".join(lines[first : node.end_lineno])
                taken |= set(range(first, node.end_lineno))
        left = "\n".join(line for number, line in enumerate(lines) if number not in taken).strip("\n")
        if left.strip():
            rest.append(left)
    return functions, "\n\n".join(rest)[:_CHARACTERS]


def _definitions(cell: str) -> list[ast.FunctionDef | ast.ClassDef]:
    try:
        tree = ast.parse(cell)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    return [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
