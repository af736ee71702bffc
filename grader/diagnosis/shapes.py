"""How do wrong shapes differ from right ones?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from grader.diagnosis.pairs import Pair, Relation, plural

_COUNT = "Count the places of a small case by hand, and compare with the shape of your result."


def shape_relation(pairs: Sequence[Pair], axes: tuple[str, ...]) -> Relation | None:
    """What wrong shapes have in common. All pairs differ in shape; axes: what the axes are called, () if unknown."""
    dims = {(pair.array.ndim, pair.right.ndim) for pair in pairs}
    if len(dims) > 1:
        return None
    mine, asked = dims.pop()
    if mine != asked:
        says = f"has {mine} {plural('axis', mine).replace('axises', 'axes')} and should have {asked}"
        return Relation(f"ndim:{mine}", says, "Compare its shape with the docstring.")
    if asked != len(axes):
        return None
    if axes[-2:] == ("row", "column"):
        exchanged = [(*p.right.shape[:-2], p.right.shape[-1], p.right.shape[-2]) for p in pairs]
        if all(pair.array.shape == shape for pair, shape in zip(pairs, exchanged, strict=True)):
            says = "has as many rows as it should have columns, and as many columns as rows"
            return Relation("shape-exchanged", says, "Which side is the height? It comes first.")
    deltas = sorted({tuple(np.subtract(p.array.shape, p.right.shape).tolist()) for p in pairs})
    if len(deltas) == 1:
        words = " and ".join(_too_many(d, name) for d, name in zip(deltas[0], axes, strict=True) if d)
        return Relation("shape:" + ",".join(f"{d:+d}" for d in deltas[0]), f"has {words}", _COUNT)
    wrong = [axis for axis in range(asked) if any(delta[axis] for delta in deltas)]
    if len(wrong) > 2:
        return None  # no more than that the shape is wrong, in many words
    which = " or ".join(plural(axes[axis]) for axis in wrong)
    signs = {np.sign(delta[axis]) for delta in deltas for axis in wrong} - {0}
    amount = {(1,): "too many", (-1,): "too few"}.get(tuple(signs), "too many or too few")
    right = [plural(axes[axis]) for axis in range(asked) if axis not in wrong]
    also = f"; the number of {' and of '.join(right)} is right" if right else ""
    code = f"shape-axes:{','.join(map(str, wrong))}:{amount.replace(' ', '-')}"
    return Relation(code, f"has {amount} {which}{also}", _COUNT)


def _too_many(delta: int, noun: str) -> str:
    count = "one" if abs(delta) == 1 else str(abs(delta))
    return f"{count} {plural(noun, abs(delta))} too {'many' if delta > 0 else 'few'}"
