"""Free-text answers: a person confirms or changes the provisional scores, in a terminal or by editing one CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from grader.csvcells import read_sheet, safe_cell
from grader.errors import UsageError
from grader.gradebook.database import Confirmation, Gradebook, answer_sha256
from grader.result import QuestionResult, Result

COLUMNS = (
    "student",
    "question",
    "score",
    "max_score",
    "provisional",
    "feedback",
    "answer",
    "confirmed_by",
    "answer_id",
)


@dataclass(frozen=True)
class Waiting:
    """One free-text answer and the student who gave it."""

    student: str
    question: QuestionResult

    @property
    def answer_id(self) -> str:
        """Which answer it is: points given to it do not pass on to another text."""
        return answer_sha256(self.question.answer)


def free_text(results: Iterable[Result], *, all_of_them: bool = False) -> Iterator[Waiting]:
    """The answers that wait for a person; `all_of_them`: the confirmed ones too."""
    for result in results:
        for question in result.questions:
            if question.provisional is not None and (question.needs_manual or all_of_them):
                yield Waiting(result.student, question)


def to_csv(waiting: Iterable[Waiting]) -> str:
    """A sheet to grade in: change `score`, leave the rest, read it back."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(COLUMNS)
    for item in waiting:
        question = item.question
        score = question.score if question.confirmed_by else ""
        cells = [
            item.student,
            question.name,
            score,
            question.max_score,
            question.provisional,
            question.all_feedback,
        ]
        writer.writerow(
            [safe_cell(cell) for cell in [*cells, question.answer, question.confirmed_by, item.answer_id]]
        )
    return out.getvalue()


def read_csv(
    path: Path, known: dict[tuple[str, str], Waiting], who: str
) -> tuple[list[Confirmation], list[str]]:
    """The scores in an edited sheet, and the lines that can't be taken, with why.

    An empty score leaves the answer waiting. Raises UsageError if the file as a whole can't be read.
    """
    header, *lines = read_sheet(path) or [[]]
    rows = [dict(zip(header, cells + [""] * len(header), strict=False)) for cells in lines if any(cells)]
    if not rows or not {"student", "question", "score"} <= rows[0].keys():
        raise UsageError(f"{path}: needs the columns student, question and score")
    taken: list[Confirmation] = []
    refused: list[str] = []
    for line, row in enumerate(rows, start=2):
        text = (row["score"] or "").strip().replace(",", ".")
        if not text:
            continue
        item = known.get((row["student"] or "", row["question"] or ""))
        problem = _problem(item, row, text)
        if problem or item is None:
            refused.append(f"{path.name}:{line}: {problem}")
            continue
        if item.question.confirmed_by and float(text) == item.question.score:
            continue
        taken.append(confirmation(item, float(text), who))
    return taken, refused


def _problem(item: Waiting | None, row: dict[str, str], text: str) -> str:
    if item is None:
        return f"there is no free-text answer of {row['student']!r} to {row['question']!r}"
    if row.get("answer_id") not in (None, "", item.answer_id):
        return f"{row['student']} has handed in another answer since; look at that one"
    try:
        score = float(text)
    except ValueError:
        return f"the score {text!r} is not a number"
    if not 0 <= score <= item.question.max_score:
        return f"the score {text} is not between 0 and {item.question.max_score:g}"
    return ""


def confirmation(item: Waiting, score: float, who: str) -> Confirmation:
    """A person's score for `item`, dated now."""
    at = datetime.now(UTC).isoformat(timespec="seconds")
    return Confirmation(item.student, item.question.name, item.answer_id, score, who, at)


def by_key(gradebook: Gradebook, assignment: str) -> dict[tuple[str, str], Waiting]:
    """Every free-text answer of the class by student and question, names as the sheet shows them."""
    items = free_text(gradebook.results(assignment), all_of_them=True)
    return {(safe_cell(item.student), item.question.name): item for item in items}
