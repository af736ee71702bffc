"""The handout's answers.yaml and the notebook's empty answer cells, derived from course.yaml."""

from __future__ import annotations

import json
import re
import textwrap

from grader.course import Assignment, Question
from grader.questions.choice import LABEL

_WIDTH = 100
_PLAIN_KEY = re.compile(r"[A-Za-z][A-Za-z0-9 ()/-]*")

_HOW = {
    "numeric": "Write each number behind its colon.",
    "choice": "Write the letter behind the colon.",
    "free": "Write a few sentences of your own below the next line, indented by two spaces.",
    "other": "Write your answer below the next line, indented by two spaces.",
}


def answers_template(assignment: Assignment) -> str:
    """The text of an empty answers.yaml: every question of the open chapters, as comments, with its place."""
    out = [
        *_comment(f"Your answers: {assignment.title}"),
        *_comment("Lines that begin with # are the questions. Leave a question empty to answer it later."),
    ]
    for chapter in assignment.open_chapters:
        if chapter.questions:
            out += ["", "", *_comment(f"---- {chapter.title} ----")]
        for question in chapter.questions:
            out += ["", *_comment(f"{question.ask} ({_worth(question)})")]
            out += [
                line for key, text in question.options.items() for line in _comment(f"{key}: {text}", "  ")
            ]
            out += [*_comment(_how(question)), *_place(question)]
    return "\n".join(out) + "\n"


def answer_cell(question: Question) -> str:
    """The text of an empty notebook cell for `question`: it reads as not answered until something is added.

    A comment alone would show as nothing at all, and parts on lines below each other as one line.
    """
    hint = f"<!-- {question.name}: {_cell_hint(question)} -->"
    parts = question.parts or ((LABEL,) if question.kind == "choice" else ())
    return "\n".join([hint, "\n\n".join(f"{part}: " for part in parts)])


def _cell_hint(question: Question) -> str:
    if question.kind in ("numeric", "choice"):
        return _how(question)
    return _how(question).replace("below the next line, indented by two spaces", "below").replace("->", "→")


def _how(question: Question) -> str:
    return question.how or _HOW.get(question.kind, _HOW["other"])


def _worth(question: Question) -> str:
    return f"{question.points:g} point{'s' if question.points != 1 else ''}"


def _comment(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent=f"# {indent}", subsequent_indent=f"# {indent}")


def _place(question: Question) -> list[str]:
    name = _key(question.name)
    if question.kind not in ("numeric", "choice"):
        return [f"{name}: |"]
    if len(question.parts) > 1:
        return [f"{name}:", *(f"  {_key(part)}:" for part in question.parts)]
    return [f"{name}:"]


def _key(text: str) -> str:
    return text if _PLAIN_KEY.fullmatch(text) else json.dumps(text, ensure_ascii=False)
