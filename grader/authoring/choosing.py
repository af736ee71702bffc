"""Which of the drawn inputs earn their place: the cheapest that still tell everything known to be wrong, with a margin.

Known are the mistakes of the catalogue, the reference spoilt, functions that always answer the same, and mutants of the
reference and of the right variants (`weighing`). Of each test stay its author's examples, or its first input; some
taken by chance; and as many that tell a wrong function as MARGIN asks for, or all that do; more where they are cheap.
Where calls take long, more are drawn than would be used, and a submission's own inputs come from the cheaper half.
The same course gets the same choice, whatever the machine does meanwhile.
"""

from __future__ import annotations

import random
import warnings
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.authoring.costing import Costs, costs_of
from grader.authoring.in_process import by_exercise, draw_candidates, explicit_examples, failures
from grader.authoring.validate import Material, Progress, material_of
from grader.authoring.weighing import Told, Wrong, known_wrong, mutants_told, told_by
from grader.course import Course
from grader.errors import CourseError
from grader.grading import course_seed
from grader.testing import (
    CHOSEN_FILE,
    EXAMPLES,
    Candidates,
    Choice,
    HiddenTest,
    collect,
    decided_by,
    fitting_choice,
    mark_of,
    share_of,
    why_all,
    write_choice,
)

#: How many inputs of a test tell a wrong function at least, where so many do; and up to how many, as long as all inputs
#: of the exercise cost no more than this share of what the drawn ones do.
MARGIN, MOST, SHARE = 2, 10, 0.5


@dataclass(frozen=True)
class Chosen:
    """A choice, and what it is beside all drawn inputs. cost: of the calls, in bytecodes of right functions."""

    choice: Choice
    drawn: int
    cost_drawn: float
    cost: float
    wrong: int

    @property
    def used(self) -> int:
        return sum(map(len, self.choice.numbers.values()))

    def __str__(self) -> str:
        return (
            f"{self.used} of {self.drawn} drawn inputs are used: they cost right code "
            f"{self.cost / max(1.0, self.cost_drawn):.0%} of what all do, and tell all of {self.wrong} wrong functions "
            f"as often as all do, up to {MARGIN} times a test at least"
        )


