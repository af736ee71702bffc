"""Results of a class → report.html: one self-contained page, one small script for sorting and filtering."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment
from markupsafe import Markup

from grader.course import Assignment
from grader.feedback.html import environment
from grader.report.statistics import (
    MIN_FOR_FLAG,
    READABLE,
    ClassStatistics,
    class_statistics,
    stumbling_blocks,
)
from grader.result import Result

TEMPLATES = Path(__file__).parent / "templates"


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


def report_html(
    results: Sequence[Result], assignment_name: str, assignment: Assignment, *, links: Mapping[str, str]
) -> str:
    """The report of a class, in the order of `results`.

    links: student → address of their page relative to the report; a student without one is not linked.
    """
    closed = [chapter for chapter in assignment.chapters if not chapter.available]
    not_open = {exercise.name for chapter in closed for exercise in chapter.exercises}
    found = class_statistics(results, leave_out=not_open)
    script = (TEMPLATES / "table.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        _environment()
        .get_template("report.html")
        .render(
            name=assignment_name,
            assignment=assignment,
            results=results,
            statistics=found,
            chart=chart(found),
            stumbling=stumbling_blocks(found.tests),
            links={student: link for student, link in links.items() if _is_safe(link)},
            manual=[r for r in results if r.needs_manual],
            troubled=[r for r in results if r.problems or r.status in ("unreadable", "grader error")],
            closed=closed,
            not_open=not_open,
            readable=READABLE,
            min_for_flag=MIN_FOR_FLAG,
            # The page's policy admits this script by its hash, and no other.
            script=Markup(script),
            script_hash=Markup(digest),
        )
    )


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


def _is_safe(link: str) -> bool:
    """Only addresses inside the results: a `javascript:` one, or one that leads elsewhere, is not linked."""
    try:
        parts = urlsplit(link)
    except ValueError:
        return False
    return bool(link) and not parts.scheme and not parts.netloc


def percent(share: float | None) -> str:
    """A share as whole per cent, or a dash."""
    return "–" if share is None else f"{100 * share:.0f} %"


def signed(value: float | None) -> str:
    """A correlation with its sign, or a dash where it is not defined."""
    return "–" if value is None else f"{value + 0.0:+.2f}"


@cache
def _environment() -> Environment:
    env = environment(TEMPLATES)
    env.filters.update(percent=percent, signed=signed)
    return env
