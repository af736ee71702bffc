"""One Result → Gradescope's results.json. Students read it, so the course's policy on hidden tests is applied."""

from __future__ import annotations

from typing import Any

from grader.course import Assignment
from grader.csvcells import number
from grader.exports.said import said_of_all, said_of_examples, said_of_question, said_of_test
from grader.feedback import reveal
from grader.result import ExerciseResult, OwnExamples, QuestionResult, Result, TestResult
from grader.text import visible


def gradescope_results(result: Result, assignment: Assignment) -> dict[str, Any]:
    """The results.json of one student: a test each for the hidden tests and the questions.

    The score at the top counts, since a late penalty belongs to no test. A grader error has no score at all: without
    one, Gradescope takes the run for failed, not for worth nothing.
    """
    if result.status == "grader error":
        return failed_run("The grader stumbled, not you. Your submission is kept and will be graded again.")
    shown = reveal(result, assignment)
    tests: list[dict[str, Any]] = []
    for place, exercise in enumerate(shown.exercises, start=1):
        tests += [
            _test(test, exercise, f"{place}.{number_}")
            for number_, test in enumerate(exercise.tests, start=1)
        ]
        if exercise.examples:
            tests.append(_examples(exercise.examples, exercise, f"{place}.{len(exercise.tests) + 1}"))
    first = len(shown.exercises) + 1
    tests += [_question(question, str(place)) for place, question in enumerate(shown.questions, start=first)]
    return {
        "score": number(result.score),
        "execution_time": round(result.run.seconds, 3),
        "output": "\n".join(said_of_all(result)),
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": tests,
        "extra_data": {
            "student": visible(result.student, 200),
            "status": result.status,
            "submission_sha256": result.submission_sha256,
            "tests_sha256": result.tests_sha256,
            "late": result.late.model_dump(mode="json") if result.late else None,
        },
    }


def failed_run(message: str) -> dict[str, Any]:
    """A results.json that gives no score, for a run in which nothing could be graded."""
    return {
        "output": message,
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": [],
        "extra_data": {"status": "grader error"},
    }


def _test(test: TestResult, exercise: ExerciseResult, place: str) -> dict[str, Any]:
    return {
        "score": number(test.points),
        "max_score": number(test.max_points),
        "status": "passed" if test.outcome == "passed" else "failed",
        "name": f"{exercise.name}: {test.title}",
        "number": place,
        "output": said_of_test(test, exercise),
        "output_format": "text",
        "tags": list(filter(None, [exercise.chapter, exercise.name])),
        "visibility": "visible",
    }


def _examples(own: OwnExamples, exercise: ExerciseResult, place: str) -> dict[str, Any]:
    return {
        "score": number(own.score),
        "max_score": number(own.max_score),
        "status": "passed" if own.score >= own.max_score and not own.wrong else "failed",
        "name": f"{exercise.name}: your own examples",
        "number": place,
        "output": said_of_examples(own),
        "output_format": "text",
        "tags": list(filter(None, [exercise.chapter, exercise.name])),
        "visibility": "visible",
    }


def _question(question: QuestionResult, place: str) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "name": f"question: {question.name}",
        "number": place,
        "output": said_of_question(question),
        "output_format": "text",
        "tags": list(filter(None, [question.chapter, "question"])),
        "visibility": "visible",
    }
    if question.needs_manual:
        # No score: a zero beside an answer that nobody has read yet would be a judgement.
        return entry
    right = question.score >= question.max_score
    score = {"score": number(question.score), "max_score": number(question.max_score)}
    return score | {"status": "passed" if right else "failed"} | entry
