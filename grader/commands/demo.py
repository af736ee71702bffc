"""`grader demo`: the sample classes, graded."""

from __future__ import annotations

import tempfile
from pathlib import Path

from grader.batch import Options, grade_class
from grader.commands import open_course
from grader.commands.grade import available_cores, print_summary
from grader.course import Course
from grader.errors import UsageError
from grader.feedback import Screen
from grader.wall import can_fork_workers

#: The class of the course's first assignment; that of another has its name behind: sample_class_<assignment>.
SAMPLE_CLASS = Path("tests") / "sample_class"


def run(out: Path, *, course_path: Path | None) -> int:
    """Grade every sample class: into `out`, or of several each into a folder of it. Returns the exit code."""
    course = open_course(course_path)
    classes = _classes(course)
    if not classes:
        raise UsageError(f"{course.root / SAMPLE_CLASS} is missing: the demo needs the course's repository")
    codes = [
        _grade(course, name, samples, out if len(classes) == 1 else out / name)
        for name, samples in classes.items()
    ]
    return max(codes)


def _classes(course: Course) -> dict[str, Path]:
    """Assignment → its sample class, of those that have one."""
    first, *others = course.assignments
    folders = {first: SAMPLE_CLASS} | {name: Path(f"{SAMPLE_CLASS}_{name}") for name in others}
    return {name: course.root / folder for name, folder in folders.items() if (course.root / folder).is_dir()}


def _grade(course: Course, name: str, samples: Path, out: Path) -> int:
    console = Screen()
    console.print(f"{course.assignments[name].title}:")
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
