"""The numbers at the top of a class report: pure functions of Results, never NaN."""

from __future__ import annotations

import math
import statistics
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from grader.course import Question
from grader.report.choices import ChoiceTable, choice_tables
from grader.report.firstlast import FirstLast, first_and_last
from grader.report.items import READABLE, Item, exercise_items, fifths_of, test_items, tried
from grader.report.reliability import Reliability, reliability
from grader.result import ExerciseResult, Result

_BINS = 10


@dataclass(frozen=True)
class Mistake:
    """A diagnosis and how many students share it."""

    exercise: str
    mistake: str
    hint: str
    students: int
    says: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What tells mistakes apart: the same one in two exercises is two."""
        return self.exercise, self.mistake


@dataclass(frozen=True)
class Standing:
    """How the readable submissions stand with one exercise. Seconds are wall time of its tests, of those who tried."""

    exercise: str
    passed: int
    partly: int
    failed: int
    missing: int
    median_seconds: float | None
    longest_seconds: float | None

    @property
    def shares(self) -> tuple[tuple[str, float], ...]:
        """Kind and share of each, for the bar."""
        kinds = (
            ("passed", self.passed),
            ("partly", self.partly),
            ("failed", self.failed),
            ("missing", self.missing),
        )
        total = sum(count for _, count in kinds)
        return tuple((kind, count / total) for kind, count in kinds if count)


@dataclass(frozen=True)
class ClassStatistics:
    """Everything the top of the report says. Scores are points; mean, median: None if nothing is readable."""

    counts: dict[str, int]
    scores: tuple[float, ...]
    max_score: float
    mean: float | None
    median: float | None
    histogram: tuple[int, ...]
    exercises: tuple[Item, ...]
    tests: tuple[Item, ...]
    mistakes: tuple[Mistake, ...]
    standings: tuple[Standing, ...] = ()
    median_seconds: float | None = None
    longest_seconds: float | None = None
    late: int = 0
    reliability: Reliability | None = None
    choices: tuple[ChoiceTable, ...] = ()
    first_last: FirstLast | None = None

    @property
    def total(self) -> int:
        """All submissions."""
        return sum(self.counts.values())


def class_statistics(
    results: Sequence[Result], *, leave_out: Collection[str] = (), questions: Sequence[Question] = ()
) -> ClassStatistics:
    """The statistics of a class; works for none, one or two results as well.

    leave_out: exercises that are not open yet; questions: those of the open chapters.
    """
    counts = dict.fromkeys(("graded", "partly unreadable", "unreadable", "grader error"), 0)
    for result in results:
        counts[result.status] += 1
    readable = [result for result in results if result.status in READABLE and math.isfinite(result.score)]
    scores = tuple(result.score for result in readable)
    most = max((result.max_score for result in readable), default=0.0)
    fifths = fifths_of(readable)
    return ClassStatistics(
        counts=counts,
        scores=scores,
        max_score=most,
        mean=statistics.fmean(scores) if scores else None,
        median=statistics.median(scores) if scores else None,
        histogram=histogram([score / most for score in scores] if most else []),
        exercises=tuple(item for item in exercise_items(readable, fifths) if item.exercise not in leave_out),
        tests=tuple(item for item in test_items(readable, fifths) if item.exercise not in leave_out),
        mistakes=common_mistakes(readable),
        standings=tuple(s for s in standings(readable) if s.exercise not in leave_out),
        median_seconds=_median([result.run.seconds for result in readable]),
        longest_seconds=max((result.run.seconds for result in readable), default=None),
        late=sum(is_late(result) for result in results),
        reliability=reliability(readable, leave_out=leave_out),
        choices=choice_tables(readable, fifths, questions),
        first_last=first_and_last(results),
    )


def is_late(result: Result) -> bool:
    """Whether it came after the due date and its grace."""
    return result.late is not None and result.late.days > 0


def standings(results: Sequence[Result]) -> tuple[Standing, ...]:
    """How the class stands with each exercise, in the order of the results."""
    seen: dict[str, list[ExerciseResult]] = defaultdict(list)
    for result in results:
        for exercise in result.exercises:
            seen[exercise.name].append(exercise)
    return tuple(_standing(name, exercises) for name, exercises in seen.items())


def _standing(name: str, exercises: Sequence[ExerciseResult]) -> Standing:
    counts = Counter(e.status if e.status in ("passed", "partly", "missing") else "failed" for e in exercises)
    seconds = [math.fsum(test.seconds for test in e.tests) for e in exercises if tried(e)]
    return Standing(
        exercise=name,
        passed=counts["passed"],
        partly=counts["partly"],
        failed=counts["failed"],
        missing=counts["missing"],
        median_seconds=_median(seconds),
        longest_seconds=max(seconds, default=None),
    )


def _median(values: Sequence[float]) -> float | None:
    return statistics.median(values) if values else None


def histogram(shares: Iterable[float], bins: int = _BINS) -> tuple[int, ...]:
    """How many shares (0 … 1) fall into each of `bins` equal bins; 1 belongs to the last."""
    counts = [0] * bins
    for share in shares:
        # The tiny addend keeps 0.3 out of the bin below it, where binary rounding would put it.
        counts[min(bins - 1, max(0, int(share * bins + 1e-9)))] += 1
    return tuple(counts)


def common_mistakes(results: Sequence[Result], most: int = 8) -> tuple[Mistake, ...]:
    """Diagnoses by how many students share them, commonest first."""
    students: dict[tuple[str, str], int] = defaultdict(int)
    words: dict[tuple[str, str], tuple[str, str]] = {}
    observed: set[tuple[str, str]] = set()
    for result in results:
        for exercise in result.exercises:
            if exercise.diagnosis is not None:
                key = exercise.name, exercise.diagnosis.mistake
                students[key] += 1
                words.setdefault(key, (exercise.diagnosis.hint, exercise.diagnosis.says))
                if exercise.diagnosis.kind == "observation":
                    observed.add(key)
    # Among equals a named mistake says more than an observation.
    ranked = sorted(students, key=lambda key: (-students[key], key in observed, key))
    return tuple(Mistake(*key, words[key][0], students[key], words[key][1]) for key in ranked[:most])
