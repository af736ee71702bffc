"""A call, wrong results beside right ones, and the vocabulary in which relations.py, shapes.py, places.py speak."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
#: An array, or in words what stands in its place: "raised IndexError", "None", "not numbers".
Part = Array | str

_CLOSE = 2e-6


@dataclass(frozen=True, eq=False)
class Probe:
    """One call: positional arguments, and what is true of it (fact → bool, the same facts for the whole exercise).

    fresh: nothing is found on it; what was found on the others must hold here, too, before it is said. quantities:
    numbers of the call by which its result may be multiplied by mistake.
    """

    args: tuple[Any, ...]
    facts: Mapping[str, bool]
    fresh: bool = False
    quantities: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Pair:
    """One wrong result beside the right one."""

    probe: Probe
    got: Part
    right: Array

    @property
    def array(self) -> Array:
        """The wrong result, where it is an array."""
        assert not isinstance(self.got, str)
        return self.got

    @property
    def wrong(self) -> NDArray[np.bool_]:
        """Where it is wrong; both must have the same shape."""
        return np.asarray(np.abs(self.array - self.right) > tolerance(self.right))


@dataclass(frozen=True)
class Relation:
    """`says` completes "The result …" (of the wrong calls); `hint` says where to look; `code` for machines."""

    code: str
    says: str
    hint: str


def tolerance(right: Any) -> float:
    """How far two numbers may be apart and still be the same, beside the numbers of `right`."""
    return _CLOSE * max(1.0, float(np.abs(right).max(initial=0.0)))


def equal(a: Any, b: Any) -> bool:
    """Whether all numbers of `a` are those of `b`."""
    return bool((np.abs(np.asarray(a) - b) <= tolerance(b)).all())


def plural(noun: str, count: int = 2) -> str:
    """ "row" → "rows", "class" → "classes"; the noun itself for a count of 1."""
    if count == 1:
        return noun
    return noun + ("es" if noun.endswith("s") else "s")


def several(pairs: Sequence[Pair], least_size: int) -> bool:
    """Whether at least two of the results have so many numbers that agreeing is no accident."""
    return sum(pair.right.size >= least_size for pair in pairs) >= 2
