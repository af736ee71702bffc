"""Character models, as inputs of the hidden tests."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from hypothesis import strategies as st

from .strategies import ANY_UNIT, PART, SEEDS, Array, Ids, Params, Sizes, halves, quarters

#: N, T, V and H, all different; a sequence has two steps at least.
SIZES: tuple[Sizes, ...] = (
    (2, 3, 4, 1),
    (3, 2, 4, 1),
    (2, 4, 3, 1),
    (1, 3, 4, 2),
    (1, 2, 3, 4),
    (2, 3, 5, 4),
)


@dataclass(frozen=True)
class Model:
    """A call of rnn_loss: params, ids, targets and mask (N, T)."""

    params: Params
    ids: Ids
    targets: Ids
    mask: Array
    #: How large the states are, beside 1.
    unit: float = 1.0

    @property
    def args(self) -> tuple[Params, Ids, Ids, Array]:
        return self.params, self.ids, self.targets, self.mask

    def times(self, unit: float) -> Model:
        """In a unit. Small: the states are; large: the scores are, by their biases."""
        if unit > 1:
            params = self.params | {"by": self.params["by"] * unit}
            return replace(self, params=params)
        params = {name: self.params[name] * unit for name in ("wx", "b")}
        params |= {name: self.params[name] * PART for name in ("wh", "wy", "by")}
        return replace(self, params=params, unit=unit)


def model(seed: int, sizes: Sizes = (2, 3, 4, 1), *, padded: bool = False) -> Model:
    """The call that belongs to a seed. padded: sequence 0 ends before the others, and another one may."""
    n, t, v, h = sizes
    rng = np.random.default_rng([seed, 5])
    params = {"wx": halves(rng, v, h), "wh": halves(rng, h, h), "b": quarters(rng, h)}
    params |= {"wy": halves(rng, h, v), "by": quarters(rng, v)}
    lengths = rng.integers(1, t + 1, n)
    lengths[0] = rng.integers(1, t)
    mask = (np.arange(t) < lengths[:, np.newaxis]).astype(float) if padded else np.ones((n, t))
    return Model(params, rng.integers(0, v, (n, t)), rng.integers(0, v, (n, t)), mask)


@st.composite
def models(draw: st.DrawFn, *, padded: bool, one_sequence: bool = False, units: bool = False) -> Model:
    """Calls of rnn_loss. one_sequence: N is 1. units: in units."""
    shapes = [shape for shape in SIZES if shape[0] == 1 or not one_sequence]
    call = model(draw(SEEDS), draw(st.sampled_from(shapes)), padded=padded)
    return call.times(draw(ANY_UNIT)) if units else call