def choose_inputs(course: Course, name: str, progress: Progress) -> tuple[Path, Chosen]:
    """Choose, and write the choice beside the hidden tests. Raises CourseError where the course can't be examined."""
    folder, seed = course.hidden_tests(name), course_seed(course, name)
    tests = [t for t in collect(folder, course.assignments[name].chapter_of()) if t.is_property]
    draw_candidates(tests, seed)
    material = material_of(course, name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # wrong functions divide by zero
        chosen = choice_of(course, name, tests, material, decided_by(folder, seed), progress)
    return write_choice(folder, chosen.choice), chosen


def about_choice(course: Course, name: str, tests: Sequence[HiddenTest]) -> Iterator[str]:
    """What there is to say of the inputs that grading uses of `tests`, for the author."""
    folder, seed = course.hidden_tests(name), course_seed(course, name)
    if why := why_all(folder, seed):
        yield why
    elif choice := fitting_choice(folder, seed):
        unfit = [t for t in tests if t.is_property and len(t.inputs) != len(choice.numbers.get(t.id, ()))]
        if unfit:
            yield (
                f"{len(unfit)} of {len(tests)} hidden tests use all drawn inputs: {folder / CHOSEN_FILE} was made from "
                "others, drawn by another version of Hypothesis or numpy; `grader validate --choose-inputs` chooses "
                "anew"
            )


def choice_of(
    course: Course,
    name: str,
    tests: Sequence[HiddenTest],
    material: Material,
    decides: str,
    progress: Progress,
    *,
    left_out: Iterable[str] = (),
) -> Chosen:
    """The choice among the drawn inputs of `tests`. left_out: kinds of wrong functions that are not looked at."""
    tests_of, left_out = by_exercise(tests), set(left_out)
    for exercise, mine in tests_of.items():
        if any(failures(mine, material.functions[exercise], material.reference)):
            raise CourseError(
                f"{exercise}: the reference does not pass its hidden tests: see `grader validate`"
            )
    priced = costs_of(tests, material, course.assignments[name])
    costs = priced.inputs
    known = [wrong for exercise in tests_of for wrong in known_wrong(exercise, material)]
    told = [
        one for wrong in known for one in told_by(wrong, tests_of[wrong.exercise], material.reference, costs)
    ]
    told += mutants_told(course, name, tests_of, material, costs, progress)
    told = [one for one in told if one.kind not in left_out]
    pools = {test: tuple(sorted(cheaper_half(rows))) for test, rows in priced.pools.items() if rows}
    return chosen_of(tests, told, costs, material, known, decides, pools=pools)


def chosen_of(
    tests: Sequence[HiddenTest],
    told: Sequence[Told],
    costs: Costs,
    material: Material,
    known: Sequence[Wrong],
    decides: str,
    *,
    pools: Mapping[str, tuple[int, ...]] | None = None,
    margin: int = MARGIN,
) -> Chosen:
    """The choice that follows from what is told by which input, and what each costs. pools: see `Choice`."""
    needs: dict[str, set[int]] = defaultdict(set)
    for one in told:
        if one.inputs:
            needs[one.test].add(one.inputs)
    numbers: dict[str, set[int]] = {}
    for mine in by_exercise(tests).values():
        numbers |= _widest(mine, needs, costs, margin)
        for wrong in known:
            if wrong.exercise == mine[0].exercise:
                _still_told(mine, numbers, wrong, material)
    choice = Choice(
        decides,
        {test.id: tuple(sorted(numbers[test.id])) for test in tests},
        {test.id: mark_of(Candidates(test.inputs, test.pool)) for test in tests},
        pools or {},
    )
    everything = {test.id: without_choice(test) for test in tests}
    return Chosen(
        choice,
        sum(map(len, everything.values())),
        _cost(tests, everything, costs),
        _cost(tests, numbers, costs),
        len({(one.wrong, one.kind) for one in told if one.inputs}),
    )


def _widest(
    tests: Sequence[HiddenTest], needs: Mapping[str, set[int]], costs: Costs, margin: int
) -> dict[str, set[int]]:
    """The cover with the widest margin that SHARE allows, and with `margin` at least."""
    every = _cost(tests, {test.id: without_choice(test) for test in tests}, costs)
    found = _cover(tests, needs, costs, margin)
    for wider in range(margin + 1, MOST + 1):
        more = _cover(tests, needs, costs, wider)
        if _cost(tests, more, costs) > SHARE * every:
            break
        found = more
    return found


def cheaper_half(costs: Sequence[Mapping[str, float]]) -> list[int]:
    """The numbers of those inputs that cost less, the cheapest first."""
    order = sorted(range(len(costs)), key=lambda number: (sum(costs[number].values()), number))
    return order[: -(-len(order) // 2)]


def without_choice(test: HiddenTest) -> range:
    """The numbers of the inputs that are used where there is no choice."""
    return range(min(len(test.inputs), explicit_examples(test) + (test.examples or EXAMPLES)))


def _cost(tests: Sequence[HiddenTest], numbers: Mapping[str, Iterable[int]], costs: Costs) -> float:
    """Equal calls in the tests of one exercise are made once."""
    total = 0.0
    for mine in by_exercise(tests).values():
        calls: dict[str, float] = {}
        for test in mine:
            for number in numbers[test.id]:
                calls |= costs[test.id][number]
        total += sum(calls.values())
    return total


def _cover(
    tests: Sequence[HiddenTest], needs: Mapping[str, set[int]], costs: Costs, margin: int
) -> dict[str, set[int]]:
    """Test → inputs: its author's, some by chance, then greedily those that tell most for what they cost."""
    chosen: dict[str, set[int]] = {}
    paid: set[str] = set()
    for test in tests:
        own = range(max(1, explicit_examples(test)))
        chosen[test.id] = {*own, *_by_chance(test, costs[test.id])}
        for number in chosen[test.id]:
            paid |= costs[test.id][number].keys()
    missing = {
        (test.id, inputs): min(margin, inputs.bit_count()) - _among(chosen[test.id], inputs)
        for test in tests
        for inputs in needs.get(test.id, ())
    }
    missing = {need: count for need, count in missing.items() if count > 0}
    while missing:
        gains: dict[tuple[str, int], int] = defaultdict(int)
        for test_id, inputs in missing:
            for number in _bits(inputs):
                if number not in chosen[test_id]:
                    gains[test_id, number] += 1
        prices = {(test_id, number): _price(costs[test_id][number], paid) for test_id, number in gains}
        best = max(gains, key=lambda place: (gains[place] / prices[place], -prices[place], place))
        chosen[best[0]].add(best[1])
        paid |= costs[best[0]][best[1]].keys()
        for need in [need for need in missing if need[0] == best[0] and need[1] >> best[1] & 1]:
            missing[need] -= 1
            if not missing[need]:
                del missing[need]
    return chosen


def _price(calls: Mapping[str, float], paid: set[str]) -> float:
    """What an input costs beside those that are there; never nothing."""
    return 1.0 + sum(cost for call, cost in calls.items() if call not in paid)


def _by_chance(test: HiddenTest, costs: Sequence[Mapping[str, float]]) -> list[int]:
    """Some of the cheaper half of those that were drawn: nobody knows what they will tell."""
    own = explicit_examples(test)
    cheap, drawn = [own + number for number in cheaper_half(costs[own:])], len(test.inputs) - own
    random.Random(mark_of(Candidates(test.inputs, test.pool))).shuffle(cheap)
    return cheap[: share_of(min(drawn, test.examples or drawn))]


def _still_told(
    tests: Sequence[HiddenTest], numbers: dict[str, set[int]], wrong: Wrong, material: Material
) -> None:
    """Add inputs where a function that remembers is told by several together only."""
    for test in tests:
        every = test.inputs

        def told(
            some: Iterable[int], test: HiddenTest = test, every: list[dict[str, object]] = every
        ) -> bool:
            test.inputs = [every[number] for number in sorted(some)]
            try:
                return any(failures([test], wrong.make(), material.reference))
            finally:
                test.inputs = every

        chosen = numbers[test.id]
        if told(chosen) or not told(range(len(every))):
            continue
        alone = (n for n in range(len(every)) if n not in chosen and told({*chosen, n}))
        if (one := next(alone, None)) is not None:
            chosen.add(one)
        else:
            numbers[test.id] = set(range(len(every)))


def _among(chosen: set[int], inputs: int) -> int:
    return sum(inputs >> number & 1 for number in chosen)


def _bits(inputs: int) -> Iterator[int]:
    return (number for number in range(inputs.bit_length()) if inputs >> number & 1)
