"""One Result → PrairieLearn's results.json. Students read it, so the course's policy on hidden tests is applied.

PrairieLearn reads the file only after the container ended with 0. What is not gradable costs nobody an attempt.
"""

from __future__ import annotations

import json
from typing import Any

from grader.course import Assignment
from grader.exports import said_of_all, said_of_examples, said_of_question, said_of_test
from grader.feedback import drawn, evidence_text, reveal
from grader.result import ExerciseResult, QuestionResult, Result, TestResult
from grader.text import visible

#: PrairieLearn refuses a file of more than 1 MiB.
MOST_BYTES = 1_000_000
_OUTPUT_CHARS = 6000
_WIDTH = 76


def results_json(result: Result, assignment: Assignment) -> dict[str, Any]:
    """The results.json of one submission: a test each for the hidden tests, own examples and questions."""
    if result.status == "grader error":
        return not_graded("The grader stumbled, not you: nothing was graded, and no attempt is used up.")
    shown = reveal(result, assignment)
    if result.status == "unreadable":
        why = said_of_all(shown)
        errors = why[1:] or why
        return {"gradable": False, "succeeded": True, "message": "\n".join(why), "format_errors": errors}
    tests = [test for exercise in shown.exercises for test in _tests(exercise)]
    tests += [_question(question) for question in shown.questions]
    share = result.score / result.max_score if result.max_score > 0 else 0.0
    return fitting(
        {
            "gradable": True,
            "succeeded": True,
            "score": min(1.0, max(0.0, round(share, 6))),
            "message": "\n".join(said_of_all(shown)),
            "output": "",
            "images": [],
            "tests": tests,
        }
    )


def not_graded(message: str) -> dict[str, Any]:
    """A results.json without a score, where nothing could be graded."""
    return {"gradable": False, "succeeded": False, "message": message, "format_errors": [message]}


def fitting(results: dict[str, Any]) -> dict[str, Any]:
    """`results` within what PrairieLearn takes: first without pictures, then without what explains the failures."""
    for left_out in ((), ("images",), ("images", "output"), ("images", "output", "message")):
        tests = [{k: v for k, v in test.items() if k not in left_out} for test in results["tests"]]
        note = f"Too much to show it all: {', '.join(left_out)} left out below." if left_out else ""
        slim = {**results, "message": "\n".join(filter(None, [results["message"], note])), "tests": tests}
        if len(as_text(slim).encode("utf-8", "backslashreplace")) <= MOST_BYTES:
            return slim
    return {**results, "message": "There is too much to show: only the score fits.", "tests": []}


def as_text(results: dict[str, Any]) -> str:
    """Strict JSON."""
    return json.dumps(results, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def _tests(exercise: ExerciseResult) -> list[dict[str, Any]]:
    tests = [_test(test, exercise) for test in exercise.tests]
    if own := exercise.examples:
        name = f"{exercise.name}: your own examples"
        tests.append(_entry(name, own.score, own.max_score, said_of_examples(own)))
    if tests and exercise.printed.strip():
        printed = visible(exercise.printed, _OUTPUT_CHARS, multiline=True)
        tests[0]["output"] = "\n".join(filter(None, [tests[0].get("output"), "Your code printed:", printed]))
    if tests and (pictures := drawn(exercise.pictures)):
        tests[0]["images"] = [{"label": f"{p.title}: {p.text}", "url": p.address} for p in pictures]
    return tests


def _test(test: TestResult, exercise: ExerciseResult) -> dict[str, Any]:
    entry = _entry(
        f"{exercise.name}: {test.title}", test.points, test.max_points, said_of_test(test, exercise)
    )
    if test.outcome != "passed":
        lines = "\n".join(line.plain for line in evidence_text(test, _WIDTH))
        if lines:
            entry["output"] = visible(lines, _OUTPUT_CHARS, multiline=True)
    return entry


def _question(question: QuestionResult) -> dict[str, Any]:
    # Points even where the answer waits: without them PrairieLearn shows no points at all, of no test.
    waits = " (waits for a person)" if question.needs_manual else ""
    score = 0 if question.needs_manual else question.score
    return _entry(f"question: {question.name}{waits}", score, question.max_score, said_of_question(question))


def _entry(name: str, points: float, most: float, message: str) -> dict[str, Any]:
    return {"name": visible(name, 200), "points": points, "max_points": most, "message": message}
