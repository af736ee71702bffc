"""How much a score moves when the hidden tests' inputs are drawn anew.

    python tests/benchmarks/redraw.py [SUBMISSIONS] [--course course.yaml] [--times 5] [--jobs 1]

Copies the course, gives it other seeds, grades the same submissions with each, and prints how far scores lie from their
own mean. Without SUBMISSIONS they are those of tests/sample_class. Nothing of the course is changed.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from grader.course.models import load_course
from grader.gradebook.database import FILE_NAME, Gradebook

ROOT = Path(__file__).resolve().parents[2]
NAME = "cnn"


def copied(course: Path, into: Path, name: str) -> None:
    """What grading wants of a course."""
    into.mkdir()
    shutil.copy(course, into / "course.yaml")
    found = load_course(course)
    for folder in (found.solutions(name), found.hidden_tests(name), found.handout(name)):
        if folder != found.root:
            shutil.copytree(folder, into / folder.relative_to(found.root))


def scores(course: Path, submissions: Path, out: Path, name: str, jobs: int) -> dict[str, float]:
    """Student → score."""
    where = ["--course", str(course / "course.yaml"), "--assignment", name, "--jobs", str(jobs)]
    command = [sys.executable, "-m", "grader", "grade", str(submissions), "--out", str(out), *where]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    with Gradebook(out / FILE_NAME, course=load_course(course / "course.yaml")) as book:
        return {result.student: result.score for result in book.results(name)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("submissions", type=Path, nargs="?")
    parser.add_argument("--course", type=Path, default=ROOT / "course.yaml")
    parser.add_argument("--assignment")
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=1)
    given = parser.parse_args()
    if given.submissions is None:
        given.submissions, given.assignment = ROOT / "tests" / "sample_class", NAME
    name, assignment = load_course(given.course).assignment(given.assignment)
    drawn: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        submissions = given.submissions
        for number in range(given.times):
            course = folder / f"course{number}"
            copied(given.course, course, name)
            (course / "tests" / "hidden" / name / "seed.txt").write_text(
                f"drawn anew {number}\n", encoding="utf-8"
            )
            for student, score in scores(
                course, submissions, folder / f"out{number}", name, given.jobs
            ).items():
                drawn.setdefault(student, []).append(score)
    moved = {student: values for student, values in drawn.items() if max(values) > min(values)}
    spread = [statistics.pstdev(values) for values in drawn.values()]
    print(f"{len(drawn)} submissions, inputs drawn {given.times} times, {assignment.max_score:g} points.")
    print(
        f"{len(moved)} scores moved; deviation from the own mean: {statistics.fmean(spread):.2f} points on average."
    )
    for student, values in sorted(moved.items(), key=lambda one: min(one[1]) - max(one[1]))[:10]:
        print(f"  {student}: {', '.join(f'{value:g}' for value in values)}")


if __name__ == "__main__":
    main()
