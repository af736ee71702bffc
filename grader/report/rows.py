"""The report's table: one row a student, with everything that the page's filter can ask for."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from grader.report.attention import Attention
from grader.report.items import READABLE
from grader.report.statistics import Mistake, is_late
from grader.result import Attempts, Result
from grader.text import visible

_NAME_CHARS = 80


@dataclass(frozen=True)
class Row:
    """One student. points: None where nothing could be scored; states: the words that filters look for."""

    label: str
    link: str
    status: str
    points: float | None
    passed: int
    exercises: int
    reached: int
    checkpoints: int
    seconds: float
    days_late: int
    reasons: tuple[str, ...]
    problems: int
    states: str
    attempts: Attempts | None


def labels(results: Sequence[Result], *, anonymous: bool) -> list[str]:
    """What each student is called on the page.

    Anonymous numbers follow the score, so that they say nothing about names.
    """
    if not anonymous:
        return [visible(result.student, _NAME_CHARS) or "(no name)" for result in results]
    order = sorted(range(len(results)), key=lambda i: (-results[i].score, results[i].submission_sha256))
    number = {index: place for place, index in enumerate(order, 1)}
    return [f"Student {number[index]}" for index in range(len(results))]


def rows(
    found: Sequence[Attention],
    names: Sequence[str],
    links: Mapping[str, str],
    *,
    exercises: Sequence[str],
    mistakes: Sequence[Mistake],
) -> list[Row]:
    """The rows in the order of `found`. exercises: those that count, in the course's order."""
    return [_row(one, name, links, exercises, mistakes) for one, name in zip(found, names, strict=True)]


def _row(
    one: Attention, name: str, links: Mapping[str, str], exercises: Sequence[str], mistakes: Sequence[Mistake]
) -> Row:
    result = one.result
    scored = result.status in READABLE
    mine = {exercise.name: exercise for exercise in result.exercises if exercise.name in exercises}
    passed = [name for name, exercise in mine.items() if exercise.status == "passed"]
    link = links.get(result.student, "")
    return Row(
        label=name,
        link=link if is_safe(link) else "",
        status=result.status,
        points=result.score if scored else None,
        passed=len(passed),
        exercises=len(mine) if scored else 0,
        reached=sum(checkpoint.passed for checkpoint in result.checkpoints),
        checkpoints=len(result.checkpoints) if scored else 0,
        seconds=result.run.seconds,
        days_late=result.late.days if result.late is not None else 0,
        reasons=tuple(one.reasons),
        problems=len(result.problems),
        states=" ".join(_states(one, exercises, passed, mistakes)),
        attempts=result.attempts,
    )


def _states(
    one: Attention, exercises: Sequence[str], passed: Collection[str], mistakes: Sequence[Mistake]
) -> list[str]:
    result = one.result
    made = {(e.name, e.diagnosis.mistake) for e in result.exercises if e.diagnosis is not None}
    states = [result.status.replace(" ", "-")]
    states += ["manual"] if one.waits else []
    states += ["look"] if one.looks else []
    states += ["problems"] if result.problems else []
    states += ["late"] if is_late(result) else []
    states += [f"x{number}" for number, name in enumerate(exercises) if name not in passed]
    states += [f"m{number}" for number, mistake in enumerate(mistakes) if mistake.key in made]
    return states


def is_safe(link: str) -> bool:
    """Only addresses inside the results: a `javascript:` one, or one that leads elsewhere, is not linked."""
    try:
        parts = urlsplit(link)
    except ValueError:
        return False
    return bool(link) and not parts.scheme and not parts.netloc
