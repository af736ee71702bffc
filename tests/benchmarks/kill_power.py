"""Do the chosen inputs tell what all drawn ones tell, of wrong functions too that the choice has never seen?

    python tests/benchmarks/kill_power.py [cnn] [--margin 3] [--seed 0]

Inputs are chosen on a part of the wrong functions and counted on the others: without every third of each kind, without
one kind after the other. Then on functions that no choice looks at: data/wrong_functions, and the known mistakes
written once more (tests/grader/diagnosis/data). Counted are tests that a wrong function fails on all inputs that are
used without a choice, and passes on the chosen ones. --seed: inputs drawn anew. --share, --most: other rules of
choosing. Takes a quarter of an hour.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(Path(__file__).parent), str(ROOT)]

from wrong_functions import wrong_functions  # noqa: E402

from grader.authoring import choosing  # noqa: E402
from grader.authoring.choosing import MARGIN, Chosen, chosen_of, without_choice  # noqa: E402
from grader.authoring.costing import Costs, costs_of  # noqa: E402
from grader.authoring.in_process import by_exercise, draw_candidates, failures  # noqa: E402
from grader.authoring.validate import Material, material_of  # noqa: E402
from grader.authoring.weighing import Told, Wrong, known_wrong, mutants_told, told_by  # noqa: E402
from grader.course import Course, load_course  # noqa: E402
from grader.grading import course_seed  # noqa: E402
from grader.testing import HiddenTest, collect  # noqa: E402
from tests.grader.diagnosis.data.reimplemented_mistakes import REIMPLEMENTED  # noqa: E402

#: The choice is made without every third, and counted on those.
THIRD = 3


class Power:
    """Choices on a part of what is told, and what they lose of the rest."""

    def __init__(
        self,
        course: Course,
        name: str,
        tests: Sequence[HiddenTest],
        material: Material,
        told: Sequence[Told],
        costs: Costs,
        known: Sequence[Wrong],
        margin: int,
    ) -> None:
        self.tests, self.material, self.told, self.costs, self.known = tests, material, told, costs, known
        self.course, self.name, self.margin = course, name, margin
        self._before = {test.id: sum(1 << n for n in without_choice(test)) for test in tests}
        places = {one: number for number, one in enumerate(dict.fromkeys((t.kind, t.wrong) for t in told))}
        self._place = places

    def held_out(self, what: str, leave_out: Callable[[str, str], bool]) -> None:
        """Choose without some, and print what is lost of them. leave_out: kind and name of a wrong function."""
        seen = [one for one in self.told if not leave_out(one.kind, one.wrong)]
        known = [
            wrong for wrong in self.known if not leave_out(wrong.kind, f"{wrong.exercise}: {wrong.name}")
        ]
        chosen = self.choose(seen, known)
        rest = [
            one
            for one in self.told
            if leave_out(one.kind, one.wrong) and one.inputs & self._before[one.test]
        ]
        masks = {test: sum(1 << n for n in numbers) for test, numbers in chosen.choice.numbers.items()}
        lost = [one for one in rest if not one.inputs & masks[one.test]]
        still_told = self.told_after_all(lost, chosen)
        lost = [one for one in lost if (one.wrong, one.test) not in still_told]
        noticed = {(one.kind, one.wrong) for one in rest}
        still = {(one.kind, one.wrong) for one in rest if one not in lost}
        print(
            f"| {what} | {chosen.used} of {chosen.drawn} | {len(rest)} | {len(lost)} | {len(noticed)} | "
            f"{len(noticed - still)} |",
            flush=True,
        )
        for one in lost[:8]:
            print(f"  lost: {one.kind} {one.wrong} {one.test}", file=sys.stderr)

    def told_after_all(self, lost: Sequence[Told], chosen: Chosen) -> set[tuple[str, str]]:
        """Wrong functions and tests that the chosen inputs tell all the same: those that remember are told by several
        inputs together, and a mutant that twelve inputs have told was tried on no more."""
        few = {test.id: chosen_only(test, chosen) for test in self.tests}
        found = set()
        for wrong in self.known:
            name = f"{wrong.exercise}: {wrong.name}"
            for one in lost:
                if (one.kind, one.wrong) == (wrong.kind, name) and any(
                    failures([few[one.test]], wrong.make(), self.material.reference)
                ):
                    found.add((one.wrong, one.test))
        mutants = {one.wrong for one in lost}
        costs = {
            test: [self.costs[test][n] for n in numbers] for test, numbers in chosen.choice.numbers.items()
        }
        told = mutants_told(
            self.course, self.name, by_exercise([*few.values()]), self.material, costs, quiet, only=mutants
        )
        return found | {(one.wrong, one.test) for one in told if one.inputs}

    def third(self, kind: str, name: str) -> bool:
        return self._place.get((kind, name), 0) % THIRD == 1

    def choose(self, told: Sequence[Told], known: Sequence[Wrong]) -> Chosen:
        return chosen_of(
            self.tests, told, self.costs, self.material, known, "", margin=self.margin
        )

    def unseen(
        self, what: str, functions: Sequence[tuple[str, str, Callable[[], Any]]], chosen: Chosen
    ) -> None:
        """Print what is lost of functions that no choice looks at. functions: exercise, name, a fresh one."""
        tests_of, before, after = by_exercise(self.tests), 0, 0
        noticed = still = 0
        for exercise, name, make in functions:
            mine = tests_of.get(exercise, [])
            with redirect_stdout(StringIO()):
                full = [bool(failures([t], make(), self.material.reference)[0]) for t in mine]
                few = [
                    bool(failures([chosen_only(t, chosen)], make(), self.material.reference)[0]) for t in mine
                ]
            before, after = before + sum(full), after + sum(few)
            noticed, still = noticed + any(full), still + any(few)
            for test, was, now in zip(mine, full, few, strict=True):
                if was and not now:
                    print(f"  lost: {name} {test.id}", file=sys.stderr)
        print(
            f"| {what} | {chosen.used} of {chosen.drawn} | {before} | {before - after} | {noticed} | "
            f"{noticed - still} |",
            flush=True,
        )


def chosen_only(test: HiddenTest, chosen: Chosen) -> HiddenTest:
    """The same test on its chosen inputs."""
    twin = HiddenTest(test.id, test.exercise, test.title, test.points, test.function, test.parameters)
    twin.inputs = [test.inputs[number] for number in chosen.choice.numbers[test.id]]
    return twin


def written_elsewhere(material: Material) -> dict[str, list[tuple[str, str, Callable[[], Any]]]]:
    """What no choice looks at, by where it comes from."""
    others: dict[str, Any] = dict(material.functions)
    blind: list[tuple[str, str, Callable[[], Any]]] = [
        (wrong.exercise, wrong.name, lambda wrong=wrong: wrong.load(others)) for wrong in wrong_functions()
    ]
    again: list[tuple[str, str, Callable[[], Any]]] = [
        (exercise, f"{exercise} {name}", lambda function=function: function)
        for (exercise, name), function in REIMPLEMENTED.items()
    ]
    return {"written without the catalogue": blind, "known mistakes, written again": again}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("assignment", nargs="?", default="cnn")
    options.add_argument("--margin", type=int, default=MARGIN)
    options.add_argument("--share", type=float, default=choosing.SHARE)
    options.add_argument("--most", type=int, default=choosing.MOST)
    options.add_argument("--seed", type=int, default=0, help="added to the course's own")
    given = options.parse_args()
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    course = load_course(ROOT / "course.yaml")
    name, assignment = course.assignment(given.assignment)
    tests = [t for t in collect(course.hidden_tests(name), assignment.chapter_of()) if t.is_property]
    draw_candidates(tests, course_seed(course, name) + given.seed)
    choosing.SHARE, choosing.MOST = given.share, given.most
    material = material_of(course, name)
    tests_of = by_exercise(tests)
    costs = costs_of(tests, material, assignment).inputs
    known = [wrong for exercise in tests_of for wrong in known_wrong(exercise, material)]
    told = [t for w in known for t in told_by(w, tests_of[w.exercise], material.reference, costs)]
    told += mutants_told(course, name, tests_of, material, costs, quiet)
    report(Power(course, name, tests, material, told, costs, known, given.margin), name == "cnn")


def quiet(*_: object) -> None:
    """Shows no progress."""


def report(power: Power, elsewhere: bool) -> None:
    """Print the table."""
    print(
        "| counted on | inputs used | failed tests, all inputs | lost | wrong functions noticed | lost |"
    )
    print("|---|---:|---:|---:|---:|---:|")
    kinds = dict.fromkeys(one.kind for one in power.told)
    power.held_out("every third of each kind, left out", power.third)
    for kind in kinds:
        power.held_out(f"{kind}, the whole kind left out", lambda k, n, kind=kind: k == kind)  # type: ignore[misc]
    whole = power.choose(power.told, power.known)
    if elsewhere:
        for what, functions in written_elsewhere(power.material).items():
            power.unseen(what, functions, whole)
    print(f"\n{whole}.")


if __name__ == "__main__":
    main()
