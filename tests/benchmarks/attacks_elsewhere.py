"""The same few attacks against nbgrader, otter-grader and this kit, each in its default set-up. Run by hand:

    pip install otter-grader ipykernel          # in an environment of its own
    python tests/benchmarks/attacks_elsewhere.py --otter path/to/that/environment/bin/otter

nbgrader is taken from this Python's environment. One exercise, `total(values)`, with two hidden tests of five
points each. A cell says how many of ten points the submission got, and what else happened: "leak" if it got hold
of a hidden test's source, "tampered" if it changed a neighbour's file beside the submissions. otter is run as
`otter run`, its way without Docker. A run is stopped after --seconds (a tool without a limit would never end).
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

TOKEN = "hidden-source-token"
HONEST = "def total(values):\n    return sum(values)\n"

#: Sources of one notebook cell. @LOOT@: a file to carry things out with; @NEIGHBOUR@: another student's file.
ATTACKS: Mapping[str, str] = {
    "honest solution (control)": HONEST,
    "wrong solution (control)": "def total(values):\n    return -1\n",
    "honest, one warning on stderr (control)": """
import sys
def total(values):
    print("note", file=sys.stderr)
    return sum(values)
""",
    "always-equal object": """
class Yes:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __sub__(self, other): return 0
def total(values):
    return Yes()
""",
    "float subclass that is always equal": """
class Near(float):
    def __eq__(self, other): return True
    def __sub__(self, other): return 0.0
def total(values):
    return Near(-1)
""",
    "os._exit(0) in the second test": """
import os
def total(values):
    return sum(values) if len(values) == 3 else os._exit(0)
""",
    "SystemExit(0) in the second test": """
def total(values):
    if len(values) == 3:
        return sum(values)
    raise SystemExit(0)
""",
    "patched test runner (IPython hook, doctest, unittest, pytest)": """
import doctest, sys, unittest
doctest.DocTestRunner.run = lambda self, *args, **kwargs: None
unittest.TestCase.assertEqual = lambda *args, **kwargs: None
try:
    if "otter" not in sys.modules:  # whose own cells have to run
        get_ipython().input_transformers_post.append(lambda lines: ["pass"])
except NameError:
    pass
def total(values):
    raise RuntimeError
""",
    "replaced print/display of a partial score": """
import sys
def total(values):
    try:
        get_ipython().display_formatter.format = lambda *args, **kwargs: ({"text/plain": "5"}, {})
        sys.displayhook = lambda value: None
    except NameError:
        print("5.0")
    return -1
""",
    "not-a-number for a partial score": "def total(values):\n    return float('nan')\n",
    "reads the hidden tests' source (history, frames, gc)": f"""
import gc, glob, linecache, sys
def total(values):
    found = []
    frame = sys._getframe()
    while frame:
        names = {{**frame.f_globals, **frame.f_locals}}
        found += [str(value) for value in names.values() if isinstance(value, (str, list))]
        found += linecache.getlines(frame.f_code.co_filename)
        frame = frame.f_back
    found += [text for text in gc.get_objects() if isinstance(text, str)]
    for path in glob.glob("*.py") + glob.glob("tests/*") + glob.glob("../**/tests/*", recursive=True) + ["@TESTS@"]:
        try:
            found.append(open(path).read())
        except OSError:
            pass
    for word in found:
        if "{TOKEN[:10]}" + "{TOKEN[10:]}" in word.replace("{TOKEN[:10]}\\" + \\"", ""):
            open("@LOOT@", "a").write(word[:300])
    return -1
""",
    "changes another student's file": """
def total(values):
    try:
        open("@NEIGHBOUR@", "w").write("changed")
    except OSError:
        pass
    return -1
""",
    "endless loop in the second test": """
def total(values):
    while len(values) != 3:
        pass
    return sum(values)
""",
    "daemon left behind": """
import subprocess
def total(values):
    try:
        subprocess.Popen(["sleep", "@DAEMON@"], start_new_session=True)
    except OSError:
        pass
    return -1
""",
}


@dataclass(frozen=True)
class Outcome:
    """What one tool made of one attack. score None: no score at all came out."""

    score: float | None
    notes: tuple[str, ...]

    def __str__(self) -> str:
        shown = "no score" if self.score is None else f"{self.score:g}"
        return ", ".join([shown, *self.notes])


def beside(program: str) -> dict[str, str]:
    """The environment with the programs of `program`'s own environment first: both tools call others by name."""
    return {
        **os.environ,
        "PATH": os.pathsep.join([str(Path(program).parent), os.environ.get("PATH", os.defpath)]),
    }


