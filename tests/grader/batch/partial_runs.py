"""Several runs over parts of a class into one RESULTS, in any order, without grading anything."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from grader.batch.pool import Graded
from grader.batch.run import Options, grade_class
from grader.course.models import Course
from grader.gradebook.database import FILE_NAME, Gradebook
from grader.intake import Bundle
from grader.result import Result

from ..conftest import write_tree


class Scored:
    """An executor that gives each submission the number after `# points: ` in it."""

    def __init__(self, assignment: str) -> None:
        self._assignment = assignment

    def run(self, bundles: Iterable[Bundle]) -> Iterator[Graded]:
        for bundle in bundles:
            text = b"\n".join(bundle.files.values()).decode()
            points = re.search(r"# points: (\d+)", text)
            result = Result(
                assignment=self._assignment, student=bundle.student, status="graded",
                score=int(points[1]) if points else 0, max_score=10, submission_sha256=bundle.sha256,
            )  # fmt: skip
            yield Graded(bundle, result.to_json())

    def close(self) -> None:
        pass


def in_order(
    course: Course, name: str, runs: Sequence[Mapping[str, str]], folder: Path, *, really: bool = False
) -> list[Result]:
    """What stands in the gradebook after these downloads were graded into one folder, one after the other.

    really: by grading them.
    """
    for number, files in enumerate(runs):
        write_tree(folder / f"download{number}", files)
        executor = None if really else Scored(name)
        grade_class(course, name, folder / f"download{number}", folder / "out", Options(jobs=1), executor)
    with Gradebook(folder / "out" / FILE_NAME, create=False, course=course) as gradebook:
        results = list(gradebook.results(name))
    pages = {path.name for path in (folder / "out").iterdir() if path.is_dir()}
    assert len(pages) == len(results), "a page a row"
    return results


def by_person(results: Sequence[Result], *keys: str) -> dict[tuple[str, ...], float]:
    """What the LMS tells people apart by → score; nobody twice."""
    found = {tuple(one.lms.get(key) or one.student for key in keys): one.score for one in results}
    assert len(found) == len(results), "somebody stands in the gradebook twice"
    return found
