"""The report's drawings as plain numbers, each with a sentence or a table that says the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader.report.items import Item
from grader.report.statistics import ClassStatistics


@dataclass(frozen=True)
class Bar:
    """One bar of the histogram, in the units of the drawing (400 × 200)."""

    label: str
    count: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Chart:
    """The histogram, and where mean and median stand in it."""

    bars: tuple[Bar, ...]
    mean_x: float | None
    median_x: float | None
    text: str


@dataclass(frozen=True)
class Dot:
    """One test in the plane of difficulty and discrimination, in the units of the drawing (400 × 240)."""

    x: float
    y: float
    flagged: bool
    text: str


def chart(found: ClassStatistics) -> Chart:
    """The histogram of scores, 10 bins of 10 per cent, with a sentence that says the same."""
    left, right, top, bottom = 14.0, 374.0, 24.0, 166.0
    step = (right - left) / len(found.histogram)
    most = max(found.histogram, default=0)
    bars = []
    for index, count in enumerate(found.histogram):
        height = (bottom - top) * count / most if most else 0.0
        bars.append(
            Bar(
                label=f"{index * 10}–{index * 10 + 10} %",
                count=count,
                x=round(left + index * step + 2, 1),
                y=round(bottom - height, 1),
                width=round(step - 4, 1),
                height=round(height, 1),
            )
        )

    def at(score: float | None) -> float | None:
        return (
            None
            if score is None or not found.max_score
            else round(left + (right - left) * score / found.max_score, 1)
        )

    said = "; ".join(f"{bar.label}: {bar.count}" for bar in bars if bar.count)
    return Chart(
        tuple(bars), at(found.mean), at(found.median), f"Students by share of points. {said or 'No scores'}."
    )


def dots(tests: Sequence[Item]) -> tuple[Dot, ...]:
    """Every test for which both numbers are known: further right is easier, further up separates better."""
    left, right, top, middle = 40.0, 388.0, 12.0, 148.0
    return tuple(
        Dot(
            x=round(left + (right - left) * test.share_tried, 1),
            y=round(middle - (middle - top) * test.discrimination, 1),
            flagged=bool(test.flag),
            text=f"{test.exercise}: {test.title} ({100 * test.share_tried:.0f} %, {test.discrimination:+.2f})",
        )
        for test in tests
        if test.share_tried is not None and test.discrimination is not None
    )