def run(line: list[str], folder: Path, seconds: float) -> bool:
    """Run a command; False if it had to be stopped."""
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(line, cwd=folder, env=beside(line[0]), start_new_session=True, **quiet)  # type: ignore[call-overload]
    try:
        process.wait(timeout=seconds)
        return True
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return False


def notebook(cells: list[tuple[str, dict[str, object]]]) -> str:
    """A notebook of code cells with metadata."""
    unrun: dict[str, object] = {"outputs": [], "execution_count": None}
    return json.dumps(
        {
            "cells": [
                {"cell_type": "code", "source": text, "metadata": meta, "id": f"cell{n}", **unrun}
                for n, (text, meta) in enumerate(cells)
            ],
            "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
    )


def with_nbgrader(folder: Path, source: str, seconds: float) -> tuple[float | None, bool]:
    """(score of ten, finished) by `nbgrader autograde`."""

    def cell(name: str, *, grade: bool) -> dict[str, object]:
        meta = {
            "schema_version": 3,
            "grade": grade,
            "solution": not grade,
            "locked": grade,
            "task": False,
            "grade_id": name,
        }
        return {
            "nbgrader": {**meta, "grade_id": name, "cell_type": "code", **({"points": 5} if grade else {})}
        }

    first = f"### BEGIN HIDDEN TESTS\n# {TOKEN}\nassert total([1, 2, 3]) == 6\n### END HIDDEN TESTS"
    second = f"### BEGIN HIDDEN TESTS\n# {TOKEN}\n5 - abs(total([2, 2]) - 4)\n### END HIDDEN TESTS"
    tests = [(first, cell("first", grade=True)), (second, cell("second", grade=True))]
    (folder / "source/ps1").mkdir(parents=True)
    solution = "### BEGIN SOLUTION\n" + HONEST + "### END SOLUTION"
    (folder / "source/ps1/ps1.ipynb").write_text(notebook([(solution, cell("answer", grade=False)), *tests]))
    (folder / "nbgrader_config.py").write_text("c = get_config()\n")
    nbgrader = [sys.executable, "-m", "nbgrader"]
    run([*nbgrader, "generate_assignment", "ps1"], folder, 120)
    released = json.loads((folder / "release/ps1/ps1.ipynb").read_text())
    released["cells"][0]["source"] = source
    (folder / "submitted/ada/ps1").mkdir(parents=True)
    (folder / "submitted/ada/ps1/ps1.ipynb").write_text(json.dumps(released))
    finished = run([*nbgrader, "autograde", "ps1"], folder, seconds)
    ask = (
        "from nbgrader.api import Gradebook\n"
        "with Gradebook('sqlite:///gradebook.db') as gb:\n"
        "    s = gb.find_submission('ps1', 'ada')\n"
        "    grades = [g for n in s.notebooks for g in n.grades]\n"
        "    print(sum((g.auto_score or 0) for g in grades) if grades else None)\n"
    )
    if not list(folder.glob("autograded/ada/ps1/*.ipynb")):
        return None, finished
    line = [sys.executable, "-c", ask]
    done = subprocess.run(
        line, cwd=folder, env=beside(sys.executable), capture_output=True, text=True, check=False
    )
    words = done.stdout.split()
    return (float(words[-1]) if words and words[-1] != "None" else None), finished


def with_otter(otter: str, folder: Path, source: str, seconds: float) -> tuple[float | None, bool]:
    """(score of ten, finished) by `otter run`."""
    (folder / "tests").mkdir()
    for name, line, answer in (
        ("first", "total([1, 2, 3]) == 6", "True"),
        ("second", "total([2, 2]) == 4", "True"),
    ):
        code = f">>> # {TOKEN}\n>>> {line}\n{answer}"
        case = {"code": code, "hidden": True, "locked": False}
        suite = {"cases": [case], "scored": True, "setup": "", "teardown": "", "type": "doctest"}
        spec = {"name": name, "points": 5, "suites": [suite]}
        (folder / "tests" / f"{name}.py").write_text(f"OK_FORMAT = True\ntest = {spec!r}\n")
    run([otter, "generate", "-t", "tests", "--no-environment", "--no-requirements"], folder, 120)
    place = folder / "ada"
    place.mkdir()
    (place / "ps1.ipynb").write_text(notebook([(source, {})]))
    archive = next(folder.glob("*autograder*.zip"))
    finished = run(
        [otter, "run", "-a", str(archive), "-o", str(place), "--no-logo", "ps1.ipynb"],
        place,
        seconds,
    )
    results = place / "results.json"
    if not results.is_file():
        return None, finished
    tests = json.loads(results.read_text())["tests"]
    return sum(
        float(t.get("score") or 0) for t in tests if t.get("name", "").startswith(("first", "second"))
    ), finished


COURSE = """
schema: 1
title: One exercise
assignments:
  ps1:
    title: One exercise
    limits: {call: {cpu: 2, wall: 20}}
    chapters:
      - {name: sums, title: Sums, minutes: 5, exercises: [{name: total, points: 10}]}
"""
HIDDEN = f'''
import pytest

from grader.testing.compare import agree


@pytest.mark.exercise("total", points=5)
def test_three(student):
    """Three numbers"""
    agree(student.total([1, 2, 3]), 6)  # {TOKEN}


@pytest.mark.exercise("total", points=5)
def test_two(student):
    """Two numbers"""
    agree(student.total([2, 2]), 4)  # {TOKEN}
'''


def with_this_kit(folder: Path, source: str, seconds: float) -> tuple[float | None, bool]:
    """(score of ten, finished) by `grader grade`."""
    for name, text in {
        "course.yaml": COURSE,
        "solutions/ps1/sums.py": HONEST,
        "tests/hidden/ps1/test_sums.py": HIDDEN,
        "tests/hidden/ps1/seed.txt": "a secret line\n",
        "submitted/ada/sums.py": source,
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    line = [
        sys.executable,
        "-m",
        "grader.cli",
        "grade",
        "submitted",
        "--out",
        "results",
        "--jobs",
        "1",
        "--course",
        ".",
    ]
    finished = run(line, folder, seconds)
    result = folder / "results/ada/result.json"
    return (json.loads(result.read_text(encoding="utf-8"))["score"] if result.is_file() else None), finished


def attempt(
    tool: Callable[[Path, str, float], tuple[float | None, bool]], attack: str, seconds: float
) -> Outcome:
    """One attack against one tool, in a folder of its own."""
    folder = Path(tempfile.mkdtemp(prefix="elsewhere-"))
    try:
        loot, neighbour = folder / "loot.txt", folder / "neighbour.txt"
        neighbour.write_text("untouched")
        daemon = str(7000 + os.getpid() % 1000) + "." + str(time.monotonic_ns() % 10_000)
        source = ATTACKS[attack].strip() + "\n"
        tests = folder / "work/tests/first.py"
        facts = {"LOOT": loot, "NEIGHBOUR": neighbour, "DAEMON": daemon, "TESTS": tests}
        source = re.sub(r"@([A-Z]+)@", lambda match: str(facts[match[1]]), source)
        work = folder / "work"
        work.mkdir()
        start = time.monotonic()
        score, finished = tool(work, source, seconds)
        notes = []
        if not finished:
            notes.append(f"stopped by hand after {seconds:g} s")
        elif "loop" in attack:
            notes.append(f"{time.monotonic() - start:.0f} s")
        if loot.exists() and TOKEN in loot.read_text(errors="replace"):
            notes.append("leak")
        if neighbour.read_text() != "untouched":
            notes.append("tampered")
        if stop_daemon(daemon):
            notes.append("daemon survived")
        return Outcome(score, tuple(notes))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def stop_daemon(mark: str) -> bool:
    """End whatever was started with `sleep mark`; False if there was nothing."""
    found = False
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if path.read_bytes().split(b"\0")[:2] == [b"sleep", mark.encode()]:
                os.kill(int(path.parent.name), signal.SIGKILL)
                found = True
        except OSError:
            continue
    return found


def installed(package: str) -> str:
    """The version here, or ''."""
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--otter", default=shutil.which("otter") or "", help="the command [default: on the path]"
    )
    parser.add_argument(
        "--seconds", type=float, default=60, help="after which a tool is stopped [default: 60]"
    )
    options = parser.parse_args()
    tools: dict[str, Callable[[Path, str, float], tuple[float | None, bool]]] = {}
    if number := installed("nbgrader"):
        tools[f"nbgrader {number}"] = with_nbgrader
    if options.otter:
        out = subprocess.run([options.otter, "--version"], capture_output=True, text=True, check=False).stdout
        found = re.search(r"Otter-Grader version:\s*([\w.]+)", out) or re.search(r"(\d+\.\d+\.\d+)", out)
        otter = str(Path(options.otter).absolute())
        tools[f"otter {found[1] if found else ''}".strip()] = lambda f, s, t: with_otter(otter, f, s, t)
    tools[f"this kit {installed('cnn-grader')}"] = with_this_kit
    print("| attack (points of 10) | " + " | ".join(tools) + " |")
    print("|---" * (len(tools) + 1) + "|")
    for attack in ATTACKS:
        cells = [str(attempt(tool, attack, options.seconds)) for tool in tools.values()]
        print(f"| {attack} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
