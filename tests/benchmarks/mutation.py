"""Mutation testing: does a hidden test notice every small change of the reference?

    python tests/benchmarks/mutation.py                 # all chapters
    python tests/benchmarks/mutation.py convolution     # one

Each mutant runs in a process of its own, with a limit of CPU time and memory: some loop for ever. A mutant that
no test can kill because it means the same stands, with the reason, in solutions/<assignment>/equivalent_mutants.yaml.
Exits 1 where a mutant survives that is not listed there, or one is listed that is killed or does not exist.
"""

from __future__ import annotations

import contextlib
import os
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from grader.authoring.in_process import by_exercise, draw_all, failures
from grader.authoring.mutation import Mutant, mutants_of
from grader.course.models import Course, find_course, load_course
from grader.course.reference import Reference, load_functions
from grader.grading.grader import course_seed
from grader.testing.collecting import collect
from grader.testing.hidden import HiddenTest

CPU_SECONDS = 10
MEMORY = 4 << 30
SURVIVED, KILLED = 3, 4

Key = tuple[str, str, str]


def main(arguments: list[str]) -> int:
    course = load_course(find_course(Path(__file__).parent))
    name, assignment = course.assignment(None)
    chapter_of = assignment.chapter_of()
    solutions = course.solutions(name)
    reference = Reference(load_functions(solutions, chapter_of))
    tests = collect(course.hidden_tests(name), chapter_of)
    draw_all(tests, course_seed(course, name))
    tests_of = by_exercise(tests)
    for exercise, mine in tests_of.items():  # the reference's answers, remembered for every mutant
        failures(mine, getattr(reference, exercise), reference)
    known = equivalents(course, name)
    wanted = arguments or [chapter.name for chapter in assignment.open_chapters]
    started, counts, survivors = time.perf_counter(), Counter[str](), Counter[Key]()
    for chapter in wanted:
        exercises = [exercise for exercise, where in chapter_of.items() if where == chapter]
        for mutant in mutants_of(solutions / f"{chapter}.py"):
            how = verdict(mutant, solutions, exercises, tests_of, reference)
            counts[how] += 1
            if how == "survived":
                survivors[mutant.key] += 1
                if survivors[mutant.key] > known[mutant.key]:
                    print(f"SURVIVED  {mutant.chapter}.{mutant.function} [{mutant.kind}]")
                    print(f"          - {mutant.before}\n          + {mutant.after}", flush=True)
    print(
        f"{counts.total()} mutants: {counts['killed']} killed, {counts['stopped']} stopped at the limit of time or "
        f"memory, {counts['survived']} survived; {(survivors & known).total()} of these are listed as equivalent "
        f"({time.perf_counter() - started:.0f} s)"
    )
    stale = known - survivors if not arguments else Counter[Key]()
    for function, before, after in sorted(stale):
        print(f"listed as equivalent, but killed or no mutant: {function}: {before} → {after}")
    return int(bool(survivors - known) or bool(stale))


def equivalents(course: Course, name: str) -> Counter[Key]:
    """How often (function, before, after) may survive; each stands there with the reason."""
    path = course.solutions(name) / "equivalent_mutants.yaml"
    groups = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else None
    return Counter(
        (group["function"], before, after)
        for group in groups or []
        if group["because"].strip()
        for before, after in group["changes"]
    )


def verdict(
    mutant: Mutant,
    solutions: Path,
    exercises: list[str],
    tests_of: Mapping[str, list[HiddenTest]],
    reference: Reference,
) -> str:
    """'killed', 'survived' or 'stopped', found out in a process of its own."""
    # A change of an exercise's function concerns its own tests; of a helper, those of the whole chapter.
    concerned = [mutant.function] if mutant.function in exercises else exercises
    child = os.fork()
    if child == 0:
        code = KILLED
        with contextlib.suppress(BaseException):
            resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            functions = load_mutant(mutant, solutions)
            alive = all(survives(functions[e], tests_of[e], reference) for e in concerned)
            code = SURVIVED if alive else KILLED
        os._exit(code)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return "stopped"
    return "survived" if os.WEXITSTATUS(status) == SURVIVED else "killed"


def load_mutant(mutant: Mutant, solutions: Path) -> Mapping[str, Any]:
    """The names of the mutated chapter; it imports the other chapters as they are."""
    sys.path.insert(0, str(solutions))
    namespace: dict[str, Any] = {"__name__": mutant.chapter}
    exec(compile(mutant.source, f"{mutant.chapter} (mutant)", "exec"), namespace)
    return namespace


def survives(function: Callable[..., Any], tests: list[HiddenTest], reference: Reference) -> bool:
    return all(not failures([test], function, reference)[0] for test in tests)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
