"""Wrong results beside right ones, and the vocabulary in which relations.py, shapes.py and places.py speak of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.diagnosis.outcomes import Array, Part
from grader.diagnosis.probes import Probe

_CLOSE = 2e-6

#: What one item along each axis of a result is called; (exercise, part) → names.
AXES: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("conv2d_single", ""): ("row", "column"),
    ("conv2d", ""): ("image", "map", "row", "column"),
    ("maxpool", ""): ("image", "channel", "row", "column"),
    ("maxpool_backward", ""): ("image", "channel", "row", "column"),
    ("flatten", ""): ("image", "number"),
    ("conv_matrix", ""): ("row", "column"),
    ("conv2d_backward", "dx"): ("image", "channel", "row", "column"),
    ("conv2d_backward", "dw"): ("filter", "channel", "row", "column"),
    ("conv2d_backward", "db"): ("filter",),
    ("cnn_forward", ""): ("image", "class"),
    ("softmax_loss", "dlogits"): ("image", "class"),
}


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
