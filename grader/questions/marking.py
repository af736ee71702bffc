"""Answers and key → QuestionResults, for every question of the open chapters."""

from __future__ import annotations

from grader.course import Assignment, Chapter, Question
from grader.errors import CourseError
from grader.questions.answers import Answers, by_kind
from grader.questions.budget import CPU_SECONDS, Budget, OverBudget
from grader.questions.choice import grade_choice
from grader.questions.freetext import grade_free
from grader.questions.key import AnswerKey, ChoiceKey, FreeKey, NumericKey
from grader.questions.kinds import Kind, own_kind
from grader.questions.marked import Marked
from grader.questions.numeric import grade_numeric
from grader.questions.plainyaml import Value, as_text, is_empty
from grader.result import SKETCH, QuestionResult
from grader.text import visible

NOT_ANSWERED = "not answered yet"
OUT_OF_TIME = "Reading the answers took too long: a person will look at this one."
NOT_READABLE = "The grader could not read this answer: a person will look at it."

_ANSWER_CHARACTERS = 4000


def grade_questions(assignment: Assignment, key: AnswerKey, answers: Answers) -> list[QuestionResult]:
    """One result a question of the open chapters, in order.

    `score` counts what was graded automatically. Free text has score 0, `provisional` points and needs_manual; so
    has an answer, with 0 provisional points, on which the submission's CPU_SECONDS ran out.
    Nothing in the answers makes this raise; CourseError where the key does not fit the assignment.
    """
    budget = Budget(CPU_SECONDS)
    return [
        _grade(chapter, question, key, answers, budget, own_kind(assignment, question.kind))
        for chapter in assignment.open_chapters
        for question in chapter.questions
    ]


def _grade(
    chapter: Chapter, question: Question, key: AnswerKey, answers: Answers, budget: Budget, own: Kind | None
) -> QuestionResult:
    result = QuestionResult(name=question.name, chapter=chapter.name, score=0, max_score=question.points)
    value = by_kind(question, answers.values.get(question.name, ""))
    if is_empty(value):
        result.feedback = NOT_ANSWERED
        return _for_a_person(result, OUT_OF_TIME) if answers.cut_short else result
    result.answer = visible(as_text(value), _ANSWER_CHARACTERS, multiline=True)
    try:
        with budget:
            marked, sketch = _mark(question, key, value, own)
    except CourseError:
        raise
    except OverBudget:
        return _for_a_person(result, OUT_OF_TIME)
    except Exception:
        # A mistake of ours: it may cost a person a look, and never the student's other points.
        return _for_a_person(result, NOT_READABLE)
    result.feedback = marked.feedback
    if marked.complete:
        result.key = "\n".join(filter(None, [marked.key, f"{SKETCH}{sketch.strip()}"]))
    points = _rounded(marked.points)
    if question.kind == "free":
        result.provisional = points
        result.needs_manual = True
    else:
        result.score = points
    return result


def _for_a_person(result: QuestionResult, why: str) -> QuestionResult:
    result.feedback, result.provisional, result.needs_manual = why, 0, True
    return result


def _mark(question: Question, key: AnswerKey, value: Value, own: Kind | None) -> tuple[Marked, str]:
    mine = key.questions.get(question.name)
    if isinstance(mine, NumericKey):
        return grade_numeric(mine, question.parts, question.points, value), mine.sketch
    if isinstance(mine, ChoiceKey):
        return grade_choice(mine, question.options, question.points, value), mine.sketch
    if isinstance(mine, FreeKey):
        return grade_free(mine, value), mine.sketch
    if mine and own:
        return own.mark(mine, value), mine.sketch
    raise CourseError(f"the answer key has nothing for the question {question.name}")


def _rounded(points: float) -> float:
    return int(points) if float(points).is_integer() else round(points, 2)
