"""Results of a class → report.html: one self-contained page, one small script for sorting and filtering."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment
from markupsafe import Markup

from grader.course import Assignment
from grader.exports import pair_up
from grader.feedback import environment
from grader.gradebook import News, Roster, clusters_of
from grader.report.attention import attention, waiting_answers
from grader.report.charts import chart, dots
from grader.report.items import MIN_FOR_FIFTHS, MIN_FOR_FLAG, stumbling_blocks
from grader.report.odd import odd_tests
from grader.report.reliability import MIN_STUDENTS, near_pass_mark
from grader.report.rows import labels, rows
from grader.report.statistics import class_statistics
from grader.result import Result

TEMPLATES = Path(__file__).parent / "templates"

#: Longer lists end with how many more there are; the table's filter shows them all.
MOST_LISTED = 60


@dataclass(frozen=True)
class More:
    """What is known beside the results. news: of the last run; roster: the class; removed: whom it may still name."""

    news: News | None = None
    roster: Roster | None = None
    removed: Collection[str] = ()


def report_html(
    results: Sequence[Result],
    assignment_name: str,
    assignment: Assignment,
    *,
    links: Mapping[str, str],
    anonymous: bool = False,
    more: More | None = None,
) -> str:
    """The report of a class, in the order of `results`.

    links: student → address of their page relative to the report; a student without one is not linked.
    anonymous: numbers in place of names, no links, and none of the texts that could hold a name.
    """
    closed = [chapter for chapter in assignment.chapters if not chapter.available]
    not_open = {exercise.name for chapter in closed for exercise in chapter.exercises}
    more = more or More()
    questions = [question for chapter in assignment.open_chapters for question in chapter.questions]
    found = class_statistics(results, leave_out=not_open, questions=questions)
    mark = (
        near_pass_mark(results, assignment.pass_percent, found.reliability)
        if found.reliability and assignment.pass_percent is not None
        else None
    )
    looked = [attention(result) for result in results]
    names = labels(results, anonymous=anonymous)
    exercises = [exercise.name for _, exercise in assignment.exercises()]
    table = rows(looked, names, {} if anonymous else links, exercises=exercises, mistakes=found.mistakes)
    script = (TEMPLATES / "table.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    seen = list(zip(table, looked, strict=True))
    return (
        _environment()
        .get_template("report.html")
        .render(
            name=assignment_name,
            assignment=assignment,
            anonymous=anonymous,
            statistics=found,
            chart=chart(found),
            dots=dots(found.tests),
            stumbling=stumbling_blocks(found.tests),
            odd=odd_tests(results, found.tests),
            mark=mark,
            news=more.news,
            clusters=clusters_of(results),
            row_of={result.student: row for result, row in zip(results, table, strict=True)},
            roster=more.roster,
            absent=not_handed_in(results, more),
            rows=table,
            exercises=exercises,
            waiting=waiting_answers(looked),
            marked=[(row, one) for row, one in seen if one.waits],
            looks=[(row, one) for row, one in seen if one.looks],
            broken=[(row, one) for row, one in seen if one.broken],
            troubled=[(row, one) for row, one in seen if one.result.problems or one.broken],
            most_listed=MOST_LISTED,
            unconfined=any(result.unconfined for result in results),
            has_due=any(result.late is not None for result in results),
            closed=closed,
            min_for_flag=MIN_FOR_FLAG,
            min_for_fifths=MIN_FOR_FIFTHS,
            min_students=MIN_STUDENTS,
            # The page's policy admits this script by its hash, and no other.
            script=Markup(script),
            script_hash=Markup(digest),
        )
    )


def not_handed_in(results: Sequence[Result], more: More) -> list[str]:
    """Who is on the roster and has no result, less who was removed since."""
    if more.roster is None:
        return []
    rows = [more.roster.find(student, {}).row for student in more.removed]
    gone = {row.line for row in rows if row}
    return [row.name for row in pair_up(results, more.roster).without if row.line not in gone]


def percent(share: float | None) -> str:
    """A share as whole per cent, or a dash."""
    return "–" if share is None else f"{100 * share:.0f} %"


def signed(value: float | None) -> str:
    """A correlation with its sign, or a dash where it is not defined."""
    return "–" if value is None else f"{value + 0.0:+.2f}"


def seconds(value: float | None) -> str:
    """Seconds to a tenth, or a dash."""
    return "–" if value is None else f"{value:.1f} s"


def shares(values: Sequence[float | None]) -> str:
    """The shares of the fifths, in whole per cent; a dash where nobody is."""
    return " · ".join("–" if value is None else f"{100 * value:.0f}" for value in values)


def moment(text: str) -> str:
    """A time of the gradebook, to the minute; it is in UTC."""
    return f"{text[:16].replace('T', ' ')} UTC"


@cache
def _environment() -> Environment:
    env = environment(TEMPLATES)
    env.filters.update(percent=percent, signed=signed, seconds=seconds, shares=shares, moment=moment)
    return env
