"""The inputs of the hidden tests: small arrays of quarters and halves, easy to read, and no tanh is saturated.

One test of each exercise that computes takes them in a unit (`UNITS`), too: fractions, large numbers, small ones.

Hypothesis draws the sizes and one seed for all numbers of a call: drawn one by one, they would take long to make.
Batch, steps, inputs and states differ in length, so that a mixed-up axis shows.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from grader.testing import require

Array = NDArray[np.float64]
Ids = NDArray[np.int64]
Sizes = tuple[int, int, int, int]
Params = dict[str, Array]

#: Several steps in float32 are good to about 1e-6 of the largest number on the way.
FLOAT32 = 1e-5
#: What numbers are multiplied with where a test is about numbers of any kind: fractions that are no multiples of a
#: power of two, numbers up to 1e6, numbers down to 1e-6.
UNITS = (0.137, 571428.4, 1.3e-6)
ANY_UNIT = st.sampled_from(UNITS)
#: For the second factor of a product, which needs no large numbers of its own.
PART = 0.37
SEEDS = st.integers(0, 2**32 - 1)


def quarters(rng: np.random.Generator, *shape: int) -> Array:
    """From −3/4 to 3/4, never all 0."""
    values = rng.integers(-3, 4, shape) / 4
    return values if values.any() else values + 0.5


def halves(rng: np.random.Generator, *shape: int) -> Array:
    """From −3/2 to 3/2, never all 0."""
    return 2 * quarters(rng, *shape)


def sizes(
    *, one_sequence: bool = False, one_step: bool = False, several: bool = False
) -> st.SearchStrategy[Sizes]:
    """N, T, D and H, all different. one_sequence: N is 1; one_step: T is 1; several: T is not."""
    if one_sequence or one_step:
        fixed = [(1, 1)] if one_sequence and one_step else []
        rest = itertools.permutations((2, 3, 4))
        if fixed:
            return st.sampled_from([(1, 1, d, h) for d, h, _ in rest])
        return st.sampled_from([(1, *r) if one_sequence else (r[0], 1, r[1], r[2]) for r in rest])
    every = [s for s in itertools.permutations((2, 3, 4, 1)) if s[1] > 1 or not several]
    return st.sampled_from(every)


@dataclass(frozen=True)
class Run:
    """A call of rnn_forward or lstm_forward: x (N, T, D), h0 (N, H), wx, wh, b; c (N, H) is a memory for lstm_step."""

    x: Array
    h0: Array
    c: Array
    wx: Array
    wh: Array
    b: Array
    #: How large the states are, beside 1.
    unit: float = 1.0

    @property
    def args(self) -> tuple[Array, ...]:
        return self.x, self.h0, self.wx, self.wh, self.b

    @property
    def step(self) -> tuple[Array, ...]:
        """The first step alone, for rnn_step."""
        return self.x[:, 0], self.h0, self.wx, self.wh, self.b

    @property
    def lstm_step(self) -> tuple[Array, ...]:
        """The first step alone, for lstm_step."""
        return self.x[:, 0], self.h0, self.c, self.wx, self.wh, self.b

    def times(self, unit: float) -> Run:
        """In a unit. Small: all sums are; large: c and x are, whose weights are small, so that no gate is saturated."""
        if unit > 1:
            return replace(self, x=self.x * unit, wx=self.wx / unit, c=self.c * unit)
        small = {name: getattr(self, name) * unit for name in ("x", "h0", "c", "b")}
        return replace(self, **small, wx=self.wx * PART, wh=self.wh * PART, unit=unit)


def run(
    seed: int,
    sizes: Sizes = (2, 3, 4, 1),
    *,
    gates: int = 1,
    begun: bool = True,
    memory: bool = True,
    bias: bool = True,
    alike: bool = False,
) -> Run:
    """The call that belongs to a seed.

    gates: columns of weights for each of H. begun, memory, bias: h0, c, b are not 0. alike: each gate has the same
    weights.
    """
    n, t, d, h = sizes
    rng = np.random.default_rng([seed, 1])
    columns = h if alike else gates * h
    x, h0, c = quarters(rng, n, t, d), quarters(rng, n, h), halves(rng, n, h)
    wx, wh, b = halves(rng, d, columns), halves(rng, h, columns), halves(rng, columns)
    if alike:
        wx, wh, b = (np.concatenate([values] * gates, axis=-1) for values in (wx, wh, b))
    return Run(x, h0 * begun, c * memory, wx, wh, b * bias)


@st.composite
def runs(draw: st.DrawFn, sizes: st.SearchStrategy[Sizes], *, units: bool = False, **how: Any) -> Run:
    """Calls of the networks. units: in units. how: as for `run`."""
    call = run(draw(SEEDS), draw(sizes), **how)
    return call.times(draw(ANY_UNIT)) if units else call


@dataclass(frozen=True)
class Back:
    """A call of rnn_backward: dstates (N, T, H), x (N, T, D), h0 (N, H), states (N, T, H), wx (D, H), wh (H, H).

    States are any numbers from −3/4 to 3/4: a step's gradients ask for no more. b (H,) is for gradient_norms.
    """

    dstates: Array
    x: Array
    h0: Array
    states: Array
    wx: Array
    wh: Array
    b: Array
    #: How large the gradients are, beside whole numbers.
    unit: float = 1.0

    @property
    def args(self) -> tuple[Array, ...]:
        return self.dstates, self.x, self.h0, self.states, self.wx, self.wh

    @property
    def step(self) -> tuple[Array, ...]:
        """The first step alone, for rnn_step_backward."""
        return self.dstates[:, 0], self.x[:, 0], self.h0, self.states[:, 0], self.wx, self.wh

    @property
    def norms(self) -> tuple[Array, ...]:
        """For gradient_norms: the loss looks at the last state only."""
        return self.dstates[:, -1], self.x, self.h0, self.wx, self.wh, self.b

    def times(self, unit: float) -> Back:
        """With gradients in a unit; everything else becomes fractions."""
        names = ("x", "h0", "states", "wx", "wh", "b")
        parts = {name: getattr(self, name) * PART for name in names}
        return replace(self, dstates=self.dstates * unit, **parts, unit=unit)


def back(
    seed: int,
    sizes: Sizes = (2, 3, 4, 1),
    *,
    begun: bool = True,
    flat: bool = False,
    last: bool = False,
) -> Back:
    """The call that belongs to a seed.

    begun: h0 is not 0. flat: every state is 0, where the slope of tanh is 1. last: the loss looks at the last states
    only.
    """
    n, t, d, h = sizes
    rng = np.random.default_rng([seed, 2])
    dstates = rng.integers(1, 5, (n, t, h)) * rng.choice([-0.5, 0.5], (n, t, h))
    dstates[:, :-1] *= not last
    x, h0, states = halves(rng, n, t, d), quarters(rng, n, h), quarters(rng, n, t, h)
    wx, wh, b = halves(rng, d, h), halves(rng, h, h), quarters(rng, h)
    return Back(dstates, x, h0 * begun, states * (not flat), wx, wh, b)


@st.composite
def backs(draw: st.DrawFn, sizes: st.SearchStrategy[Sizes], *, units: bool = False, **how: Any) -> Back:
    """Calls of the backward passes. units: in units. how: as for `back`."""
    call = back(draw(SEEDS), draw(sizes), **how)
    return call.times(draw(ANY_UNIT)) if units else call


def part(got: object, number: int, names: str) -> object:
    """One of the values that a function returns, whatever the others are. names: of all, with commas."""
    count = names.count(",") + 1
    require(isinstance(got, list | tuple) and len(got) == count, f"expected {count} values: {names}", got=got)
    assert isinstance(got, list | tuple)
    return got[number]


def same_keys(got: object, expected: dict[str, Array], what: str) -> dict[str, object]:
    """The dict that was asked for, with all names of the expected one."""
    require(isinstance(got, dict), f"{what} should be a dict", got=got)
    assert isinstance(got, dict)
    for key in expected:
        require(key in got, f"{what} has no {key!r}", got=sorted(map(str, got)))
    return got
