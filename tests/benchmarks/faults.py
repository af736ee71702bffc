"""What is lost when things break while a class is graded: `python tests/benchmarks/faults.py [--count 40]`.

Grading processes and the driver are killed at random, and the disk runs full (that one needs root, for a small disk of
its own). The same command is run again until it ends; then the gradebook is compared with that of an undisturbed run.
The same for Dask: `python tests/benchmarks/cluster_scale.py faults`.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
from made_class import ROOT, write_class

from grader.gradebook.database import FILE_NAME, Gradebook
from grader.result import without_times

Disturb = Callable[[psutil.Process, random.Random], int]


def grade(submissions: Path, out: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "grader", "grade", submissions, "--out", out, "--jobs", "2"]
    return subprocess.Popen(
        [*map(str, command), "--course", str(ROOT / "course.yaml")],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def kill_a_grading_process(driver: psutil.Process, dice: random.Random) -> int:
    found = [p for p in driver.children() if "resource_tracker" not in " ".join(p.cmdline())]
    if not found:
        return 0
    dice.choice(found).kill()
    return 1


def kill_the_driver(driver: psutil.Process, dice: random.Random) -> int:
    driver.send_signal(signal.SIGKILL)
    return 1


def nothing(driver: psutil.Process, dice: random.Random) -> int:
    return 0


def disturbed(submissions: Path, out: Path, disturb: Disturb, most: int) -> tuple[int, int, str]:
    """How often something was killed, how many runs it took, and what the last unfinished one said."""
    dice = random.Random(3)
    killed, said = 0, ""
    for runs in range(1, 50):
        process = grade(submissions, out)
        while process.poll() is None:
            time.sleep(dice.uniform(0.2, 1.2))
            if killed < most and len(list(out.glob("*/result.json"))) > killed * 3:
                try:
                    killed += disturb(psutil.Process(process.pid), dice)
                except psutil.Error:
                    continue
        text = process.communicate()[0]
        if process.returncode == 0:
            return killed, runs, said
        lines = [line for line in text.splitlines() if line.startswith("grader:")]
        said = lines[-1] if lines else f"exit code {process.returncode}"
        free_some_space(out)
    raise SystemExit("fifty runs were not enough")


def book_of(out: Path) -> dict[str, list[Any]]:
    """Student → each attempt's result, without its times."""
    with Gradebook(out / FILE_NAME, create=False) as book:
        rows = book._db.execute("SELECT id, student FROM attempts ORDER BY id").fetchall()
        found: dict[str, list[Any]] = {}
        for number, student in rows:
            found.setdefault(student, []).append(without_times(book.result(number)))
        return found


_FILLER = "filler"


def free_some_space(out: Path) -> None:
    """What an instructor does when the disk is full."""
    (out.parent / _FILLER).unlink(missing_ok=True)


@contextmanager
def small_disk(place: Path) -> Iterator[bool]:
    """A disk of 24 MB with hardly any room left; whether there could be one."""
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(place)]
    if os.name != "posix" or subprocess.run(command, capture_output=True, check=False).returncode:
        yield False
        return
    try:
        (place / _FILLER).write_bytes(b"\0" * (23 << 20))
        yield True
    finally:
        subprocess.run(["umount", str(place)], check=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=40)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        submissions = Path(home) / "in"
        for folder in write_class(submissions, options.count):
            if folder.name.startswith("endless"):
                for file in folder.iterdir():
                    file.unlink()
                folder.rmdir()
        disturbed(submissions, Path(home) / "undisturbed", nothing, 0)
        expected = book_of(Path(home) / "undisturbed")
        print("| fault | how often | runs | students | graded once | as undisturbed | what the user read |")
        print("|---|---:|---:|---:|---:|---:|---|")

        def row(name: str, out: Path, disturb: Disturb, most: int) -> None:
            killed, runs, said = disturbed(submissions, out, disturb, most)
            found = book_of(out)
            once = sum(len(attempts) == 1 for attempts in found.values())
            same = sum(attempts == expected[student] for student, attempts in found.items())
            print(
                f"| {name} | {killed} | {runs} | {len(found)} | {once} | {same} | {said.replace(home, '…')} |",
                flush=True,
            )

        row("a grading process is killed", Path(home) / "grading", kill_a_grading_process, 6)
        row("the driver is killed", Path(home) / "driver", kill_the_driver, 5)
        with small_disk(Path(home) / "disk") as there:
            if there:
                row("the disk is full", Path(home) / "disk" / "out", nothing, 0)
            else:
                print("| the disk is full | not tried: needs root | | | | | |")


if __name__ == "__main__":
    main()
