"""Which text of a notebook answers which question: answer cells first, then whatever else stands at a question.

A question's place reaches from its own cell to the next cell that the handout had. What somebody wrote there, in a new
cell or in the question's own, is the answer where the answer cell holds none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from grader.course import Question
from grader.intake.notebook import Cell, Notebook, trimmed

#: A line of a cell that is short tells nothing about where the cell came from.
_TELLING = 12
#: What a code cell that holds an answer, not code, has none of.
_CODE = ("=", "(", "[", "import ", "def ", "%", ":")
_QUESTION = "question-"


@dataclass
class AnswerCells:
    """What a notebook answers.

    answers: question name → text; remarks: where an answer was found, a line each; doubtful: what a person has to
    look at, a line each.
    """

    answers: dict[str, str] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    doubtful: list[str] = field(default_factory=list)


def answers_in(notebook: Notebook, given: Sequence[Notebook], questions: Iterable[Question]) -> AnswerCells:
    """The answers to `questions`. given: the notebooks of the handout, as they were before anybody wrote in them."""
    known = _Handout(given)
    own, around, altered = _by_question(notebook, known)
    found = AnswerCells()
    for question in questions:
        name = question.name
        written = [
            text for text in own.get(name, []) if _says_something(text) and not known.is_empty(name, text)
        ]
        beside = [text for text in around.get(name, []) if text.strip()]
        if written:
            found.answers[name] = written[0]
            if any(trimmed(text) != trimmed(written[0]) for text in written[1:]):
                # Copying a cell in Jupyter copies its id.
                found.remarks.append(f"two cells answer {name}: the first counts; keep one of them")
            elif beside and question.kind == "free":
                found.answers[name] = "\n\n".join([written[0], *beside])
                found.remarks.append(
                    f"the answer to {name} goes on outside its answer cell; all of it was read"
                )
        elif beside:
            found.answers[name] = "\n\n".join(beside)
            found.remarks.append(f"the answer to {name} was read from outside its answer cell")
        elif name in altered:
            found.doubtful.append(
                f"the cell of question {name} was changed and its answer cell is empty: a person has to read it"
            )
    return found


def _by_question(
    notebook: Notebook, known: _Handout
) -> tuple[dict[str, list[str]], dict[str, list[str]], set[str]]:
    """Question → the texts of its answer cells; → what else was written there; and those whose own cell was altered."""
    own: dict[str, list[str]] = {}
    around: dict[str, list[str]] = {}
    altered: set[str] = set()
    here = ""
    for cell in notebook.all:
        if cell.answers:
            own.setdefault(cell.answers, []).append(cell.source)
            here = cell.answers
        elif original := known.original(cell):
            here = known.asks(original)
            if here:
                added, lost = known.difference(cell, original)
                if lost:
                    altered.add(here)
                elif added.strip():
                    around.setdefault(here, []).append(added)
        elif cell.mark.startswith(_QUESTION):
            here = cell.mark.removeprefix(_QUESTION)
        elif cell.given:
            here = ""
        elif here and (cell.kind == "text" or _is_no_code(cell.source)):
            around.setdefault(here, []).append(cell.source)
    return own, around, altered


class _Handout:
    """The cells that were handed out, and how to know them again."""

    def __init__(self, given: Sequence[Notebook]) -> None:
        self._cells: list[Cell] = []
        self._question: dict[int, str] = {}
        self._empty: set[tuple[str, str]] = set()
        for notebook in given:
            for cell in notebook.all:
                if cell.answers:
                    self._empty.add((cell.answers, trimmed(cell.source)))
                    if self._cells:
                        # A question stands right above its answer.
                        self._question[len(self._cells) - 1] = cell.answers
                else:
                    self._cells.append(cell)
        self._by_text = {trimmed(cell.source): number for number, cell in enumerate(self._cells)}
        self._by_mark = {cell.mark: number for number, cell in enumerate(self._cells) if cell.mark}
        self._by_line: dict[str, list[int]] = {}
        for number, cell in enumerate(self._cells):
            for line in _telling_lines(cell.source):
                self._by_line.setdefault(line, []).append(number)

    def original(self, cell: Cell) -> Cell | None:
        """The cell of the handout that `cell` is, or was before it was edited."""
        number = self._by_mark.get(cell.mark) if cell.mark else None
        if number is None:
            number = self._by_text.get(trimmed(cell.source))
        if number is None:
            shared: dict[int, int] = {}
            for line in _telling_lines(cell.source):
                for one in self._by_line.get(line, ()):
                    shared[one] = shared.get(one, 0) + 1
            best = max(shared, key=lambda one: shared[one], default=None)
            if best is not None and 2 * shared[best] >= len(_telling_lines(self._cells[best].source)):
                number = best
        return self._cells[number] if number is not None else None

    def asks(self, original: Cell) -> str:
        """The question that a cell of the handout asks, or ''."""
        return next((name for number, name in self._question.items() if self._cells[number] is original), "")

    def difference(self, cell: Cell, original: Cell) -> tuple[str, bool]:
        """The lines of `cell` that its original has not; and whether a line of the original is no longer there."""
        before = {line.strip() for line in original.source.split("\n")}
        now = {line.strip() for line in cell.source.split("\n")}
        added = [line for line in cell.source.split("\n") if line.strip() not in before]
        return "\n".join(added), bool(before - now - {""})

    def is_empty(self, question: str, text: str) -> bool:
        """Whether an answer cell is as it was handed out."""
        return (question, trimmed(text)) in self._empty


def _telling_lines(source: str) -> frozenset[str]:
    return frozenset(line.strip() for line in source.split("\n") if len(line.strip()) >= _TELLING)


def _is_no_code(source: str) -> bool:
    """Whether a code cell holds what was meant to be read: `b`, `# because …`."""
    lines = [line.strip() for line in source.split("\n") if line.strip()]
    return 0 < len(lines) <= 10 and all(
        line.startswith("#") or not any(mark in line for mark in _CODE) for line in lines
    )


def _says_something(answer: str) -> bool:
    """Whether an answer cell holds more than its comment and the labels of its parts."""
    lines = (
        answer.partition("-->")[2].split("\n") if answer.lstrip().startswith("<!--") else answer.split("\n")
    )
    return any(line.partition(":")[2].strip() if ":" in line else line.strip() for line in lines)
