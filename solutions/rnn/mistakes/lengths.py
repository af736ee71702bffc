"""Known mistakes: gradients clipped, and how they vanish (clip_gradients, gradient_norms)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cell import rnn_forward
from grader.testing import mistake
from through_time import clip_gradients, gradient_norms, rnn_step_backward

Array = np.ndarray
Grads = dict[str, Array]
Clipped = tuple[Grads, float]


def scaled(grads: Grads, factor: float) -> Grads:
    return {name: grad * factor for name, grad in grads.items()}


def length(arrays: list[Array]) -> float:
    return float(np.sqrt(sum((array**2).sum() for array in arrays)))


@mistake(
    "clip_gradients",
    name="each-by-itself",
    says="Each array is clipped by its own norm; all of them together have one.",
    hint="The direction of the step must stay. What happens to it if one array shrinks and another does not?",
)
def each_by_itself(grads: Grads, limit: float) -> Clipped:
    each = {name: clip_gradients({name: grad}, limit)[0][name] for name, grad in grads.items()}
    return each, length(list(grads.values()))


@mistake(
    "clip_gradients",
    name="always-scaled",
    says="Short gradients are made longer: they should stay as they are.",
    hint="What is limit / norm where norm is below limit?",
)
def always_scaled(grads: Grads, limit: float) -> Clipped:
    norm = length(list(grads.values()))
    return scaled(grads, limit / norm if norm else 1.0), norm


@mistake(
    "clip_gradients",
    name="square-beside-the-limit",
    says="The sum of squares is compared with the limit; its root is the norm.",
    hint="With squares that add up to 4 and a limit of 3: is anything to be clipped?",
)
def square_beside_the_limit(grads: Grads, limit: float) -> Clipped:
    norm = length(list(grads.values()))
    return scaled(grads, limit / norm if norm**2 > limit else 1.0), norm


@mistake(
    "clip_gradients",
    name="root-forgotten",
    says="The norm is the sum of all squares; its root is missing.",
    hint="How long is the vector (3, 4)?",
)
def root_forgotten(grads: Grads, limit: float) -> Clipped:
    squares = length(list(grads.values())) ** 2
    return scaled(grads, limit / squares if squares > limit else 1.0), squares


@mistake(
    "clip_gradients",
    name="norm-after-clipping",
    says="The norm is that of the clipped gradients; the one before clipping is asked for.",
    hint="A norm that never passes the limit would tell nobody that gradients explode.",
)
def norm_after_clipping(grads: Grads, limit: float) -> Clipped:
    clipped, _ = clip_gradients(grads, limit)
    return clipped, length(list(clipped.values()))


@mistake(
    "clip_gradients",
    name="entry-by-entry",
    says="Each number is cut off at the limit; all of them should be made smaller by one factor.",
    hint="The direction of the step must stay.",
)
def entry_by_entry(grads: Grads, limit: float) -> Clipped:
    return {name: np.clip(grad, -limit, limit) for name, grad in grads.items()}, length(list(grads.values()))


@mistake(
    "clip_gradients",
    name="in-place",
    says="The arrays that were given are changed; they should stay as they are.",
    hint="grad *= factor changes the array itself. What makes a new one?",
)
def in_place(grads: Grads, limit: float) -> Clipped:
    norm = length(list(grads.values()))
    if norm > limit:
        for grad in grads.values():
            grad *= limit / norm
    return grads, norm


@mistake(
    "clip_gradients",
    name="absolute-values-added",
    says="The norm is the sum of absolute values; it should be the root of the sum of squares.",
    hint="How long is the vector (3, 4)?",
)
def absolute_values_added(grads: Grads, limit: float) -> Clipped:
    norm = float(sum(np.abs(grad).sum() for grad in grads.values()))
    return scaled(grads, limit / norm if norm > limit else 1.0), norm


@mistake(
    "clip_gradients",
    name="largest-entry-for-norm",
    says="The largest entry is taken for the norm; it is the length of all numbers together.",
    hint="How long is the vector (3, 4)?",
)
def largest_entry_for_norm(grads: Grads, limit: float) -> Clipped:
    norm = float(max(np.abs(grad).max() for grad in grads.values()))
    return scaled(grads, limit / norm if norm > limit else 1.0), norm


@mistake(
    "clip_gradients",
    name="norms-added",
    says="The norms of the arrays are added; their squares should be, and then the root taken.",
    hint="Two arrays (3) and (4): how long are they together, as one vector?",
)
def norms_added(grads: Grads, limit: float) -> Clipped:
    norm = float(sum(np.linalg.norm(grad) for grad in grads.values()))
    return scaled(grads, limit / norm if norm > limit else 1.0), norm


@mistake(
    "clip_gradients",
    name="shortened-to-one",
    says="Long gradients are made as long as 1; they should be as long as the limit.",
    hint="By which number is a vector of length norm to be multiplied, to be as long as limit?",
)
def shortened_to_one(grads: Grads, limit: float) -> Clipped:
    norm = length(list(grads.values()))
    return scaled(grads, 1 / norm if norm > limit else 1.0), norm


@mistake(
    "clip_gradients",
    name="something-added-to-the-norm",
    says="Something small is added to the norm: small gradients get too small.",
    hint="Where norm is above limit it is above 0: nothing has to be kept from dividing by 0.",
)
def something_added_to_the_norm(grads: Grads, limit: float) -> Clipped:
    norm = length(list(grads.values()))
    return scaled(grads, limit / (norm + 1e-6) if norm > limit else 1.0), norm


@mistake(
    "clip_gradients",
    name="divides-by-a-norm-of-zero",
    says="Where all gradients are 0 the limit is divided by 0.",
    hint="Divide only where the norm is above the limit.",
)
def divides_by_a_norm_of_zero(grads: Grads, limit: float) -> Clipped:
    norm = length(list(grads.values()))
    return scaled(grads, min(1.0, limit / norm)), norm


def norms(
    call: tuple[Array, Array, Array, Array, Array, Array],
    *,
    slope: bool = True,
    shifted: bool = False,
    turned: bool = False,
    of: Callable[[Array], float] = np.linalg.norm,
) -> Array:
    """gradient_norms; the keywords are what a mistake changes."""
    d, x, h0, wx, wh, b = call
    states = rnn_forward(x, h0, wx, wh, b)
    found = [of(d)]
    for t in reversed(range(x.shape[1])):
        before = states[:, t - 1] if t else h0
        after = before if shifted else states[:, t]
        d = (d * (1 - after**2) if slope else d) @ (wh if turned else wh.T)
        found.append(of(d))
    return np.array(found[::-1])


@mistake(
    "gradient_norms",
    name="backwards",
    says="The norms stand in the order in which they were made; entry 0 belongs to h0.",
    hint="Which entry should be the norm of dlast?",
)
def norms_backwards(*call: Array) -> Array:
    return gradient_norms(*call)[::-1]


@mistake(
    "gradient_norms",
    name="h0-missing",
    says="The norm for h0 is missing: T steps have T + 1 states around them.",
    hint="How many entries are asked for?",
)
def h0_missing(*call: Array) -> Array:
    return gradient_norms(*call)[1:]


@mistake(
    "gradient_norms",
    name="dlast-missing",
    says="The norm of dlast is missing: T steps have T + 1 states around them.",
    hint="How many entries are asked for?",
)
def dlast_missing(*call: Array) -> Array:
    return gradient_norms(*call)[:-1]


@mistake(
    "gradient_norms",
    name="tanh-forgotten",
    says="The gradient goes back through wh only: the slope of tanh is missing.",
    hint="rnn_step_backward does all of a step. Do you use it?",
)
def norms_without_slope(*call: Array) -> Array:
    return norms(call, slope=False)


@mistake(
    "gradient_norms",
    name="slope-at-the-state-before",
    says="The slope of tanh is taken at the state before the step; it belongs to the one after it.",
    hint="Step t made states[:, t].",
)
def norms_shifted(*call: Array) -> Array:
    return norms(call, shifted=True)


@mistake(
    "gradient_norms",
    name="wh-not-transposed",
    says="The gradient is multiplied with wh as it is; on the way back it is transposed.",
    hint="rnn_step_backward does all of a step. Do you use it?",
)
def norms_not_transposed(*call: Array) -> Array:
    return norms(call, turned=True)


@mistake(
    "gradient_norms",
    name="root-forgotten",
    says="These are sums of squares; the root is missing.",
    hint="How long is the vector (3, 4)?",
)
def norms_squared(*call: Array) -> Array:
    return gradient_norms(*call) ** 2


@mistake(
    "gradient_norms",
    name="averaged-over-the-batch",
    says="There is a norm for each sequence, and their mean is taken; the norm goes over the batch, too.",
    hint="Where do you add up the squares of all sequences?",
)
def norms_averaged(*call: Array) -> Array:
    return norms(call, of=lambda d: float(np.linalg.norm(d, axis=1).mean()))


@mistake(
    "gradient_norms",
    name="largest-entry",
    says="The largest entry is taken for the norm.",
    hint="How long is the vector (3, 4)?",
)
def norms_largest(*call: Array) -> Array:
    return norms(call, of=lambda d: float(np.abs(d).max()))


@mistake(
    "gradient_norms",
    name="dlast-at-every-step",
    says="dlast is added at every step; the loss looks at the last state only.",
    hint="What arrives at the state before, when only what came back is handed on?",
)
def dlast_at_every_step(dlast: Array, x: Array, h0: Array, wx: Array, wh: Array, b: Array) -> Array:
    states, d = rnn_forward(x, h0, wx, wh, b), dlast
    found = [np.linalg.norm(d)]
    for t in reversed(range(x.shape[1])):
        before = states[:, t - 1] if t else h0
        d = rnn_step_backward(d, x[:, t], before, states[:, t], wx, wh)[1]
        found.append(np.linalg.norm(d))
        d = d + dlast
    return np.array(found[::-1])


@mistake(
    "gradient_norms",
    name="rounded",
    says="Results are rounded: of small numbers nothing is left.",
    hint="Rounding is for printing. Nothing here asks for it.",
)
def norms_rounded(*call: Array) -> Array:
    return gradient_norms(*call).round(6)
