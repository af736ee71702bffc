"""What a course knows about the examples of its exercises: its judges, and the tables it hands out."""

from __future__ import annotations

import json
from typing import Any

from grader.course import Course, load_functions, load_mistakes, load_small_inputs, load_variants
from grader.errors import CourseError
from grader.examples.judging import Judges
from grader.examples.table import SCHEMA, packed


def judges_of(course: Course, name: str) -> dict[str, Judges]:
    """Exercise → its judges, in order. Raises CourseError where the course's own functions can't be loaded."""
    chapter_of = course.assignments[name].chapter_of()
    functions = load_functions(course.solutions(name), chapter_of)
    small, mistakes, variants = (
        load_small_inputs(course, name),
        load_mistakes(course, name),
        load_variants(course, name),
    )
    return {
        exercise: Judges(
            exercise,
            functions[exercise],
            [variant.function for variant in variants if variant.exercise == exercise],
            [mistake.function for mistake in mistakes if mistake.exercise == exercise],
            small[exercise].inputs if exercise in small else (),
            small[exercise].says if exercise in small else "",
        )
        for exercise in chapter_of
    }


def tables_file(course: Course, name: str) -> bytes | None:
    """The tables as a file of the handout, the same bytes for the same course; None without small inputs."""
    tables: dict[str, Any] = {}
    for exercise, judges in judges_of(course, name).items():
        if judges.inputs:
            table = judges.table()
            if not table.known:
                raise CourseError(
                    f"{exercise}: on none of its small inputs do the reference and all right variants agree"
                )
            tables[exercise] = packed(table)
    if not tables:
        return None
    data = {"schema": SCHEMA, "exercises": tables}
    return (json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True) + "\n").encode()
