"""Seconds a submission: this kit, plain pytest, a warm unprotected process, nbgrader and otter on the same class.

    pip install otter-grader ipykernel -e .      # in an environment of its own, for otter
    python tests/benchmarks/other_tools.py [--only kit pytest warm nbgrader otter] [--otter BIN/otter] [--count 40]

The class is made_class.py's: of 40 submissions 24 are right (half of them plain Python loops), 8 have bugs, 4 are
untouched, 2 do not compile and 2 never end. Every tool runs the same hidden tests, two processes at a time, one BLAS
thread each. nbgrader and otter get the five chapters as one notebook, which spares them four kernels a submission.
Those that end by themselves are timed together, the endless ones apart. A tool that can't stop them is stopped after
--seconds a submission.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from made_class import NAME, ROOT, Maker

from grader.course.models import Assignment, load_course

HERE = Path(__file__).parent / "elsewhere"
PROCESSES = 2
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}

Scores = dict[str, float]


@dataclass(frozen=True)
class Work:
    """Where everything lies. `seconds`: after which a submission is given up by whoever times it."""

    folder: Path
    assignment: Assignment
    sources: Mapping[str, Mapping[str, str]]
    seconds: float

    @property
    def environment(self) -> dict[str, str]:
        unwanted = ("PYTEST_ADDOPTS", "PYTHONDONTWRITEBYTECODE")
        return {name: value for name, value in os.environ.items() if name not in unwanted} | {
            **_ONE_THREAD,
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
            "PYTHONPATH": str(self.folder / "tests"),
            "HIDDEN_TESTS": str(self.folder / "tests"),
            "COURSE_FILE": str(ROOT / "course.yaml"),
            "GRADER_CACHE": str(self.folder / "cache"),
        }

    def submissions(self, names: Sequence[str], place: Path) -> list[Path]:
        """Folders of chapters for these students."""
        for name in names:
            (place / name).mkdir(parents=True)
            for chapter, text in self.sources[name].items():
                (place / name / f"{chapter}.py").write_text(text, encoding="utf-8")
        return [place / name for name in names]

    def run(self, command: Sequence[str | Path], seconds: float | None = None, **more: Any) -> bool:
        """Run a command; whether it ended by itself."""
        process = subprocess.Popen(
            [str(part) for part in command],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env=self.environment | more.pop("env", {}),
            **more,
        )
        try:
            process.wait(seconds)
            return True
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.wait()
            return False


@dataclass(frozen=True)
class Grading:
    """One tool about to grade. run: what is timed; scores: what came of it, read afterwards."""

    run: Callable[[], object]
    scores: Callable[[], Scores]


Tool = Callable[[Work, Sequence[str], Path], Grading]


def kit(work: Work, names: Sequence[str], place: Path) -> Grading:
    work.submissions(names, place / "in")
    command = [sys.executable, "-m", "grader", "grade", place / "in", "--out", place / "out"]
    command += ["--jobs", str(PROCESSES), "--course", ROOT / "course.yaml"]

    def scores() -> Scores:
        results = [json.loads(path.read_text()) for path in (place / "out").glob("*/result.json")]
        return {result["student"]: sum(e["score"] for e in result["exercises"]) for result in results}

    return Grading(lambda: work.run(command), scores)


def side_by_side(one: Callable[[Any], object], items: Sequence[Any]) -> None:
    """Do something with each item, as many at a time as there are processes."""
    with ThreadPoolExecutor(PROCESSES) as threads:
        list(threads.map(one, items))


def by_pytest(work: Work, names: Sequence[str], place: Path) -> Grading:
    folders = work.submissions(names, place / "in")

    def one(submission: Path) -> None:
        points = {"SUBMISSION": str(submission), "POINTS_FILE": str(place / f"{submission.name}.json")}
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            work.folder / "tests/hidden",
        ]
        work.run(command, work.seconds, cwd=place, env={**points, "WITH_EXPLAIN": "1"})

    return Grading(lambda: side_by_side(one, folders), lambda: _points_in(place))


def warm(work: Work, names: Sequence[str], place: Path) -> Grading:
    folders = work.submissions(names, place / "in")
    parts = [folders[start::PROCESSES] for start in range(PROCESSES)]

    def one(part: Sequence[Path]) -> None:
        work.run([sys.executable, HERE / "warm.py", place, *part], work.seconds * len(part), cwd=place)

    return Grading(lambda: side_by_side(one, parts), lambda: _points_in(place))


def _points_in(place: Path) -> Scores:
    return {path.stem: json.loads(path.read_text()) for path in place.glob("*.json")}


def by_nbgrader(work: Work, names: Sequence[str], place: Path) -> Grading:
    folders = [place / str(number) for number in range(PROCESSES)]
    for number, folder in enumerate(folders):
        _nbgrader_course(work, folder, names[number::PROCESSES])
    command = [sys.executable, "-m", "nbgrader", "autograde", NAME]
    return Grading(
        lambda: side_by_side(lambda folder: work.run(command, cwd=folder), folders),
        lambda: _nbgrader_scores(folders),
    )


def _nbgrader_scores(folders: Sequence[Path]) -> Scores:
    ask = (
        "from nbgrader.api import Gradebook\nimport json\n"
        "with Gradebook('sqlite:///gradebook.db') as book:\n"
        "    print(json.dumps({s.student.id: s.score for s in book.assignment_submissions('cnn')}))\n"
    )
    scores: Scores = {}
    for folder in folders:
        command = [sys.executable, "-c", ask]
        out = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout
        if out.strip():
            scores |= json.loads(out.splitlines()[-1])
    return scores


def _nbgrader_course(work: Work, folder: Path, names: Sequence[str]) -> None:
    """A course whose release exists and whose students have handed in; made before the clock starts."""
    source = folder / "source" / NAME
    source.mkdir(parents=True)
    (folder / "nbgrader_config.py").write_text("c = get_config()\n")

    def meta(name: str, **more: Any) -> dict[str, Any]:
        plain = {"schema_version": 3, "grade_id": name, "cell_type": "code", "task": False}
        return {"nbgrader": plain | {"grade": False, "solution": False, "locked": False} | more}

    cells = []
    for chapter in work.assignment.open_chapters:
        text = "### BEGIN SOLUTION\npass\n### END SOLUTION"
        cells.append((text, meta(chapter.name, solution=True)))
    for _, exercise in work.assignment.exercises():
        test = f"import harness\nharness.points({exercise.name!r}, globals())"
        text = f"### BEGIN HIDDEN TESTS\n{test}\n### END HIDDEN TESTS"
        cells.append((text, meta(f"test-{exercise.name}", grade=True, locked=True, points=exercise.points)))
    (source / f"{NAME}.ipynb").write_text(_notebook(cells))
    work.run([sys.executable, "-m", "nbgrader", "generate_assignment", NAME], cwd=folder)
    released = json.loads((folder / "release" / NAME / f"{NAME}.ipynb").read_text())
    for name in names:
        for cell, text in zip(released["cells"], _cells(work, name), strict=False):
            cell["source"] = text
        target = folder / "submitted" / name / NAME
        target.mkdir(parents=True)
        (target / f"{NAME}.ipynb").write_text(json.dumps(released))


def by_otter(work: Work, names: Sequence[str], place: Path, *, otter: str) -> Grading:
    archive = _otter_archive(work, place, otter)
    for name in names:
        (place / name).mkdir()
        cells = [(text, {}) for text in _cells(work, name)]
        (place / name / f"{NAME}.ipynb").write_text(_notebook(cells))

    def one(name: str) -> None:
        folder = place / name
        command = [otter, "run", "-a", archive, "-o", folder, "--no-logo", f"{NAME}.ipynb"]
        work.run(command, work.seconds, cwd=folder)

    return Grading(lambda: side_by_side(one, names), lambda: _otter_scores(place))


def _otter_scores(place: Path) -> Scores:
    scores = {}
    for path in place.glob("*/results.json"):
        tests = json.loads(path.read_text())["tests"]
        scores[path.parent.name] = sum(float(t.get("score") or 0) for t in tests)
    return scores


def _otter_archive(work: Work, place: Path, otter: str) -> Path:
    tests = place / "tests"
    tests.mkdir(parents=True)
    listing = "import harness, json; print(json.dumps([t[:3] for t in harness.tests()]))"
    out = subprocess.run(
        [sys.executable, "-c", listing], env=work.environment, capture_output=True, text=True, check=True
    ).stdout
    cases: dict[str, list[str]] = {}
    for test, exercise, worth in json.loads(out.splitlines()[-1]):
        cases.setdefault(exercise, []).append(
            f"@test_case(points={worth}, hidden=True)\ndef {test.partition('::')[2]}(env):\n"
            f"    import harness\n    harness.run_one({test!r}, env)\n"
        )
    for exercise, texts in cases.items():
        head = (
            f"from otter.test_files import test_case\nOK_FORMAT = False\nname = {exercise!r}\npoints = None\n"
        )
        (tests / f"{exercise}.py").write_text("\n\n".join([head, *texts]))
    work.run([otter, "generate", "-t", "tests", "--no-environment", "--no-requirements"], cwd=place)
    return next(place.glob("*autograder*.zip"))


def _cells(work: Work, name: str) -> list[str]:
    """The chapters as cells of one notebook, each a module of its own, since they import each other."""
    return [
        f"import sys, types\nmodule = sys.modules[{chapter.name!r}] = types.ModuleType({chapter.name!r})\n"
        f"exec(compile({work.sources[name][chapter.name]!r}, {chapter.name!r}, 'exec'), module.__dict__)\n"
        "globals().update({k: v for k, v in vars(module).items() if not k.startswith('_')})"
        for chapter in work.assignment.open_chapters
    ]


def _notebook(cells: Sequence[tuple[str, Mapping[str, Any]]]) -> str:
    made = [
        {
            "cell_type": "code",
            "id": f"c{n}",
            "execution_count": None,
            "outputs": [],
            "source": text,
            "metadata": meta,
        }
        for n, (text, meta) in enumerate(cells)
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return json.dumps({"cells": made, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5})


def otter_version(otter: str) -> str:
    out = subprocess.run([otter, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"(\d+\.\d+\.\d+)", out)
    return found[1] if found else ""


def tools(otter: str) -> dict[str, tuple[str, Tool]]:
    """Key → (name with version, how it grades)."""
    hypothesis, pytest = version("hypothesis"), version("pytest")
    found: dict[str, tuple[str, Tool]] = {
        "kit": ("this kit, first run", kit),
        "again": ("this kit, inputs kept from a run before", kit),
        "warm": (
            f"one warm process, no wall (pytest {pytest}, Hypothesis {hypothesis} without explain)",
            warm,
        ),
        "pytest": (f"a pytest {pytest} process each", by_pytest),
        "nbgrader": (f"nbgrader {version('nbgrader')}", by_nbgrader),
    }
    if otter:
        found["otter"] = (f"otter {otter_version(otter)}", partial(by_otter, otter=otter))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--only", nargs="+", default=[])
    parser.add_argument(
        "--otter", default=shutil.which("otter") or "", help="the command [default: on the path]"
    )
    parser.add_argument("--seconds", type=float, default=120)
    options = parser.parse_args()
    course = load_course(ROOT / "course.yaml")
    sources = dict(Maker(course).make(options.count))
    ending = [name for name in sources if not name.startswith("endless")]
    endless = [name for name in sources if name.startswith("endless")]
    rows, all_scores = [], {}
    with tempfile.TemporaryDirectory() as home:
        work = Work(Path(home), course.assignments[NAME], sources, options.seconds)
        (work.folder / "tests").mkdir()
        shutil.copytree(
            ROOT / "tests/hidden" / NAME,
            work.folder / "tests/hidden",
            ignore=shutil.ignore_patterns("conftest.py"),
        )
        shutil.copy(HERE / "harness.py", work.folder / "tests")
        shutil.copy(HERE / "conftest.py", work.folder / "tests/hidden")
        for key, (name, tool) in tools(str(Path(options.otter).absolute()) if options.otter else "").items():
            if options.only and key not in options.only:
                continue
            seconds = []
            scores: Scores = {}
            for part, names in (("ending", ending), ("endless", endless)):
                if not names:
                    continue
                grading = tool(work, names, work.folder / f"{key}-{part}")
                start = time.perf_counter()
                grading.run()
                seconds.append((time.perf_counter() - start) / len(names))
                scores |= grading.scores()
            rows.append((name, seconds))
            all_scores[key] = scores
            print(f"{name}: {seconds}", file=sys.stderr)
    print_table(rows, all_scores, len(ending), len(endless))


def print_table(
    rows: Sequence[tuple[str, Sequence[float]]], scores: Mapping[str, Scores], ending: int, endless: int
) -> None:
    """Seconds a submission and ratios to the first row; and whose scores agree."""
    heads = ("s one that ends", "times", "s an endless one", "s one of all", "times", "as many points")
    print(f"\n| {ending} that end, {endless} that do not | " + " | ".join(heads) + " |")
    print("|---|---:|---:|---:|---:|---:|---|")
    every = [sum(s * n for s, n in zip(row, (ending, endless), strict=False)) / (ending + endless) for _, row in rows]
    ours = rows[0][1][0]
    mine = next(iter(scores.values()))
    for (name, seconds), whole, found in zip(rows, every, scores.values(), strict=True):
        equal = sum(abs(found.get(student, -1) - points) < 1e-6 for student, points in mine.items())
        last = f"{seconds[1]:.1f}" if len(seconds) > 1 else ""
        print(
            f"| {name} | {seconds[0]:.2f} | {seconds[0] / ours:.1f} | {last} | {whole:.2f} | {whole / every[0]:.1f} "
            f"| {equal} of {len(mine)} |"
        )


if __name__ == "__main__":
    main()
