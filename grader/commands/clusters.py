"""`grader clusters`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from rich.padding import Padding
from rich.text import Text

from grader.commands import assignment_of, login, open_course
from grader.commands.mark import pages_written
from grader.errors import UsageError
from grader.feedback import Screen
from grader.files import write_atomically
from grader.gradebook import (
    FILE_NAME,
    Cluster,
    Comment,
    Gradebook,
    clusters_csv,
    clusters_of,
    left_apart,
    reached,
    read_clusters_csv,
)
from grader.text import visible


def run(
    results: Path,
    *,
    comment: tuple[str, str],
    sheet: Path | None,
    read: Path | None,
    who: str | None,
    assignment: str | None,
    course_path: Path | None,
) -> int:
    """Say something of a cluster, write or read a sheet, or list them. Returns the exit code."""
    if not results.is_dir():
        raise UsageError(f"{results} is not a folder; give the folder that `grader grade` wrote")
    if sum((bool(comment[0]), sheet is not None, read is not None)) > 1:
        raise UsageError("one of --comment, --sheet and --read at a time")
    course = open_course(course_path)
    name, _ = course.assignment(assignment_of(course, assignment, results))
    refused: list[str] = []
    with Gradebook(results / FILE_NAME, create=False, course=course) as gradebook:
        found = clusters_of(gradebook.results(name))
        said = gradebook.comments.last(name)
        if sheet is not None:
            # with the mark that Excel knows UTF-8 by
            write_atomically(sheet, f"\ufeff{clusters_csv(found, said)}")
            print(f"{sheet}: {len(found)} clusters; fill in the column `comment`, then:")
            print(f"grader clusters {results} --read {sheet}")
            return 0
        if not comment[0] and read is None:
            _list(gradebook, name, found, said)
            return 0
        if read is None:
            new = {comment[0]: comment[1]}
        else:
            new, refused = read_clusters_csv(read, found, said)
        where = {one.id: (one.exercise, one.behaviour) for one in found}
        where = {key: (one.exercise, one.behaviour) for key, one in said.items()} | where
        for key, text in new.items():
            if key not in where:
                raise UsageError(f"there is no cluster {key!r}; `grader clusters {results}` lists them")
            gradebook.comments.say(name, *where[key], text, who or login())
        reach = reached(gradebook.results(name), gradebook.comments.last(name).values())
    for line in refused:
        print(line, file=sys.stderr)
    for key, text in new.items():
        print(f"{key}: read by {_students(reach[key])}" if text.strip() else f"{key}: taken back")
    return pages_written(results, course, name, "Comments are saved.") or (1 if refused else 0)


def _list(gradebook: Gradebook, name: str, found: list[Cluster], said: Mapping[str, Comment]) -> None:
    screen = Screen()
    if not found:
        screen.print("No failure without a name that could be put together with others.")
    for one in found:
        screen.print(Text.assemble((one.id, "bold"), f"  {_students(len(one.students))}"), soft_wrap=True)
        lines = [f"one of them: {visible(one.students[0], 80)}"]
        if one.example:
            fails = visible(one.example.message, 300)
            lines.append(f"{visible(one.example.example, 300)}: {fails}" if one.example.example else fails)
        if one.says:
            lines.append(f"looks like: {visible(one.says, 400)}")
        lines += _said(said.get(one.id))
        for line in lines:
            screen.print(Padding(Text(line), (0, 0, 0, 4)))
    apart = left_apart(gradebook.results(name))
    if apart:
        names = ", ".join(f"{exercise} {count}" for exercise, count in sorted(apart.items()))
        screen.print(f"In no cluster, for want of answers to compare: {names}.")
    shown = {one.id for one in found}
    for key, count in reached(gradebook.results(name), said.values()).items():
        if key not in shown:
            of = f"{_students(count)}, whose mistake has a name now" if count else "reaches nobody"
            screen.print(Text.assemble((key, "bold"), f"  {of}"), soft_wrap=True)
            for line in _said(said.get(key)):
                screen.print(Padding(Text(line), (0, 0, 0, 4)))


def _said(last: Comment | None) -> list[str]:
    if last is None or not last.text:
        return []
    return [f"comment: {visible(last.text, 4000, multiline=True)} ({last.who}, {last.at[:10]})"]


def _students(count: int) -> str:
    return f"{count} student{'s' if count != 1 else ''}"
