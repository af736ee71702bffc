"""How far a student's answers have come, without the key: which are there and can be read; never whether right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from grader.course import Assignment, Question
from grader.questions.answers import ANSWERS_FILE, Answers, by_kind
from grader.questions.choice import read_choice
from grader.questions.kinds import Kind, own_kind
from grader.questions.marked import quoted
from grader.questions.numeric import texts_of_parts
from grader.questions.numeric_text import read_number
from grader.questions.plainyaml import Value, as_text, is_empty


@dataclass(frozen=True)
class Overview:
    """total: questions of the open chapters; unanswered: names of those with no answer, or only a part of one.

    remarks: what can't be read as an answer of its kind, and what fitted nowhere: a line each, with its place.
    """

    total: int = 0
    unanswered: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def answered(self) -> int:
        """How many have an answer that can be read."""
        return self.total - len(self.unanswered)


def look_over(answers: Answers, assignment: Assignment) -> Overview:
    """How far the answers have come. Needs no key, so it can run where the key must not be."""
    questions = [question for chapter in assignment.open_chapters for question in chapter.questions]
    unanswered: list[str] = []
    remarks: list[str] = []
    for question in questions:
        value = by_kind(question, answers.values.get(question.name, ""))
        if is_empty(value):
            unanswered.append(question.name)
        elif wrong := list(_unreadable(question, value, own_kind(assignment, question.kind))):
            unanswered.append(question.name)
            line = answers.lines.get(question.name)
            where = f"{ANSWERS_FILE} line {line}" if line else f"notebook, {question.name}"
            remarks += [f"{where}: {what}" for what in wrong]
    return Overview(len(questions), tuple(unanswered), (*remarks, *answers.problems))


def _unreadable(question: Question, value: Value, own: Kind | None) -> Iterator[str]:
    """What keeps an answer from being read as one of its kind."""
    if question.kind == "choice":
        text = as_text(value)
        if read_choice(text, question.options) is None:
            lone = text.strip().strip("().").lower()
            one = len(lone) == 1 and lone not in question.options
            what = f"none of {_letters(question)}" if one else f"not one clear letter of {_letters(question)}"
            yield f"{quoted(text)} is {what}"
    elif question.kind == "numeric":
        texts, problem = texts_of_parts(value, question.parts)
        if problem:
            yield problem
        for part, text in zip(question.parts, texts, strict=True):
            if is_empty(text):
                yield f"{part} has no answer"
            # Whether "24 x 24" means 24 or 576 is for the key to say; either is a number.
            elif not (read_number(text) or read_number(text, square=True)):
                yield f"{quoted(text)} is not one number ({part})"
    elif own and (problem := own.unreadable(value)):
        yield problem


def _letters(question: Question) -> str:
    letters = sorted(question.options)
    in_a_row = len(letters) == ord(letters[-1]) - ord(letters[0]) + 1
    return f"{letters[0]}–{letters[-1]}" if in_a_row else ", ".join(letters)
