"""Folders of marked functions: the known mistakes and the right variants of an assignment.

Each stands in `solutions/<assignment>/<folder>/*.py`; such a file may import the reference's chapters flatly (`from
convolution import zero_pad`) and helpers of its own folder whose file name begins with an underscore.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from grader.course.models import Assignment, Course
from grader.course.reference import DATA, importing_from, reading_in
from grader.errors import CourseError

Function = Callable[..., Any]
_MARK = "__catalogued_as__"


def mark(function: Function, entry: tuple[str, ...]) -> None:
    """Remember on `function` what it is catalogued as; there is no registry elsewhere."""
    setattr(function, _MARK, entry)


def mark_of(value: Any) -> tuple[str, ...] | None:
    """What a function is catalogued as; None for anything else."""
    return getattr(value, _MARK, None) if callable(value) else None


def marked_functions(course: Course, assignment: str, folder: str) -> Iterator[tuple[Path, Function, Any]]:
    """(file, function, mark) for every marked function of a folder, in file and definition order.

    Raises CourseError where a file can't be imported or has the name of a chapter.
    """
    solutions = course.solutions(assignment)
    files = sorted((solutions / folder).glob("*.py"))
    chapters = [chapter.name for chapter in course.assignments[assignment].chapters]
    for file in files:
        if file.stem in chapters:
            raise CourseError(f"{file}: give it another name, {file.stem} is a chapter")
    found: list[tuple[Path, Function, Any]] = []
    reads = (solutions / DATA).is_dir()
    with importing_from(solutions, chapters), importing_from(solutions / folder, [f.stem for f in files]):
        for file in files:
            try:
                module = importlib.import_module(file.stem)
            except Exception as error:
                raise CourseError(f"{file} can't be imported: {type(error).__name__}: {error}") from error
            found += [
                (file, reading_in(value, solutions) if reads and inspect.isfunction(value) else value, mark)
                for value in vars(module).values()
                if (mark := mark_of(value)) and value.__module__ == module.__name__
            ]
    yield from found


def known_exercises(assignment: Assignment) -> set[str]:
    """Every exercise of the assignment, those of chapters switched off included."""
    return {exercise.name for chapter in assignment.chapters for exercise in chapter.exercises}


def file_of(function: Function) -> Path:
    """The catalogue file in which a marked function stands."""
    parts = vars(function).values() if isinstance(function, type) else [function]
    return Path(
        next(code for part in parts if (code := getattr(inspect.unwrap(part), "__code__", None))).co_filename
    )
