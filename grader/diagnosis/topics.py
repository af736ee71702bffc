"""What is known of each exercise of an assignment: what its plug-in `diagnosis` says, else what its tests show."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, cast

from grader.course import Assignment, Course
from grader.diagnosis.generic import topic_from
from grader.diagnosis.spec import Spec, spec_of
from grader.diagnosis.topic import Topic, Topics
from grader.errors import CourseError
from grader.testing import HiddenTest, collect, collect_visible


def topics_of(
    assignment: Assignment, spec: Callable[[str], Spec | None] = lambda exercise: None
) -> Callable[[str], Topic | None]:
    """Exercise → what is known of it, None where nothing is. Raises CourseError if the plug-in can't be imported.

    spec: exercise → what is known of one that the plug-in does not know.
    """
    plugin = cast(Topics | None, assignment.plugin("diagnosis"))
    exercises = frozenset(assignment.chapter_of())

    @cache
    def topic(exercise: str) -> Topic | None:
        if exercise not in exercises:
            return None
        found = plugin.topic(exercise) if plugin else None
        if found is None and (known := spec(exercise)):
            return topic_from(exercise, known)
        return found

    return topic


def specs_of(
    course: Course, name: str, reference: Any, hidden: Iterable[HiddenTest] | None = None
) -> Callable[[str], Spec | None]:
    """Exercise → what its tests show. reference: as Diagnoser has it. hidden: the tests, if they are collected.

    Nothing is collected or drawn before it is asked for; a test that can't be used shows nothing.
    """
    exercises = course.assignments[name].chapter_of()

    @cache
    def tests() -> tuple[tuple[HiddenTest, ...], tuple[HiddenTest, ...]]:
        def or_none(collected: Callable[[], Iterable[HiddenTest]]) -> tuple[HiddenTest, ...]:
            try:
                return tuple(collected())
            except CourseError:
                return ()

        return (
            or_none(lambda: collect(course.hidden_tests(name), exercises) if hidden is None else hidden),
            or_none(lambda: collect_visible(course.solutions(name), course.assignments[name])),
        )

    @cache
    def spec(exercise: str) -> Spec | None:
        function = reference.function(exercise)
        try:
            return spec_of(exercise, function, *tests(), reference) if function else None
        except Exception:
            # It is made of whatever an author's tests do: what it can't be made of gives no diagnosis.
            return None

    return spec
