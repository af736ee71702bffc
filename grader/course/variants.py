"""Right variants: correct implementations that differ from the reference. Every one must get full marks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from grader.course.catalogue import known_exercises, mark, mark_of, marked_functions
from grader.course.models import Course
from grader.errors import CourseError

FOLDER = "variants"

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Variant:
    """One correct implementation. name: a slug, unique in its exercise ("shift-and-add")."""

    name: str
    exercise: str
    function: Callable[..., Any]


def variant(exercise: str, *, name: str) -> Callable[[F], F]:
    """Mark a function of a variants file as a correct implementation of `exercise`."""

    def marked(function: F) -> F:
        mark(function, ("variant", exercise, name))
        return function

    return marked


def load_variants(course: Course, assignment: str) -> tuple[Variant, ...]:
    """The right variants of the open chapters, in file and definition order.

    Raises CourseError for two of one name or an unknown exercise.
    """
    known = known_exercises(course.assignments[assignment])
    open_ones = course.assignments[assignment].chapter_of()
    seen: set[tuple[str, str]] = set()
    found = []
    for file, function, entry in marked_functions(course, assignment, FOLDER):
        kind, exercise, name = entry[:3]
        where = f"{file}: {function.__name__}"
        if kind != "variant":
            raise CourseError(f"{where}: only right variants belong here")
        if exercise not in known:
            raise CourseError(f"{where}: there is no exercise {exercise!r}")
        if (exercise, name) in seen:
            raise CourseError(f"{where}: {exercise} has two variants named {name!r}")
        seen.add((exercise, name))
        if exercise in open_ones:
            found.append(Variant(name, exercise, function))
    return tuple(found)


def variants_among(names: Mapping[str, Any], function: str) -> list[tuple[str, Callable[..., Any]]]:
    """(exercise, variant) of those in a file's names that use `function`: itself, or all where it is none."""
    found = {name: (entry[1], value) for name, value in names.items() if (entry := mark_of(value))}
    return [found[function]] if function in found else list(found.values())
