"""Chapters whose file is gone, or has another name: which, and what brings it back."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from grader.course import Assignment
from grader.home.folders import definitions_in
from grader.home.reading import OwnFolder
from grader.intake import written_in

_KINDS = (".py", ".ipynb")


def missing_files(own: OwnFolder, folder: Path, assignment: Assignment) -> dict[str, str]:
    """Chapter → its file that is not there, where it would count: there is no twin, or work is in files of its kind."""
    files, sources = own.bundle.files, own.submission.sources
    exercises = assignment.chapter_of()
    worked_in = {f".{s.kind}" for s in sources.values() if written_in(s.cells, exercises)}
    found = {}
    for chapter in assignment.open_chapters:
        lost = [kind for kind in _KINDS if not (folder / f"{chapter.name}{kind}").exists()]
        source = sources.get(chapter.name)
        if source is None and len(lost) == len(_KINDS):
            found[chapter.name] = chapter.name + (".ipynb" if worked_in == {".ipynb"} else ".py")
        elif source and lost and set(lost) == worked_in and not written_in(source.cells, exercises):
            found[chapter.name] = chapter.name + lost[0]
    # What is read under another name (`Pooling (1).py`) is not missing.
    return {name: file for name, file in found.items() if file not in files}


def missing_lines(lost: Mapping[str, str], folder: Path, assignment: Assignment) -> tuple[str, ...]:
    """What to do about each, in a sentence."""
    home = assignment.chapter_of()
    named = {f"{chapter.name}{kind}" for chapter in assignment.chapters for kind in _KINDS}
    others = [p for p in sorted(folder.iterdir()) if p.suffix in _KINDS and p.name not in named]
    lines = []
    for chapter, file in lost.items():
        mine = {name for name, place in home.items() if place == chapter}
        like = next((p.name for p in others if mine & definitions_in(p)), "")
        renamed = f"; {like} has its functions: if that is yours, call it {file} again" if like else ""
        lines.append(
            f"{file} is missing: `grader reset {chapter}` brings it back as it was handed out{renamed}"
        )
    return tuple(lines)
