"""Item analysis: how hard each exercise and test is, and how well it tells strong from weak work.

Difficulty is the mean share of an item's points; discrimination is the corrected item-rest correlation: Pearson's r
between the item and the total score less the item. A share for each fifth of the class shows where an item tells
people apart. All three are classical test theory: Crocker & Algina, Introduction to Classical and Modern Test Theory,
1986, chapter 14 (item analysis).
"""

from __future__ import annotations

import math
import statistics
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grader.result import ExerciseResult, Result, TestResult

#: Statuses whose scores say something about the student and about the tests.
READABLE = ("graded", "partly unreadable")

#: With fewer who tried, an item that everybody or nobody gets is no sign of anything.
MIN_FOR_FLAG = 5
#: With fewer, a fifth of the class is one or two people.
MIN_FOR_FIFTHS = 15
FIFTHS = 5
#: An item that discriminates less is poor (Ebel & Frisbie, Essentials of Educational Measurement, 1991, chapter 13).
POOR = 0.2
#: One-sided 5 %: an item that has nothing to do with the rest falls below -_CLEAR / √(n - 1) so often.
_CLEAR = 1.645


@dataclass(frozen=True)
class Item:
    """One exercise, or one of its tests (`id`). Shares are 0 … 1; None where nobody is there to take a mean of.

    share: mean share of points of all readable submissions. tried: how many wrote something that could be
    called; share_tried, discrimination, fifths: among those. discrimination: -1 … 1, None for fewer than three who
    tried or where nothing varies. fifths: the share of each fifth of the class, weakest first; () in a small class.
    """

    exercise: str
    title: str
    max_points: float
    share: float | None
    tried: int
    share_tried: float | None
    discrimination: float | None
    flag: str = ""
    id: str = ""
    fifths: tuple[float | None, ...] = ()

    @property
    def clearly_negative(self) -> bool:
        """Whether chance alone makes the discrimination of an unrelated item so low in one of 20 cases at most."""
        return (
            self.tried >= MIN_FOR_FLAG
            and self.discrimination is not None
            and self.discrimination < -_CLEAR / math.sqrt(self.tried - 1)
        )

    @property
    def tells_nothing(self) -> bool:
        """Whether its discrimination is poor or worse for certain: below 0.2 with its upper limit, by Fisher's z."""
        if self.tried < MIN_FOR_FLAG or self.discrimination is None:
            return False
        z = math.atanh(max(-0.999, min(0.999, self.discrimination)))
        return math.tanh(z + _CLEAR / math.sqrt(self.tried - 3)) < POOR


@dataclass(frozen=True)
class _Observation:
    points: float
    rest: float
    tried: bool
    fifth: int | None


def earned(result: Result) -> float:
    """The points before anything was taken off for the time: what says something about tests."""
    return result.late.score_before if result.late is not None else result.score


def tried(exercise: ExerciseResult) -> bool:
    """Whether something was written that could be called."""
    return exercise.status not in ("missing", "blocked")


def fifths_of(results: Sequence[Result]) -> list[int | None]:
    """For each result the fifth of the class its score lies in, 0 (weakest) … 4; None for all in a small class.

    Equal scores share a fifth, that of the middle of their ranks; so fifths may differ in size.
    """
    if len(results) < MIN_FOR_FIFTHS:
        return [None] * len(results)
    scores = [earned(result) for result in results]
    order = sorted(scores)
    middles = ((bisect_left(order, score) + bisect_right(order, score)) / 2 for score in scores)
    return [min(FIFTHS - 1, int(FIFTHS * middle / len(order))) for middle in middles]


def exercise_items(results: Sequence[Result], fifths: Sequence[int | None]) -> Iterable[Item]:
    """An Item for each exercise; fifths: as `fifths_of` has them."""
    seen: dict[str, tuple[float, list[_Observation]]] = {}
    for result, fifth in zip(results, fifths, strict=True):
        total = earned(result)
        for exercise in result.exercises:
            _, observations = seen.setdefault(exercise.name, (exercise.max_score, []))
            rest = total - exercise.score
            observations.append(_Observation(exercise.score, rest, tried(exercise), fifth))
    for name, (most, observations) in seen.items():
        yield _item(name, name, "", most, observations)


def test_items(results: Sequence[Result], fifths: Sequence[int | None]) -> Iterable[Item]:
    """An Item for each test, likewise."""
    seen: dict[tuple[str, str], tuple[TestResult, list[_Observation]]] = {}
    for result, fifth in zip(results, fifths, strict=True):
        total = earned(result)
        for exercise in result.exercises:
            was_tried = tried(exercise)
            for test in exercise.tests:
                _, observations = seen.setdefault((exercise.name, test.id), (test, []))
                called = was_tried and test.outcome != "blocked"
                observations.append(_Observation(test.points, total - test.points, called, fifth))
    for (exercise_name, _), (test, observations) in seen.items():
        yield _item(exercise_name, test.title, test.id, test.max_points, observations)


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


def stumbling_blocks(tests: Sequence[Item], most: int = 5) -> tuple[Item, ...]:
    """The tests at which most of those who tried lose points, worst first."""
    lost = [test for test in tests if test.tried and test.share_tried is not None and test.share_tried < 1]
    return tuple(
        sorted(lost, key=lambda item: (-(1 - (item.share_tried or 0)) * item.tried, item.title))[:most]
    )


def _item(exercise: str, title: str, test: str, most: float, observations: Sequence[_Observation]) -> Item:
    # Those who wrote nothing are 0 everywhere; left in, they would make every item seem to discriminate.
    called = [o for o in observations if o.tried]
    share_tried = _mean_share(called, most)
    discrimination = correlation([o.points for o in called], [o.rest for o in called])
    return Item(
        exercise=exercise,
        title=title,
        max_points=most,
        share=_mean_share(observations, most),
        tried=len(called),
        share_tried=share_tried,
        discrimination=discrimination,
        flag=_flag(len(called), share_tried, discrimination),
        id=test,
        fifths=_by_fifth(called, most),
    )


def _by_fifth(called: Sequence[_Observation], most: float) -> tuple[float | None, ...]:
    members: list[list[_Observation]] = [[] for _ in range(FIFTHS)]
    for one in called:
        if one.fifth is not None:
            members[one.fifth].append(one)
    return tuple(_mean_share(group, most) for group in members) if any(members) else ()


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
