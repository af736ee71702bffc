"""What diagnosis knows of the exercises of this lesson: calls that tell mistakes apart, facts about them, and words.

All values are small whole numbers (or halves), so that results are exact and digests of them can be compared. The same
numbers come out on every machine and with every version of numpy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from grader.diagnosis import FRESH, MOST, Topic, array_of, probes_from

from . import convolution_probes, edges, layer_probes, layers, stacks
from .facts import BOTH_WAYS, FACTS, PHRASES
from .mixed import mixed_calls
from .numbers import distinct, values
from .quantities import quantities
from .variants import variants_of


def topic(exercise: str) -> Topic | None:
    """What is known of an exercise of the lesson."""
    make, facts = _PROBES.get(exercise), FACTS.get(exercise)
    if make is None or facts is None:
        return None
    calls = list(make())
    first = MOST - len(calls)
    calls += mixed_calls(exercise, range(first), values, distinct)
    fresh = [*mixed_calls(exercise, range(first, first + FRESH), values, distinct)]
    fresh += _ALSO_FRESH[exercise]() if exercise in _ALSO_FRESH else []
    return Topic(
        exercise,
        probes_from(calls, fresh, facts, quantities),
        phrases=PHRASES,
        both_ways=BOTH_WAYS,
        changes=variants_of(exercise),
        words=_WORDS,
        **_MORE.get(exercise, {}),
    )


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

_GRADIENTS = tuple(f"{letter}{k}" for k in range(1, 6) for letter in "wb")
_MAPS = ("image", "channel", "row", "column")


def _loss_and_gradients(value: Any) -> Mapping[str, Any] | None:
    if not (isinstance(value, list | tuple) and len(value) == 2 and isinstance(value[1], dict)):
        return None
    found = {"loss": value[0], **{str(key): item for key, item in value[1].items()}}
    return {name: array_of(found[name]) if name in found else "missing" for name in ("loss", *_GRADIENTS)}


_MORE: Mapping[str, Mapping[str, Any]] = {
    "output_size": {"integer": True, "refuses": "ValueError"},
    "conv2d_single": {"axes": {"": ("row", "column")}},
    "conv2d": {"axes": {"": ("image", "map", "row", "column")}},
    "maxpool": {"axes": {"": _MAPS}},
    "flatten": {"axes": {"": ("image", "number")}},
    "edge_filters": {
        "read": lambda value: {"": edges.properties(value)},
        "sentences": edges.in_words,
        "code": "filters",
        "look": "What does each filter give on a plain area, and on each kind of edge? Try it with conv2d_single.",
    },
    "param_count": {"integer": True},
    "conv_matrix": {"axes": {"": ("row", "column")}},
    "maxpool_backward": {"axes": {"": _MAPS}},
    "conv2d_backward": {
        "parts": ("dx", "dw", "db"),
        "asked": "three values: dx, dw, db",
        "axes": {"dx": _MAPS, "dw": ("filter", "channel", "row", "column"), "db": ("filter",)},
    },
    "shape_trace": {
        "read": lambda value: {"": layers.encoded(value)},
        "relation": layers.layer_relation,
        "shaped": False,
    },
    "cnn_forward": {"inexact": True, "axes": {"": ("image", "class")}},
    "softmax_loss": {
        "parts": ("loss", "dlogits"),
        "asked": "two values: loss, dlogits",
        "inexact": True,
        "axes": {"dlogits": ("image", "class")},
    },
    "cnn_loss": {
        "parts": ("loss", *_GRADIENTS),
        "asked": "two values: loss, grads",
        "read": _loss_and_gradients,
        "inexact": True,
    },
}

#: The engine's hints → this lesson's.
_WORDS = {
    "Count the places of a small case by hand": "Count the places on a small image by hand",
    "Follow your code at the edge: which numbers does it take there?": (
        "Follow the window at the edge: where does it start, and what does it cover?"
    ),
    "What changes from one place to the next?": "How does the window move from one place to the next?",
    "Which number belongs to a whole map?": "Which number belongs to a whole map: its bias?",
}
