"""A large class on one machine: throughput and memory at the start and at the end.

    python tests/benchmarks/many_submissions.py [--count 1000] [--jobs 2]

The class is made_class.py's, graded by `grader grade` with everything it writes. Memory is the resident size of the
driver, of each grading process and of their zygotes, looked at twice a second (less often in larger classes). What
probably takes long is graded first, so speed is compared kind by kind: the first tenth of each against its last.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import psutil
from made_class import KINDS, LIGHT, ROOT, write_class

from grader.gradebook.database import FILE_NAME, Gradebook

_MB = 1 << 20


@dataclass(frozen=True)
class Sight:
    """One look: how many were graded, MB of the driver and of the largest grading process and zygote."""

    graded: int
    driver: float
    grading: float
    zygote: float


def look(driver: psutil.Process, graded: int) -> Sight:
    """Memory now. Processes that end meanwhile count for nothing."""
    sizes: dict[str, list[float]] = defaultdict(lambda: [0.0])
    try:
        children = driver.children(recursive=True)
    except psutil.Error:
        children = []
    for process in (driver, *children):
        try:
            below = process.ppid() == driver.pid
            size = process.memory_info().rss / _MB
        except psutil.Error:
            continue
        kind = "driver" if process == driver else "grading" if below else "zygote"
        sizes[kind].append(size)
    return Sight(graded, max(sizes["driver"]), max(sizes["grading"]), max(sizes["zygote"]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--light", action="store_true", help="little that takes long, nothing endless")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        submissions, out = Path(home) / "in", Path(home) / "out"
        write_class(submissions, options.count, LIGHT if options.light else KINDS)
        command = [sys.executable, "-m", "grader", "grade", submissions, "--out", out, "--jobs", options.jobs]
        start = time.perf_counter()
        process = subprocess.Popen(
            [*map(str, command), "--course", str(ROOT / "course.yaml")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        sights = []
        while process.poll() is None:
            graded = len(list(out.glob("*/result.json"))) if out.is_dir() else 0
            sights.append(look(psutil.Process(process.pid), graded))
            if sys.stderr.isatty():
                print(f"\r{graded} of {options.count}", end="", file=sys.stderr)
            time.sleep(max(0.5, options.count / 2000))  # looking costs, too
        seconds = time.perf_counter() - start
        if process.returncode not in (0, 1):
            raise SystemExit(f"grader grade ended with exit code {process.returncode}")
        report(out, sights, seconds, options.count)


def report(out: Path, sights: list[Sight], seconds: float, count: int) -> None:
    """The tables."""
    with Gradebook(out / FILE_NAME, create=False) as book:
        order = [row.student for row in sorted(book.latest("cnn").values(), key=lambda row: row.id)]
        errors = sum(row.status == "grader error" for row in book.latest("cnn").values())
        taken = book.seconds("cnn")
    print(f"{count} submissions in {seconds:.0f} s: {seconds / count:.2f} s each; grader errors: {errors}\n")
    kinds: dict[str, list[float]] = defaultdict(list)
    for student in order:
        kinds[student.partition("-")[0]].append(taken[student])
    print("| kind | submissions | first tenth, s each | last tenth, s each |\n|---|---:|---:|---:|")
    for kind, times in kinds.items():
        tenth = max(1, len(times) // 10)
        first, last = statistics.median(times[:tenth]), statistics.median(times[-tenth:])
        print(f"| {kind} | {len(times)} | {first:.2f} | {last:.2f} |")
    print(
        "\n| peak memory, MB | driver | a grading process | a zygote with its worker |\n|---|---:|---:|---:|"
    )
    tenth = count // 10
    for name, chosen in (
        ("first tenth", [s for s in sights if 0 < s.graded <= tenth]),
        ("last tenth", [s for s in sights if count - tenth < s.graded < count]),
        ("afterwards: grades.csv and report", [s for s in sights if s.graded >= count]),
    ):
        if chosen:
            peaks = [max(getattr(s, part) for s in chosen) for part in ("driver", "grading", "zygote")]
            print(f"| {name} | " + " | ".join(f"{peak:.0f}" for peak in peaks) + " |")
    size = (out / FILE_NAME).stat().st_size
    pages = statistics.median(path.stat().st_size for path in out.glob("*/feedback.html"))
    print(
        f"\ngradebook {size / _MB:.1f} MB, a page {pages / 1024:.0f} kB, first results {json.dumps(order[:3])}"
    )


if __name__ == "__main__":
    main()
