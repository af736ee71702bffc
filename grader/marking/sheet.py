"""What the page shows of the answers to one question: plain data, without names."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grader.course import Assignment
from grader.gradebook import Given, Waiting
from grader.marking.alike import Alike, plain
from grader.questions import AnswerKey, FreeKey, RubricPoint
from grader.result import SKETCH
from grader.text import visible

#: As many characters of an answer as are searched for the rubric; each may be shown as an escape.
_CHARACTERS = 4000
_FOUND = "Found: "


@dataclass(frozen=True)
class Answer:
    """key: names it without saying whose it is; code: short, for people."""

    key: str
    code: str
    item: Waiting

    @property
    def id(self) -> tuple[str, str, str]:
        """As the gradebook has it."""
        return self.item.student, self.item.question.name, self.item.answer_id


@dataclass(frozen=True)
class Sheet:
    """The answers to one question, those that are marked alike next to each other."""

    name: str
    answers: tuple[Answer, ...]
    alike: Alike

    @property
    def max_score(self) -> float:
        """What an answer can get at most."""
        return self.answers[0].item.question.max_score


def sheets(items: Iterable[Waiting]) -> dict[str, Sheet]:
    """The answers by question."""
    by_question: dict[str, list[Waiting]] = {}
    for item in items:
        by_question.setdefault(item.question.name, []).append(item)
    return {name: _sheet(name, of_one) for name, of_one in by_question.items()}


def _sheet(name: str, items: Sequence[Waiting]) -> Sheet:
    keys = [
        hashlib.sha256(
            "\0".join((item.student, name, item.answer_id)).encode("utf-8", "backslashreplace")
        ).hexdigest()
        for item in items
    ]
    length = next(n for n in range(4, 65) if len({key[:n] for key in keys}) == len(keys))
    answers = [Answer(key[:24], key[:length], item) for key, item in zip(keys, items, strict=True)]
    # The last part says nothing of who it is: the order of names would.
    answers.sort(key=lambda a: (-(a.item.question.provisional or 0), plain(a.item.question.answer), a.key))
    return Sheet(name, tuple(answers), Alike({a.key: a.item.question.answer for a in answers}))


def as_shown(sheet: Sheet, assignment: Assignment, key: AnswerKey | None) -> dict[str, Any]:
    """Question, rubric and answers as JSON data, everything made visible."""
    asked = next(
        (q.ask for chapter in assignment.chapters for q in chapter.questions if q.name == sheet.name), ""
    )
    mine = key.questions.get(sheet.name) if key else None
    rubric = mine.rubric if isinstance(mine, FreeKey) else ()
    return {
        "name": sheet.name,
        "ask": asked,
        "sketch": mine.sketch.strip() if mine else "",
        "max": sheet.max_score,
        "rubric": [{"id": p.id, "text": p.text, "points": p.points} for p in rubric],
        "answers": [_answer(answer, rubric, len(sheet.alike.same(answer.key))) for answer in sheet.answers],
    }


def _answer(answer: Answer, rubric: Sequence[RubricPoint], same: int) -> dict[str, Any]:
    question = answer.item.question
    missed = question.key.partition(SKETCH)[0].strip()
    return {
        "key": answer.key,
        "code": answer.code,
        "text": visible(question.answer, _CHARACTERS * 8, multiline=True),
        "provisional": question.provisional or 0,
        "why": visible("\n".join(filter(None, [question.feedback, missed])), 4000, multiline=True),
        "found": found_points(rubric, question.feedback),
        "same": same,
    }


def found_points(rubric: Sequence[RubricPoint], feedback: str) -> list[str]:
    """The ids of the rubric points that grading found, read from what it said: their texts, in the rubric's order."""
    line = next((line for line in feedback.split("\n") if line.startswith(_FOUND)), "")
    rest, ids = line.removeprefix(_FOUND), []
    for point in rubric:
        if rest.startswith(point.text) and rest[len(point.text) :].startswith((";", ".")):
            ids.append(point.id)
            rest = rest[len(point.text) :].removeprefix("; ")
    return ids


def marks(sheet: Sheet, given: Mapping[tuple[str, str, str], Given]) -> dict[str, dict[str, Any]]:
    """Key → the last word on that answer; nothing of those on which nobody has said one."""
    return {
        answer.key: {
            "id": found.id,
            "score": found.what.score,
            "who": visible(found.what.who, 80),
            "at": found.what.at,
            "comment": visible(found.what.comment, 4000, multiline=True),
            "items": list(found.what.items),
            "withdrawn": found.what.withdrawn,
        }
        for answer in sheet.answers
        if (found := given.get(answer.id))
    }
