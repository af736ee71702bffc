"""What `grader grade --preview` says."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from grader.batch import Preview
from grader.text import visible

_MOST_WHY = 4


def print_preview(console: Console, found: Preview, out: Path) -> int:
    """How many would change, who, and why. Returns the exit code."""
    summary = found.summary
    if summary.interrupted:
        console.print("Stopped before the end, so this preview says nothing. Nothing was written.")
        return 1
    changed = len(found.differences)
    verb = "changes" if changed == 1 else "change"
    console.print(f"{changed} of {found.compared} {verb}, {found.down} of them down. Nothing was written.")
    for name, students in found.reasons()[:10]:
        console.print(f"  {escape(visible(name, 80))}: {students}", highlight=False)
    if found.differences:
        table = Table("student", "before", "after", "why")
        for one in found.differences:
            more = len(one.why) - _MOST_WHY
            why = [*one.why[:_MOST_WHY], *([f"… and {more} more"] if more > 0 else [])]
            table.add_row(
                escape(visible(one.student, 40)),
                f"{one.before:g}",
                f"{one.after:g} {'▼' if one.after < one.before else '▲'}",
                escape("\n".join(visible(line, 400) for line in why)),
            )
        console.print(table)
    if found.new:
        console.print(f"{len(found.new)} would be graded for the first time.")
    for student, problem in summary.grader_errors:
        console.print(
            f"grader error: {escape(visible(student, 60))}: {escape(visible(problem, 300))}", highlight=False
        )
    for line in summary.remarks:
        console.print(f"note: {escape(visible(line, 500))}", highlight=False)
    console.print(
        f"{summary.graded} graded in {summary.seconds:.0f} s. To make it so: the same command without --preview."
        if changed or found.new
        else f"{summary.graded} graded in {summary.seconds:.0f} s; {out} is as it would be."
    )
    return 1 if summary.grader_errors else 0
