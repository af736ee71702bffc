"""What a table of answers is worth: a submission that knows the hidden calls of earlier gradings, and computes nothing.

Worst case on purpose: every call of every grading leaks, whole, with its answer. Prints, for so many leaks before:
calls in the table, and the points of the next submission, without and with inputs of its own.

    python tests/benchmarks/leak_table.py [SUBMISSIONS]
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Iterable
from pathlib import Path

from grader.course import load_course
from grader.course.reference import fingerprint
from grader.grading.grader import Grader, course_seed
from grader.testing import key_of
from grader.wall import Script

ROOT = Path(__file__).resolve().parents[2]
LEAKS = (1, 4, 10, 30, 100)


Calls = dict[str, frozenset[str]]


def marks(scripts: Iterable[Script | None]) -> frozenset[str]:
    """The calls of some scripts, as a submission would find them in a table."""
    return frozenset(
        fingerprint([call.name, call.args, dict(call.kwargs)])
        for script in scripts
        if script is not None
        for call in script.calls
    )


def main(submissions: int) -> None:
    course = load_course(ROOT / "course.yaml")
    with Grader(course, "cnn") as grader:
        secret = course_seed(course, "cnn")
        shared: Calls = {test.id: marks(test.scripts.values()) for test in grader.tests}
        everything = sum(test.points for test in grader.tests)

        def calls(number: int) -> Calls:
            """All calls that a submission without mistake gets, its own ones among them."""
            key = key_of(secret, [f"submission {number}"])
            return {
                t.id: shared[t.id] | marks([t.script_of(t.own(key), grader.reference)]) for t in grader.tests
            }

        def won(wanted: Calls, table: frozenset[str]) -> float:
            return sum(test.points for test in grader.tests if wanted[test.id] <= table)

        known = frozenset().union(*shared.values())
        handed_in = [calls(10_000 + number) for number in range(submissions)]
        print(f"{len(grader.tests)} tests, {everything:g} points, means of {submissions} submissions")
        print("leaks before  calls in the table  points without own inputs  with them  share")
        for leaks in range(1, LEAKS[-1] + 1):
            known = known.union(*calls(leaks).values())
            if leaks in LEAKS:
                mean = statistics.fmean(won(mine, known) for mine in handed_in)
                print(
                    f"{leaks:12d}  {len(known):18d}  {won(shared, known):25g}  {mean:9.1f}  {mean / everything:5.1%}",
                    flush=True,
                )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
