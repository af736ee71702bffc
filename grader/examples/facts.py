"""What can be said of a call's arguments, whatever the exercise: what a student's examples have never tried."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from grader.examples.values import Plain, numbers_in, shape_of

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")


def facts_of(arguments: Mapping[str, Plain]) -> frozenset[str]:
    """Phrases that are true of a call, such as "pad above 0": each goes after "has" or "with"."""
    return frozenset(fact for name, value in arguments.items() for fact in _facts(name, value))


def _facts(name: str, value: Plain) -> Iterator[str]:
    if isinstance(value, float):
        yield from (f"{name} above {n}" for n in (0, 1) if value > n)
        if value < 0:
            yield f"{name} below 0"
        return
    yield from (f"“{word}” in {name}" for word in _words(value))
    shape = shape_of(value)
    if shape is None:
        return
    yield from (
        f"more than 1 along the {_ORDINALS[axis]} axis of {name}"
        for axis, length in enumerate(shape[: len(_ORDINALS)])
        if length > 1
    )
    if len(shape) > 1 and shape[-1] != shape[-2]:
        yield f"a last axis of {name} longer or shorter than the one before"
    numbers = list(numbers_in(value))
    if min(numbers) < 0:
        yield f"a negative number in {name}"
    if len(set(numbers)) > 1:
        yield f"different numbers in {name}"
    if len(set(numbers)) < len(numbers):
        yield f"a number twice in {name}"


def _words(value: Plain) -> Iterator[str]:
    if isinstance(value, str):
        yield value[:40]
    elif isinstance(value, list):
        for item in value:
            yield from _words(item)


def telling(rows: Sequence[tuple[frozenset[str], int]]) -> list[str]:
    """The facts that help to catch mistakes, most of all first.

    rows: of each small input its facts, and the mistakes that it catches, a bit each. A fact helps with a mistake that
    is caught at least twice as often with it as without.
    """
    helps: dict[str, int] = {}
    most = max((caught.bit_length() for _, caught in rows), default=0)
    for fact in sorted({fact for facts, _ in rows for fact in facts}):
        having = [caught for facts, caught in rows if fact in facts]
        lacking = [caught for facts, caught in rows if fact not in facts]
        if not lacking:
            continue
        counts = ((_count(having, bit), _count(lacking, bit)) for bit in range(most))
        helps[fact] = sum(yes * len(lacking) >= 2 * no * len(having) and yes > 0 for yes, no in counts)
    return sorted((fact for fact, helped in helps.items() if helped), key=lambda fact: (-helps[fact], fact))


def _count(masks: Sequence[int], bit: int) -> int:
    return sum(mask >> bit & 1 for mask in masks)
