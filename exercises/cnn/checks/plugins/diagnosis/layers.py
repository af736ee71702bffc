"""Which kind of layer spoils a shape trace first?"""

from __future__ import annotations

from collections.abc import Sequence

import operator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.diagnosis import Pair, Part, Relation

Array = NDArray[np.float64]

_LOOK = "What does that layer do to channels, height and width?"


def layer_relation(pairs: Sequence[Pair]) -> Relation | None:
    """What wrong traces have in common. Needs two of them."""
    if len(pairs) < 2 or any(isinstance(pair.got, str) for pair in pairs):
        return None
    traces = [(_shapes(pair.array), _shapes(pair.right), pair.probe.args[0]) for pair in pairs]
    counts = {len(mine) - len(right) for mine, right, _ in traces}
    if counts == {0}:
        first = {
            layers[next(i for i, (a, b) in enumerate(zip(mine, right, strict=True)) if a != b)][0]
            for mine, right, layers in traces
        }
        if len(first) == 1:
            kind = first.pop()
            return Relation(f"layer:{kind}", f"goes wrong first at a {kind} layer", _LOOK)
    elif len(counts) == 1:
        count = counts.pop()
        says = f"has {abs(count)} shape{'' if abs(count) == 1 else 's'} too {'many' if count > 0 else 'few'}"
        return Relation(f"shapes:{count:+d}", says, "One shape a layer, and none for the input.")
    elif 0 not in counts:
        return Relation(
            "shapes", "does not have one shape for each layer", "One shape a layer, none for the input."
        )
    return None


def _shapes(encoded: Array) -> list[tuple[int, ...]]:
    """The shapes that `outcomes` wrote as one row of numbers."""
    numbers = [int(number) for number in encoded]
    found = []
    while numbers:
        length = numbers.pop(0)
        found.append(tuple(numbers[:length]))
        del numbers[:length]
    return found


def encoded(value: Any) -> Part:
    """Shapes as one row of numbers: the length of each, then its sides."""
    try:
        shapes = [tuple(operator.index(side) for side in shape) for shape in value]
    except TypeError:
        return "not shapes"
    return np.array([float(n) for shape in shapes for n in (len(shape), *shape)])
