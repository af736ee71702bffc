"""Code that answers every call alike, with a value of each type: it must get no full marks, and stop no grading."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from grader.authoring.in_process import calls_of, failures
from grader.authoring.telling import alike, answer
from grader.authoring.validate import Examination, Material, Progress
from grader.course import Course
from grader.errors import CourseError

#: Python source of the answers; the first ones are tried behind the wall, too.
WRONG = (
    *("None", "'a'", "{'a': 1}", "np.full(3, np.nan)"),
    *("True", "False", "0", "1", "0.5", "-1.0", "float('inf')", "1j", "10**50"),
    *(
        "''",
        "'a\\nb'",
        "b'a'",
        "[]",
        "[1, 2, 3]",
        "[None]",
        "['a', 'b']",
        "()",
        "(1, 2)",
        "{}",
        "{1}",
        "set()",
    ),
    *("np.zeros(3)", "np.zeros(0)", "np.zeros((2, 2))", "np.array([1j])", "datetime.date(2024, 1, 1)"),
)
BEHIND_THE_WALL = 4


def try_wrong_answers(found: Examination, material: Material, progress: Progress) -> None:
    """Run each exercise's tests on functions that always answer the same; fills `found`."""
    exams = [exam for exam in found.exercises.values() if exam.tests]
    for number, exam in enumerate(exams):
        progress(number, len(exams), exam.name)
        right = material.functions[exam.name]
        try:
            if any(failures(exam.tests, right, material.reference)):
                continue  # said already; nothing else would mean anything
            calls = calls_of(exam.tests, right, material.reference)
            if len(calls) == 1:
                found.one_call.add(exam.name)
            for source in WRONG:
                value = value_of(source)
                passed = [
                    test
                    for test, why in zip(
                        exam.tests,
                        failures(exam.tests, always(value), material.reference),
                        strict=True,
                    )
                    if not why
                ]
                if not passed or (len(calls) == 1 and alike(value, answer(right, calls[0]))):
                    continue
                if len(passed) == len(exam.tests):
                    found.reasons.append(f"{exam.name}: always returning {source} passes every hidden test")
                else:
                    points = sum(test.points for test in passed)
                    found.unproven.append(
                        f"{exam.name}: always returning {source} gets {points:g} of {exam.points:g} points, as it "
                        f"passes {', '.join(test.id for test in passed)}"
                    )
        except CourseError as error:
            found.reasons.append(f"{exam.name}: {error}")
    progress(1, 1, "")


def value_of(source: str) -> Any:
    """One of `WRONG` as a value."""
    return eval(source, {"np": np, "datetime": datetime})


def always(value: Any) -> Callable[..., Any]:
    """A function that always answers the same."""
    return lambda *args, **kwargs: value


def chapters_that_answer(course: Course, name: str, source: str) -> Mapping[str, str]:
    """A whole submission: chapter → code in which every exercise returns `source`."""
    assignment = course.assignments[name]
    texts: dict[str, list[str]] = {}
    for exercise, chapter in assignment.chapter_of().items():
        texts.setdefault(chapter, ["import datetime", "import numpy as np", ""]).append(
            f"def {exercise}(*args, **kwargs):\n    return {source}\n"
        )
    return {chapter: "\n".join(parts) for chapter, parts in texts.items()}


def behind_the_wall(everything: bool) -> Sequence[str]:
    """The answers that are graded as whole submissions."""
    return WRONG if everything else WRONG[:BEHIND_THE_WALL]
