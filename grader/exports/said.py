"""What a platform's page says of a result, as plain text: for those that take results as JSON and make the page.

A `Result` comes here as `reveal` left it, so that everything in it may be said.
"""

from __future__ import annotations

from grader.result import ExerciseResult, OwnExamples, QuestionResult, Result, TestResult
from grader.text import visible

_CHARACTERS = 4000


def said_of_all(result: Result) -> list[str]:
    """What belongs to no single test, a line each."""
    lines = [visible(problem, 400) for problem in result.problems]
    if result.status == "unreadable":
        lines.insert(0, "Your submission could not be read:")
    late = result.late
    if late and late.penalty_percent:
        lines.append(
            f"Handed in {late.days} day{'s' if late.days != 1 else ''} late: {late.penalty_percent:g} % taken off "
            f"{late.score_before:g} points."
        )
    elif late and late.note:
        lines.append(f"{late.note[0].upper()}{late.note[1:]}.")
    if waiting := sum(question.needs_manual for question in result.questions):
        many = "answers wait for a person; they are" if waiting != 1 else "answer waits for a person; it is"
        lines.append(f"{waiting} {many} not counted yet.")
    return lines


def said_of_test(test: TestResult, exercise: ExerciseResult) -> str:
    """What went wrong in a test, and what the mistake looks like; empty where it passed."""
    lines = [
        test.message,
        test.fault.says if test.fault else "",
        f"For example: {test.example}" if test.example else "",
    ]
    if exercise.diagnosis and test.outcome != "passed":
        lines += [exercise.diagnosis.says, exercise.diagnosis.hint]
    if test.outcome != "passed":
        lines.append(exercise.comment)
    return visible("\n".join(filter(None, lines)), _CHARACTERS, multiline=True)


def said_of_examples(own: OwnExamples) -> str:
    """What became of the student's own examples of an exercise."""
    return visible(" ".join(own.says), _CHARACTERS)


def said_of_question(question: QuestionResult) -> str:
    """What is said of an answer."""
    if question.needs_manual:
        return "A person reads this answer; it is not counted yet."
    return visible(
        "\n".join(filter(None, [question.comment, question.feedback])), _CHARACTERS, multiline=True
    )
