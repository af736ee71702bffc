"""A Result → rows of nbgrader's gradebook. What a person gave or wrote there is never touched."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from grader.authoring import CHECK_PREFIX
from grader.course import Chapter
from grader.intake import ANSWER_PREFIX
from grader.platforms.nbgrader.cells import exercise_comment, points_of, question_comment
from grader.result import QuestionResult, Result


def record_chapter(
    gradebook: Any,
    chapter: Chapter,
    result: Result,
    student: str,
    *,
    show_answers: bool = False,
    same_answers: Collection[str] | None = None,
) -> None:
    """Scores and comments of one chapter. The caller commits.

    result: as its student may see it, since nbgrader's feedback shows comments to students.
    gradebook: nbgrader's, with all cells and the submission in it; show_answers: in the comments, because they may
    not stand in the notebook; same_answers: the questions whose answer is still the one that a person may have
    looked at; None, as nbgrader does it: every manual score is to be looked at again.
    """
    place = (chapter.name, result.assignment, student)
    for exercise in result.exercises:
        if exercise.chapter == chapter.name:
            grade = gradebook.find_grade(f"{CHECK_PREFIX}{exercise.name}", *place)
            _set(grade, points_of(exercise), keep=None if same_answers is None else True)
            gradebook.find_comment(exercise.name, *place).auto_comment = exercise_comment(exercise)
    for question in result.questions:
        if question.chapter == chapter.name:
            name = f"{ANSWER_PREFIX}{question.name}"
            keep = None if same_answers is None else question.name in same_answers
            _set(gradebook.find_grade(name, *place), _automatic(question), keep=keep)
            gradebook.find_comment(name, *place).auto_comment = question_comment(
                question, with_answer=show_answers
            )


def record_penalty(gradebook: Any, chapters: Iterable[Chapter], result: Result, student: str) -> None:
    """What late work costs, notebook by notebook, as nbgrader takes it off. The caller commits.

    Counted on nbgrader's own scores, manual ones included. Where course.yaml has no due date, what nbgrader has stays.
    """
    if result.late is None:
        return
    gradebook.db.flush()
    for chapter in chapters:
        notebook = gradebook.find_submission_notebook(chapter.name, result.assignment, student)
        gradebook.db.refresh(notebook, ["score"])
        notebook.late_submission_penalty = (
            round(notebook.score * result.late.penalty_percent / 100, 4) or None
        )


def _automatic(question: QuestionResult) -> float | None:
    """The score without a person; None where one is needed."""
    return None if question.needs_manual else points_of(question)


def _set(grade: Any, score: float | None, *, keep: bool | None) -> None:
    """keep: whether the work is the one that a manual score was given to; None: look at it again in any case."""
    same = grade.auto_score == score
    grade.auto_score = score
    if grade.manual_score is None:
        grade.needs_manual_grade = score is None
    elif not (keep and (same or score in (None, grade.manual_score))):
        grade.needs_manual_grade = True
