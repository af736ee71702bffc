"""Scores that a person gave to free-text answers in formgrader → the kit's gradebook."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from grader.course import Course
from grader.gradebook import FILE_NAME, Gradebook, Waiting, confirmation, free_text
from grader.intake import ANSWER_PREFIX, shown
from grader.platforms.nbgrader.database import check_notebooks, course_folder, opened
from grader.platforms.nbgrader.pushing import AUTOGRADED, graded_answers

WHO = "nbgrader"


@dataclass
class Pulled:
    """What a pull did. students: those whose score has changed; refused: one line an answer, with why."""

    students: set[str] = field(default_factory=set)
    confirmed: int = 0
    refused: list[str] = field(default_factory=list)


def pull(
    results: Path,
    db_url: str,
    course: Course,
    assignment_name: str,
    *,
    course_dir: Path | None = None,
    who: str = WHO,
) -> Pulled:
    """Take over manual scores of free-text answers; the caller rewrites the students' pages.

    A score counts for the answer it was given to: where the kit has graded another one since, it is refused.
    Raises UsageError, GraderError if nbgrader is not installed or its gradebook does not fit the course.
    """
    name, assignment = course.assignment(assignment_name)
    folder = course_folder(db_url, course_dir)
    done = Pulled()
    with Gradebook(results / FILE_NAME, create=False) as kit, opened(db_url) as gradebook:
        from nbgrader.api import MissingEntry

        check_notebooks(gradebook, name, assignment, db_url)
        for item in list(free_text(kit.results(name), all_of_them=True)):
            question = item.question
            try:
                place = (question.chapter, name, item.student)
                grade = gradebook.find_grade(f"{ANSWER_PREFIX}{question.name}", *place)
            except MissingEntry:
                continue
            if grade.manual_score is None:
                continue
            score = float(grade.manual_score) + float(grade.extra_credit or 0.0)
            if question.confirmed_by and question.score == score:
                continue
            looked_at = graded_answers(folder / AUTOGRADED / item.student / name, assignment)
            reason = _why_not(item, score, looked_at.get(question.name))
            if reason:
                done.refused.append(f"{shown(item.student, 60)}, {question.name}: {reason}")
                continue
            kit.confirm(name, confirmation(item, score, who))
            done.students.add(item.student)
            done.confirmed += 1
    return done


def _why_not(item: Waiting, score: float, answer_id: str | None) -> str:
    if not 0 <= score <= item.question.max_score:
        return f"{score:g} points are not between 0 and {item.question.max_score:g}"
    if answer_id != item.answer_id:
        return "the answer in nbgrader is not the one in these results: grade or push again, then look at it again"
    return ""
