"""What a single command costs: `python tests/benchmarks/start.py [ROUNDS]`.

One right submission graded, with what is kept from runs before and without it; `grader check` in a folder in which all
is right, whole and for one exercise. Medians of processor time (children included) and of the clock; the ways take
turns within a round, so that a busy machine slows all of them. Compare the ratios to Python with numpy, not machines.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from students_loop import CHECK, ROOT, seconds, unpack

GRADE = [sys.executable, "-m", "grader", "grade", "in", "--out", "out", "--assignment", "cnn", "--course"]
BASE = "python and numpy"
#: Drawing all inputs anew takes half a minute a round.
COLD_ROUNDS = 2


def main(rounds: int) -> None:
    with tempfile.TemporaryDirectory() as place:
        home = Path(place)
        folder = unpack(home / "student")
        (home / "in" / "ada").mkdir(parents=True)
        for page in (ROOT / "solutions" / "cnn").glob("*.py"):
            shutil.copy(page, home / "in" / "ada")
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHONDONTWRITE", "PYTEST_"))}
        # Compiled code is kept, as it is for a user, but nowhere in the course.
        environment |= {"PYTHONPYCACHEPREFIX": str(home / "compiled"), "GRADER_CACHE": str(home / "cache")}
        wall: dict[str, list[float]] = defaultdict(list)
        cpu: dict[str, list[float]] = defaultdict(list)
        grade = [*GRADE, str(ROOT)]
        ways = {
            BASE: ([sys.executable, "-c", "import numpy"], home),
            "grader --help": ([sys.executable, "-m", "grader", "--help"], home),
            "grader grade, one, nothing kept": (grade, home),
            "grader grade, one": (grade, home),
            "grader check": (CHECK, folder),
            "grader check -e conv2d": ([*CHECK, "-e", "conv2d"], folder),
        }
        for number in range(rounds + 1):
            for way, (command, where) in ways.items():
                shutil.rmtree(home / "out", ignore_errors=True)
                if "nothing kept" in way:
                    if number > COLD_ROUNDS:
                        continue
                    shutil.rmtree(home / "cache", ignore_errors=True)
                taken = seconds(command, where, environment)
                if number:  # the first round compiles
                    wall[way].append(taken[0])
                    cpu[way].append(taken[1])
        print(f"{'':34}{'wall s':>8}{'÷ numpy':>9}{'CPU s':>8}{'÷ numpy':>9}")
        for way in ways:
            found = [statistics.median(times[way]) for times in (wall, cpu)]
            least = [statistics.median(times[BASE]) for times in (wall, cpu)]
            print(f"{way:34}" + "".join(f"{f:8.2f}{f / b:9.1f}" for f, b in zip(found, least, strict=True)))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
