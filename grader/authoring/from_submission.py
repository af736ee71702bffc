"""A known mistake made of a submission: one function, as text that nothing loads until its author has read it.

The catalogue runs without a wall. So an entry made here stands in a file that is no module; what it does is tried in a
worker, where the submission was.
"""

from __future__ import annotations

import ast
import builtins
import copy
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.authoring.insert_function import transplanted
from grader.authoring.validate_submissions import submission_of
from grader.course import MISTAKES, Course
from grader.errors import UsageError
from grader.grading import Grader
from grader.intake import Submission
from grader.result import ExerciseResult

#: What stands behind .py until somebody has read it.
UNREAD = ".unread"
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Entry:
    """A catalogue entry to be read. lacks: names that the function uses and the entry does not have."""

    file: Path
    text: str
    lacks: tuple[str, ...]


def check_words(name: str, says: str, hint: str) -> None:
    """Raises UsageError for what the catalogue would not take."""
    if not _SLUG.fullmatch(name):
        raise UsageError(f"--name {name!r}: words of a-z and 0-9 joined by hyphens, such as flipped-kernel")
    for option, text in (("--says", says), ("--hint", hint)):
        if not text.strip() or "\n" in text:
            raise UsageError(f"{option}: give one line of text")


def entry_of(
    course: Course, assignment: str, exercise: str, submission: Submission, words: tuple[str, str, str]
) -> Entry:
    """The entry for what a submission has under the name of `exercise`. words: its name, `says` and `hint`.

    Comments, docstring and decorators stay behind: they can hold a name, or what a reader does not see. Nothing is
    run. Raises UsageError where there is no such function.
    """
    chapter = course.assignments[assignment].chapter_of()[exercise]
    source = submission.sources.get(chapter)
    node = _function("\n".join(source.cells) if source else "", exercise)
    if node is None:
        raise UsageError(f"no function {exercise} that could be read in {submission.student}'s {chapter}")
    imports, lacks = _needed(node, course, assignment, chapter)
    name, says, hint = words
    lines = [
        f'"""A known mistake of {exercise}, taken from a submission. Read all of it before you use it."""',
        "",
        "from __future__ import annotations",
        "",
        *imports,
        "from grader.testing import mistake",
        "",
        "",
        "@mistake(",
        f"    {json.dumps(exercise)},",
        f"    name={json.dumps(name)},",
        f"    says={json.dumps(says.strip(), ensure_ascii=False)},",
        f"    hint={json.dumps(hint.strip(), ensure_ascii=False)},",
        ")",
        ast.unparse(node),
        "",
    ]
    slug = name.replace("-", "_")
    file = course.solutions(assignment) / MISTAKES / f"{exercise}_{slug}.py{UNREAD}"
    return Entry(file, "\n".join(lines), tuple(lacks))


def tried(course: Course, assignment: str, grader: Grader, entry: Entry, exercise: str) -> ExerciseResult:
    """How the exercise ends for the reference with this function in it: graded as any submission is."""
    solutions = course.solutions(assignment)
    model = course.assignments[assignment]
    right = {
        one.name: (solutions / f"{one.name}.py").read_text(encoding="utf-8") for one in model.open_chapters
    }
    chapter = model.chapter_of()[exercise]
    changed = transplanted(right[chapter], chapter, exercise, entry.file, exercise)
    return grader.grade(submission_of({**right, chapter: changed})).exercise(exercise)


def _function(text: str, name: str) -> ast.FunctionDef | None:
    """The last function of this name, as running the file would leave it, with nothing around it."""
    try:
        found = [n for n in ast.parse(text).body if isinstance(n, ast.FunctionDef) and n.name == name]
        if not found:
            return None
        node = copy.deepcopy(found[-1])
        node.decorator_list = []
        if len(node.body) > 1 and ast.get_docstring(node, clean=False) is not None:
            del node.body[0]
        ast.unparse(node)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
        return None
    return node


def _needed(
    node: ast.FunctionDef, course: Course, assignment: str, chapter: str
) -> tuple[list[str], list[str]]:
    """The imports that give the function its names, as the reference has them; and names that nobody gives it."""
    homes = course.assignments[assignment].chapter_of()
    reference = ast.parse((course.solutions(assignment) / f"{chapter}.py").read_text(encoding="utf-8"))
    given = {
        alias.asname or alias.name.partition(".")[0]: ast.unparse(_alone(statement, alias))
        for statement in reference.body
        if isinstance(statement, ast.Import | ast.ImportFrom)
        for alias in statement.names
    }
    imports, lacks = [], []
    for name in sorted(_free(node)):
        if name in given:
            imports.append(given[name])
        elif name in homes:
            imports.append(f"from {homes[name]} import {name}")
        elif not hasattr(builtins, name):
            lacks.append(name)
    return imports, lacks


def _alone(statement: ast.Import | ast.ImportFrom, alias: ast.alias) -> ast.stmt:
    if isinstance(statement, ast.Import):
        return ast.Import([alias])
    return ast.ImportFrom(statement.module, [alias], statement.level)


def _free(node: ast.FunctionDef) -> set[str]:
    """Names that the function reads and does not bind anywhere inside; its annotations are never looked at."""
    read = {
        part.id for part in _walked(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)
    }
    bound = {node.name}
    for part in _walked(node):
        if isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Load):
            bound.add(part.id)
        elif isinstance(part, ast.arg):
            bound.add(part.arg)
        elif isinstance(part, ast.FunctionDef | ast.ClassDef):
            bound.add(part.name)
        elif isinstance(part, ast.alias):
            bound.add(part.asname or part.name.partition(".")[0])
        elif isinstance(part, ast.ExceptHandler) and part.name:
            bound.add(part.name)
    return read - bound


def _walked(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _walked(child)
