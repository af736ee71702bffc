"""How long a student waits: `python tests/benchmarks/students_loop.py [ROUNDS]`.

`grader check` against bare `pytest` on the same visible checks, each in a new process, on a folder in which all is
right; then watch mode, from a save of one chapter to the verdict on the screen. Medians; the ways take turns within a
round, so that a busy machine slows all of them. Compare ratios, not machines.
"""

from __future__ import annotations

import io
import os
import queue
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CHECK = [sys.executable, "-m", "grader.cli", "check"]
PATIENCE = 120.0


def unpack(folder: Path) -> Path:
    """A student's folder, with every chapter written."""
    from grader.authoring.release import handout_zip
    from grader.course.models import load_course

    course = load_course(ROOT / "course.yaml")
    name, assignment = course.assignment("cnn")
    with zipfile.ZipFile(io.BytesIO(handout_zip(course, name, assignment))) as archive:
        archive.extractall(folder)
    for chapter in assignment.chapters:
        shutil.copy(course.solutions(name) / f"{chapter.name}.py", folder / name)
    return folder / name


def seconds(command: list[str], folder: Path, environment: dict[str, str]) -> tuple[float, float]:
    """Wall and CPU seconds of one process and its children."""
    before, start = os.times(), time.perf_counter()
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
    wall, after = time.perf_counter() - start, os.times()
    cpu = sum((after.children_user, after.children_system)) - sum(
        (before.children_user, before.children_system)
    )
    return wall, cpu


class Watch:
    """`grader check --watch` without a terminal; it prints a report after each save."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [*CHECK, "--watch"], cwd=folder, env=environment, stdout=subprocess.PIPE, text=True
        )
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line)

    def wait_for(self, pattern: str) -> None:
        """Until a line matches."""
        deadline = time.monotonic() + PATIENCE
        while not re.search(pattern, self._lines.get(timeout=max(0.1, deadline - time.monotonic()))):
            pass

    def close(self) -> None:
        self._process.terminate()
        self._process.wait()


def main(rounds: int) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = unpack(Path(place))
        environment = {
            k: v for k, v in os.environ.items() if not k.startswith(("PYTHONDONTWRITE", "PYTEST_"))
        }
        # Compiled code is kept, as it is for a student, but nowhere in the course.
        environment["PYTHONPYCACHEPREFIX"] = str(Path(place) / "compiled")
        wall: dict[str, list[float]] = defaultdict(list)
        cpu: dict[str, list[float]] = defaultdict(list)
        ways = {
            "python alone": [sys.executable, "-c", ""],
            "python and numpy": [sys.executable, "-c", "import numpy"],
            "pytest checks": [sys.executable, "-m", "pytest", "-q", "checks"],
            "grader check, first time": CHECK,
            "grader check": CHECK,
            "grader check -e conv2d": [*CHECK, "-e", "conv2d"],
        }
        for number in range(rounds + 1):
            for way, command in ways.items():
                if way == "grader check, first time":
                    shutil.rmtree(folder / ".grader", ignore_errors=True)
                taken = seconds(command, folder, environment)
                if number:  # the first round compiles
                    wall[way].append(taken[0])
                    cpu[way].append(taken[1])
        page = folder / "convolution.py"
        right = page.read_text(encoding="utf-8")
        wrong = re.sub(r"^    return maps\.reshape", "    return 2 * maps.reshape", right, flags=re.MULTILINE)
        assert wrong != right
        watch = Watch(folder, environment)
        try:
            watch.wait_for("All visible checks pass")
            for _ in range(rounds):
                for way, text, pattern in (
                    ("save to verdict: conv2d wrong", wrong, r"Mend conv2d"),
                    ("save to verdict: conv2d right", right, r"All visible checks pass"),
                ):
                    start = time.perf_counter()
                    page.write_text(text, encoding="utf-8")
                    watch.wait_for(pattern)
                    wall[way].append(time.perf_counter() - start)
        finally:
            watch.close()
        show(wall, cpu)


def show(wall: dict[str, list[float]], cpu: dict[str, list[float]]) -> None:
    base = statistics.median(wall["pytest checks"])
    base_cpu = statistics.median(cpu["pytest checks"])
    print(f"{'':32}{'wall s':>8}{'÷ pytest':>10}{'CPU s':>8}{'÷ pytest':>10}")
    for way, times in wall.items():
        middle = statistics.median(times)
        line = f"{way:32}{middle:8.2f}{middle / base:10.2f}"
        if way in cpu:
            used = statistics.median(cpu[way])
            line += f"{used:8.2f}{used / base_cpu:10.2f}"
        print(line)
    start = statistics.median(wall["python and numpy"])
    print(f"\nStarting Python with numpy takes {start:.2f} s; in watch mode nothing is started after a save.")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
