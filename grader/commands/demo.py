"""`grader demo`: the sample class, graded."""

from __future__ import annotations

import tempfile
from pathlib import Path

from grader.batch import Options, grade_class
from grader.commands import open_course
from grader.commands.grade import available_cores, print_summary
from grader.errors import UsageError
from grader.feedback import Screen
from grader.wall import can_fork_workers

SAMPLE_CLASS = Path("tests") / "sample_class"


def run(out: Path, *, course_path: Path | None) -> int:
    """Grade tests/sample_class into `out`. Returns the exit code."""
    course = open_course(course_path)
    name = next(iter(course.assignments))  # the sample class is of the course's first assignment
    samples = course.root / SAMPLE_CLASS
    if not samples.is_dir():
        raise UsageError(f"{samples} is missing: the demo needs the course's repository")
    console = Screen()
    confined = can_fork_workers()
    with tempfile.TemporaryDirectory() as folder:
        if not confined:
            samples = _without_the_hostile(samples, Path(folder))
            console.print("This machine has no wall, so the hostile sample is left out.")
        options = Options(jobs=available_cores(), confined=confined, progress=_say)
        summary = grade_class(course, name, samples, out, options)
    print_summary(console, summary, out, unconfined=not confined)
    console.print(
        f"Open {(out / 'report.html').resolve().as_uri()} and follow the links to the students' pages."
    )
    return 1 if summary.statuses.get("grader error") else 0


def _say(done: int, total: int, student: str) -> None:
    print(f"  {done:2} of {total}  {student}", flush=True)


def _without_the_hostile(samples: Path, folder: Path) -> Path:
    import shutil

    kept = folder / "sample_class"
    shutil.copytree(samples, kept, ignore=shutil.ignore_patterns("mallory*"))
    return kept
