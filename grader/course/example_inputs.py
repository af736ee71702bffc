"""Small inputs of an exercise: those for which the handout knows, in digests, what is right."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from grader.course import mistakes, variants
from grader.course.catalogue import known_exercises, mark, marked_functions
from grader.course.models import Course
from grader.errors import CourseError

FOLDER = "examples"
#: The folders of what judges a student's own examples, beside the reference.
JUDGES = (FOLDER, mistakes.FOLDER, variants.FOLDER)
#: Each is answered by every known mistake when the handout is made, and takes a line's room in it.
MOST = 2000

F = TypeVar("F", bound=Callable[..., Iterable[tuple[Any, ...]]])


@dataclass(frozen=True)
class SmallInputs:
    """says: what they are, for students; inputs: the arguments of a call each, in the function's order."""

    exercise: str
    says: str
    inputs: tuple[tuple[Any, ...], ...]


def small_inputs(exercise: str) -> Callable[[F], F]:
    """Mark a function that yields tuples of arguments; its docstring tells students which they are."""

    def marked(function: F) -> F:
        mark(function, ("small inputs", exercise))
        return function

    return marked


def load_small_inputs(course: Course, assignment: str) -> dict[str, SmallInputs]:
    """Exercise → its small inputs, of open chapters; empty where the assignment has none. Raises CourseError."""
    known = known_exercises(course.assignments[assignment])
    open_ones = course.assignments[assignment].chapter_of()
    found: dict[str, SmallInputs] = {}
    for file, function, (kind, exercise, *_) in marked_functions(course, assignment, FOLDER):
        where = f"{file}: {function.__name__}"
        if kind != "small inputs":
            raise CourseError(f"{where}: only small inputs belong here")
        if exercise not in known:
            raise CourseError(f"{where}: there is no exercise {exercise!r}")
        if exercise in found:
            raise CourseError(f"{where}: {exercise} has small inputs already")
        says = " ".join((inspect.getdoc(function) or "").split())
        if not says:
            raise CourseError(f"{where}: its docstring has to tell students which inputs these are")
        if exercise not in open_ones:
            continue
        inputs = tuple(islice(function(), MOST + 1))
        if len(inputs) > MOST:
            raise CourseError(f"{where}: gives more than {MOST} inputs; choose the simplest")
        found[exercise] = SmallInputs(exercise, says, inputs)
    return found
