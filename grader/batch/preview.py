"""What grading a class would change: a run on a copy of the gradebook, compared with the results that are there."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from grader.batch.pool import Executor
from grader.batch.run import Options, Summary, grade_class
from grader.course import Course
from grader.errors import GraderError
from grader.files import only_run
from grader.gradebook import FILE_NAME, Gradebook, Moved, what_changed
from grader.intake import result_folder
from grader.result import Result


@dataclass
class Preview:
    """compared: how many have a score now; differences: those who would have another, the losers first."""

    compared: int
    differences: list[Moved] = field(default_factory=list)
    new: list[str] = field(default_factory=list)
    summary: Summary = field(default_factory=Summary)

    @property
    def down(self) -> int:
        """How many would lose points."""
        return sum(one.after < one.before for one in self.differences)

    def reasons(self) -> list[tuple[str, int]]:
        """Exercise or question → of how many students its points change, the most frequent first."""
        names = Counter(line.split(":")[0] for one in self.differences for line in one.why)
        return names.most_common()


def what_would_change(
    course: Course,
    name: str,
    submissions: Path,
    out: Path,
    options: Options,
    executor: Executor | None = None,
) -> Preview:
    """Grade into a temporary folder what `grade_class` would grade into `out`. Nothing in `out` is changed."""
    if not (out / FILE_NAME).is_file():
        raise GraderError(f"{out} has no results to compare with: grade without --preview first")
    with tempfile.TemporaryDirectory(prefix="grader-preview-") as temporary:
        copy = Path(temporary) / "results"
        copy.mkdir(mode=0o700)
        with only_run(out):
            for file in out.glob(f"{FILE_NAME}*"):
                shutil.copyfile(file, copy / file.name)
        with Gradebook(copy / FILE_NAME, course=course) as gradebook:
            before = {result.student: _as_shown(out, result) for result in gradebook.results(name)}
        summary = grade_class(course, name, submissions, copy, replace(options, pages=False), executor)
        found = Preview(len(before), summary=summary)
        with Gradebook(copy / FILE_NAME, course=course) as gradebook:
            for after in gradebook.results(name):
                if after.student in before:
                    found.differences += _difference(before[after.student], after)
                else:
                    found.new.append(after.student)
    found.differences.sort(key=lambda one: (one.after - one.before, one.student))
    return found


def _as_shown(out: Path, result: Result) -> Result:
    """The result as the student has it; another policy in course.yaml has changed the gradebook's already."""
    try:
        return Result.from_json(
            (out / result_folder(result.student) / "result.json").read_text(encoding="utf-8")
        )
    except (OSError, ValueError):
        return result


def _difference(before: Result, after: Result) -> Iterator[Moved]:
    if (before.score, before.max_score) != (after.score, after.max_score):
        why = what_changed(before, after)
        if before.submission_sha256 != after.submission_sha256:
            why.insert(0, "Another submission counts.")
        yield Moved(after.student, before.score, after.score, after.max_score, tuple(why))
