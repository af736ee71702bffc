"""`grader similarity`."""

from __future__ import annotations

from pathlib import Path

from grader.batch import assignment_in, read_sources, similar_pairs
from grader.commands import open_course
from grader.errors import UsageError
from grader.files import write_atomically
from grader.report import SimilarityOptions, similarity_html


def run(
    submissions: Path,
    out: Path,
    *,
    most: int,
    common: int | None,
    assignment: str | None,
    course_path: Path | None,
) -> int:
    """Compare SUBMISSIONS (the gradebook keeps no code) and write one page. Returns the exit code."""
    if not out.parent.is_dir() or out.is_dir():
        raise UsageError(f"--out {out}: give a file in a folder that exists, such as similarity.html")
    course = open_course(course_path)
    name, model = course.assignment(assignment or assignment_in(course, submissions))
    students, starters = read_sources(course, name, submissions)
    if len(students) < 2:
        raise UsageError(f"{submissions} has fewer than two submissions: there is nothing to compare")
    options = SimilarityOptions.for_class(len(students), most=most, common=common)
    pairs = similar_pairs(students, starters, options)
    write_atomically(out, similarity_html(pairs, model, students=len(students), options=options))
    count = f"{len(pairs)} pair{'s' if len(pairs) != 1 else ''}"
    print(f"{count} to look at, of {len(students)} submissions: places to look, not verdicts")
    print(out)
    return 0
