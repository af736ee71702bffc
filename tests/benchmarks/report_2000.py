"""How a class report of 2,000 students behaves: `python tests/benchmarks/report_2000.py [STUDENTS]`.

Prints its size, the time to build it, and in Chromium the time to the first paint, to filter and to sort (both with
the layout that follows). The class is drawn at random, with a fixed seed.
"""

from __future__ import annotations

import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

from grader.course.models import Assignment, load_course
from grader.report import report_html
from grader.result import CheckpointResult, Diagnosis, ExerciseResult, QuestionResult, Result, Run
from grader.result import TestResult as Ended

ROOT = Path(__file__).parents[2]
MISTAKES = [
    "flipped-kernel",
    "stride-ignored",
    "bias-missing",
    "pad-once",
    "mean-for-sum",
    "first-image-only",
]

TIMED = """async ([field, value]) => {
  const node = document.getElementById(field);
  const start = performance.now();
  if (field === "students") node.querySelectorAll("thead button")[value].click();
  else { node.value = value; node.dispatchEvent(new Event("input")); }
  document.body.offsetHeight;
  await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
  return performance.now() - start;
}"""


def a_student(number: int, lesson: Assignment, draw: random.Random) -> Result:
    """A student who is as likely to pass a test as they are able."""
    able = draw.betavariate(4, 2)
    exercises = []
    for chapter, exercise in lesson.exercises():
        tests = []
        for part in range(4):
            passed = draw.random() < able
            tests.append(
                Ended(
                    id=f"{exercise.name}-{part}",
                    title=f"{exercise.name}: property number {part}",
                    outcome="passed" if passed else "failed",
                    points=exercise.points / 4 if passed else 0,
                    max_points=exercise.points / 4,
                    message="" if passed else "first differs at [0, 0]: got 1.0, expected 0.0",
                    seconds=draw.random() / 10,
                )
            )
        score = sum(test.points for test in tests)
        exercises.append(
            ExerciseResult(
                name=exercise.name,
                chapter=chapter.name,
                score=score,
                max_score=exercise.points,
                status="passed" if score == exercise.points else "partly" if score else "failed",
                tests=tests,
                diagnosis=None
                if able > 0.8
                else Diagnosis(mistake=draw.choice(MISTAKES), says="It is mixed up."),
            )
        )
    return Result(
        assignment="cnn",
        student=f"student-{number:04}",
        status="graded",
        score=round(sum(e.score for e in exercises), 2),
        max_score=100,
        needs_manual=number % 3 == 0,
        problems=["answers.yaml: there is no question 'score', line 8"] if number % 17 == 0 else [],
        exercises=exercises,
        questions=[QuestionResult(name="why-share", score=0, max_score=4, needs_manual=number % 3 == 0)],
        checkpoints=[CheckpointResult(name=c.name, passed=draw.random() < able) for c in lesson.chapters],
        run=Run(seconds=draw.random() * 5),
    )


def in_chromium(file: Path) -> dict[str, float]:
    """Milliseconds until the first paint, to filter and to sort; the best of three, as machines are shared."""
    from playwright.sync_api import sync_playwright

    found: dict[str, list[float]] = {"first paint": [], "filter": [], "filter back": [], "sort by points": []}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for _ in range(3):
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.goto(file.as_uri())
            page.wait_for_function("performance.getEntriesByName('first-contentful-paint').length")
            paint = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
            found["first paint"].append(page.evaluate(paint))
            found["filter"].append(page.evaluate(TIMED, ["filter-text", "student-19"]))
            found["filter back"].append(page.evaluate(TIMED, ["filter-text", ""]))
            found["sort by points"].append(page.evaluate(TIMED, ["students", 2]))
            page.close()
        browser.close()
    return {name: min(times) for name, times in found.items()}


def main() -> None:
    students = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    lesson = load_course(ROOT / "course.yaml").assignments["cnn"]
    draw = random.Random(7)
    results = [a_student(number, lesson, draw) for number in range(students)]
    links = {result.student: f"{result.student}/feedback.html" for result in results}
    wall, cpu = time.perf_counter(), time.process_time()
    page = report_html(results, "cnn", lesson, links=links)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"students         {students}")
    print(f"size             {len(page.encode()) / 1e6:.2f} MB")
    print(f"time to build    {wall:.2f} s ({cpu:.2f} s of computing)")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "report.html"
        file.write_text(page, encoding="utf-8")
        for name, milliseconds in in_chromium(file).items():
            print(f"{name:<17}{milliseconds:.0f} ms")


if __name__ == "__main__":
    main()
