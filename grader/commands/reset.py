"""`grader reset`."""

from __future__ import annotations

import sys
from pathlib import Path

from grader.commands import open_own
from grader.course import reset
from grader.home import checks_folder, missing_files, read_folder, reset_exercise
from grader.text import wrapped


def run(what: str, path: Path | None, *, course_path: Path | None, assignment: str | None) -> int:
    """Put an exercise, or a whole chapter, back as it was handed out. Returns the exit code."""
    course, name, model, folder = open_own(course_path, path, assignment)
    checks = checks_folder(course, name, folder)
    chapters = {chapter.name for chapter in model.open_chapters}
    whole = what.removesuffix(".py").removesuffix(".ipynb") in chapters
    if not whole:
        model.find_exercise(what)
    chapter = what.removesuffix(".py").removesuffix(".ipynb") if whole else model.chapter_of()[what]
    own = read_folder(folder, model, checks)
    source = own.submission.sources.get(chapter)
    lost = missing_files(own, folder, model).get(chapter)
    file = what if whole and what != chapter else lost or (source.file if source else f"{chapter}.py")
    kept = reset(file, folder, checks) if whole else reset_exercise(what, file, folder, checks)
    shown = file if whole else f"{what} in {file}"
    before = f"; your file is kept as {(folder / kept).as_posix()}" if kept else ""
    print(wrapped(f"{shown} is as it was handed out{before}", sys.stdout))
    return 0
