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
        from grader.batch import read_handout
        from grader.batch import run as batch
        from grader.course.models import load_course
        from grader.gradebook import database as gradebook
        from grader.grading import grader as grading
        from grader.intake import collect, discover, open_bundle
        from grader.wall import launcher as workers
        from grader.worker.wire import Channel
    course = load_course(ROOT / "course.yaml")
    name, assignment = course.assignment("cnn")
    clock.wrap(workers.ZygoteLauncher, "spawn", "worker: fork and confine")
    clock.wrap(workers.ZygoteLauncher, "reap", "worker: kill and reap")
    clock.wrap(Channel, "receive_raw", "tests: waiting for the student's code")
    with clock.timed("start: collect tests, draw inputs, run the reference"):
        grader = grading.Grader(course, name)
    with clock.timed("start: zygote"):
        _ = grader.launcher
    handout = read_handout(course, name)
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
    """Milliseconds of right work graded, beside those of its calls alone: quick code, and plain loops."""
    import numpy as np
    from made_class import NAME, Maker

    from grader.batch.pool import read_handout
    from grader.course.models import load_course
    from grader.course.reference import load_functions
    from grader.grading.grader import Grader, course_seed
    from grader.intake import collect, discover, open_bundle

    course = load_course(ROOT / "course.yaml")
    assignment = course.assignments[NAME]
    exercises = len(assignment.chapter_of())
    with tempfile.TemporaryDirectory() as home, Grader(course, NAME) as grader:
        for name, sources in Maker(course).make(2 * count):
            (Path(home) / name).mkdir()
            for chapter, text in sources.items():
                (Path(home) / name / f"{chapter}.py").write_text(text, encoding="utf-8")
        calls = [call for test in grader.tests for script in test.scripts.values() for call in script.calls]
        handout = read_handout(course, NAME)
        seed = course_seed(course, NAME)
        measured: dict[str, list[tuple[float, ...]]] = defaultdict(list)
        of_reference: dict[int, frozenset[bytes]] = {}
        for entry in discover(Path(home), NAME, assignment).entries:
            functions = load_functions(Path(home) / entry.student, assignment.chapter_of())
            submission = open_bundle(collect(entry, assignment), assignment, handout)
            first, again, ours, alone = [], [], [], []
            mine = [*calls, *own_calls(grader, submission, seed)]
            every = [known for test in grader.tests for known in getattr(test, "calls_on", {}).values()]
            for known in every:
                of_reference.setdefault(id(known), frozenset(known.passed))
            for _ in range(3):  # the first time warms up
                # As if only the reference had answered before; then as if somebody had answered the same.
                for known in every:
                    known.passed.clear()
                    known.passed.update(of_reference[id(known)])
                for taken in (first, again):
                    start = time.perf_counter(), time.process_time()
                    assert grader.grade(submission).checkpoints
                    taken.append(time.perf_counter() - start[0])
                    ours.append(time.process_time() - start[1])
            with np.errstate(all="ignore"):
                for _ in range(3):
                    begin = time.perf_counter()
                    for call in mine:
                        try:
                            functions[call.name](*call.args, **call.kwargs)
                        except ValueError:
                            continue
                    alone.append(time.perf_counter() - begin)
            kind = entry.student.partition("-")[0]
            measured[kind].append((min(alone), min(first), min(again), min(ours), len(mine)))
    measured["all"] = [times for some in list(measured.values()) for times in some]
    print(f"\nRight submissions of {exercises} exercises, ms each, best of three\n")
    print(
        "| | their calls alone | graded | times | graded, answers seen before | times | CPU of ours then | calls |"
    )
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    for kind, times in measured.items():
        own, first_, again_, cpu, number = (sum(part) / len(times) for part in zip(*times, strict=True))
        print(
            f"| {len(times)} {kind} | {1e3 * own:.0f} | {1e3 * first_:.0f} | {first_ / own:.1f} | {1e3 * again_:.0f} "
            f"| {again_ / own:.1f} | {1e3 * cpu:.0f} | {number:.0f} |"
        )


def own_calls(grader: Any, submission: Any, seed: int) -> Iterator[Any]:
    """The calls on those inputs that only this submission gets."""
    from grader.testing import key_of

    for test in grader.tests:
        source = submission.sources[grader.assignment.chapter_of()[test.exercise]]
        script = test.script_of(test.own(key_of(seed, source.cells)), grader.reference)
        yield from script.calls if script else ()


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
