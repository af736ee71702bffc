"""Are failures that are put together by what they do one mistake, and how many comments would serve them all?

    python tests/benchmarks/cluster_purity.py [--catalogue] [--impure]

The functions are those of wrong_functions.py, written without a look at the catalogue in four styles, and those of
tests/grader/diagnosis/data/reimplemented_mistakes.py; with --catalogue those of the catalogue and its other forms, too.
Which idea each one has stands in data/wrong_function_ideas.txt, told from its code alone; one without a line there has
an idea of its own. No cluster knows any names. --impure lists what was put together wrongly.

Printed for every second exercise, on which the bound was chosen, and for the others, held out: purity, the share of
functions that have the idea of most in their cluster; comments, one a cluster and one for each function that stands in
none; at best, one an idea. "9 of 10" joins clusters that agree on so many of the calls on which either is wrong (five
at least), each with each. The baseline puts together by exercise and hidden tests failed.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import sys
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import numpy as np  # noqa: E402
from wrong_functions import wrong_functions  # noqa: E402

from grader.authoring.in_process import by_exercise, draw_all, failures  # noqa: E402
from grader.course.mistakes import load_mistakes  # noqa: E402
from grader.course.models import load_course  # noqa: E402
from grader.course.reference import Reference, load_functions  # noqa: E402
from grader.diagnosis import Diagnoser, topics_of  # noqa: E402
from grader.testing import collect  # noqa: E402

IDEAS = HERE / "data" / "wrong_function_ideas.txt"
REIMPLEMENTED = HERE.parent / "grader" / "diagnosis" / "data" / "reimplemented_mistakes.py"
_LEAST = 5
_SEED = 20260301


@dataclass(frozen=True)
class Function:
    """A wrong function: whose idea, what it does, and which hidden tests it fails."""

    exercise: str
    idea: str
    behaviour: str
    failed: tuple[bool, ...]


Clusters = list[list[Function]]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--catalogue", action="store_true", help="the catalogue's own functions, too")
    options.add_argument("--impure", action="store_true", help="list what was put together wrongly")
    given = options.parse_args()
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    found = list(_functions(catalogue=given.catalogue))
    exercises = sorted({one.exercise for one in found})
    ways: list[tuple[str, Callable[[Sequence[Function]], Clusters]]] = [
        ("exercise and failed tests", lambda some: _equal(some, lambda one: one.failed)),
        ("equal behaviour", lambda some: _equal(some, lambda one: one.behaviour)),
        *(
            (f"{share:.0%} agree", lambda some, share=share: _near(some, share))
            for share in (0.95, 0.9, 0.8, 0.7)
        ),
    ]
    for half, names in (("chosen on", exercises[::2]), ("held out", exercises[1::2]), ("all", exercises)):
        some = [one for one in found if one.exercise in names]
        silent = [one for one in some if not one.behaviour]
        ideas = len({(one.exercise, one.idea) for one in some})
        print(
            f"{half}: {len(some)} functions of {len(names)} exercises, {ideas} ideas; "
            f"{len(silent)} have no behaviour to compare"
        )
        for way, put in ways:
            made = put([one for one in some if one.behaviour])
            if way == "exercise and failed tests":
                made = put(some)
            _print(way, made, len(silent) if way != "exercise and failed tests" else 0, given.impure)


def _print(way: str, made: Clusters, apart: int, impure: bool) -> None:
    several = [one for one in made if len(one) > 1]
    print(
        f"  {way:26} purity {_purity(made):7.2%}, of clusters with several {_purity(several):7.2%}; "
        f"{len(several):3} of {len(made):3} clusters have several; {len(made) + apart} comments"
    )
    for one in several:
        ideas = Counter(member.idea for member in one)
        if impure and len(ideas) > 1 and way != "exercise and failed tests":
            print(f"      {one[0].exercise}: {', '.join(f'{idea} ({n})' for idea, n in ideas.most_common())}")


def _purity(made: Clusters) -> float:
    right = sum(Counter(member.idea for member in one).most_common(1)[0][1] for one in made)
    return right / max(1, sum(map(len, made)))


def _equal(some: Iterable[Function], key: Callable[[Function], Any]) -> Clusters:
    found: dict[Any, list[Function]] = defaultdict(list)
    for one in some:
        found[one.exercise, key(one)].append(one)
    return list(found.values())


def _near(some: Iterable[Function], share: float) -> Clusters:
    """Clusters of equal behaviour, joined where each is near to each; the largest first."""
    joined: list[Clusters] = []
    for one in sorted(_equal(some, lambda one: one.behaviour), key=len, reverse=True):
        home = next(
            (room for room in joined if all(_agree(one[0], other[0]) >= share for other in room)), None
        )
        if home is None:
            joined.append([one])
        else:
            home.append(one)
    return [[member for one in room for member in one] for room in joined]


def _agree(a: Function, b: Function) -> float:
    """On which share of the calls on which either is wrong both answer alike; 0 where these are few."""
    ours, theirs = a.behaviour.split(), b.behaviour.split()
    if a.exercise != b.exercise or len(ours) != len(theirs):
        return 0.0
    wrong = [
        (mine, other) for mine, other in zip(ours[1:], theirs[1:], strict=True) if {mine, other} != {"."}
    ]
    same = sum(mine == other for mine, other in wrong)
    return same / len(wrong) if same >= _LEAST else 0.0


def _functions(*, catalogue: bool) -> Iterator[Function]:
    course = load_course(HERE.parents[1] / "course.yaml")
    name, assignment = course.assignment("cnn")
    functions = load_functions(course.solutions(name), assignment.chapter_of())
    reference = Reference(functions)
    diagnoser = Diagnoser(assignment, reference, [], topics=topics_of(assignment))
    tests = collect(course.hidden_tests(name), assignment.chapter_of())
    draw_all(tests, _SEED)
    of = by_exercise(tests)

    def looked_at(exercise: str, idea: str, load: Callable[[], Callable[..., Any]]) -> Function:
        # One that keeps something between calls is asked in a fresh copy.
        with contextlib.redirect_stdout(StringIO()):
            _, behaviour = diagnoser.looked_at(exercise, SimpleNamespace(**{exercise: load()}))
            failed = tuple(map(bool, failures(of[exercise], load(), reference)))
        return Function(exercise, idea, behaviour, failed)

    ideas = _ideas()
    for wrong in wrong_functions():
        idea = ideas.get((wrong.exercise, wrong.what), f"its own: {wrong.what}")
        yield looked_at(wrong.exercise, idea, lambda wrong=wrong: wrong.load(functions))
    for (exercise, idea), function in _reimplemented().items():
        yield looked_at(exercise, idea, lambda function=function: function)
    for mistake in load_mistakes(course, name) if catalogue else ():
        for function in (mistake.function, *mistake.forms):
            yield looked_at(mistake.exercise, mistake.name, lambda function=function: function)


def _ideas() -> dict[tuple[str, str], str]:
    lines = [line.split(" | ") for line in IDEAS.read_text(encoding="utf-8").splitlines()]
    return {(exercise, what): idea for exercise, idea, what in lines}


def _reimplemented() -> dict[tuple[str, str], Callable[..., Any]]:
    spec = importlib.util.spec_from_file_location(REIMPLEMENTED.stem, REIMPLEMENTED)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module.REIMPLEMENTED  # type: ignore[no-any-return]


if __name__ == "__main__":
    main()
