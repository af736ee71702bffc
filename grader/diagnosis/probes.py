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
from grader.diagnosis.mixed import MOST, mixed_calls
from grader.diagnosis.numbers import distinct, values

#: Values of an array that are written out; characters of anything else.
_WRITTEN_OUT, _LONGEST = 6, 60


@dataclass(frozen=True)
class Probe:
    """One call: positional arguments, and what is true of it (fact → bool, the same facts for the whole exercise)."""

    args: tuple[Any, ...]
    facts: Mapping[str, bool]


def probes_of(exercise: str) -> tuple[Probe, ...]:
    """The probes of an exercise of the lesson; none for an exercise that this package does not know."""
    make, facts = _PROBES.get(exercise), FACTS.get(exercise)
    if make is None or facts is None:
        return ()
    calls = list(make())
    calls += mixed_calls(exercise, MOST - len(calls), values, distinct)
    most = max(len(args) for args in calls)
    return tuple(Probe(args, facts(*args) | {"default": len(args) < most}) for args in calls)


def one_call(probes: Sequence[Probe]) -> str:
    """The smallest call of several, in words that can be tried."""
    if not probes:
        return ""
    smallest = min(probes, key=lambda probe: sum(_size(arg) for arg in probe.args))
    return f"One such call has these arguments: {', '.join(_in_words(arg) for arg in smallest.args)}."


def _size(value: Any) -> int:
    if isinstance(value, dict):
        return sum(map(_size, value.values()))
    return int(value.size) if isinstance(value, np.ndarray) else 1


def _in_words(value: Any) -> str:
    if isinstance(value, np.ndarray):
        small = value.size <= _WRITTEN_OUT and value.ndim < 3
        return f"np.array({value.tolist()})" if small else f"an array of shape {value.shape}"
    if isinstance(value, dict):
        return f"a dict with {', '.join(map(repr, value))}"
    text = repr(value)
    return text if len(text) <= _LONGEST else f"a {type(value).__name__}"


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
