"""`grader solution`: what the course has released, from a file that it handed out. Nothing else here knows one."""

from __future__ import annotations

from pathlib import Path

import yaml
from rich.console import RenderableType
from rich.markdown import Markdown
from rich.panel import Panel
from rich.syntax import Syntax

from grader.course import Assignment, suggestion
from grader.errors import UsageError

SOLUTIONS = "solutions.yaml"
_MOST_BYTES = 2**20


def released_solution(name: str, folder: Path, assignment: Assignment) -> RenderableType:
    """The released solution of an exercise, or the sketch of a question. Raises UsageError, saying when it will be."""
    known = [*assignment.chapter_of(), *(q.name for c in assignment.open_chapters for q in c.questions)]
    if name not in known:
        raise UsageError(f"there is no exercise or question {name!r}{suggestion(name, known)}")
    found = _read(folder / SOLUTIONS)
    if code := found.get("exercises", {}).get(name):
        return Panel(
            Syntax(str(code), "python", word_wrap=True), title=f"{name}: one solution", title_align="left"
        )
    if sketch := found.get("questions", {}).get(name):
        return Panel(Markdown(str(sketch)), title=f"{name}: answer sketch", title_align="left")
    begin = assignment.solution_from(name)
    if begin is None:
        raise UsageError(f"your course releases no solution of {name}")
    when = begin.astimezone().strftime("%Y-%m-%d %H:%M")
    raise UsageError(
        f"the solution of {name} is released on {when}, in a file {SOLUTIONS}: put the newest one into {folder}"
    )


def _read(file: Path) -> dict[str, dict[str, str]]:
    """The file, or nothing where there is none. Raises UsageError for a file that is something else."""
    if not file.is_file():
        return {}
    try:
        data = yaml.safe_load(file.read_bytes()[:_MOST_BYTES])
        return {part: dict(data.get(part) or {}) for part in ("exercises", "questions")}
    except (OSError, yaml.YAMLError, UnicodeDecodeError, AttributeError, TypeError, ValueError):
        raise UsageError(f"{file} can't be read; download it from your course again") from None
