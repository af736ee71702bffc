"""Pairs of similar submissions → one self-contained page, both sides shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment

from grader.course import Assignment
from grader.feedback import environment
from grader.report.build import percent

TEMPLATES = Path(__file__).parent / "templates"


#: A passage that so many have is how one writes it; in a small class, fewer.
_COMMON = 10


@dataclass(frozen=True)
class SimilarityOptions:
    """most: pairs shown. common: a passage that more than so many students have is left out."""

    most: int = 40
    common: int = _COMMON

    @classmethod
    def for_class(cls, students: int, *, most: int, common: int | None) -> SimilarityOptions:
        """`common`, or what suits a class of this size: a fifth of it, from 3 to 10."""
        return cls(most, common if common is not None else max(3, min(_COMMON, students // 5)))


@dataclass(frozen=True)
class Passage:
    """A piece of one side's code; `shared`: the other side has it, too."""

    text: str
    shared: bool


@dataclass(frozen=True)
class Side:
    """One student's code of one chapter, and how much of what is theirs the other side has, 0 … 1."""

    share: float
    passages: tuple[Passage, ...]


@dataclass(frozen=True)
class Shared:
    """One chapter of a pair."""

    chapter: str
    size: int
    first: Side
    second: Side


@dataclass(frozen=True)
class SimilarPair:
    """Two students, and the chapters in which they share something, most first.

    size: characters of shared tokenised code.
    """

    first: str
    second: str
    chapters: tuple[Shared, ...]

    @property
    def size(self) -> int:
        return sum(chapter.size for chapter in self.chapters)

    @property
    def share(self) -> float:
        """The larger of the two sides' shares, in the chapter where it is largest."""
        return max(max(chapter.first.share, chapter.second.share) for chapter in self.chapters)


def similarity_html(
    pairs: Sequence[SimilarPair], assignment: Assignment, *, students: int, options: SimilarityOptions
) -> str:
    """The page. students: how many were compared."""
    page = _environment().get_template("similarity.html")
    return page.render(pairs=pairs, assignment=assignment, students=students, options=options)


@cache
def _environment() -> Environment:
    env = environment(TEMPLATES)
    env.filters.update(percent=percent)
    return env
