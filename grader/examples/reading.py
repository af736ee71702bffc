"""examples.yaml → Examples, read as plain data like answers.yaml: bounded, and nothing in it is evaluated."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from grader.course import Assignment, suggestion
from grader.examples.example import Example
from grader.examples.values import RAISES, Plain
from grader.questions import Budget, NotPlainError, OverBudget, Value, is_empty, read_entries
from grader.text import visible

MAX_BYTES = 64 * 1024
#: More are not read: a few good ones say more than many.
MOST_EXAMPLES = 100
_MOST_PROBLEMS = 10
_CPU_SECONDS = 3.0

_NUMBER = re.compile(r"[-+−]?(?:\d{1,20}(?:\.\d{0,20})?|\.\d{1,20})(?:[eE][-+]?\d{1,3})?")
_FRACTION = re.compile(r"([-+−]?\d{1,15}) ?/ ?(\d{1,15})")
_ERROR = re.compile(r"(?:raises )?([A-Z]\w{0,60}(?:Error|Exception|Warning))")
#: `count 2x3`: 1, 2, 3, … in two rows of three.
_FILLED = re.compile(r"(count|ones|zeros) {1,3}(\d{1,3}(?: ?[x×] ?\d{1,3}){0,7})")
MOST_NUMBERS = 1000
_WORDS: dict[str, Plain] = {"true": 1.0, "false": 0.0, "none": None, "null": None}


#: How examples are written.
_SO = "So: `- {x: [1, 2], expect: 3}`, below the exercise's name and a colon"


class Unclear(Exception):
    """An example can't be read. Its text says why."""


@dataclass(frozen=True)
class Examples:
    """What examples.yaml holds. problems: what can't be read, each with its line."""

    examples: tuple[Example, ...] = ()
    problems: tuple[str, ...] = ()


def read_examples(text: str, file: str, assignment: Assignment) -> Examples:
    """The examples in `text`. Never raises, whatever it contains. file: what it is called in a problem."""
    closed = {e.name for c in assignment.chapters if not c.available for e in c.exercises}
    found: list[Example] = []
    problems: list[str] = []

    def complain(line: int, what: str) -> None:
        if len(problems) < _MOST_PROBLEMS:
            problems.append(visible(f"{file} line {line}: {what}", 300))

    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        return Examples((), (f"{file}: larger than 64 KiB, so it was not read; take smaller examples",))
    try:
        with Budget(_CPU_SECONDS):
            for exercise, line, value in _items(text, assignment.chapter_of(), closed, complain):
                if len(found) == MOST_EXAMPLES:
                    complain(line, f"only the first {MOST_EXAMPLES} examples are read")
                    break
                try:
                    found.append(_example(exercise, line, value))
                except Unclear as error:
                    complain(line, f"{exercise}: {error}")
    except NotPlainError as error:
        complain(error.line, f"{error.reason}. Nothing of the file is read until then. {_SO}")
    except OverBudget:
        problems.append(f"{file}: reading it took too long; take fewer and smaller examples")
    return Examples(tuple(found), tuple(problems))


def _items(
    text: str, known: Collection[str], closed: Collection[str], complain: Callable[[int, str], None]
) -> Iterator[tuple[str, int, Value]]:
    """(exercise, line, what stands there) of each example."""
    for entry in read_entries(text.replace("\r\n", "\n").replace("\t", "    ").removeprefix("\ufeff")):
        name = entry.key.strip()[:200]
        if name in closed or is_empty(entry.value):
            continue
        if name not in known:
            complain(entry.line, f"there is no exercise {name!r}{suggestion(name[:100], known)}")
        elif isinstance(entry.value, dict):
            yield name, entry.line, entry.value
        elif isinstance(entry.value, list):
            yield from ((name, line, item) for line, item in zip(entry.items, entry.value, strict=True))
        else:
            complain(entry.line, f"{name}: each example is a line such as `- {{x: [1, 2], expect: 3}}`")


def _example(exercise: str, line: int, value: Value) -> Example:
    if not isinstance(value, dict):
        raise Unclear("an example is the arguments by their names, and `expect`")
    if "expect" not in value:
        raise Unclear("`expect` is missing: what should come back")
    named = {name: _plain(item) for name, item in value.items() if name != "expect"}
    return Example(exercise, (), named, _expected(value["expect"]), f"line {line}")


def _expected(value: Value) -> Plain:
    if isinstance(value, str) and (raised := _ERROR.fullmatch(value.strip())):
        return RAISES + raised[1]
    return _plain(value)


def _plain(value: Value) -> Plain:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    text = value.strip()
    if text in ("…", "..."):
        raise Unclear(f"`{text}` still stands in the place of a value")
    if _NUMBER.fullmatch(text):
        number = float(text.replace("−", "-")) + 0.0
        if not math.isfinite(number):
            raise Unclear(f"{text} is too large")
        return number
    if fraction := _FRACTION.fullmatch(text):
        if not int(fraction[2]):
            raise Unclear(f"{text} divides by zero")
        return int(fraction[1].replace("−", "-")) / int(fraction[2]) + 0.0
    if match := _FILLED.fullmatch(text):
        shape = [int(side) for side in re.split(r" ?[x×] ?", match[2])]
        if math.prod(shape) > MOST_NUMBERS:
            raise Unclear(f"{text} has too many numbers")
        return filled(match[1], shape)
    return _WORDS.get(text.lower(), text[:200])


def filled(how: str, shape: list[int]) -> Plain:
    """An array of that shape that counts from 1, or is all ones or zeros."""
    size = math.prod(shape)
    return folded(
        [float(n) for n in range(1, size + 1)] if how == "count" else [float(how == "ones")] * size, shape
    )


def folded(numbers: Sequence[Plain], shape: list[int]) -> Plain:
    """Numbers in a row as an array of that shape."""
    flat = list(numbers)
    for side in reversed(shape[1:]):
        flat = [flat[at : at + side] for at in range(0, len(flat), side)] if side else []
    return flat
