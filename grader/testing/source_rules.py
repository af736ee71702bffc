"""The rules of an exercise, as results beside those of its tests. A rule has points only where a test passes, too."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from grader.course import Exercise, Rule
from grader.result import TestResult

_ID = "course.yaml::"
_LOOKED_AT = "This looks at the source alone, not at what the function does."


def is_rule(result: TestResult) -> bool:
    """Whether a result is a rule's, not a test's."""
    return result.id.startswith(_ID)


def rule_results(
    exercise: Exercise, texts: Sequence[str], others: Collection[str], *, works: bool
) -> list[TestResult]:
    """One result a rule. texts: the cells of the chapter; others: all exercises; works: whether any test passes.

    Never raises, whatever the source is.
    """
    return [
        _result(exercise, number, rule, _broken(rule, exercise.name, texts, others), works)
        for number, rule in enumerate(exercise.rules, start=1)
    ]


def _broken(rule: Rule, exercise: str, texts: Sequence[str], others: Collection[str]) -> str:
    from grader.explain import Unread, uncalled, used, written_with  # wanted where a course has rules

    try:
        if rule.calls:
            return uncalled(exercise, texts, others, rule.calls)
        if rule.never_calls:
            return used(exercise, texts, others, rule.never_calls)
        return written_with(exercise, texts, others, rule.without)
    except Unread as error:
        return str(error)
    except Exception:
        # A mistake of ours, or a source that nobody foresaw: a person can look, as the words say.
        return "the source could not be looked at; tell your instructor"


def _result(exercise: Exercise, number: int, rule: Rule, broken: str, works: bool) -> TestResult:
    message = (
        f"{broken}. {_LOOKED_AT}" if broken else "" if works else "counts when a test of the exercise passes"
    )
    holds = works and not broken
    return TestResult(
        id=f"{_ID}{exercise.name}::rule-{number}",
        title=rule.title,
        outcome="passed" if holds else "failed",
        points=rule.points if holds else 0,
        max_points=rule.points,
        message=message,
    )
