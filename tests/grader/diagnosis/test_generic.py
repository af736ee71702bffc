"""Diagnosis without any author's work: calls from the tests' own strategies, facts from names, sizes and values."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from grader.course import Mistake
from grader.course.reference import Reference
from grader.diagnosis import Diagnoser, DigestDiagnoser, make_digests
from grader.diagnosis.generic import topic_from
from grader.diagnosis.plain import NotPlain, canonical, from_json, to_json
from grader.diagnosis.spec import Spec, spec_of
from grader.result import Diagnosis
from grader.testing import agree
from grader.testing.hidden import HiddenTest

SECRET = 777_777


def column_sums(table: Any, times: int = 1) -> Any:
    """Sum each column of a table.

    table: (ROWS, COLS). Returns an array.
    """
    return table.sum(axis=0) * times


def initials(name: str) -> str:
    """The first letters of the words of a name."""
    return "".join(word[0] for word in name.split()).upper()


def largest(values: list[int]) -> int:
    """The largest of some numbers. Raises ValueError where there is none."""
    if not values:
        raise ValueError
    return max(values)


def halves(values: list[int]) -> Any:
    """The numbers below 0, and the others. Returns (below, others)."""
    found = np.array(values, dtype=float)
    return found[found < 0], found[found >= 0]


RIGHT: Mapping[str, Callable[..., Any]] = {
    "halves": halves,
    "column_sums": column_sums,
    "initials": initials,
    "largest": largest,
}

tables = st.tuples(
    st.integers(1, 3), st.integers(1, 3), st.lists(st.integers(-9, 9), min_size=9, max_size=9)
).map(lambda given: np.array(given[2][: given[0] * given[1]], dtype=float).reshape(given[:2]))


@given(table=tables, times=st.integers(0, 3))
@example(table=np.full((1, 1), float(SECRET)), times=1)
def sums_any_table(student: Any, reference: Any, table: Any, times: int) -> None:
    agree(student.column_sums(table, times=times), reference.column_sums(table, times=times))


@given(name=st.lists(st.sampled_from(["ada", "Grace", "bo", "El"]), max_size=4).map(" ".join))
def any_name(student: Any, reference: Any, name: str) -> None:
    assert student.initials(name) == reference.initials(name)


@given(values=st.lists(st.integers(-9, 9), max_size=5))
def any_values(student: Any, reference: Any, values: list[int]) -> None:
    try:
        expected = reference.largest(values)
    except ValueError:
        with pytest.raises(ValueError):  # noqa: PT011
            student.largest(values)
    else:
        assert student.largest(values) == expected


@given(values=st.lists(st.integers(-9, 9), max_size=5))
def any_halves(student: Any, reference: Any, values: list[int]) -> None:
    for mine, wanted in zip(student.halves(values), reference.halves(values), strict=True):
        agree(mine, wanted)


def hidden(exercise: str, function: Any) -> HiddenTest:
    return HiddenTest(f"t::{function.__name__}", exercise, "Any", 1, function, {})


TESTS = [
    hidden("column_sums", sums_any_table),
    hidden("initials", any_name),
    hidden("largest", any_values),
    hidden("halves", any_halves),
]
REFERENCE = Reference(RIGHT)
SPECS = {name: spec_of(name, RIGHT[name], TESTS, (), REFERENCE) for name in RIGHT}
MISTAKES = (
    Mistake(
        "rows", "column_sums", "Rows are summed.", "Which axis?", lambda t, times=1: t.sum(axis=1) * times
    ),
)
ASSIGNMENT: Any = SimpleNamespace(chapter_of=lambda: dict.fromkeys(RIGHT, "only"), plugin=lambda name: None)


def test_a_mistake_that_only_other_calls_show_has_no_name() -> None:
    cut = lambda t, times=1: t.sum(axis=0) * min(times, 1000)  # noqa: E731
    hidden_one = Mistake("cut", "column_sums", "It is cut.", "Where?", cut)
    table = Diagnoser(ASSIGNMENT, REFERENCE, (*MISTAKES, hidden_one), topics=topic).table("column_sums")
    assert table
    assert not table.overlooks(MISTAKES[0])
    assert table.overlooks(hidden_one)


def topic(exercise: str) -> Any:
    spec = SPECS[exercise]
    assert spec
    return topic_from(exercise, spec)


def said(exercise: str, function: Callable[..., Any]) -> tuple[Diagnosis | None, Diagnosis | None]:
    """By the grader, and at home."""
    student = SimpleNamespace(**{exercise: function})
    shipped = json.loads(json.dumps(make_digests(ASSIGNMENT, REFERENCE, MISTAKES, specs=SPECS.get)))
    return (
        Diagnoser(ASSIGNMENT, REFERENCE, MISTAKES, topics=topic).diagnose(exercise, student),
        DigestDiagnoser(shipped, lambda exercise: None).diagnose(exercise, student),
    )


def test_known_mistakes_have_their_names_in_every_assignment() -> None:
    for found in said("column_sums", lambda table, times=1: np.add.reduce(table, 1) * times):
        assert found
        assert (found.mistake, found.says) == ("rows", "Rows are summed.")


@pytest.mark.parametrize(
    ("exercise", "function", "words"),
    [
        ("column_sums", lambda t, times=1: t.sum(axis=0), "times = 1, whatever times is given"),
        ("column_sums", lambda t, times=1: t[:-1].sum(axis=0) * times, "leaves out the last item of table"),
        ("column_sums", lambda t, times=1: np.abs(t).sum(axis=0) * times, "ignores the signs in table"),
        ("initials", lambda name: "".join(w[0] for w in name.split()), "right but for capitals"),
        ("initials", lambda name: "".join(w[0] for w in name.split()).lower(), "in small letters"),
        ("largest", lambda values: max(values) if values else 0, "should have been refused"),
        ("largest", lambda values: max(abs(v) for v in values), "some items of values are negative"),
    ],
)
def test_what_is_said_of_other_mistakes_is_true_of_them(
    exercise: str, function: Callable[..., Any], words: str
) -> None:
    found, at_home = said(exercise, function)
    assert found
    assert words in found.says
    # At home no right value is known: less can be said.
    assert at_home
    assert at_home.says.partition(" calls")[0] == found.says.partition(" calls")[0]


@pytest.mark.parametrize("exercise", list(RIGHT))
def test_a_right_function_is_never_accused(exercise: str) -> None:
    assert said(exercise, RIGHT[exercise]) == (None, None)


def test_no_change_that_raises_by_itself_is_looked_for() -> None:
    def odd(name: str) -> str:
        if not name:
            raise AttributeError
        return initials(name).lower()

    for found in said("initials", odd):
        assert found is None or "small letters" not in found.says


def test_no_input_that_is_graded_or_written_down_is_shipped() -> None:
    spec = SPECS["column_sums"]
    assert spec
    assert str(SECRET) not in json.dumps(spec.to_json())
    assert TESTS[0].inputs == []  # nothing of the test that grades is touched
    fresh = hidden("column_sums", sums_any_table)
    fresh.draw(1)
    graded = {canonical((one["table"], one["times"])) for one in fresh.inputs}
    assert len({canonical(args) for args in spec.calls} - graded) > 0.7 * len(spec.calls)


def test_the_docstring_names_axes_and_the_facts_speak_of_them() -> None:
    spec = SPECS["column_sums"]
    assert spec
    assert spec.shapes == {"table": ("ROWS", "COLS")}
    assert topic("column_sums").phrases["ROWS!=COLS"] == (
        "ROWS and COLS are the same",
        "ROWS and COLS differ",
    )


def test_a_spec_comes_back_from_json_as_it_was() -> None:
    for exercise, spec in SPECS.items():
        assert spec
        again = topic_from(exercise, Spec.from_json(json.loads(json.dumps(spec.to_json()))))
        assert [canonical(p.args) for p in again.probes] == [
            canonical(p.args) for p in topic(exercise).probes
        ]
        assert [p.facts for p in again.probes] == [p.facts for p in topic(exercise).probes]


def test_too_few_calls_are_no_reason_to_speak() -> None:
    one = HiddenTest("t::one", "largest", "One", 1, lambda student: student.largest([1]), {})
    assert spec_of("largest", largest, (), [one], REFERENCE) is None


@pytest.mark.parametrize(
    "value",
    [
        1,
        -1.5,
        "text",
        None,
        True,
        [1, [2.5]],
        (1, ()),
        {"a": [1], 2: "b"},
        np.arange(6).reshape(2, 3),
        np.zeros((0, 2)),
    ],
)
def test_plain_values_cross_exactly(value: Any) -> None:
    again = from_json(json.loads(json.dumps(to_json(value))))
    assert type(again) is type(value)
    np.testing.assert_equal(again, value)


@pytest.mark.parametrize(
    "value", [object(), {1, 2}, np.array(["x"]), np.array([np.nan]), float("inf"), {(1,): 2}]
)
def test_what_would_not_come_back_is_not_shipped(value: Any) -> None:
    with pytest.raises(NotPlain):
        to_json([value])


def test_lists_in_a_tuple_are_as_good_as_arrays() -> None:
    def in_lists(values: list[int]) -> Any:
        return [v for v in values if v < 0], [v for v in values if v >= 0]

    for found in said("halves", in_lists):
        assert found is None
    for found in said("halves", lambda values: ([], sorted(values))):
        assert found is None or "values, and should be" not in found.says
