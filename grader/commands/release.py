"""`grader release`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from grader.authoring import build_handout, compare_handout, handout_zip, released_solutions, write_handout
from grader.commands import open_course
from grader.files import write_bytes

_COMPARED = {"missing": "missing", "changed": "differs", "extra": "does not belong"}
_WRITTEN = {"missing": "new", "changed": "changed", "extra": "removed"}


def run(
    *,
    check_only: bool,
    zip_file: Path | None,
    solutions: Path | None,
    assignment: str | None,
    course_path: Path | None,
) -> int:
    """Rebuild (or compare) the handout of every assignment. Returns the exit code."""
    course = open_course(course_path)
    code = 0
    for name, model in course.assignments.items():
        folder = course.root / "exercises" / name
        files = build_handout(course, name, model)
        difference = compare_handout(files, folder) if check_only else write_handout(files, folder)
        words = _COMPARED if check_only else _WRITTEN
        for kind, word in words.items():
            for file in getattr(difference, kind):
                print(f"{word}: {folder / file}")
        if check_only and difference:
            print("exercises/ is not what solutions/ gives; run: grader release")
            code = 1
        elif not difference:
            print(f"{folder}: {len(files)} files, up to date")
    if zip_file is not None and code == 0:
        name, model = course.assignment(assignment)
        write_bytes(zip_file, handout_zip(course, name, model), shared=True)
        print(zip_file)
    if solutions is not None and code == 0:
        name, _ = course.assignment(assignment)
        content, names = released_solutions(course, name, datetime.now().astimezone())
        write_bytes(solutions, content)
        print(f"{solutions}: {', '.join(names) or 'nothing is released yet'}")
    return code
