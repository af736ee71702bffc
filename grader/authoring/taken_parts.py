"""A notebook of another tool, as what it consists of: read by `taken_nbgrader` and `taken_otter`."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Text:
    """Lesson text, Markdown."""

    text: str


@dataclass(frozen=True)
class Given:
    """Code that students get as it is."""

    source: str


@dataclass(frozen=True)
class Solution:
    """Code that students are to write. source: with the kit's own marks around what they do not get."""

    name: str
    source: str


@dataclass(frozen=True)
class Tests:
    """One test cell. source: all that decides its points; visible: what of it students see, or ''."""

    name: str
    source: str
    visible: str
    points: float


@dataclass(frozen=True)
class Written:
    """A question that is answered in words, for a person to grade. sketch: the notebook's own answer."""

    name: str
    ask: str
    points: float
    sketch: str


Part = Text | Given | Solution | Tests | Written


@dataclass
class Parts:
    """In the notebook's order. left: what was not taken over, and why."""

    found: list[Part] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class NotebookCell:
    """kind: markdown, code or raw; marks: nbgrader's; shown: what a code cell gave when it was run last, or ''."""

    number: int
    kind: str
    source: str
    marks: dict[str, object]
    shown: str
