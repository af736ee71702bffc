"""The grades as CSV: one row a student, one column an exercise and a question."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from grader.course import Assignment
from grader.csvcells import csv_text, safe_cell
from grader.exports.pair import Pair
from grader.exports.pairing import Pairing
from grader.gradebook import Row
from grader.result import Result

#: What a roster adds to a row, by the meaning of its columns.
_PERSON = ("name", "login", "sis", "email", "section")


def grades_csv(results: Iterable[Result], assignment: Assignment) -> str:
    """The grades as CSV text, every field quoted, formulas defused."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(_header(assignment))
    for result in results:
        writer.writerow([safe_cell(cell) for cell in _cells(result, assignment)])
    return out.getvalue()


def class_csv(pairing: Pairing, assignment: Assignment) -> str:
    """The grades beside what the roster knows of each student; who handed in nothing has a row too."""
    first, *others = _header(assignment)
    rows: list[Sequence[object]] = [[first, *_PERSON, *others]]
    for pair in pairing.pairs:
        student, *cells = _cells(pair.result, assignment)
        rows.append([student, *_person(pair), *cells])
    for row in pairing.without:
        values = [_value(row, meaning) for meaning in _PERSON]
        rows.append([row.get("student"), *values, "no submission", *[""] * (len(others) - 1)])
    return csv_text(rows)


def _header(assignment: Assignment) -> list[str]:
    late = ["submitted", "days_late", "penalty_percent", "score_before_penalty"] if assignment.due else []
    return ["student", "status", "score", "max_score", "needs_manual", *_names(assignment), *late]


def _cells(result: Result, assignment: Assignment) -> list[object]:
    scores = {exercise.name: exercise.score for exercise in result.exercises}
    scores |= {question.name: question.score for question in result.questions}
    row: list[object] = [
        result.student, result.status, result.score, result.max_score, result.needs_manual,
    ]  # fmt: skip
    row += [scores.get(name, "") for name in _names(assignment)]
    if assignment.due:
        late = result.late
        row += (
            [late.submitted or "unknown", late.days, late.penalty_percent, late.score_before]
            if late
            else [""] * 4
        )
    return row


def _names(assignment: Assignment) -> list[str]:
    questions = [question.name for chapter in assignment.open_chapters for question in chapter.questions]
    return [*assignment.chapter_of(), *questions]


def _person(pair: Pair) -> list[str]:
    if pair.row is not None:
        return [_value(pair.row, meaning) for meaning in _PERSON]
    return [pair.result.lms.get(meaning if meaning != "sis" else "sid", "") for meaning in _PERSON]


def _value(row: Row, meaning: str) -> str:
    return row.name if meaning == "name" else row.get(meaning)
