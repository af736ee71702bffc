"""A Result → remarks at lines of the student's own files. Only what the course reveals."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from grader.course import Assignment
from grader.feedback import badge, first_failing, points, reveal
from grader.result import ExerciseResult, Fault, Result
from grader.text import visible

_MOST_FILES = 2000
_MOST_BYTES = 200_000
_CHARACTERS = 600


@dataclass(frozen=True)
class Remark:
    """What is said of one exercise that has not passed. path: in the repository, empty if unknown; line: from 1.

    Its texts are safe to show as text, and may be anything; who writes them escapes for the format.
    """

    exercise: str
    path: str
    line: int
    title: str
    message: str


def remarks(result: Result, assignment: Assignment, repository: Path) -> list[Remark]:
    """One remark for each exercise that was begun and has not passed, in the course's order."""
    files = _python_files(repository)
    shown = reveal(result, assignment)
    return [
        _remark(exercise, repository, files)
        for exercise in shown.exercises
        if exercise.status not in ("passed", "missing")
    ]


def _remark(exercise: ExerciseResult, repository: Path, files: list[str]) -> Remark:
    mark = badge(exercise.status).word
    score = f"{points(exercise.score)} of {points(exercise.max_score)} points"
    path, line = _where(exercise, repository, files)
    message = "\n".join(dict.fromkeys(filter(None, _said(exercise)))) or mark
    return Remark(exercise.name, path, line, f"{visible(exercise.name, 60)}: {mark}, {score}", message)


def _said(exercise: ExerciseResult) -> Iterator[str]:
    yield _shown(exercise.message)
    yield from _of_fault(exercise.fault)
    number = first_failing(exercise)
    if number is not None:
        test = exercise.tests[number]
        yield f"{visible(test.title, 200)}: {badge(test.outcome).word}"
        yield _shown(test.message)
        yield from _of_fault(test.fault)
    if exercise.diagnosis:
        yield _shown(exercise.diagnosis.says)
        yield _shown(exercise.diagnosis.hint)


def _of_fault(fault: Fault | None) -> Iterator[str]:
    if fault:
        yield _shown(fault.says)


def _shown(text: str) -> str:
    return visible(text, _CHARACTERS, multiline=True)


def _where(exercise: ExerciseResult, repository: Path, files: list[str]) -> tuple[str, int]:
    """Where the code stopped; else where the function begins."""
    faults = [exercise.fault, *(test.fault for test in exercise.tests)]
    for place in (place for fault in faults if fault for place in fault.places):
        if path := _only(place.file, files):
            return path, max(1, place.line)
    path = _only(f"{exercise.chapter}.py", files)
    return path, _line_of(exercise.name, repository / path) if path else 1


def _only(name: str, files: Iterable[str]) -> str:
    """The one file of that name; of several, nobody can be sure."""
    found = [file for file in files if PurePosixPath(file).name == PurePosixPath(name).name]
    return found[0] if len(found) == 1 else ""


def _line_of(name: str, path: Path) -> int:
    try:
        with path.open("rb") as file:
            text = file.read(_MOST_BYTES).decode("utf-8", "replace")
    except OSError:
        return 1
    for number, line in enumerate(text.split("\n"), start=1):
        kind, _, rest = line.removeprefix("async ").partition(" ")
        if kind in ("def", "class") and rest.startswith((f"{name}(", f"{name}:")):
            return number
    return 1


def _python_files(repository: Path) -> list[str]:
    """Paths below `repository` that can be shown as they are; no link is followed, none is named."""
    found: list[str] = []
    looked = 0
    for folder, folders, names in os.walk(repository):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            looked += 1
            path = Path(folder, name)
            shown = path.relative_to(repository).as_posix()
            if name.endswith(".py") and not path.is_symlink() and visible(shown) == shown and path.is_file():
                found.append(shown)
        if looked > _MOST_FILES:
            break
    return found
