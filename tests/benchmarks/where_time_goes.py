"""Where the time of grading a class goes: `python tests/benchmarks/where_time_goes.py [SUBMISSIONS]`.

One process, one submission after the other: made_class.py's forty without the endless ones, or those of a folder.
Then what grading right work costs beyond that work itself: the same calls are made in this process, without any
grader, and what is left is ours. Compare shares, not machines.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


class Clock:
    """Seconds by name; what is timed inside something else is taken off it."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self.calls: dict[str, int] = defaultdict(int)
        self._open: list[float] = []

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        self._open.append(0.0)
        try:
            yield
        finally:
            spent = time.perf_counter() - start
            inner = self._open.pop()
            self.seconds[name] += spent - inner
            self.calls[name] += 1
            if self._open:
                self._open[-1] += spent

    def wrap(self, owner: Any, method: str, name: str) -> None:
        original: Callable[..., Any] = getattr(owner, method)

        def timed(*args: Any, **kwargs: Any) -> Any:
            with self.timed(name):
                return original(*args, **kwargs)

        setattr(owner, method, timed)


def main(submissions: Path) -> None:
    clock = Clock()
    with clock.timed("start: imports"):
        from grader.batch import run as batch
        from grader.course.models import load_course
        from grader.gradebook import database as gradebook
        from grader.grading import grader as grading
        from grader.intake import collect, discover, open_bundle
        from grader.wall import launcher as workers
        from grader.wall import near_end
    course = load_course(ROOT / "course.yaml")
    name, assignment = course.assignment("cnn")
    clock.wrap(workers.ZygoteLauncher, "spawn", "worker: fork and confine")
    clock.wrap(workers.ZygoteLauncher, "reap", "worker: kill and reap")
    clock.wrap(near_end.Worker, "_reply", "tests: waiting for the student's code")
    with clock.timed("start: collect tests, draw inputs, run the reference"):
        grader = grading.Grader(course, name)
    with clock.timed("start: zygote"):
        _ = grader.launcher
    handout = batch.read_handout(course, name)
    entries = discover(submissions, name, assignment).entries
    with (
        tempfile.TemporaryDirectory() as folder,
        gradebook.Gradebook(Path(folder) / "gradebook.db") as book,
        grader,
    ):
        for entry in entries:
            with clock.timed("intake"):
                submission = open_bundle(collect(entry, assignment), assignment, handout)
            with clock.timed("tests: comparing, shrinking, evidence, questions"):
                result = grader.grade(submission)
            with clock.timed("writing: gradebook, result.json, feedback.html"):
                book.add(result)
                batch.write_result(Path(folder), result, assignment)
    total = sum(clock.seconds.values())
    print(f"{len(entries)} submissions, {total:.1f} s, {total / len(entries):.2f} s a submission\n")
    print("| part | seconds | share | times |\n|---|---|---|---|")
    for part, seconds in clock.seconds.items():
        print(f"| {part} | {seconds:.2f} | {seconds / total:.0%} | {clock.calls[part]} |")


def overhead(count: int = 6) -> None:
    """Seconds of right work graded, less those of its calls alone, an exercise."""
    import numpy as np
    from made_class import NAME, Maker

    from grader.batch.run import read_handout
    from grader.course.models import load_course
    from grader.course.reference import load_functions
    from grader.grading.grader import Grader
    from grader.intake import collect, discover, open_bundle

    course = load_course(ROOT / "course.yaml")
    assignment = course.assignments[NAME]
    exercises = len(assignment.chapter_of())
    graded, own, ours = [], [], []
    with tempfile.TemporaryDirectory() as home, Grader(course, NAME) as grader:
        made = [
            (name, sources) for name, sources in Maker(course).make(2 * count) if name.startswith("quick")
        ]
        for name, sources in made:
            (Path(home) / name).mkdir()
            for chapter, text in sources.items():
                (Path(home) / name / f"{chapter}.py").write_text(text, encoding="utf-8")
        calls = [call for test in grader.tests for script in test.scripts.values() for call in script.calls]
        handout = read_handout(course, NAME)
        for entry in discover(Path(home), NAME, assignment).entries:
            functions = load_functions(Path(home) / entry.student, assignment.chapter_of())
            submission = open_bundle(collect(entry, assignment), assignment, handout)
            times = []
            for _ in range(3):  # the first time warms up
                start = time.perf_counter(), time.process_time()
                result = grader.grade(submission)
                times.append((time.perf_counter() - start[0], time.process_time() - start[1]))
            assert result.checkpoints
            graded.append(min(wall for wall, _ in times))
            ours.append(min(cpu for _, cpu in times))
            alone = []
            with np.errstate(all="ignore"):
                for _ in range(3):
                    begin = time.perf_counter()
                    for call in calls:
                        try:
                            functions[call.name](*call.args, **call.kwargs)
                        except ValueError:
                            continue
                    alone.append(time.perf_counter() - begin)
            own.append(min(alone))
    mean = [sum(times) / len(times) * 1e3 for times in (graded, own, ours)]
    print(f"\n{len(graded)} right submissions of {exercises} exercises, ms each, best of three\n")
    print(
        "| graded | its calls alone | so ours, an exercise | of it CPU of the grading process, an exercise |"
    )
    print("|---:|---:|---:|---:|")
    rest, near = (mean[0] - mean[1]) / exercises, mean[2] / exercises
    print(f"| {mean[0]:.0f} | {mean[1]:.0f} | {rest:.1f} | {near:.1f} |")


def forty(folder: Path) -> Path:
    """made_class.py's forty, without those that never end."""
    from made_class import write_class

    for place in write_class(folder / "class", 40):
        if place.name.startswith("endless"):
            place.rename(folder / place.name)
    return folder / "class"


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as place:
            main(forty(Path(place)))
        overhead()
