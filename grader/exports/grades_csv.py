"""grades.csv: one row a student, one column an exercise and a question."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from grader.course import Assignment
from grader.exports.cells import safe_cell
from grader.result import Result


def grades_csv(results: Iterable[Result], assignment: Assignment) -> str:
    """The grades as CSV text, every field quoted, formulas defused."""
    names = list(assignment.chapter_of())
    questions = [question.name for chapter in assignment.open_chapters for question in chapter.questions]
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(["student", "status", "score", "max_score", "needs_manual", *names, *questions])
    for result in results:
        scores = {exercise.name: exercise.score for exercise in result.exercises}
        scores |= {question.name: question.score for question in result.questions}
        row = [result.student, result.status, result.score, result.max_score, result.needs_manual]
        writer.writerow(
            [safe_cell(cell) for cell in [*row, *(scores.get(n, "") for n in (*names, *questions))]]
        )
    return out.getvalue()
