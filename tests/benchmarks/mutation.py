"""Mutation testing: does a hidden test notice every small change of the reference?

    python tests/benchmarks/mutation.py                 # all chapters
    python tests/benchmarks/mutation.py convolution     # one

`grader validate --full` does the same beside all else. A mutant that no test can kill because it means the same
stands, with the reason, in solutions/<assignment>/equivalent_mutants.yaml. Exits 1 where a mutant survives that is not
listed there, or one is listed that is killed or does not exist.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from grader.authoring.in_process import by_exercise, draw_all, failures
from grader.authoring.survivors import run_mutants
from grader.course.models import find_course, load_course
from grader.course.reference import Reference, load_functions
from grader.grading.grader import course_seed
from grader.testing.collecting import collect


def main(chapters: list[str]) -> int:
    course = load_course(find_course(Path(__file__).parent))
    name, assignment = course.assignment("cnn")
    chapter_of = assignment.chapter_of()
    reference = Reference(load_functions(course.solutions(name), chapter_of))
    tests = collect(course.hidden_tests(name), chapter_of)
    draw_all(tests, course_seed(course, name))
    tests_of = by_exercise(tests)
    for exercise, mine in tests_of.items():  # the reference's answers, remembered for every mutant
        failures(mine, getattr(reference, exercise), reference)
    started = time.perf_counter()
    found = run_mutants(course, name, tests_of, reference, chapters=chapters)
    for mutant, _ in found.survivors:
        print(f"SURVIVED  {mutant.chapter}.{mutant.function} [{mutant.kind}]")
        print(f"          - {mutant.before}\n          + {mutant.after}")
    counts = found.counts
    print(
        f"{counts.total()} mutants: {counts['killed']} killed, {counts['stopped']} stopped at the limit of time or "
        f"memory, {counts['survived']} survived; {found.listed} of these are listed as equivalent "
        f"({time.perf_counter() - started:.0f} s)"
    )
    for function, before, after in sorted(found.stale):
        print(f"listed as equivalent, but killed or no mutant: {function}: {before} → {after}")
    return int(bool(found.survivors) or bool(found.stale))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
