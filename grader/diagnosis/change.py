"""The right function with one thing changed: an argument replaced, or the result altered.

A student's result that equals one of these on every probe can be described in a sentence that is true by
construction: "is what stride = 1 gives, whatever the stride is". Most mistakes nobody has catalogued are of this kind.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Function = Callable[..., Any]


@dataclass(frozen=True)
class Variant:
    """A changed function. `says` completes "The result …"; `hint` says where to look.

    on: what is changed, an argument's name or "result"; two changes of the same thing are not combined. common: it is
    looked for beside another mistake, too.
    """

    code: str
    says: str
    hint: str
    on: str
    change: Callable[[Any], Any]
    common: bool = False
    raw: bool = False

    def of(self, function: Function, signature: inspect.Signature) -> Function:
        """`function` with this change; `signature` names its arguments."""
        if self.raw:
            return lambda *args: self.change(function(*args))
        if self.on == "result":
            return lambda *args: _each(function(*args), self.change)

        def changed(*args: Any) -> Any:
            bound = signature.bind(*args)
            bound.apply_defaults()
            bound.arguments.update(self.change(bound.arguments))
            return function(*bound.args)

        return changed


def _each(value: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(value, tuple):
        return tuple(_each(part, change) for part in value)
    if isinstance(value, dict):
        return {key: _each(part, change) for key, part in value.items()}
    return change(np.asarray(value))


def set_to(name: str, value: int) -> Variant:
    return Variant(
        f"{name}={value}",
        f"is what comes out for {name} = {value}, whatever {name} is given",
        f"Look for a place where {name} should be used and is not, or where a number stands in its place.",
        name,
        lambda given: {name: value},
    )


def shifted(name: str, by: int) -> Variant:
    words = "1 larger than given" if by > 0 else "1 smaller than given"
    return Variant(
        f"{name}{by:+d}",
        f"is what comes out when {name} is {words}",
        f"Is every {name} in your code exactly the argument, not one more or less?",
        name,
        lambda given: {name: given[name] + by},
    )


def argument(name: str, code: str, says: str, hint: str, change: Callable[[Any], Any]) -> Variant:
    return Variant(code, says, hint, name, lambda given: {name: change(given[name])})


def result(code: str, says: str, hint: str, change: Callable[[Any], Any]) -> Variant:
    return Variant(code, says, hint, "result", change)


def raw_result(code: str, says: str, hint: str, change: Callable[[Any], Any]) -> Variant:
    return Variant(code, says, hint, "result", change, raw=True)


ORDER = "Check the order of indices, loops and axes."


def exchanged(first: str, second: str) -> Variant:
    return Variant(
        f"{first}-{second}-exchanged", f"is what comes out when {first} and {second} are exchanged",
        f"Which of your indices belongs to {first}, which to {second}?", first,
        lambda given: {first: given[second], second: given[first]},
    )  # fmt: skip
