"""How sure the scores of a class are: reliability, the standard error of measurement, who is near the pass mark.

Cronbach's alpha (Psychometrika 16, 1951, p. 297) is taken over the parts of the score that a person sees: exercises and
questions. Tests of one exercise fall together, so alpha over tests would say too much. It assumes that all parts
measure one thing, and equally well (where they do not, alpha is too low), and that what is luck in one part is none in
another (where parts hang together for other reasons, time that ran out, say, it is too high).
"""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from grader.report.items import READABLE, tried
from grader.result import Result

#: With fewer, the interval would be as wide as the scale.
MIN_STUDENTS = 10
_95_PERCENT = 1.96


@dataclass(frozen=True)
class Reliability:
    """alpha with its 95 % interval, `low` … `high`; sem, sd: standard error and deviation of a score, in points.

    parts: how many alpha was taken over, of `points` together, among `students`. left_out: students whose results have
    other parts (graded with another course.yaml); waiting: questions left out, as answers to them wait for a person.
    """

    alpha: float
    low: float
    high: float
    sem: float
    sd: float
    parts: int
    points: float
    students: int
    left_out: int = 0
    waiting: tuple[str, ...] = ()


@dataclass(frozen=True)
class PassMark:
    """Who stands within one standard error of the pass mark. near: their places in the list of results."""

    percent: float
    points: float
    sem: float
    near: tuple[int, ...]


def reliability(results: Sequence[Result], *, leave_out: Collection[str] = ()) -> Reliability | None:
    """Of the readable results with anything in them; None for fewer than ten, one part, or where no score varies.

    leave_out: exercises that are not open yet.
    """
    started = [result for result in results if has_begun(result)]
    waiting = dict.fromkeys(q.name for result in started for q in result.questions if q.needs_manual)
    rows: dict[tuple[str, ...], list[dict[str, float]]] = {}
    most: dict[str, float] = {}
    for result in started:
        row = {e.name: e.score for e in result.exercises if e.name not in leave_out}
        # A question may be called as an exercise is.
        row |= {f"? {q.name}": q.score for q in result.questions if q.name not in waiting}
        most.update((e.name, e.max_score) for e in result.exercises)
        most.update((f"? {q.name}", q.max_score) for q in result.questions)
        rows.setdefault(tuple(sorted(row)), []).append(row)
    if not rows:
        return None
    (names, count), *_ = Counter({parts: len(of) for parts, of in rows.items()}).most_common(1)
    matrix = [[row[name] for name in names] for row in rows[names]]
    if count < MIN_STUDENTS or (found := alpha_with_error(matrix)) is None:
        return None
    alpha, error = found
    low, high = interval(alpha, error)
    sd = statistics.stdev(map(math.fsum, matrix))
    return Reliability(
        alpha=alpha,
        low=low,
        high=high,
        sem=standard_error_of_measurement(sd, alpha),
        sd=sd,
        parts=len(names),
        points=math.fsum(most[name] for name in names),
        students=count,
        left_out=len(started) - count,
        waiting=tuple(waiting),
    )


def has_begun(result: Result) -> bool:
    """Readable, and something of it was written: an empty submission is no measurement."""
    return (
        result.status in READABLE
        and math.isfinite(result.score)
        and (result.score > 0 or any(map(tried, result.exercises)))
    )


def alpha_with_error(matrix: Sequence[Sequence[float]]) -> tuple[float, float] | None:
    """Cronbach's alpha of students × parts, and its standard error; None for one part, or where no total varies.

    alpha = k/(k-1) · (1 - Σ var(part) / var(total)). The standard error needs no normal scores: it is the one that
    Maydeu-Olivares, Coffman & Hartmann call asymptotically distribution-free (Psychological Methods 12, 2007, p. 157),
    from each student's own share in the two variances.
    """
    students, parts = len(matrix), len(matrix[0]) if matrix else 0
    if students < 3 or parts < 2:
        return None
    means = [statistics.fmean(column) for column in zip(*matrix, strict=True)]
    middle = math.fsum(means)
    within = [math.fsum((x - m) ** 2 for x, m in zip(row, means, strict=True)) for row in matrix]
    across = [(math.fsum(row) - middle) ** 2 for row in matrix]
    total = math.fsum(across) / (students - 1)
    if total < 1e-9:
        return None
    ratio = math.fsum(within) / math.fsum(across)
    scale = parts / (parts - 1)
    # The derivative of Σ var / var(total) along each student.
    pulls = [(w - ratio * a) / total for w, a in zip(within, across, strict=True)]
    variance = math.fsum(pull * pull for pull in pulls) / (students * (students - 1))
    return scale * (1 - ratio), scale * math.sqrt(variance)


def interval(alpha: float, error: float) -> tuple[float, float]:
    """Of 95 %, on the scale of ln(1 - alpha), where it is nearly symmetrical (Bonett, J. Educ. Behav. Stat. 27, 2002,
    p. 335)."""
    if alpha >= 1:
        return alpha, alpha
    width = _95_PERCENT * error / (1 - alpha)
    return 1 - (1 - alpha) * math.exp(width), 1 - (1 - alpha) * math.exp(-width)


def standard_error_of_measurement(sd: float, alpha: float) -> float:
    """SD · √(1 - alpha), in points (Crocker & Algina, 1986, chapter 6; Harvill, 1991). Negative alpha counts as 0."""
    return sd * math.sqrt(1 - min(1.0, max(0.0, alpha)))


def near_pass_mark(results: Sequence[Result], percent: float, found: Reliability) -> PassMark:
    """Who stands within one standard error of `percent` of the points; the highest score first.

    What being late takes off a score, it takes off its error.
    """
    near = []
    points = 0.0
    for place, result in enumerate(results):
        mark = percent / 100 * result.max_score
        points = max(points, mark)
        kept = 1 - result.late.penalty_percent / 100 if result.late else 1.0
        if has_begun(result) and abs(result.score - mark) <= found.sem * kept:
            near.append(place)
    near.sort(key=lambda place: -results[place].score)
    return PassMark(percent, points, found.sem, tuple(near))
