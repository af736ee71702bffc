"""The numbers of a class report: pure functions of Results, never NaN.

Difficulty is the mean share of an item's points; discrimination is the corrected item-rest correlation:
Pearson's r between the item and the total score less the item (classical test theory; see Crocker & Algina,
Introduction to Classical and Modern Test Theory, 1986, on item analysis).
"""

from __future__ import annotations

import math
import statistics
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from grader.result import ExerciseResult, Result, TestResult

#: Statuses whose scores say something about the student and about the tests.
READABLE = ("graded", "partly unreadable")

#: With fewer who tried, an item that everybody or nobody gets is no sign of anything.
MIN_FOR_FLAG = 5

_BINS = 10


@dataclass(frozen=True)
class Item:
    """One exercise, or one of its tests. Shares are 0 … 1; None where nobody is there to take a mean of.

    share: mean share of points of all readable submissions. tried: how many wrote something that could be
    called; share_tried, discrimination: among those. discrimination: -1 … 1, None for fewer than three who
    tried or where nothing varies.
    """

    exercise: str
    title: str
    max_points: float
    share: float | None
    tried: int
    share_tried: float | None
    discrimination: float | None
    flag: str = ""


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

    @property
    def total(self) -> int:
        """All submissions."""
        return sum(self.counts.values())


def class_statistics(results: Sequence[Result], *, leave_out: Collection[str] = ()) -> ClassStatistics:
    """The statistics of a class; works for none, one or two results as well.

    leave_out: exercises that are not open yet.
    """
    counts = dict.fromkeys(("graded", "partly unreadable", "unreadable", "grader error"), 0)
    for result in results:
        counts[result.status] += 1
    readable = [result for result in results if result.status in READABLE and math.isfinite(result.score)]
    scores = tuple(result.score for result in readable)
    most = max((result.max_score for result in readable), default=0.0)
    return ClassStatistics(
        counts=counts,
        scores=scores,
        max_score=most,
        mean=statistics.fmean(scores) if scores else None,
        median=statistics.median(scores) if scores else None,
        histogram=histogram([score / most for score in scores] if most else []),
        exercises=tuple(item for item in _exercise_items(readable) if item.exercise not in leave_out),
        tests=tuple(item for item in _test_items(readable) if item.exercise not in leave_out),
        mistakes=common_mistakes(readable),
        standings=tuple(s for s in standings(readable) if s.exercise not in leave_out),
        median_seconds=_median([result.run.seconds for result in readable]),
        longest_seconds=max((result.run.seconds for result in readable), default=None),
        late=sum(is_late(result) for result in results),
    )


def is_late(result: Result) -> bool:
    """Whether it came after the due date and its grace."""
    return result.late is not None and result.late.days > 0


def earned(result: Result) -> float:
    """The points before anything was taken off for the time: what says something about tests."""
    return result.late.score_before if result.late is not None else result.score


def standings(results: Sequence[Result]) -> tuple[Standing, ...]:
    """How the class stands with each exercise, in the order of the results."""
    seen: dict[str, list[ExerciseResult]] = defaultdict(list)
    for result in results:
        for exercise in result.exercises:
            seen[exercise.name].append(exercise)
    return tuple(_standing(name, exercises) for name, exercises in seen.items())


def _standing(name: str, exercises: Sequence[ExerciseResult]) -> Standing:
    counts = Counter(e.status if e.status in ("passed", "partly", "missing") else "failed" for e in exercises)
    seconds = [math.fsum(test.seconds for test in e.tests) for e in exercises if _tried(e)]
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


def correlation(xs: Sequence[float], ys: Sequence[float]) -> float | None:
    """Pearson's r, -1 … 1; None for fewer than three pairs, or where one side does not vary."""
    if len(xs) < 3:
        return None
    mean_x, mean_y = statistics.fmean(xs), statistics.fmean(ys)
    dx, dy = [x - mean_x for x in xs], [y - mean_y for y in ys]
    sxx, syy = math.fsum(d * d for d in dx), math.fsum(d * d for d in dy)
    # Scores are quarter-points: variation below this is rounding.
    if sxx < 1e-9 or syy < 1e-9:
        return None
    r = math.fsum(a * b for a, b in zip(dx, dy, strict=True)) / math.sqrt(sxx * syy)
    return max(-1.0, min(1.0, r))


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


def stumbling_blocks(tests: Sequence[Item], most: int = 5) -> tuple[Item, ...]:
    """The tests at which most of those who tried lose points, worst first."""
    lost = [test for test in tests if test.tried and test.share_tried is not None and test.share_tried < 1]
    return tuple(
        sorted(lost, key=lambda item: (-(1 - (item.share_tried or 0)) * item.tried, item.title))[:most]
    )


@dataclass(frozen=True)
class _Observation:
    points: float
    rest: float
    tried: bool


def _exercise_items(results: Sequence[Result]) -> Iterable[Item]:
    seen: dict[str, tuple[float, list[_Observation]]] = {}
    for result in results:
        for exercise in result.exercises:
            _, observations = seen.setdefault(exercise.name, (exercise.max_score, []))
            observations.append(
                _Observation(exercise.score, earned(result) - exercise.score, _tried(exercise))
            )
    for name, (most, observations) in seen.items():
        yield _item(name, name, most, observations)


def _test_items(results: Sequence[Result]) -> Iterable[Item]:
    seen: dict[tuple[str, str], tuple[TestResult, list[_Observation]]] = {}
    for result in results:
        for exercise in result.exercises:
            for test in exercise.tests:
                _, observations = seen.setdefault((exercise.name, test.id), (test, []))
                tried = _tried(exercise) and test.outcome != "blocked"
                observations.append(_Observation(test.points, earned(result) - test.points, tried))
    for (exercise_name, _), (test, observations) in seen.items():
        yield _item(exercise_name, test.title, test.max_points, observations)


def _item(exercise: str, title: str, most: float, observations: Sequence[_Observation]) -> Item:
    # Those who wrote nothing are 0 everywhere; left in, they would make every item seem to discriminate.
    tried = [o for o in observations if o.tried]
    share_tried = _mean_share(tried, most)
    discrimination = correlation([o.points for o in tried], [o.rest for o in tried])
    return Item(
        exercise=exercise,
        title=title,
        max_points=most,
        share=_mean_share(observations, most),
        tried=len(tried),
        share_tried=share_tried,
        discrimination=discrimination,
        flag=_flag(len(tried), share_tried, discrimination),
    )


def _flag(tried: int, share: float | None, discrimination: float | None) -> str:
    if tried < MIN_FOR_FLAG or share is None:
        return ""
    if share <= 0:
        return "nobody who tried gets it"
    if discrimination is not None and discrimination < 0:
        return "stronger students do worse on it"
    if share >= 1:
        return "everybody who tried gets it"
    return ""


def _mean_share(observations: Sequence[_Observation], most: float) -> float | None:
    if not observations or most <= 0:
        return None
    return statistics.fmean(o.points for o in observations) / most


def _tried(exercise: ExerciseResult) -> bool:
    return exercise.status not in ("missing", "blocked")
