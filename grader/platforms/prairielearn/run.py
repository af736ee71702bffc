"""One submission inside PrairieLearn's external grader: /grade/student in, /grade/results/results.json out.

Run as `python -m grader.platforms.prairielearn.run /grade`. The course comes with the job, in /grade/tests/course:
PrairieLearn pulls images from public registries only. Student code runs behind the wall and can read nothing of /grade.
Without a wall nothing is graded: results.json then says so and has no score. data.json is not needed, and not read.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from grader.errors import GraderError
from grader.files import CACHE_VARIABLE, make_folder, write_atomically
from grader.intake import Receipt
from grader.platforms.one import FOR_THE_STUDENT, course_in, get_ready, grade_folder, tell_instructor
from grader.platforms.prairielearn.limits import in_time
from grader.platforms.prairielearn.results import as_text, not_graded, results_json


def grade_one(root: Path) -> dict[str, Any]:
    """Grade root/student; returns what goes to results.json. Raises GraderError."""
    course, name = course_in(root / "tests" / "course")
    course, _ = in_time(course, name)
    receipt = Receipt(lms={"system": "prairielearn"})
    result = grade_folder(course, name, root.resolve() / "student", "submission", receipt)
    # PrairieLearn knows the time and its own due dates; here nobody does.
    result.late = None
    return results_json(result, course.assignments[name])


def main(root: Path) -> int:
    """Write root/results/results.json whatever happens. Returns 0 if it is there, else 1."""
    with tempfile.TemporaryDirectory(prefix="grader-") as private:
        _use_cache(root / "tests" / "cache", Path(private) / "cache")
        try:
            results = grade_one(root)
        except Exception as error:
            tell_instructor(error, where="docs/platforms/prairielearn.md says what the container must allow")
            results = not_graded(FOR_THE_STUDENT)
    try:
        make_folder(root / "results", shared=True)
        write_atomically(root / "results" / "results.json", as_text(results), shared=True)
    except GraderError as error:
        print(f"No results.json: {error}", flush=True)
        return 1
    return 0


def ready(root: Path) -> int:
    """Draw the tests' inputs into root/tests/cache, to be handed out with the course: then no grading has to."""
    kept = root / "tests" / "cache"
    with tempfile.TemporaryDirectory(prefix="grader-") as private:
        os.environ[CACHE_VARIABLE] = private
        try:
            get_ready(root / "tests" / "course")
        except GraderError as error:
            print(f"Nothing was drawn: {error}", file=sys.stderr)
            return 1
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(private, kept, ignore=shutil.ignore_patterns("*.lock"))
    print(f"{kept}: {sum(1 for _ in kept.iterdir())} files")
    return 0


def _use_cache(kept: Path, private: Path) -> None:
    """What was drawn beforehand, in a folder that is this process's own; a cache of others' would be refused."""
    make_folder(private)
    if kept.is_dir():
        for path in kept.iterdir():
            if path.is_file() and not path.is_symlink():
                shutil.copyfile(path, private / path.name)
    os.environ[CACHE_VARIABLE] = str(private)


if __name__ == "__main__":
    words = sys.argv[1:]
    if words[:1] == ["ready"]:
        sys.exit(ready(Path(*words[1:2] or ["/grade"])))
    sys.exit(main(Path(*words[:1] or ["/grade"])))
