"""A gradebook of many attempts: `python tests/benchmarks/gradebook_20000.py [STUDENTS] [ATTEMPTS]`.

2,000 students with ten attempts each. Prints what adding costs at the start and at the end, and what reading, the
report and the exports cost; the same for a tenth of the class, so that whatever grows faster than the class shows.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from report_2000 import ROOT, a_student

from grader.course.models import Course, load_course
from grader.exports.canvas import canvas_csv
from grader.exports.moodle import moodle_csv
from grader.exports.pairing import pair_up
from grader.exports.plain_csv import class_csv, grades_csv
from grader.gradebook.database import FILE_NAME, Gradebook
from grader.report import report_html


def timed(run: Callable[[], Any]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def measured(course: Course, students: int, attempts: int) -> dict[str, float]:
    """Seconds (and the file's MB) by what was done."""
    lesson = course.assignments["cnn"]
    draw = random.Random(7)
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / FILE_NAME
        adding = []
        with Gradebook(path) as book:
            for _ in range(attempts):
                results = [a_student(number, lesson, draw) for number in range(students)]
                start = time.perf_counter()
                for result in results:
                    book.add(result)
                adding.append((time.perf_counter() - start) / students)
        found["add one attempt: first round, ms"] = adding[0] * 1e3
        found["add one attempt: last round, ms"] = adding[-1] * 1e3
        with Gradebook(path, course=course) as book:
            found["who is latest, s"] = timed(lambda: book.latest("cnn"))
            found["read the latest results, s"] = timed(lambda: list(book.results("cnn")))
            results = list(book.results("cnn"))
        found["report.html, s"] = timed(lambda: report_html(results, "cnn", lesson, links={}))
        found["grades.csv, s"] = timed(lambda: grades_csv(results, lesson))
        pairing = pair_up(results, None)
        found["exports: csv, Canvas, Moodle, s"] = timed(
            lambda: (
                class_csv(pairing, lesson),
                canvas_csv(pairing, lesson, None, "Module 4 (1)"),
                moodle_csv(pairing, lesson, None),
            )
        )
        found["gradebook.db, MB"] = path.stat().st_size / (1 << 20)
    return found


def main() -> None:
    students = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    attempts = int(sys.argv[2]) if len(sys.argv) > 2 else 10
    course = load_course(ROOT / "course.yaml")
    small = measured(course, students // 10, attempts)
    large = measured(course, students, attempts)
    heads = f"| {students // 10 * attempts:,} attempts | {students * attempts:,} attempts | ratio |"
    print(f"| |{heads[1:]}\n|---|---:|---:|---:|")
    for what, value in large.items():
        print(f"| {what} | {small[what]:.2f} | {value:.2f} | {value / small[what]:.1f} |")


if __name__ == "__main__":
    main()
