"""What a table of answers is worth: a submission that knows the hidden calls of earlier gradings, and computes nothing.

Worst case on purpose: every call of every grading leaks, whole, with its answer. Prints, for so many leaks before:
calls in the table, and the points of the next submission, without and with inputs of its own.

    python tests/benchmarks/leak_table.py [SUBMISSIONS]
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Iterator
from pathlib import Path

from grader.course import load_course
from grader.course.reference import fingerprint
from grader.grading.grader import Grader, course_seed
from grader.testing import HiddenTest, key_of

ROOT = Path(__file__).resolve().parents[2]
LEAKS = (1, 4, 10, 30, 100)


def calls_on(test: HiddenTest, grader: Grader, own: tuple[int, ...]) -> Iterator[str]:
    """The calls that a submission without mistake gets in `test`, as it would find them in a table."""
    for script in test.scripts.values():
        yield from (fingerprint([c.name, c.args, dict(c.kwargs)]) for c in script.calls)
    if script := test.script_of(own, grader.reference):
        yield from (fingerprint([c.name, c.args, dict(c.kwargs)]) for c in script.calls)


def main(submissions: int) -> None:
    course = load_course(ROOT / "course.yaml")
    with Grader(course, "cnn") as grader:
        secret = course_seed(course, "cnn")

        def calls(number: int, *, shared: bool = False) -> dict[str, set[str]]:
            key = key_of(secret, [f"submission {number}"])
            return {t.id: set(calls_on(t, grader, () if shared else t.own(key))) for t in grader.tests}

        everything = sum(test.points for test in grader.tests)
        print(f"{len(grader.tests)} tests, {everything:g} points, means of {submissions} submissions")
        print("leaks before  calls in the table  points without own inputs  with them  share")
        shared = set().union(*calls(0, shared=True).values())
        without = sum(t.points for t in grader.tests if calls(0, shared=True)[t.id] <= shared)
        for leaks in LEAKS:
            table = set().union(*(known for n in range(leaks) for known in calls(n).values()))
            won = [
                sum(t.points for t in grader.tests if mine[t.id] <= table)
                for mine in (calls(10_000 + n) for n in range(submissions))
            ]
            mean = statistics.fmean(won)
            print(f"{leaks:12d}  {len(table):18d}  {without:25g}  {mean:9.1f}  {mean / everything:5.1%}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
