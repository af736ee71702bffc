"""A Result → what stands in the cells of a notebook: outputs of check cells, comments, the answers graded.

nbgrader reads a score off a cell's output: an `execute_result` whose plain text is a number counts as that many
points. So each check cell gets exactly one such output, with a card for people beside the number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment

from grader.authoring import CHECK_PREFIX
from grader.course import Assignment, Chapter
from grader.errors import CourseError
from grader.feedback import environment, first_failing, points, printed_parts, reveal, seen_in
from grader.gradebook import answer_sha256
from grader.intake import ANSWER_PREFIX
from grader.result import ExerciseResult, QuestionResult, Result
from grader.text import visible

#: Where a cell's metadata says which answer was graded: points given to it do not pass on to another one.
OWN = "cnn_grader"

_MESSAGE_CHARACTERS = 600
_PROBLEMS = 20
_PRINTED_CHARACTERS = 4000
_PRINTED_LINES = 40
_FORMULA = re.compile(r"\$(?=\$)|\\(?=\\|begin)")


def fill_outputs(cells: Iterable[Any], chapter: Chapter, result: Result, assignment: Assignment) -> None:
    """Replace every output of a notebook: check cells get their exercise's score and card, others nothing.

    cells: nbformat cells, changed in place. Raises CourseError where a cell's points are not course.yaml's.
    """
    exercises = {e.name: e for e in reveal(result, assignment).exercises if e.chapter == chapter.name}
    noted = False
    for cell in cells:
        if cell["cell_type"] != "code":
            continue
        cell["outputs"], cell["execution_count"] = [], None
        name = _identity(cell).removeprefix(CHECK_PREFIX)
        if _identity(cell) == f"{CHECK_PREFIX}{name}" and name in exercises:
            exercise = exercises[name]
            _check_points(cell, exercise.max_score)
            cell["outputs"] = [_scored(exercise)]
            cell["execution_count"] = 1
        elif not noted:
            noted = True
            cell["outputs"] = list(_problems(result))


def _identity(cell: Mapping[str, Any]) -> str:
    marks = cell["metadata"].get("nbgrader")
    identity = marks.get("grade_id") if isinstance(marks, Mapping) else None
    return identity if isinstance(identity, str) else ""


def _check_points(cell: Mapping[str, Any], points: float) -> None:
    known = cell["metadata"]["nbgrader"].get("points")
    if known is None or float(known) != float(points):
        raise CourseError(
            f"{_identity(cell)} is worth {known} points to nbgrader and {points:g} in course.yaml: run `grader "
            "export-course` and `nbgrader generate_assignment` again"
        )


def _scored(exercise: ExerciseResult) -> dict[str, Any]:
    return {
        "output_type": "execute_result",
        "execution_count": 1,
        "metadata": {},
        "data": {"text/plain": repr(points_of(exercise)), "text/html": exercise_card(exercise)},
    }


def points_of(part: ExerciseResult | QuestionResult) -> float:
    """Its score as nbgrader keeps one: a Python float between 0 and the most there is."""
    return float(min(max(part.score, 0.0), part.max_score))


def _problems(result: Result) -> Iterable[dict[str, Any]]:
    if result.problems:
        lines = [visible(problem, _MESSAGE_CHARACTERS) for problem in result.problems[:_PROBLEMS]]
        text = "\n".join(["Noticed while reading this submission:", *(f"- {line}" for line in lines)])
        yield {"output_type": "stream", "name": "stdout", "text": text + "\n"}


def exercise_card(exercise: ExerciseResult) -> str:
    """One exercise as a fragment of HTML that brings its own styles; all of a student's text escaped."""
    template = _environment().get_template("exercise.html")
    return template.render(
        exercise=exercise,
        explained=first_failing(exercise),
        evidence=seen_in,
        printed=printed_parts(exercise.printed, _PRINTED_LINES, _PRINTED_CHARACTERS),
    )


@cache
def _environment() -> Environment:
    return environment(Path(__file__).parent)


def exercise_comment(exercise: ExerciseResult) -> str | None:
    """What nbgrader shows below the student's cell, as Markdown; None where there is nothing to say."""
    if exercise.status == "missing":
        return _quoted(exercise.message) if exercise.message else "not written yet"
    failing = [test for test in exercise.tests if test.outcome != "passed"]
    if not failing and not exercise.remarks:
        return None
    lines = [f"{points(exercise.score)} of {points(exercise.max_score)} points."]
    if exercise.message:
        lines.append(f"Note: {_quoted(exercise.message)}")
    if exercise.diagnosis and (exercise.diagnosis.says or exercise.diagnosis.hint):
        lines.append(
            f"What this looks like: {_quoted(f'{exercise.diagnosis.says} {exercise.diagnosis.hint}')}"
        )
    if exercise.comment:
        lines.append(f"Comment: {_quoted(exercise.comment)}")
    if exercise.fault:
        lines.append(_quoted(exercise.fault.says))
    for test in failing:
        why = f" {test.fault.says}" if test.fault else ""
        lines.append(f"{_plain(test.title)}: {_quoted((test.message or test.outcome) + why)}")
    lines += [f"Costs nothing: {_quoted(remark)}" for remark in exercise.remarks]
    return "\n".join(f"- {line}" for line in lines)


def question_comment(question: QuestionResult, *, with_answer: bool = False) -> str | None:
    """Likewise for a question. with_answer: the answer itself too, where it does not stand in the notebook."""
    lines = (
        [f"Answered in answers.yaml: {_quoted(question.answer)}"] if with_answer and question.answer else []
    )
    lines += [_quoted(line) for line in question.feedback.split("\n") if line.strip()]
    return "\n".join(f"- {line}" for line in lines) or None


def _quoted(text: str) -> str:
    """Text that students have a hand in, as a code span: the one place where Markdown shows HTML as it is.

    nbconvert looks for formulas over several lines before it looks for code, so none may begin there.
    """
    plain = visible(" ".join(text.split()), _MESSAGE_CHARACTERS).replace("`", "'").strip()
    return "`" + _FORMULA.sub(r"\g<0> ", plain) + "`"


def _plain(text: str) -> str:
    """An author's text, with nothing in it that Markdown would act on."""
    return re.sub(r"([\\`*_{}\[\]<>#$&|])", r"\\\1", visible(text, _MESSAGE_CHARACTERS))


def mark_answers(cells: Iterable[Any], result: Result) -> None:
    """Note in each answer cell which answer was graded. `cells` are changed in place."""
    questions = {f"{ANSWER_PREFIX}{question.name}": question for question in result.questions}
    for cell in cells:
        question = questions.get(_identity(cell))
        if question is not None:
            cell["metadata"][OWN] = {"answer": answer_sha256(question.answer)}


def marked_answers(cells: Iterable[Any]) -> dict[str, str]:
    """Question name → which answer was graded, as `mark_answers` wrote it."""
    found: dict[str, str] = {}
    for cell in cells:
        own, identity = cell["metadata"].get(OWN), _identity(cell)
        if (
            identity.startswith(ANSWER_PREFIX)
            and isinstance(own, Mapping)
            and isinstance(own.get("answer"), str)
        ):
            found[identity.removeprefix(ANSWER_PREFIX)] = own["answer"]
    return found
