"""The catalogue of known mistakes: wrong variants of an exercise's function, each with its diagnosis and a hint."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from grader.course.catalogue import known_exercises, mark, marked_functions
from grader.course.models import Course
from grader.errors import CourseError

FOLDER = "mistakes"
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Mistake:
    """One known mistake.

    name: a slug, unique in its exercise ("flipped-kernel"); says: the diagnosis, one line in the student's language;
    hint: helps without giving the solution; function: what a student who makes it has written, in effect; forms: other
    ways to write it, which give something else where the idea alone does not decide.
    """

    name: str
    exercise: str
    says: str
    hint: str
    function: Callable[..., Any]
    forms: tuple[Callable[..., Any], ...] = ()


class StyleDecides(Exception):
    """Raised by a catalogued mistake for a call on which the idea does not decide what comes out.

    A window that sticks out, for example: cut, filled up or an exception, as the code happens to be written.
    """


def mistake(exercise: str, *, name: str, says: str, hint: str) -> Callable[[F], F]:
    """Mark a function of a catalogue file as a known mistake of `exercise`."""

    def marked(function: F) -> F:
        mark(function, ("mistake", exercise, name, says, hint))
        return function

    return marked


def form(exercise: str, name: str) -> Callable[[F], F]:
    """Mark a function as another way to write the known mistake `name`, which comes before it."""

    def marked(function: F) -> F:
        mark(function, ("form", exercise, name))
        return function

    return marked


def load_mistakes(course: Course, assignment: str) -> tuple[Mistake, ...]:
    """The mistakes of the open chapters, in file and definition order; none where there is no catalogue.

    Raises CourseError for two of one name, an unknown exercise, a name that is no slug, an empty diagnosis or hint.
    """
    known = known_exercises(course.assignments[assignment])
    open_ones = course.assignments[assignment].chapter_of()
    seen: set[tuple[str, str]] = set()
    found: list[Mistake] = []
    for file, function, entry in marked_functions(course, assignment, FOLDER):
        kind, exercise, name, *texts = entry
        where = f"{file}: {function.__name__}"
        if kind == "form":
            if (exercise, name) not in seen:
                raise CourseError(
                    f"{where}: it is a form of {name!r} of {exercise}, which must come before it"
                )
            found = [
                _with_form(m, function) if (m.exercise, m.name) == (exercise, name) else m for m in found
            ]
            continue
        if kind != "mistake":
            raise CourseError(f"{where}: only mistakes belong here")
        says, hint = texts
        if exercise not in known:
            raise CourseError(f"{where}: there is no exercise {exercise!r}")
        if not _SLUG.fullmatch(name):
            raise CourseError(f"{where}: the name {name!r} must be words of a-z and 0-9 joined by hyphens")
        if (exercise, name) in seen:
            raise CourseError(f"{where}: {exercise} has two mistakes named {name!r}")
        for field, text in (("says", says), ("hint", hint)):
            if not text.strip() or "\n" in text:
                raise CourseError(f"{where}: `{field}` must be one line of text")
        seen.add((exercise, name))
        if exercise in open_ones:
            found.append(Mistake(name, exercise, says, hint, function))
    return tuple(found)


def _with_form(known: Mistake, function: Callable[..., Any]) -> Mistake:
    return replace(known, forms=(*known.forms, function))
