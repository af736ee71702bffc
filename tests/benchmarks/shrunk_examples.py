"""How much does a student have to read? The values in the example of each known mistake's first failing hidden test.

python tests/benchmarks/shrunk_examples.py [--exercise NAME]
"""

from __future__ import annotations

import argparse
import warnings
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np

from grader.course.mistakes import load_mistakes
from grader.course.models import load_course
from grader.errors import StudentRaised
from grader.grading.grader import Grader
from grader.testing.run import run_test
from grader.wall.calls import Call


class InThisProcess:
    """Stands where a Student would: the catalogue is our own code and needs no wall."""

    def __init__(self, exercise: str, function: Any) -> None:
        self._exercise, self._function = exercise, function
        self.last_call: Call | None = None
        self.answers = 0
        self.changed: set[str] = set()

    def expect(self, script: Any) -> None:
        """Nothing is prepared here: calls cost no round trip."""

    def __getattr__(self, name: str) -> Any:
        if name != self._exercise:
            raise AttributeError(name)

        def call(*args: Any, **kwargs: Any) -> Any:
            self.last_call = Call(name, args, kwargs)
            try:
                with warnings.catch_warnings(), np.errstate(all="ignore"):
                    warnings.simplefilter("ignore")
                    value = self._function(*args, **kwargs)
            except Exception as error:
                kind = type(error)
                lineage = tuple(cls.__name__ for cls in kind.__mro__)
                raise StudentRaised(kind.__name__, str(error), lineage=lineage) from None
            self.answers += 1
            return value

        return call


def values_in(evidence: Any) -> int:
    """How many numbers the arguments of an example hold."""
    if isinstance(evidence, dict):
        if evidence.get("kind") == "array":
            return int(np.prod(evidence["shape"]))
        return sum(values_in(item) for item in evidence.values())
    if isinstance(evidence, list):
        return sum(values_in(item) for item in evidence)
    return int(isinstance(evidence, int | float))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--exercise", default="", help="only this one")
    wanted = options.parse_args().exercise
    course = load_course(Path(__file__).parents[2] / "course.yaml")
    grader = Grader(course, "cnn", confined=False)
    sizes: dict[str, list[int]] = defaultdict(list)
    largest: dict[str, tuple[int, str]] = {}
    for mistake in load_mistakes(course, "cnn"):
        if wanted not in ("", mistake.exercise):
            continue
        for test in grader.tests:
            if test.exercise != mistake.exercise:
                continue
            student: Any = InThisProcess(mistake.exercise, mistake.function)
            run = run_test(test, student, grader.reference)
            if run.result.outcome != "passed" and run.result.evidence:
                count = values_in(run.result.evidence.model_dump()["arguments"])
                sizes[mistake.exercise].append(count)
                largest[mistake.exercise] = max(
                    largest.get(mistake.exercise, (0, "")), (count, f"{mistake.name}: {run.result.title}")
                )
                break
    print(f"{'exercise':18}{'mistakes':>9}{'median':>8}{'90 %':>8}{'most':>8}")
    for exercise, counts in sizes.items():
        low, high = np.percentile(counts, [50, 90])
        most, where = largest[exercise]
        print(f"{exercise:18}{len(counts):9}{low:8.0f}{high:8.0f}{most:8}  {where}")
    every = [count for counts in sizes.values() for count in counts]
    print(f"{'all':18}{len(every):9}{np.median(every):8.0f}{np.percentile(every, 90):8.0f}{max(every):8}")


if __name__ == "__main__":
    main()
