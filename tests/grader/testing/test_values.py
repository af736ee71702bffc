"""What a student reads where a text, a dict, a set, a list, a table or a date is not what it should be."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from grader.testing import Mismatch, agree, agree_printed, agree_table, agree_text, agree_value


@dataclass
class Point:
    x: float
    y: float


def message(check: Any, *args: Any, **kwargs: Any) -> str:
    with pytest.raises(Mismatch) as caught:
        check(*args, **kwargs)
    return caught.value.message


SAME: list[tuple[Any, Any]] = [
    (None, None),
    (True, np.bool_(True)),
    (3, 3.0),
    (0.1 + 0.2, 0.3),
    (float("nan"), float("nan")),
    (float("inf"), float("inf")),
    (1 + 2j, np.complex128(1 + 2j)),
    (10**40, 10**40),
    ("zwölf", "zwölf"),
    (b"\0a", b"\0a"),
    ([1, [2.0, "a"], None], [1.0, [2, "a"], None]),
    ((1, True), (1, True)),
    ({1: "a", (2, "b"): [3]}, {(2, "b"): [3], 1.0: "a"}),
    ({1, "a", None}, {None, "a", 1}),
    (frozenset({1}), frozenset({1})),
    (datetime.date(2024, 2, 29), datetime.date(2024, 2, 29)),
    (np.array([1.0, np.nan]), np.array([1.0, np.nan])),
    ({"x": np.arange(3)}, {"x": np.array([0.0, 1.0, 2.0])}),
    (Point(1, 2), Point(1.0, 2.0)),
]


def _ordered(value: object) -> str:
    """`repr`, the same in every process: sets of texts have no order of their own."""
    return f"a set of {len(value)}" if isinstance(value, set | frozenset) else repr(value)


@pytest.mark.parametrize(("got", "expected"), SAME, ids=_ordered)
def test_what_is_alike_agrees(got: Any, expected: Any) -> None:
    agree_value(got, expected)


DIFFERENT: list[tuple[Any, Any, str]] = [
    (None, 3, "got None, expected 3: is a `return` missing?"),
    (None, [3], "got None, expected [3]: is a `return` missing?"),
    (0, None, "got the int 0, expected None"),
    (1, True, "got the int 1, expected the bool True"),
    (True, 1, "got the bool True, expected the int 1"),
    (np.bool_(False), True, "expected True"),
    ("3", 3, "got the str '3', expected the int 3"),
    (4, 3, "got 4, expected 3"),
    (10**17 + 1, 10**17, "got 100000000000000001, expected 100000000000000000"),
    (0.31, 0.3, "got 0.31, expected 0.3"),
    (float("nan"), 0.3, "got nan, expected 0.3"),
    (0.3, float("nan"), "got 0.3, expected nan"),
    (0.3, float("inf"), "got 0.3, expected inf"),
    (float("inf"), -float("inf"), "got inf, expected -inf"),
    (1 - 2j, 1 + 2j, "expected (1+2j)"),
    (10**400, 0.5, "expected 0.5"),
    ("abd", "abc", "got 'abd', expected 'abc'"),
    (b"ab", "ab", "got the bytes b'ab', expected the str 'ab'"),
    ((1, 2), [1, 2], "got the tuple (1, 2), expected the list [1, 2]"),
    ([1, 2], [1, 2, 3], "2 entries, expected 3"),
    ([1, 5, 3], [1, 2, 3], "entry [1]: got 5, expected 2"),
    ([1, [2, "a"]], [1, [2, "b"]], "entry [1][1]: got 'a', expected 'b'"),
    ([1, None], [1, 2], "entry [1]: got None, expected 2"),
    ({1: 2}, {"1": 2}, "the key '1' is missing"),
    ({True: 2}, {1: 2}, "the key 1 is missing"),
    ({"a": 1, "b": 2, "c": 3}, {"a": 1}, "the key 'b' is not expected (and 1 more)"),
    ({"a": [1, 2]}, {"a": [1, 3]}, "entry ['a'][1]: got 2, expected 3"),
    ({1, 2}, {1, 2, 3, 4}, "3 is missing (and 1 more)"),
    ({1, 2, 5}, {1, 2}, "5 is not expected"),
    ([1, 2], {1, 2}, "got the list [1, 2], expected the set {1, 2}"),
    (datetime.date(2024, 2, 28), datetime.date(2024, 2, 29), "got datetime.date(2024, 2, 28), expected"),
    (datetime.datetime(2024, 2, 29), datetime.date(2024, 2, 29), "got the datetime"),
    (np.array([1.0, 2.0]), np.array([1.0, 3.0]), "first differs at [1]"),
    (np.array([1.0, np.nan]), np.array([1.0, 3.0]), "nan at [1], expected 3.0"),
    (Point(1, 2), Point(1, 3), "entry ['y']: got 2, expected 3"),
]


@pytest.mark.parametrize(("got", "expected", "words"), DIFFERENT, ids=_ordered)
def test_the_first_difference_is_said_in_words(got: Any, expected: Any, words: str) -> None:
    assert words in message(agree_value, got, expected)
    assert message(agree_value, got, expected, what="counts").startswith(("counts: ", "counts["))


def test_what_can_not_be_shown_is_described() -> None:
    assert message(agree_value, [0] * 999, "a") == "got a list of length 999, expected the str 'a'"
    assert "\x1b" not in message(agree_value, "a\x1b[2J", "b")
    assert message(agree_value, 10**5000, 3) == "got an int, expected 3"
    deep: list[Any] = []
    for _ in range(500):
        deep = [deep]
    assert "nested too deeply" in message(agree_value, deep, deep)
    agree_value(Decimal(2), Decimal(2))


def test_long_texts_say_the_line_and_the_character() -> None:
    right = "first\nsecond line\nthird"
    assert message(agree_text, "first\nsecond lime\nthird", right) == (
        "line 2, character 10: got 'second lime', expected 'second line'"
    )
    assert message(agree_text, "first\nsecond line", right) == "2 lines, expected 3"
    assert message(agree_text, right + "\n", right) == "line ends differ"
    far = message(agree_text, "a" * 500 + "b", "a" * 500 + "c")
    assert "character 501" in far
    assert len(far) < 250
    assert "is a `return` missing?" in message(agree_text, None, right)


def test_printed_text_may_end_its_lines_with_spaces() -> None:
    agree_printed("a  \nb\n\n", "a\nb")
    assert "character 1" in message(agree_printed, " a\nb", "a\nb")
    assert "3 lines, expected 1" in message(agree_printed, "a\n\nb", "a\n")
    assert message(agree_printed, 3, "3") == "got the int 3, expected the str '3'"


def test_tables_say_row_and_column() -> None:
    rows = [{"name": "a", "price": 1.5}, {"name": "b", "price": 2.5}]
    agree_table([dict(row) for row in rows], rows)
    assert message(agree_table, [rows[0], {"name": "b", "price": 3}], rows) == (
        "row 2, price: got 3, expected 2.5"
    )
    assert message(agree_table, rows[:1], rows) == "1 rows, expected 2"
    assert "the key 'price' is missing" in message(agree_table, [rows[0], {"name": "b"}], rows)
    assert "row 1, price: got 2, expected 1" in message(
        agree_table, [("a", 2)], [("a", 1)], columns=["name", "price"]
    )
    assert message(agree_table, "ab", rows).startswith("got the str 'ab', expected the list")


def test_rows_may_come_in_any_order_where_the_author_says_so() -> None:
    rows = [("a", 1), ("b", 2), ("b", 2)]
    agree_table(list(reversed(rows)), rows, any_order=True)
    assert "no row is ('b', 2)" in message(agree_table, [("a", 1), ("a", 1), ("b", 2)], rows, any_order=True)
    assert "row 1[0]" in message(agree_table, list(reversed(rows)), rows)


def test_complex_numbers_agree_where_the_reference_has_some() -> None:
    right = np.array([1 + 2j, 3.0])
    agree(right.tolist(), right)
    agree(np.array([3.0, 4.0]), np.array([3 + 0j, 4 + 0j]))
    assert message(agree, np.array([1 + 2j, 3.5]), right) == (
        "first differs at [1]: got 3.5+0j, expected 3+0j (1 of 2 values differ)"
    )
    assert "expected an array of real numbers" in message(agree, right, np.array([1.0, 3.0]))
    assert "expected an array of numbers" in message(agree, "ab", right)
