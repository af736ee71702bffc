"""What an input of a hidden test is worth: which wrong functions it tells. What it costs: `costing`."""

from __future__ import annotations

import contextlib
import functools
import json
import signal
import sys
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from grader.authoring.costing import Costs
from grader.authoring.in_process import Function, OneFunction, explicit_examples, failures, quiet
from grader.authoring.mutation import Mutant, mutants_of
from grader.authoring.perturbations import PERTURBATIONS, spoilt_by
from grader.authoring.perturbed_values import OTHER_ORDER, PERTURBED_VALUES
from grader.authoring.survivors import can_run_mutants, in_own_process, load_mutant
from grader.authoring.validate import Material, Progress
from grader.authoring.wrong_answers import WRONG, always, value_of
from grader.course import VARIANTS, Course, Reference, variants_among
from grader.testing import HiddenTest

SPOILT = "spoilt"
#: A wrong function that so many inputs of a test tell is tried on no more of them, the cheapest first.
_ENOUGH = 12
#: Mutants of a right variant, spread over it: there are many variants, and most say the same. Of the reference all run.
_OF_A_VARIANT = 12
#: CPU seconds after which a mutant counts as told by an input, and inputs on which it may take so long.
_SECONDS, _LONG = 1.0, 2


@dataclass(frozen=True)
class Wrong:
    """A function that is wrong, or may be. kind: how it was made; make: a fresh one, for those that remember."""

    name: str
    exercise: str
    kind: str
    make: Callable[[], Function]


@dataclass(frozen=True)
class Told:
    """On which inputs of one test a wrong function fails: bit n is set for input n."""

    wrong: str
    kind: str
    test: str
    inputs: int


def known_wrong(exercise: str, material: Material) -> Iterator[Wrong]:
    """Known mistakes in all their forms, the reference spoilt, and functions that always answer the same."""
    right = material.functions[exercise]
    for mistake in material.mistakes:
        if mistake.exercise == exercise:
            for number, function in enumerate((mistake.function, *mistake.forms)):
                name = f"{mistake.name} {number}" if number else mistake.name
                yield Wrong(name, exercise, "mistake", functools.partial(_same, function))
    for perturbation in (*PERTURBATIONS, *PERTURBED_VALUES, OTHER_ORDER):
        yield Wrong(perturbation.name, exercise, SPOILT, functools.partial(spoilt_by, perturbation, right))
    for source in WRONG:
        yield Wrong(source, exercise, "one answer", functools.partial(always, value_of(source)))


def _same(function: Function) -> Function:
    return function


def told_by(wrong: Wrong, tests: Sequence[HiddenTest], reference: Reference, costs: Costs) -> Iterator[Told]:
    """What each test of its exercise tells of a wrong function."""
    for test in tests:
        # Those that remember are told by what came before: all inputs, in order.
        order = range(len(test.inputs)) if wrong.kind == SPOILT else in_order(test, costs[test.id])
        yield Told(
            f"{wrong.exercise}: {wrong.name}",
            wrong.kind,
            test.id,
            _failing(test, wrong.make(), reference, order),
        )


def in_order(test: HiddenTest, costs: Sequence[Mapping[str, float]]) -> list[int]:
    """The numbers of a test's inputs: its author's examples, then the drawn ones, the cheapest first."""
    own = explicit_examples(test)
    drawn = sorted(range(own, len(costs)), key=lambda number: sum(costs[number].values()))
    return [*range(own), *drawn]


def _failing(
    test: HiddenTest,
    function: Function,
    reference: Reference,
    order: Sequence[int],
    limited: Limited = contextlib.nullcontext,
) -> int:
    student, found = OneFunction(test.exercise, function), 0
    with quiet():
        for number in order:
            try:
                with limited():
                    test.run_once(student, reference, test.inputs[number])
            except KeyboardInterrupt:
                raise
            except BaseException as error:
                found |= 1 << number
                if isinstance(error, _EnoughTime) or (
                    found.bit_count() >= _ENOUGH and not isinstance(order, range)
                ):
                    break
    return found


Limited = Callable[[], contextlib.AbstractContextManager[Any]]


class _TooLong(BaseException):
    """A mutant that does not come to an end."""


class _EnoughTime(_TooLong):
    """It has not come to one before."""


def mutants_told(
    course: Course,
    name: str,
    tests_of: Mapping[str, Sequence[HiddenTest]],
    material: Material,
    costs: Costs,
    progress: Progress,
    *,
    only: Container[str] | None = None,
) -> Iterator[Told]:
    """What the tests tell of all mutants of the reference and of the right variants. Nothing where none can be run.

    only: the names of some, as they are told.
    """
    if not can_run_mutants():
        return
    for exercise, tests in tests_of.items():  # the reference's answers, remembered for every mutant
        failures(tests, material.functions[exercise], material.reference)
    solutions, assignment = course.solutions(name), course.assignments[name]
    chapters = [solutions / f"{chapter.name}.py" for chapter in assignment.open_chapters]
    variants = sorted((solutions / VARIANTS).glob("[!_]*.py"))
    todo = [(mutant, file) for file in chapters for mutant in mutants_of(file)]
    todo += [
        (mutant, file) for file in variants for mutant in mutants_of(file, marked=False, most=_OF_A_VARIANT)
    ]
    orders = {test.id: in_order(test, costs[test.id]) for mine in tests_of.values() for test in mine}
    chapter_of = assignment.chapter_of()
    for number, (mutant, file) in enumerate(todo):
        wrong = f"{file.stem}.{mutant.function} {number}"
        if only is not None and wrong not in only:
            continue
        progress(number, len(todo), f"mutants of {mutant.function}")
        mine = [e for e, chapter in chapter_of.items() if chapter == mutant.chapter and e in tests_of]

        def work(mutant: Mutant = mutant, file: Path = file, mine: Sequence[str] = mine) -> bytes:
            names = load_mutant(mutant, *dict.fromkeys((file.parent, solutions)))
            exercises = [mutant.function] if mutant.function in mine else mine
            functions = [(e, names[e]) for e in exercises]
            if file.parent != solutions:
                functions = variants_among(names, mutant.function)
            found = [
                (
                    test.id,
                    _failing(test, function, material.reference, orders[test.id], _limit()),
                )
                for exercise, function in functions
                for test in tests_of.get(exercise, ())
            ]
            return json.dumps(found).encode()

        said = in_own_process(work, solutions)
        kind = "mutant" if file.parent == solutions else "mutant of a variant"
        for test, inputs in json.loads(said) if said else ():
            yield Told(wrong, kind, test, inputs)
    progress(1, 1, "")


def _limit() -> Limited:
    """Ends a run on one input that takes too long, and says when that was often enough."""
    if sys.platform == "win32":
        return contextlib.nullcontext
    times = 0

    def too_long(signum: int, frame: FrameType | None) -> None:
        nonlocal times
        times += 1
        raise _EnoughTime if times >= _LONG else _TooLong

    @contextlib.contextmanager
    def limited() -> Iterator[None]:
        signal.signal(signal.SIGPROF, too_long)
        signal.setitimer(signal.ITIMER_PROF, _SECONDS)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)

    return limited
