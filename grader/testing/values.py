"""Comparing values that are not only numbers: texts, dicts, sets, lists, tables, dates, what was printed.

Each says the first difference in words, and where it is. Kinds count: True is not 1, and a tuple is not a list. Only
numbers are taken as numbers, whole or not.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from grader.testing.compare import TOLERANCE, Mismatch, agree, described
from grader.text import visible
from grader.wall import Kept, record_of

_MAX_SHOWN = 60
_MAX_DEPTH = 20
_NUMBERS = (int, float, complex, np.number)


def agree_value(got: object, expected: object, *, tolerance: float = TOLERANCE, what: str = "") -> None:
    """Require that `got` is of the kind of `expected` and holds the same, all the way down.

    expected: None, a bool, number, text, bytes, date or time; a list, tuple, set or dict of them; an array.
    tolerance: for numbers that are not whole, as in `agree`. Two NaN are alike.
    what: names the value in the message, e.g. "counts".
    Raises Mismatch with the first difference in words.
    """
    problem = _difference(got, expected, tolerance, what, 0)
    if problem:
        raise Mismatch(problem, got=got, expected=expected)


def agree_text(got: object, expected: str, *, what: str = "") -> None:
    """Require the text `expected`; says in which line, and from which character on, the first difference is."""
    agree_value(got, expected, what=what)


def agree_printed(got: object, expected: str, *, what: str = "") -> None:
    """Require what is printed: as `agree_text`, whatever spaces end a line and whatever empty lines end the text."""
    mine = _trimmed(got) if isinstance(got, str) else got
    problem = _difference(mine, _trimmed(expected), 0.0, what, 0)
    if problem:
        raise Mismatch(problem, got=got, expected=expected)


def agree_table(
    got: object,
    expected: Sequence[Mapping[str, Any] | Sequence[Any]],
    *,
    columns: Sequence[str] = (),
    any_order: bool = False,
    tolerance: float = TOLERANCE,
) -> None:
    """Require the rows of a table: a list of dicts (column → value), or of lists or tuples.

    columns: names for the places of a row that is no dict. any_order: whether rows may come in any order.
    Raises Mismatch that names row (from 1) and column.
    """
    problem = _table_difference(got, expected, columns, any_order, tolerance)
    if problem:
        raise Mismatch(problem, got=got, expected=expected)


def _difference(got: Any, expected: Any, tolerance: float, what: str, depth: int) -> str:
    """The first difference in words, or ''."""
    label = f"{what}: " if what else ""
    if depth > _MAX_DEPTH:
        return f"{label}nested too deeply"
    if got is None and expected is not None:
        return f"{label}got None, expected {shown(expected)}" + ("" if depth else ": is a `return` missing?")
    if isinstance(expected, np.ndarray):
        try:
            agree(got, expected, tolerance=tolerance, finite=False, what=what)
        except Mismatch as mismatch:
            return mismatch.message
        return ""
    if _kind(got) != _kind(expected):
        return f"{label}got {_with_kind(got)}, expected {_with_kind(expected)}"
    if isinstance(expected, str):
        return label + found if (found := _text_difference(got, expected)) else ""
    if isinstance(expected, list | tuple):
        return _sequence_difference(got, expected, tolerance, what, depth)
    if isinstance(expected, dict):
        return _mapping_difference(got, expected, tolerance, what, depth)
    if isinstance(expected, set | frozenset):
        return _set_difference(got, expected, label)
    mine, right = record_of(got), record_of(expected)
    if mine and right:
        return _mapping_difference(mine[1], right[1], tolerance, what, depth)
    same = _same_number(got, expected, tolerance) if _kind(expected) == "number" else bool(got == expected)
    return "" if same else f"{label}got {shown(got)}, expected {shown(expected)}"


def _sequence_difference(got: Any, expected: Any, tolerance: float, what: str, depth: int) -> str:
    for place, (mine, right) in enumerate(zip(got, expected, strict=False)):
        if found := _difference(mine, right, tolerance, f"{what}[{place}]", depth + 1):
            return found if what else f"entry {found}"
    if len(got) != len(expected):
        label = f"{what}: " if what else ""
        return f"{label}{len(got)} entries, expected {len(expected)}"
    return ""


def _mapping_difference(got: Any, expected: Any, tolerance: float, what: str, depth: int) -> str:
    label = f"{what}: " if what else ""
    mine, right = ({_known(key): value for key, value in each.items()} for each in (got, expected))
    names = {_known(key): key for key in (*expected, *got)}
    if missing := [key for key in right if key not in mine]:
        return f"{label}the key {shown(names[missing[0]])} is missing{_and_more(missing)}"
    if more := [key for key in mine if key not in right]:
        return f"{label}the key {shown(names[more[0]])} is not expected{_and_more(more)}"
    for key, value in right.items():
        if found := _difference(mine[key], value, tolerance, f"{what}[{shown(names[key])}]", depth + 1):
            return found if what else f"entry {found}"
    return ""


def _set_difference(got: Any, expected: Any, label: str) -> str:
    mine, right = ({_known(item): item for item in each} for each in (got, expected))
    if missing := sorted(right.keys() - mine.keys(), key=repr):
        return f"{label}{shown(right[missing[0]])} is missing{_and_more(missing)}"
    if more := sorted(mine.keys() - right.keys(), key=repr):
        return f"{label}{shown(mine[more[0]])} is not expected{_and_more(more)}"
    return ""


def _text_difference(got: str, expected: str) -> str:
    if got == expected:
        return ""
    mine, right = got.splitlines() or [""], expected.splitlines() or [""]
    if len(mine) == len(right) == 1 and len(got) <= _MAX_SHOWN and len(expected) <= _MAX_SHOWN:
        return f"got {shown(got)}, expected {shown(expected)}"
    for number, (a, b) in enumerate(zip(mine, right, strict=False), start=1):
        if a != b:
            place = next(
                (i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b))
            )
            start = max(0, place - _MAX_SHOWN // 2)
            parts = [f"{'…' if start else ''}{line[start : start + _MAX_SHOWN]}" for line in (a, b)]
            at = f"line {number}, character {place + 1}" if len(right) > 1 else f"character {place + 1}"
            return f"{at}: got {shown(parts[0])}, expected {shown(parts[1])}"
    if len(mine) != len(right):
        return f"{len(mine)} lines, expected {len(right)}"
    return "line ends differ"


def _table_difference(
    got: Any, expected: Sequence[Any], columns: Sequence[str], any_order: bool, tolerance: float
) -> str:
    if not isinstance(got, list | tuple):
        return _difference(got, list(expected), tolerance, "", 0) or "expected a list of rows"
    if len(got) != len(expected):
        return f"{len(got)} rows, expected {len(expected)}"
    mine, right = list(got), list(expected)
    if any_order:
        return _any_order_difference(mine, right, tolerance)
    for number, (row, wanted) in enumerate(zip(mine, right, strict=True), start=1):
        at = f"row {number}"
        if columns and isinstance(row, list | tuple) and len(row) == len(columns) == len(wanted):
            pairs: list[tuple[str, Any, Any]] = list(zip(columns, row, wanted, strict=True))
        elif isinstance(row, dict) and isinstance(wanted, dict) and row.keys() == wanted.keys():
            pairs = [(str(name), row[name], wanted[name]) for name in wanted]
        else:
            pairs = [("", row, wanted)]
        for name, a, b in pairs:
            if found := _difference(a, b, tolerance, f"{at}, {visible(name, 40)}" if name else at, 1):
                return found
    return ""


def _any_order_difference(mine: list[Any], right: list[Any], tolerance: float) -> str:
    left = list(mine)
    for number, wanted in enumerate(right, start=1):
        place = next(
            (i for i, row in enumerate(left) if not _difference(row, wanted, tolerance, "", 1)), None
        )
        if place is None:
            return f"no row is {shown(wanted)} (expected {len(right)} rows in any order; this one is number {number})"
        del left[place]
    return ""


def _kind(value: Any) -> str:
    if isinstance(value, bool | np.bool_):
        return "bool"
    if isinstance(value, _NUMBERS):
        return "number"
    return _type_name(value)


def _type_name(value: Any) -> str:
    if type(value) is Kept:
        return "object"
    record = record_of(value)
    return record[0] if record else type(value).__name__


def _same_number(got: Any, expected: Any, tolerance: float) -> bool:
    if got == expected or (got != got and expected != expected):
        return True
    if isinstance(got, int) and isinstance(expected, int):
        return False
    try:
        off, size = abs(got - expected), abs(expected)
        return bool(size < math.inf and off <= tolerance * max(1.0, size))
    except OverflowError:
        return False


def _known(value: Any) -> Any:
    """A key that tells True from 1, and takes 2 and 2.0 as one."""
    return (_kind(value), tuple(map(_known, value)) if isinstance(value, tuple) else value)


def shown(value: Any) -> str:
    """The value on one short line; untrusted text is made harmless."""
    if type(value) is Kept:
        return described(value)
    if isinstance(value, np.ndarray) or (hasattr(value, "__len__") and len(value) > 2 * _MAX_SHOWN):
        size = value.shape if isinstance(value, np.ndarray) else f"length {len(value)}"
        return f"{_a(value)} of {size}"
    try:
        return visible(
            " ".join(repr(value).split()) if not isinstance(value, str) else repr(value), _MAX_SHOWN
        )
    except (ValueError, RecursionError):
        return _a(value)


def _a(value: Any) -> str:
    name = _type_name(value)
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def _with_kind(value: Any) -> str:
    text = shown(value)
    return text if value is None or text.startswith(_a(value)) else f"the {_type_name(value)} {text}"


def _and_more(others: Sequence[Any]) -> str:
    return f" (and {len(others) - 1} more)" if len(others) > 1 else ""


def _trimmed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.rstrip().splitlines())
