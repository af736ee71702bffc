"""Fixed calls of each exercise that tell mistakes apart: a plain one, variations of one thing at a time, then mixtures.

All values are small whole numbers (or halves), so that results are exact and digests of them can be compared.
The same numbers come out on every machine and with every version of numpy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.diagnosis import convolution_probes, layer_probes, stacks
from grader.diagnosis.facts import FACTS
from grader.diagnosis.mixed import FRESH, MOST, mixed_calls
from grader.diagnosis.numbers import distinct, values

#: Values of an array that are written out; characters of a call that is shown.
_WRITTEN_OUT, _LONGEST = 40, 300


@dataclass(frozen=True, eq=False)
class Probe:
    """One call: positional arguments, and what is true of it (fact → bool, the same facts for the whole exercise).

    fresh: nothing is found on it; what was found on the others must hold here, too, before it is said.
    """

    args: tuple[Any, ...]
    facts: Mapping[str, bool]
    fresh: bool = False


def probes_of(exercise: str) -> tuple[Probe, ...]:
    """The probes of an exercise of the lesson; none for an exercise that this package does not know."""
    make, facts = _PROBES.get(exercise), FACTS.get(exercise)
    if make is None or facts is None:
        return ()
    calls = list(make())
    first = MOST - len(calls)
    calls += mixed_calls(exercise, range(first), values, distinct)
    fresh = [*mixed_calls(exercise, range(first, first + FRESH), values, distinct)]
    fresh += _ALSO_FRESH[exercise]() if exercise in _ALSO_FRESH else []
    most = max(len(args) for args in calls)
    return tuple(
        Probe(args, facts(*args) | {"default": len(args) < most}, number >= len(calls))
        for number, args in enumerate([*calls, *fresh])
    )


def found_on(probes: Sequence[Probe]) -> int:
    """How many of the probes, which come first, statements may be found on."""
    return sum(not probe.fresh for probe in probes)


def smallest(exercise: str, probes: Sequence[Probe]) -> Probe | None:
    """The smallest call of several; None where even that one is too long to be shown."""
    small = [p for p in probes if all(_size(arg) <= _WRITTEN_OUT for arg in p.args)]
    found = min(small, key=lambda probe: sum(_size(arg) for arg in probe.args), default=None)
    return found if found and len(call_of(exercise, found)) <= _LONGEST else None


def call_of(exercise: str, probe: Probe) -> str:
    """A call as it can be typed."""
    return f"{exercise}({', '.join(_in_words(arg) for arg in probe.args)})"


def _size(value: Any) -> int:
    if isinstance(value, dict):
        return sum(map(_size, value.values()))
    return int(value.size) if isinstance(value, np.ndarray) else 1


def _in_words(value: Any) -> str:
    return f"np.array({_nested(value.tolist())})" if isinstance(value, np.ndarray) else repr(value)


def _nested(value: Any) -> str:
    """Lists of numbers; 3.0 as `3.`, so that the array is one of floats."""
    if isinstance(value, list):
        return f"[{', '.join(map(_nested, value))}]"
    return f"{value:.0f}." if isinstance(value, float) and value == int(value) else repr(value)


_PROBES: Mapping[str, Callable[[], Iterator[tuple[Any, ...]]]] = {
    "output_size": convolution_probes.output_size,
    "conv_at": convolution_probes.conv_at,
    "conv2d_single": convolution_probes.conv2d_single,
    "zero_pad": convolution_probes.zero_pad,
    "conv2d": convolution_probes.conv2d,
    "relu": layer_probes.relu,
    "maxpool": layer_probes.maxpool,
    "flatten": layer_probes.flatten,
    "edge_filters": lambda: iter([()]),
    "param_count": stacks.calls,
    "conv_matrix": convolution_probes.conv_matrix,
    "relu_backward": layer_probes.relu_backward,
    "maxpool_backward": layer_probes.maxpool_backward,
    "conv2d_backward": convolution_probes.conv2d_backward,
    "shape_trace": stacks.calls,
    "cnn_forward": lambda: iter([net[:2] for net in stacks.networks(values)]),
    "softmax_loss": layer_probes.softmax_loss,
    "cnn_loss": lambda: stacks.networks(values),
}
_ALSO_FRESH: Mapping[str, Callable[[], list[tuple[Any, ...]]]] = {
    "output_size": convolution_probes.refused_sizes,
    "cnn_forward": lambda: [net[:2] for net in stacks.fresh_networks(values)],
    "cnn_loss": lambda: list(stacks.fresh_networks(values)),
}
