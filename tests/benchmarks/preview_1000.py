"""A large class graded, one hidden test changed, previewed, graded again: what the preview costs, and is it true?

    python tests/benchmarks/preview_1000.py [--count 1000] [--jobs 2]

The class is made_class.py's light one. Of the lesson's tests of maxpool one is worth half a point
more from then on, and one half a point less.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from made_class import LIGHT, NAME, ROOT, write_class

TEST = "tests/hidden/cnn/test_pooling.py"
#: Test → what it is worth afterwards.
MOVED = {"test_ragged_edge": "2", "test_overlap_and_gaps": "1"}


def run(*arguments: object) -> tuple[float, str]:
    """Seconds, and what was said."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "grader", "grade", *map(str, arguments)], capture_output=True, text=True
    )
    if done.returncode not in (0, 1):
        raise SystemExit(f"exit code {done.returncode}:\n{done.stdout}\n{done.stderr}")
    return time.perf_counter() - start, done.stdout


def scores(out: Path) -> dict[str, float]:
    """Student → score."""
    found = (json.loads(path.read_text(encoding="utf-8")) for path in out.glob("*/result.json"))
    return {result["student"]: result["score"] for result in found}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        course, submissions, out = Path(home) / "course", Path(home) / "in", Path(home) / "out"
        for part in ("exercises", "solutions", "tests/hidden"):
            shutil.copytree(ROOT / part, course / part, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "course.yaml", course)
        write_class(submissions, options.count, LIGHT)
        common = (
            submissions,
            "--out",
            out,
            "--course",
            course / "course.yaml",
            "--assignment",
            NAME,
            "--jobs",
            options.jobs,
        )
        graded, _ = run(*common)
        first = scores(out)
        again, _ = run(*common)
        change(course / TEST)
        preview, said = run(*common, "--preview")
        assert scores(out) == first, "the preview wrote something"
        applied, _ = run(*common)
        second = scores(out)
    moved = {name: (first[name], second[name]) for name in first if first[name] != second[name]}
    down = sum(after < before for before, after in moved.values())
    promised = (
        f"{len(moved)} of {len(first)} {'changes' if len(moved) == 1 else 'change'}, {down} of them down."
    )
    print(f"{len(first)} submissions, {options.jobs} at a time\n\n| | seconds |\n|---|---:|")
    for what, seconds in (
        ("graded", graded), ("the same command again, nothing to do", again),
        ("previewed after the change", preview), ("graded after the change", applied),
    ):  # fmt: skip
        print(f"| {what} | {seconds:.1f} |")
    print(f"\npreview: {said.splitlines()[0]}\ngrading then: {promised}")
    print("the same" if said.startswith(promised) else "NOT THE SAME")


def change(test: Path) -> None:
    """Half a point moves from one hidden test to another."""
    text = test.read_text(encoding="utf-8")
    for name, points in MOVED.items():
        before = text[: text.index(f"def {name}(")]
        start = before.rindex("points=") + len("points=")
        end = before.index(")", start)
        text = f"{text[:start]}{points}{text[end:]}"
    test.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
