"""A Result → Markdown for a forge's page: a table of points, and the feedback as a terminal would show it.

A student's text stands in one fenced block only, which nothing in it can end; there no link, mention, HTML, or command
of GitLab's comments is looked for.
"""

from __future__ import annotations

import io
import re

from grader.course import Assignment
from grader.feedback import Screen, badge, feedback_text, points
from grader.result import Result

_WIDTH = 92
_NAME = re.compile(r"\w[\w .-]*", re.ASCII)


def summary(result: Result, assignment: Assignment, limit: int) -> str:
    """At most `limit` bytes of Markdown."""
    lines = [f"### {points(result.score)} of {points(result.max_score)} points", ""]
    if result.exercises:
        lines += ["| exercise | | points |", "|---|---|---|"]
        for exercise in result.exercises:
            mark = badge(exercise.status)
            score = f"{points(exercise.score)} / {points(exercise.max_score)}"
            lines.append(f"| {_code(exercise.name)} | {mark.sign} {mark.word} | {score} |")
        lines.append("")
    head = "\n".join(lines)
    return head + fenced(_feedback(result, assignment), limit - len(head.encode()))


def fenced(text: str, limit: int) -> str:
    """`text` as a block of code of at most `limit` bytes that no line of it can end."""
    ticks = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
    # Indented: no line begins with what is a command in a comment of GitLab's.
    body = "\n".join(f" {line}".rstrip() for line in text.split("\n"))
    more = " … (cut: the rest did not fit here)"
    room = max(0, limit - 2 * len(ticks) - len("text\n\n\n") - len(more.encode()) - 1)
    data = body.encode()
    if len(data) > room:
        body = data[:room].decode("utf-8", "ignore") + f"\n{more}"
    return f"{ticks}text\n{body}\n{ticks}\n"


def _code(name: str) -> str:
    # Names of exercises are the course's own; what is not one is not shown.
    return f"`{name}`" if _NAME.fullmatch(name) else "?"


def _feedback(result: Result, assignment: Assignment) -> str:
    out = io.StringIO()
    screen = Screen(file=out, width=_WIDTH, color_system=None, force_terminal=False, legacy_windows=False)
    screen.print(feedback_text(result, assignment, width=_WIDTH))
    return out.getvalue().rstrip("\n")
