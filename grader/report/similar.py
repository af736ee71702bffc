"""Pairs of similar submissions → one self-contained page, both sides shown."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from jinja2 import Environment

from grader.course import Assignment
from grader.feedback.html import environment
from grader.report.build import percent
from grader.similarity import Options, SimilarPair

TEMPLATES = Path(__file__).parent / "templates"


def similarity_html(
    pairs: Sequence[SimilarPair], assignment: Assignment, *, students: int, options: Options
) -> str:
    """The page. students: how many were compared."""
    page = _environment().get_template("similarity.html")
    return page.render(pairs=pairs, assignment=assignment, students=students, options=options)


@cache
def _environment() -> Environment:
    env = environment(TEMPLATES)
    env.filters.update(percent=percent)
    return env
