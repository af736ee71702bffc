"""The checkpoints' questions: a student's answers in, one QuestionResult a question out.

In: the text of answers.yaml or of answer cells, and the key. Out: points, and what to say.

An answer is untrusted text like everything else in a submission: it is read as data, never evaluated, and
whatever it contains, nothing here raises because of it. Only the answer key, which instructors write, can be
wrong in a way that raises (CourseError). An assignment may add kinds of questions of its own (`Kind`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.doors import opened_late

if TYPE_CHECKING:
    from grader.questions.answers import Answers, read_answers
    from grader.questions.budget import Budget, OverBudget
    from grader.questions.choice import read_choice
    from grader.questions.key import (
        KEY_FILE,
        AnswerKey,
        FreeKey,
        Key,
        RubricPoint,
        by_a_person_alone,
        load_key,
        model_answers,
    )
    from grader.questions.kinds import Kind
    from grader.questions.marked import Marked, quoted, said
    from grader.questions.marking import grade_questions
    from grader.questions.overview import Overview, look_over
    from grader.questions.plainyaml import NotPlainError, Value, as_text, is_empty, read_entries
    from grader.questions.template import answer_cell, answers_template

__all__ = [
    "KEY_FILE",
    "AnswerKey",
    "Answers",
    "Budget",
    "FreeKey",
    "Key",
    "Kind",
    "Marked",
    "NotPlainError",
    "OverBudget",
    "Overview",
    "RubricPoint",
    "Value",
    "answer_cell",
    "answers_template",
    "as_text",
    "by_a_person_alone",
    "grade_questions",
    "is_empty",
    "load_key",
    "look_over",
    "model_answers",
    "quoted",
    "read_answers",
    "read_choice",
    "read_entries",
    "said",
]

# Late: at home nothing of the key is needed.
__getattr__ = opened_late(
    __name__,
    {
        "answers": "Answers read_answers",
        "budget": "Budget OverBudget",
        "choice": "read_choice",
        "key": "KEY_FILE AnswerKey FreeKey Key RubricPoint by_a_person_alone load_key model_answers",
        "kinds": "Kind",
        "marked": "Marked quoted said",
        "marking": "grade_questions",
        "overview": "Overview look_over",
        "plainyaml": "NotPlainError Value as_text is_empty read_entries",
        "template": "answer_cell answers_template",
    },
)
