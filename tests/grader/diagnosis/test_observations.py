"""A mistake that nobody has catalogued: what is said of it is true, and says where to look."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from grader.course.models import load_course
from grader.course.reference import Reference, load_functions
from grader.diagnosis import Diagnoser, DigestDiagnoser, Topic, make_digests, topics_of
from grader.diagnosis.domains import find_domain
from grader.diagnosis.pairs import Pair
from grader.diagnosis.probes import Probe
from grader.diagnosis.relations import relation_of
from grader.result import Diagnosis

#: The quick suite looks at observations in test_written_otherwise.py.
pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]


class Bench:
    """Diagnosers with an empty catalogue: with the reference, and with digests alone."""

    def __init__(self) -> None:
        course = load_course(ROOT / "course.yaml")
        assignment = course.assignments["cnn"]
        self.right = load_functions(course.solutions("cnn"), assignment.chapter_of())
        reference = Reference(self.right)
        self._here = Diagnoser(assignment, reference, ())
        self._home = DigestDiagnoser(make_digests(assignment, reference, ()), topics_of(assignment))

    def say(self, exercise: str, function: Callable[..., Any], *, home: bool = False) -> Diagnosis | None:
        student = SimpleNamespace(**{exercise: function})
        return (self._home if home else self._here).diagnose(exercise, student)


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    return Bench()


def conv2d_cases(right: Any) -> Iterator[tuple[str, Callable[..., Any], str]]:
    def when(test: Callable[..., bool], wrong: Callable[..., Any]) -> Callable[..., Any]:
        def function(x: Any, w: Any, b: Any, stride: int = 1, pad: int = 0) -> Any:
            args = (x, w, b, stride, pad)
            return wrong(*args) if test(*args) else right(*args)

        return function

    def noise(*args: Any) -> Any:
        out = right(*args)
        return out + 1 + np.arange(out.size).reshape(out.shape) % 3

    def fail(*args: Any) -> Any:
        raise IndexError("out of range")

    yield (
        "pad",
        when(lambda x, w, b, s, p: p > 0, noise),
        "Wrong on 42 of 90 calls tried: whenever pad is above 0, and only then.",
    )
    yield "no pad", when(lambda x, w, b, s, p: p == 0, noise), "whenever pad is 0, and only then"
    yield (
        "shape",
        when(lambda x, w, b, s, p: x.shape[2] != x.shape[3], fail),
        "whenever the image is not square",
    )
    yield "raises", when(lambda x, w, b, s, p: x.shape[2] != x.shape[3], fail), "IndexError is raised"
    yield (
        "batch",
        when(lambda x, w, b, s, p: len(x) > 1, noise),
        "whenever there are several images, and only",
    )
    yield "not one", when(lambda x, w, b, s, p: p != 1, noise), "whenever pad is not 1, and only then"
    yield "N", when(lambda x, w, b, s, p: len(x) != x.shape[1], noise), "images and channels differ in number"
    yield "OH", when(not_as_wide_as_high, noise), "whenever the result has more rows than columns, or fewer"
    yield "twice", lambda *args: 2 * right(*args), "2 times what it should be"
    yield "half", lambda *args: right(*args) / 2, "1/2 of what it should be"
    yield (
        "map",
        lambda x, w, b, *more: right(x, w, b + np.arange(1, len(b) + 1), *more),
        "one amount for each map",
    )
    yield "constant", lambda *args: right(*args) + 7, "is 7 too large"
    yield "transposed", lambda *args: right(*args).swapaxes(2, 3), "rows and columns exchanged"
    yield "mirrored", lambda *args: right(*args)[..., ::-1], "flipped left-right"
    yield "zeros", lambda *args: np.zeros_like(right(*args)), "nothing but zeros"
    yield "last row", lambda *args: with_last_row(right(*args)), "wrong numbers only in the last row"
    yield (
        "a row more",
        lambda *args: np.concatenate([right(*args), right(*args)[:, :, :1]], 2),
        "one row too many",
    )
    yield (
        "rows cut off",
        lambda x, *more: right(x, *more)[:, :, : max(1, right(x, *more).shape[2] - x.shape[2] % 3)],
        "the result has too few rows; the number of",
    )
    yield "none", lambda *args: None, "None"
    yield "order", lambda *args: np.sort(right(*args).ravel()).reshape(right(*args).shape), "in wrong places"
    yield "stride", lambda x, w, b, stride=1, pad=0: right(x, w, b, 1, pad), "for stride = 1, whatever stride"


def not_as_wide_as_high(x: Any, w: Any, b: Any, stride: int, pad: int) -> bool:
    rows, cols = ((x.shape[k] + 2 * pad - w.shape[k]) // stride for k in (2, 3))
    return bool(rows != cols)


def with_last_row(out: Any) -> Any:
    out = out.copy()
    out[:, :, -1] += np.arange(1, out.shape[3] + 1)
    return out


def test_observations_of_conv2d(bench: Bench) -> None:
    for name, function, wanted in conv2d_cases(bench.right["conv2d"]):
        found = bench.say("conv2d", function)
        assert found is not None, name
        assert wanted in found.says, (name, found)
        assert found.kind == "observation", name
        assert found.hint, name


def test_without_the_reference_the_place_of_a_mistake_is_still_found(bench: Bench) -> None:
    right = bench.right["conv2d"]

    def wrong(x: Any, w: Any, b: Any, stride: int = 1, pad: int = 0) -> Any:
        out = right(x, w, b, stride, pad)
        return out if stride == 1 else out + np.arange(out.size).reshape(out.shape) + 1

    found = bench.say("conv2d", wrong, home=True)
    assert found is not None
    assert found.says == "Wrong on 45 of 90 calls tried: whenever stride is above 1, and only then."


def test_gradients_are_told_apart(bench: Bench) -> None:
    right = bench.right["conv2d_backward"]

    def wrong(dout: Any, x: Any, w: Any, stride: int = 1, pad: int = 0) -> Any:
        dx, dw, db = right(dout, x, w, stride, pad)
        return dx, dw * len(x), db

    found = bench.say("conv2d_backward", wrong)
    assert found is not None
    assert "dx and db are right, dw is not." in found.says
    assert "dw is multiplied by the number of images" in found.says


def test_the_parts_of_a_network_gradient_that_are_right_are_listed(bench: Bench) -> None:
    right = bench.right["cnn_loss"]

    def wrong(params: Any, x: Any, labels: Any) -> Any:
        loss, grads = right(params, x, labels)
        rng = np.random.default_rng(3)
        return loss, {k: g + rng.normal(size=g.shape) if k in ("w1", "b1") else g for k, g in grads.items()}

    found = bench.say("cnn_loss", wrong)
    assert found is not None
    assert "w1 and b1 are wrong, the other parts are right." in found.says


@pytest.mark.parametrize(
    ("exercise", "change", "wanted"),
    [
        ("output_size", lambda n: n + 1, "one too large"),
        ("output_size", float, "not an integer"),
        ("relu", lambda a: -a, "every sign reversed"),
        ("maxpool", lambda a: np.maximum(a, 0), "0 in place of every negative number"),
        ("softmax_loss", lambda parts: (parts[0], -parts[1]), "dlogits has the wrong sign"),
        ("conv_matrix", lambda a: a.T, "rows and columns exchanged"),
        ("flatten", lambda a: a[None], "has 3 axes and should have 2"),
        ("shape_trace", lambda shapes: shapes[1:], "1 shape too few"),
        ("edge_filters", lambda a: a[[1, 0, 2]], "Filter 0 does not answer to a left–right change."),
    ],
)
def test_changes_of_other_results(
    bench: Bench, exercise: str, change: Callable[[Any], Any], wanted: str
) -> None:
    right = bench.right[exercise]
    found = bench.say(exercise, lambda *args: change(right(*args)))
    assert found is not None
    assert wanted in found.says, found


def test_nonsense_is_not_explained(bench: Bench) -> None:
    source = random.Random(5)
    found = bench.say("output_size", lambda *args: source.randrange(1000))
    assert found is not None
    assert found.mistake == "state"
    found = bench.say("conv2d", lambda *args: np.array(source.random()), home=True)
    assert found is not None
    assert found.mistake == "state"


def test_saying_it_twice_says_the_same(bench: Bench) -> None:
    for name, function, _ in conv2d_cases(bench.right["conv2d"]):
        assert bench.say("conv2d", function) == bench.say("conv2d", function), name


def test_a_place_needs_more_than_one_call_to_speak_for_it() -> None:
    probes = [Probe((), {"pad>0": number == 0, "stride>1": number % 2 == 0}) for number in range(8)]
    phrases = {"pad>0": ("pad is 0", "pad is above 0"), "stride>1": ("stride is 1", "stride is above 1")}
    topic = Topic("conv2d", tuple(probes), phrases)
    assert find_domain(topic, frozenset([0])) is None
    found = find_domain(topic, frozenset([0, 2, 4, 6]))
    assert found is not None
    assert found.code == "iff:stride>1"


def test_one_wrong_call_is_no_relation() -> None:
    pair = Pair(Probe((np.ones((2, 2)),), {}), np.full((2, 2), 4.0), np.full((2, 2), 2.0))
    assert relation_of([pair]) is None
    found = relation_of([pair, pair])
    assert found is not None
    assert found.code == "factor:2"
