"""A chapter's percent cells → its notebook twin: nbformat 4.5, with nbgrader's cell metadata (schema 3).

One exercise is three cells: the student's (a solution cell named after the exercise), its check (a locked grade cell
that raises while a check fails, so that plain nbgrader gives an untouched one nothing), and its hints, folded. The
chapter's questions stand at the end, each with an answer cell that a person grades.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from grader.course import Chapter, Question, hints_of, percent_text, read_cells, strip_solutions
from grader.errors import CourseError, GraderError
from grader.intake import ANSWER_PREFIX

CHECK_PREFIX = "check-"
LIVE_IMPORT = "from grader import check"

_SCHEMA = 3
_FUNCTION = re.compile(r"^(?:def|class) (\w+)\b", re.MULTILINE)
_IMPORT = re.compile(r"(?:import|from) \w")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}

_CHECKPOINT = """\
## Checkpoint: {title}

You have reached it when every `check(...)` above shows a green card. `grader check`, in a terminal in this folder,
says the same for all chapters, and what to do next."""
_ASKED = """

Then answer {these}, here or in `answers.yaml`; where both hold an answer, the file counts."""
_NEXT = """

The next chapter: [{title}]({name}.ipynb). Save this notebook first: it imports what you wrote here."""
# An empty answer cell shows as nothing at all: somebody has to say that it is there.
_BELOW = "*Your answer: double-click just below this line, write, and press Shift+Enter.*"


def notebook(path: Path, chapter: Chapter, *, after: Chapter | None = None, solution: bool = False) -> bytes:
    """The notebook of one chapter, as the bytes of an .ipynb file: the same for the same source.

    path: the chapter's percent file with the solutions; after: the chapter that comes next, to be linked; solution:
    leave the solutions in.
    Raises CourseError where the chapter can't become a notebook, GraderError if the extra `notebooks` is missing.
    """
    jupytext, nbformat = _tools()
    source = read_cells(path)
    kept = source if solution else [strip_solutions(path, cell) for cell in source]
    # a block of private helpers leaves an empty cell behind
    page = jupytext.reads(percent_text(cell for cell in kept if cell.lines), fmt="py:percent")
    private = frozenset(cell.text for cell in source if "### BEGIN SOLUTION" in cell.lines)
    cells = list(_Builder(path, chapter, after, nbformat.v4, private).build(page.cells))
    made = nbformat.v4.new_notebook(cells=cells, metadata=_METADATA)
    made.nbformat_minor = 5
    text: str = nbformat.writes(made, version=4)
    return (text.rstrip("\n") + "\n").encode()


def _tools() -> tuple[Any, Any]:
    try:
        import jupytext
        import nbformat
    except ImportError as error:
        raise GraderError(
            f"making notebooks needs {error.name}: pip install 'cnn-grader[notebooks]'"
        ) from None
    tools: tuple[ModuleType, ModuleType] = (jupytext, nbformat)
    return tools


class _Builder:
    """Decorates the cells of one chapter and adds checks, hints and questions.

    private: the texts of the cells whose solution stands outside any function, in the reference alone.
    """

    def __init__(
        self, path: Path, chapter: Chapter, after: Chapter | None, v4: Any, private: frozenset[str]
    ) -> None:
        self._path = path
        self._chapter = chapter
        self._after = after
        self._v4 = v4
        self._private = private
        self._points = {exercise.name: exercise.most for exercise in chapter.exercises}
        self._hints = hints_of(path)
        self._ids: set[str] = set()
        self._can_check = False

    def build(self, cells: list[Any]) -> Iterator[Any]:
        """All cells of the notebook, in order."""
        missing = dict.fromkeys(self._points)
        for cell in cells:
            if "hints" in cell.metadata.get("tags", ()):
                continue
            if cell.cell_type == "markdown":
                yield self._text(cell.source)
                continue
            exercises = [name for name in _FUNCTION.findall(cell.source) if name in self._points]
            if len(exercises) > 1:
                raise CourseError(
                    f"{self._path}: {' and '.join(exercises)} stand in one cell; give each its own"
                )
            if not self._can_check and not _IMPORT.match(cell.source):
                yield self._imports("")
            if not exercises:
                yield self._support(cell.source)
                continue
            missing.pop(exercises[0], None)
            yield from self._exercise(exercises[0], cell.source)
        if missing:
            raise CourseError(f"{self._path}: no cell defines {', '.join(missing)}")
        yield from self._checkpoint()

    def _exercise(self, name: str, source: str) -> Iterator[Any]:
        yield self._code(name, source, solution=True)
        check = self._code(f"{CHECK_PREFIX}{name}", f'check("{name}")', points=self._points[name])
        # Running all cells goes on behind a check that fails; what it shows is an error all the same.
        check.metadata["tags"] = ["raises-exception"]
        yield check
        folded = [
            f"<details><summary>Hint {number}: {tier.lower()}</summary>\n\n{text}\n\n</details>"
            for number, (tier, text) in enumerate(self._hints.get(name, {}).items(), start=1)
        ]
        if folded:
            yield self._markdown(f"hints-{name}", "\n\n".join(folded))

    def _text(self, source: str) -> Any:
        heading = _HEADING.search(source)
        words = re.sub(r"[^a-z0-9]+", "-", (heading[1] if heading else "more").lower()).strip("-")
        return self._markdown(self._free(f"text-{words[:40].strip('-') or 'more'}"), source)

    def _support(self, source: str) -> Any:
        """A code cell without an exercise: imports, something to try, or (in the reference) private helpers."""
        if not self._can_check:
            return self._imports(source)
        if source in self._private:
            return self._code(self._free("helpers"), source, solution=True)
        return self._plain_code(self._free("code"), source)

    def _imports(self, source: str) -> Any:
        """The first code cell. `check` comes first: it lets the chapters be imported from notebooks too."""
        self._can_check = True
        return self._plain_code(self._free("imports"), f"{LIVE_IMPORT}\n\n{source}".rstrip("\n"))

    def _checkpoint(self) -> Iterator[Any]:
        questions = self._chapter.questions
        text = _CHECKPOINT.format(title=self._chapter.title)
        if len(questions) == 1:
            text += _ASKED.format(these="the question")
        elif questions:
            text += _ASKED.format(these=f"the {len(questions)} questions")
        if self._after:
            text += _NEXT.format(title=self._after.title, name=self._after.name)
        yield self._markdown("checkpoint", text)
        for question in questions:
            yield self._markdown(f"question-{question.name}", _asked(question))
            yield self._answer(question)

    def _answer(self, question: Question) -> Any:
        from grader.questions import answer_cell

        name = f"{ANSWER_PREFIX}{question.name}"
        cell = self._v4.new_markdown_cell(answer_cell(question).rstrip("\n"), id=self._new(name))
        cell.metadata["deletable"] = False
        cell.metadata["nbgrader"] = _nbgrader(name, solution=True, points=question.points)
        return cell

    def _markdown(self, name: str, source: str) -> Any:
        cell = self._v4.new_markdown_cell(source, id=self._new(name))
        cell.metadata |= {"deletable": False, "editable": False, "nbgrader": _nbgrader(name, locked=True)}
        return cell

    def _code(self, name: str, source: str, *, solution: bool = False, points: float | None = None) -> Any:
        cell = self._plain_code(name, source)
        cell.metadata["deletable"] = False
        if not solution:
            cell.metadata["editable"] = False
        cell.metadata["nbgrader"] = _nbgrader(name, solution=solution, locked=not solution, points=points)
        return cell

    def _plain_code(self, name: str, source: str) -> Any:
        return self._v4.new_code_cell(source, id=self._new(name))

    def _free(self, name: str) -> str:
        """`name`, or with a number behind it if that is taken."""
        number, free = 1, name
        while free in self._ids:
            number += 1
            free = f"{name}-{number}"
        return free

    def _new(self, name: str) -> str:
        if name in self._ids:
            raise CourseError(f"{self._path}: two cells of the notebook would be called {name}")
        self._ids.add(name)
        return name


def _nbgrader(
    name: str, *, solution: bool = False, locked: bool = False, points: float | None = None
) -> dict[str, Any]:
    grading = {} if points is None else {"points": int(points) if points == int(points) else points}
    return {
        "schema_version": _SCHEMA,
        "grade_id": name,
        "grade": points is not None,
        "solution": solution,
        "locked": locked,
        "task": False,
        **grading,
    }


def _asked(question: Question) -> str:
    worth = f"{question.points:g} point{'s' if question.points != 1 else ''}"
    options = [f"- **{letter}:** {text}" for letter, text in question.options.items()]
    parts = [f"**Question ({worth}).** {question.ask.strip()}", "\n".join(options), _BELOW]
    return "\n\n".join(part for part in parts if part)
