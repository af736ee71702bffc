"""Where the time of grading a class goes: `python tests/benchmarks/where_time_goes.py [SUBMISSIONS]`.

One process, one submission after the other. Prints seconds and shares; compare shares, not machines.
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
        from grader import batch, gradebook, grading, workers
        from grader.course import load_course
        from grader.intake import collect, discover, open_bundle
    course = load_course(ROOT / "course.yaml")
    name, assignment = course.assignment(None)
    clock.wrap(workers.ZygoteLauncher, "spawn", "worker: fork and confine")
    clock.wrap(workers.ZygoteLauncher, "reap", "worker: kill and reap")
    clock.wrap(workers.Worker, "request", "tests: waiting for the student's code")
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


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "tests" / "sample_class")
