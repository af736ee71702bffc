"""Chosen inputs tell what all drawn ones tell, and cost less."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pytest

from grader.authoring import choosing
from grader.authoring.choosing import MARGIN, about_choice, choose_inputs, chosen_of
from grader.authoring.costing import _calling, costs_of
from grader.authoring.in_process import by_exercise, draw_all, draw_candidates, failures
from grader.authoring.validate import material_of
from grader.authoring.weighing import known_wrong, told_by
from grader.grading import Grader, course_seed
from grader.testing import CHOSEN_FILE, HiddenTest, collect
from grader.testing.chosen import Choice, read_choice

from .tiny_courses import CATALOGUE, WILD


def quiet(*_: object) -> None:
    """No progress is shown."""


def drawn(course: Any) -> list[HiddenTest]:
    chapter_of = course.assignments["tiny"].chapter_of()
    tests = [t for t in collect(course.hidden_tests("tiny"), chapter_of) if t.is_property]
    draw_all(tests, course_seed(course, "tiny"))
    return tests


@pytest.fixture(scope="module")
def wild(make_course: Callable[..., Any]) -> Any:
    return make_course({**CATALOGUE, **WILD}).course


@pytest.fixture
def no_mutants(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choosing, "mutants_told", lambda *_: ())


def examine_choice(course: Any, choice: Choice | None, *, least: int, only: str = "") -> None:
    """Whatever is told by all drawn inputs of a test is told by the chosen ones."""
    tests, material = drawn(course), material_of(course, "tiny")
    assert choice is not None
    told = 0
    for exercise, mine in by_exercise(tests).items():
        if exercise != (only or exercise):
            continue
        for wrong in known_wrong(exercise, material):
            for test in mine:
                every, chosen = test.inputs, choice.numbers[test.id]
                assert 0 in chosen
                before = any(failures([test], wrong.make(), material.reference))
                test.inputs = [every[number] for number in chosen]
                after = any(failures([test], wrong.make(), material.reference))
                test.inputs = every
                assert before == after, (wrong.name, test.id)
                told += before
    assert told >= least


def test_a_choice_tells_as_much(wild: Any) -> None:
    material = material_of(wild, "tiny")
    tests = by_exercise(drawn(wild))["clip"]
    costs = costs_of(tests, material, wild.assignments["tiny"]).inputs
    known = list(known_wrong("clip", material))
    told = [one for wrong in known for one in told_by(wrong, tests, material.reference, costs)]
    chosen = chosen_of(tests, told, costs, material, known, "")
    assert 0 < chosen.used < 0.7 * chosen.drawn
    assert chosen.cost < 0.7 * chosen.cost_drawn
    examine_choice(wild, chosen.choice, least=20, only="clip")


@pytest.mark.slow
def test_the_command_writes_the_same_choice_again_and_grading_takes_it(wild: Any, no_mutants: None) -> None:
    file, chosen = choose_inputs(wild, "tiny", quiet)
    examine_choice(wild, read_choice(file.parent), least=30)
    first = file.read_bytes()
    choose_inputs(wild, "tiny", quiet)
    assert file.read_bytes() == first
    with Grader(wild, "tiny", confined=False) as grader:
        assert sum(len(t.inputs) for t in grader.tests if t.is_property) == chosen.used
        assert list(about_choice(wild, "tiny", grader.tests)) == []


@pytest.mark.slow
def test_mutants_are_told_as_often(wild: Any) -> None:
    file, chosen = choose_inputs(wild, "tiny", quiet)
    assert chosen.wrong > 60
    examine_choice(wild, read_choice(file.parent), least=30)


def covered(needs: Iterable[int], costs: list[int], margin: int) -> set[int]:
    """The choice among inputs of one test that cost this much, if wrong functions fail on these."""
    function: Any = lambda student: None  # noqa: E731
    test = HiddenTest("t", "e", "T", 1.0, function, {}, inputs=[{"x": n} for n in range(len(costs))])
    rows = {"t": [{str(n): float(cost)} for n, cost in enumerate(costs)]}
    found = choosing._cover([test], {"t": set(needs)}, rows, margin)["t"]
    return found - set(choosing._by_chance(test, rows["t"])) - {0}


def test_the_cheaper_of_two_inputs_that_tell_the_same_is_taken() -> None:
    costs = [10] * 40 + [9_000, 500]
    assert covered([1 << 40 | 1 << 41], costs, 1) == {41}
    assert covered([1 << 40 | 1 << 41], costs, MARGIN) == {40, 41}


def test_equal_calls_of_two_tests_are_paid_once() -> None:
    function: Any = lambda student: None  # noqa: E731
    tests = [
        HiddenTest(name, "e", "T", 1.0, function, {}, inputs=[{"x": n} for n in range(40)]) for name in "ab"
    ]
    rows = {name: [{str(n): 10.0} for n in range(38)] for name in "ab"}
    rows["a"] += [{"dear": 900.0}, {"other": 800.0}]
    rows["b"] += [{"dear": 900.0}, {"third": 950.0}]
    found = choosing._cover(tests, {"a": {1 << 38}, "b": {1 << 38 | 1 << 39}}, rows, 1)
    assert 38 in found["b"]
    assert 39 not in found["b"]


def test_what_only_several_inputs_tell_together_is_told(wild: Any) -> None:
    """A memory by shapes is told by two inputs of one shape."""
    tests, material = drawn(wild), material_of(wild, "tiny")
    mine = by_exercise(tests)["double"]
    remembers = next(w for w in known_wrong("double", material) if w.name.startswith("remembered"))
    numbers = {test.id: {0} for test in mine}
    choosing._still_told(mine, numbers, remembers, material)
    for test in mine:
        if any(failures([test], remembers.make(), material.reference)):
            assert len(numbers[test.id]) > 1


def test_a_submissions_own_inputs_are_the_cheaper_ones_where_calls_take_long(wild: Any) -> None:
    tests, material = drawn(wild), material_of(wild, "tiny")
    long = next(test for test in by_exercise(tests)["clip"])
    long.examples = 6
    draw_candidates(tests, course_seed(wild, "tiny"))
    pools = costs_of(tests, material, wild.assignments["tiny"]).pools
    assert [test for test, rows in pools.items() if rows] == [long.id]
    spent = [sum(calls.values()) for calls in pools[long.id]]
    cheap = choosing.cheaper_half(pools[long.id])
    rest = set(range(len(long.pool))) - set(cheap)
    assert len(rest) == len(cheap)
    assert max(spent[n] for n in cheap) <= min(spent[n] for n in rest)
    assert len(choosing.without_choice(long)) < len(long.inputs)


def test_loops_cost_more_than_one_line(wild: Any) -> None:
    tests, material = drawn(wild), material_of(wild, "tiny")
    mine = by_exercise(tests)["clip"]
    costs = costs_of(mine, material, wild.assignments["tiny"]).inputs
    for test in mine:
        sizes = [inputs["x"].size for inputs in test.inputs]
        spent = [sum(calls.values()) for calls in costs[test.id]]
        assert spent[sizes.index(max(sizes))] > spent[sizes.index(min(sizes))]
    assert costs == costs_of(mine, material, wild.assignments["tiny"]).inputs
    assert CHOSEN_FILE.endswith(".txt")  # part of what grades everybody again


def test_what_is_needed_counts_as_the_slowest_writes_it(wild: Any) -> None:
    material = material_of(wild, "tiny")
    scaled, double = material.functions["scaled"], material.functions["double"]
    asked: list[Any] = []

    def slow(x: Any) -> Any:
        asked.append(x)
        return double(x)

    with _calling({"double": slow}, [scaled, double]):
        scaled(np.ones(3))
    assert len(asked) == 1
    assert scaled.__globals__["double"] is not slow
