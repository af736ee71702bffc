"""Free-text answers: a person confirms or changes the provisional scores, in a terminal or by editing one CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.csvcells import head_and_lines, read_sheet, safe_cell, unsafe_again
from grader.errors import UsageError
from grader.gradebook.confirmations import Confirmation, answer_sha256, now
from grader.gradebook.database import Gradebook
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
    path: Path, known: Mapping[tuple[str, str], Waiting], who: str
) -> tuple[list[Confirmation], list[str]]:
    """The scores in an edited sheet, and the lines that can't be taken, with why.

    An empty score leaves the answer waiting. Raises UsageError if the file as a whole can't be read.
    """
    header, lines = head_and_lines(read_sheet(path))
    header = [name.casefold() for name in header]
    if not lines or not {"student", "question", "score"} <= set(header):
        raise UsageError(f"{path}: needs the columns student, question and score")
    taken: list[Confirmation] = []
    refused: list[str] = []
    sheet = _as_in_sheets(known)
    for line, cells in lines:
        row = dict(zip(header, cells + [""] * len(header), strict=False))
        text = row["score"].strip().replace(",", ".")
        if not text:
            continue
        item, problem = _meant(row, sheet)
        if item is not None:
            problem = _problem(item, row, text)
        if problem or item is None:
            refused.append(f"{path.name}:{line}: {problem}")
            continue
        if item.question.confirmed_by and float(text) == item.question.score:
            continue
        taken.append(confirmation(item, float(text), who))
    return taken, refused


def _as_in_sheets(known: Mapping[tuple[str, str], Waiting]) -> dict[tuple[str, str, str], list[Waiting]]:
    """Answers by (how the name is spelled, the name as a sheet may have it, question)."""
    sheet: dict[tuple[str, str, str], list[Waiting]] = {}
    for (student, question), item in known.items():
        names = [("safe", safe_cell(student).strip()), ("plain", unsafe_again(student).strip())]
        if student.isdigit():
            names.append(("number", student.lstrip("0")))
        for spelled, name in names:
            sheet.setdefault((spelled, name, question), []).append(item)
    return sheet


def _meant(
    row: Mapping[str, str], sheet: Mapping[tuple[str, str, str], list[Waiting]]
) -> tuple[Waiting | None, str]:
    """The answer that a line is about, or why it is none.

    A cell may stand as `to_csv` made it safe or as itself again, and a spreadsheet takes leading zeros away (007 → 7).
    Where that leaves several, the answer's own id decides.
    """
    cell, question = row["student"].strip(), unsafe_again(row["question"].strip())
    number = re.sub(r"[.,]0+$", "", cell)
    found = (
        sheet.get(("safe", cell, question))
        or sheet.get(("plain", unsafe_again(cell), question))
        or sheet.get(("number", number, question))
        or []
    )
    if len(found) > 1:
        found = [item for item in found if item.answer_id == row.get("answer_id")] or found
    if not found:
        return None, f"there is no free-text answer of {cell!r} to {question!r}"
    if len(found) > 1:
        names = " or ".join(repr(item.student) for item in found)
        return None, f"{cell!r} may be {names}; give the points without --read"
    return found[0], ""


def _problem(item: Waiting, row: Mapping[str, str], text: str) -> str:
    if row.get("answer_id") not in (None, "", item.answer_id):
        return f"{item.student} has handed in another answer since; look at that one"
    try:
        score = float(text)
    except ValueError:
        return f"the score {text!r} is not a number"
    if not 0 <= score <= item.question.max_score:
        return f"the score {text} is not between 0 and {item.question.max_score:g}"
    return ""


def confirmation(item: Waiting, score: float, who: str) -> Confirmation:
    """A person's score for `item`, dated now. A comment that stands there stays."""
    return Confirmation(
        item.student, item.question.name, item.answer_id, score, who, now(), item.question.comment
    )


def by_key(gradebook: Gradebook, assignment: str) -> dict[tuple[str, str], Waiting]:
    """Every free-text answer of the class by student and question."""
    return keyed(free_text(gradebook.results(assignment), all_of_them=True))


def keyed(items: Iterable[Waiting]) -> dict[tuple[str, str], Waiting]:
    """`items` by student and question."""
    return {(item.student, item.question.name): item for item in items}
