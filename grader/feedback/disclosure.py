"""What of a hidden test a student may see: a Result → the same Result with the rest taken out.

Renderers show whatever a Result holds, so that this is the only place where the course's policy is applied.
"""

from __future__ import annotations

from typing import Literal

from grader.result import ExerciseResult, Result, TestResult

Reveal = Literal["title", "hint", "example"]

#: Their messages speak of the student's own file, never of an input: nothing was called.
_NOTHING_CALLED = ("missing", "blocked")


def reveal(result: Result, level: Reveal) -> Result:
    """`result` with only what `level` allows.

    title: titles, outcomes and points. hint: messages, remarks and the diagnosis too. example: everything.
    Printed output goes with the examples: a function that prints its arguments prints the hidden inputs.
    """
    if level == "example":
        return result
    return result.model_copy(update={"exercises": [_exercise(e, level) for e in result.exercises]})


def _exercise(exercise: ExerciseResult, level: Reveal) -> ExerciseResult:
    keep = level == "hint"
    return ExerciseResult(
        name=exercise.name,
        score=exercise.score,
        max_score=exercise.max_score,
        status=exercise.status,
        chapter=exercise.chapter,
        tests=[_test(test, keep) for test in exercise.tests],
        diagnosis=exercise.diagnosis if keep else None,
        message=exercise.message if keep or exercise.status in _NOTHING_CALLED else "",
        fault=exercise.fault,  # a syntax error: of the student's own file, whatever is tested
        remarks=exercise.remarks if keep else [],
        pictures=exercise.pictures,  # of the handout's digits: no hidden input
    )


def _test(test: TestResult, keep_message: bool) -> TestResult:
    # Built anew, field by field: a field that a later schema adds is hidden until someone decides otherwise.
    return TestResult(
        id=test.id,
        title=test.title,
        outcome=test.outcome,
        points=test.points,
        max_points=test.max_points,
        message=test.message if keep_message or test.outcome == "blocked" else "",
        fault=test.fault if keep_message else None,
        seconds=test.seconds,
    )
