"""What a call does beside its result: what it prints, what becomes of its arguments. And generators, in part."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from grader.testing.compare import Mismatch
from grader.wall import Kept, observed


@dataclass(frozen=True)
class Observed:
    """A call: its result, its positional arguments as they were afterwards, what it printed."""

    result: Any
    arguments: Sequence[Any]
    printed: str


def observe(function: Callable[..., Any], *args: Any, typed: Sequence[str] = (), **kwargs: Any) -> Observed:
    """Call `function(*args, **kwargs)`, of the student's or of the reference, and keep what else it did.

    typed: the lines that `input()` gets; what it asks with is not printed.
    """
    return Observed(*observed(function, args, kwargs, typed))


def take(values: Any, most: int) -> list[Any]:
    """The first `most` of what a generator gives, or of a list: all of them where there are fewer."""
    if type(values) is Kept:
        values = values._handle.do_call(".take", (values, most), {})
        if type(values) is not list or len(values) > most:
            raise Mismatch("gave no values one by one")
        return values
    if isinstance(values, list | tuple | range):
        return list(values[:most])
    if hasattr(type(values), "__next__"):  # in a plain pytest run
        return list(islice(values, most))
    raise Mismatch(f"gave a {type(values).__name__}, expected values one by one: is a `yield` missing?")
