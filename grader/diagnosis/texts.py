"""How do wrong texts, lists and other plain values differ from right ones? Compared as they are written."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from grader.diagnosis.outcomes import VALUE
from grader.diagnosis.pairs import Relation

_ITEM = re.compile(r"'[^']*'|\"[^\"]*\"|[^\s,()\[\]{}]+")


def text_relation(pairs: Sequence[tuple[str, str]]) -> Relation | None:
    """What all wrong values have in common. pairs: got and right, as `canonical` of plain.py writes them."""
    if len(pairs) < 2:
        return None
    if {got for got, _ in pairs} == {"None"}:
        return Relation("none", "is None", "Does every way through the function end in a return?")
    if not all(got.startswith(VALUE) for got, _ in pairs):
        return None
    for code, says, hint, written in _SAME:
        if all(written(got) == written(right) for got, right in pairs):
            return Relation(code, says, hint)
    items = [(_ITEM.findall(got), _ITEM.findall(right)) for got, right in pairs]
    more = {len(got) - len(right) for got, right in items}
    if len(more) == 1 and (count := more.pop()) and all("[" in right for _, right in pairs):
        says = f"has {abs(count)} item{'' if abs(count) == 1 else 's'} too {'many' if count > 0 else 'few'}"
        return Relation(
            f"items:{count:+d}", says, "Do your loops reach the first and the last place, and no further?"
        )
    return None


def _without_blanks(text: str) -> str:
    return "".join(text.split())


def _sorted_items(text: str) -> list[str]:
    return sorted(_ITEM.findall(text))


def _as_lists(text: str) -> str:
    return re.sub(r",?\)", "]", text.replace("(", "["))


_SAME: tuple[tuple[str, str, str, Callable[[str], object]], ...] = (
    (
        "case",
        "is right but for capitals and small letters",
        "Which letters are to be capitals?",
        str.casefold,
    ),
    ("blanks", "is right but for blanks", "Where are there blanks too many or too few?", _without_blanks),
    (
        "kind",
        "is right, but of another kind: a list, or a tuple",
        "Compare it with what is asked for.",
        _as_lists,
    ),
    (
        "item-order",
        "holds the right items in another order",
        "In which order are they asked for?",
        _sorted_items,
    ),
)
