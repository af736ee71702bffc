"""What an author's choice of inputs saves: `python tests/benchmarks/chosen_inputs.py [cnn|rnn] [SUBMISSIONS]`.

Right submissions in plain Python loops, with all drawn inputs and with the chosen ones, one after the other in turn:
CPU time of the submission's own code alone, and its calls, those on inputs of its own among them. Medians; compare
ratios.
"""

from __future__ import annotations

import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(Path(__file__).parent), str(ROOT)]

from made_class import LOOPS  # noqa: E402
from redraw import copied  # noqa: E402

from grader.course import Course, load_course, load_functions, load_variants  # noqa: E402
from grader.grading import Grader  # noqa: E402
from grader.testing import CHOSEN_FILE  # noqa: E402

#: Names of variants that are no plain loops.
_QUICK = ("einsum", "tensordot", "float32", "lists", "fourier", "matrix", "view", "numpy", "vectorised")
TIMES = 5


def loops(course: Course, name: str, rng: random.Random) -> Mapping[str, Callable[..., Any]]:
    """One right function for each exercise, in loops where a variant is."""
    functions = dict(load_functions(course.solutions(name), course.assignments[name].chapter_of()))
    for exercise in functions:
        mine = [v for v in load_variants(course, name) if v.exercise == exercise]
        wanted = [v for v in mine if v.name in LOOPS.get(exercise, ())] if name == "cnn" else []
        plain = wanted or [v for v in mine if not any(word in v.name for word in _QUICK)]
        if plain and not isinstance(functions[exercise], type):
            functions[exercise] = rng.choice(plain).function
    return functions


def calls_of(course: Course, name: str) -> list[Any]:
    """The calls that grading makes in the student's process, those on a submission's own inputs among them."""
    with Grader(course, name) as grader:
        scripts = [script for test in grader.tests for script in test.scripts.values()]
        own = [test.script_of(test.own(b"somebody"), grader.reference) for test in grader.tests]
        return [call for script in [*scripts, *own] if script for call in script.calls]


def cpu(functions: Mapping[str, Callable[..., Any]], calls: list[Any]) -> float:
    start = time.process_time()
    with np.errstate(all="ignore"):
        for call in calls:
            try:
                functions[call.name](*call.args, **call.kwargs)
            except (ValueError, KeyError):
                continue
    return time.process_time() - start


def main(name: str, count: int) -> None:
    course = load_course(ROOT / "course.yaml")
    with tempfile.TemporaryDirectory() as folder:
        copied(ROOT / "course.yaml", Path(folder) / "all", name)
        whole = load_course(Path(folder) / "all" / "course.yaml")
        (whole.hidden_tests(name) / CHOSEN_FILE).unlink()
        every, chosen = calls_of(whole, name), calls_of(course, name)
        shutil.rmtree(folder, ignore_errors=True)
    rows = []
    for number in range(count):
        functions = loops(course, name, random.Random(number))
        times: dict[bool, list[float]] = {True: [], False: []}
        for turn in range(TIMES):
            for few in (True, False) if turn % 2 else (False, True):
                times[few].append(cpu(functions, chosen if few else every))
        rows.append(tuple(statistics.median(times[few]) for few in (False, True)))
    before, after = (statistics.median(column) * 1e3 for column in zip(*rows, strict=True))
    print("| | all drawn inputs | the chosen ones | |\n|---|---:|---:|---:|")
    print(f"| calls a submission | {len(every)} | {len(chosen)} | {len(chosen) / len(every):.0%} |")
    print(f"| CPU of its own calls, ms | {before:.0f} | {after:.0f} | {after / before:.0%} |")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "cnn", int(sys.argv[2]) if len(sys.argv) > 2 else 6)
