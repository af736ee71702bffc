"""How long one submission takes nbgrader: by itself, and with the drop-in. Same notebooks, same run.

    python tests/benchmarks/nbgrader_ratio.py [--submissions 3]

Each way grades one submission, then several, in courses of their own; what a further one costs is the difference, so
that starting nbgrader and the grader counts apart. Times are wall clock; look at the ratio.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from grader.commands.export_course import run as export_course
from grader.course.models import load_course

ROOT = Path(__file__).parents[2]
STUDENT = "amira"


def classroom() -> Any:
    """tests/grader/platforms/nbgrader/classroom.py, which is no package."""
    path = ROOT / "tests" / "grader" / "platforms" / "nbgrader" / "classroom.py"
    spec = importlib.util.spec_from_file_location("nbgrader_classroom", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def seconds(nbgrader: Any, *, students: str) -> float:
    """One `nbgrader autograde` of the students that a pattern names."""
    start = time.perf_counter()
    nbgrader.run("autograde", "cnn", f"--student={students}", "--force")
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--submissions", type=int, default=3, help="how many the second run grades (default: 3)"
    )
    count = parser.parse_args().submissions
    room = classroom()
    course = load_course(ROOT / "course.yaml")
    assignment = course.assignments["cnn"]
    rows = []
    with tempfile.TemporaryDirectory() as home:
        drop_in = room.Nbgrader(Path(home) / "drop-in")
        export_course(drop_in.folder, ROOT / "course.yaml", None)
        drop_in.run("generate_assignment", "cnn")
        pages = room.as_notebooks(drop_in, assignment, room.sample_submissions(assignment)[STUDENT])
        for number in range(count):
            drop_in.submit(f"many{number}", pages)
        drop_in.submit("one", pages)
        plain = room.copied(drop_in, Path(home) / "plain")
        (plain.folder / "nbgrader_config.py").write_text("c = get_config()\n")
        for name, nbgrader in (("plain nbgrader", plain), ("drop-in", drop_in)):
            first, several = seconds(nbgrader, students="one"), seconds(nbgrader, students="many*")
            rows.append((name, first, several, (several - first) / (count - 1)))
    print(f"\n| | first submission, s | {count} submissions, s | each further one, s |\n|---|---|---|---|")
    for name, first, several, each in rows:
        print(f"| {name} | {first:.1f} | {several:.1f} | {each:.1f} |")
    (_, first, several, each), (_, *ours) = rows
    ratios = [theirs / mine for theirs, mine in zip((first, several, each), ours, strict=True)]
    print("| ratio | " + " | ".join(f"{ratio:.1f}" for ratio in ratios) + " |")


if __name__ == "__main__":
    main()
