"""What a course knows about the examples of its exercises: its judges, and the tables it hands out."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import numpy as np

from grader.course import Course, load_functions, load_mistakes, load_small_inputs, load_variants
from grader.errors import CourseError, GraderError
from grader.examples.judging import Judges
from grader.examples.table import SCHEMA, packed
from grader.files import digest_of_code, forget_unused, read_kept, refuse_others, write_bytes
from grader.testing import cache_folder


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
            [(mistake.function, *mistake.forms) for mistake in mistakes if mistake.exercise == exercise],
            small[exercise].inputs if exercise in small else (),
            small[exercise].says if exercise in small else "",
        )
        for exercise in chapter_of
    }


def tables_file(course: Course, name: str) -> bytes | None:
    """The tables as a file of the handout, the same bytes for the same course; None without small inputs.

    Kept from run to run in the user's own cache: asking every known mistake takes seconds.
    """
    cache = cache_folder()
    if cache is None:
        return _tables_file(course, name)
    refuse_others(cache)
    exercises = list(course.assignments[name].chapter_of())
    key = digest_of_code((np.__version__, exercises), Path(__file__).parent, course.solutions(name))
    file = cache / f"examples-{key}.json"
    content = read_kept(file)
    if content is not None:
        return content or None
    found = _tables_file(course, name)
    with contextlib.suppress(GraderError, OSError):
        cache.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_bytes(file, found or b"")
        forget_unused(cache, "examples-*.json")
    return found


def _tables_file(course: Course, name: str) -> bytes | None:
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
