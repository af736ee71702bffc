"""Right variants on the inputs of many other seeds: is a correct program ever refused, on any draw?"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from grader.authoring.in_process import by_exercise, calls_of, draw_all, explicit_examples, failures
from grader.authoring.perturbations import has_fractions, in_float32
from grader.authoring.telling import answer
from grader.authoring.validate import Examination, Progress
from grader.course import Course, Reference, Variant, find_course, load_course, load_functions, load_variants
from grader.grading import course_seed
from grader.testing import collect

#: Seeds that one process takes at a time: long enough to repay its start, short enough for a moving progress bar.
CHUNK = 10
#: What the reference computed in float32 is called among the variants.
SINGLE = "the reference in single precision"

#: Why a variant was refused: (exercise, variant) to a line for each refusing test and seed.
Refusals = dict[tuple[str, str], list[str]]


@dataclass(frozen=True)
class Outcome:
    """What some seeds showed."""

    seeds: int
    inputs: int
    tests: int
    variants: int
    refused: Refusals


def examine_seeds(
    course: Course,
    found: Examination,
    *,
    seeds: int,
    examples: int,
    progress: Progress,
    jobs: int | None = None,
) -> None:
    """Every right variant, and the reference in float32, on `seeds` other seeds, `examples` inputs a test and seed.

    jobs: processes; None: one a core. A few seeds are not worth a second process. The author's explicit examples are
    the same for every seed and were run already; they are left out.
    """
    chunks = [range(n, min(n + CHUNK, seeds + 1)) for n in range(1, seeds + 1, CHUNK)]
    refused: Refusals = {}
    inputs = tests = variants = done = 0
    progress(0, seeds, "")
    for outcome in _outcomes(course, found.assignment, chunks, examples, jobs or os.cpu_count() or 1):
        done += outcome.seeds
        inputs += outcome.inputs
        tests, variants = outcome.tests, outcome.variants
        for variant, cases in outcome.refused.items():
            refused.setdefault(variant, []).extend(cases)
        progress(done, seeds, f"{len(refused)} refused" if refused else "")
    found.reasons += [
        f"{exercise}: the right variant {variant!r} does not pass {cases[0]}, and {len(cases) - 1} more"
        for (exercise, variant), cases in sorted(refused.items())
    ]
    found.notes.append(
        f"right variants, single precision among them, on {seeds} more seeds: {variants - len(refused)} of "
        f"{variants} accepted on all of them ({inputs:,} inputs of {tests} tests)"
    )


def _outcomes(
    course: Course, name: str, chunks: Sequence[range], examples: int, jobs: int
) -> Iterator[Outcome]:
    if jobs == 1 or len(chunks) == 1:
        for seeds in chunks:
            yield examine_some(course.root, name, seeds, examples)
        return
    # Spawned, not forked: this process may hold threads of a progress bar and of BLAS.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(jobs, len(chunks)), mp_context=context) as pool:
        tasks = [pool.submit(examine_some, course.root, name, seeds, examples) for seeds in chunks]
        try:
            for task in as_completed(tasks):
                yield task.result()
        finally:
            pool.shutdown(cancel_futures=True)  # one that raised: the others' work is not wanted


def examine_some(root: Path, name: str, seeds: range, examples: int) -> Outcome:
    """The work of one process: loads the course at `root` for itself and runs its variants on these seeds."""
    course = load_course(find_course(root))
    chapter_of = course.assignments[name].chapter_of()
    functions = load_functions(course.solutions(name), chapter_of)
    variants = [*load_variants(course, name)]
    tests = [test for test in collect(course.hidden_tests(name), chapter_of) if test.is_property]
    base = course_seed(course, name)
    refused: Refusals = {}
    inputs = 0
    draw_all(tests, base, examples=1)
    for exercise, mine in by_exercise(tests).items():
        calls = calls_of(mine[:1], functions[exercise], Reference(functions))
        if any(has_fractions(answer(functions[exercise], call)) for call in calls):
            variants.append(Variant(SINGLE, exercise, in_float32(functions[exercise])))
    for number in seeds:
        reference = Reference(functions)  # a fresh memory: answers of a thousand seeds are many
        draw_all(tests, base + number, examples=examples)
        for test in tests:
            test.inputs = test.inputs[explicit_examples(test) :]
            inputs += len(test.inputs)
        tests_of = by_exercise([test for test in tests if test.inputs])
        for variant in variants:
            mine = tests_of.get(variant.exercise, [])
            for test, why in zip(mine, failures(mine, variant.function, reference), strict=True):
                if why:
                    refused.setdefault((variant.exercise, variant.name), []).append(
                        f"{test.id} with seed +{number} ({why})"
                    )
    return Outcome(len(seeds), inputs, len(tests), len(variants), refused)
