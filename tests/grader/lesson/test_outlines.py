"""The outlined part of an input is the part that decides the first wrong value: changing it changes that value."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from grader.course.models import load_course
from grader.course.reference import load_functions
from grader.grading.outlines import WrongCall, outlines_by
from grader.result import Outline
from grader.testing.evidence import pack

Array = NDArray[np.float64]

ROOT = Path(__file__).parents[3]
RNG_SEED = 3


@pytest.fixture(scope="module")
def reference() -> SimpleNamespace:
    course = load_course(ROOT / "course.yaml")
    return SimpleNamespace(**load_functions(course.solutions("cnn"), course.assignments["cnn"].chapter_of()))


def numbers(*shape: int) -> Array:
    return np.random.default_rng(RNG_SEED).permutation(np.prod(shape)).reshape(shape).astype(np.float64) + 1


def decides(
    function: Callable[..., Any], arguments: dict[str, Any], name: str, at: tuple[int, ...]
) -> set[Any]:
    """The elements of argument `name` on which the element `at` of the result depends."""
    found = set()
    for index in np.ndindex(arguments[name].shape):
        moved = arguments[name].copy()
        moved[index] += 1000.0
        before, after = function(**arguments), function(**{**arguments, name: moved})
        if before[at] != after[at]:
            found.add(index)
    return found


RULES = load_course(ROOT / "course.yaml").assignments["cnn"].plugin("outlines").RULES


def outlines_of(
    function: str,
    packed: dict[str, Any],
    at: tuple[int, ...] | None,
    shape: tuple[int, ...] = (),
    part: str = "",
) -> dict[str, Outline]:
    call = WrongCall(packed, at, shape, part)
    return outlines_by(RULES[function], call)


def outlined(
    function: str, arguments: dict[str, Any], at: tuple[int, ...] | None, **more: Any
) -> dict[str, Any]:
    packed = {name: pack(value) for name, value in arguments.items()}
    return {
        name: set(itertools.product(*(range(*span) for span in found.spans)))
        for name, found in outlines_of(function, packed, at, **more).items()
    }


@pytest.mark.parametrize("at", [(0, 0), (1, 2), (2, 3)])
def test_the_window_of_a_convolution(reference: SimpleNamespace, at: tuple[int, int]) -> None:
    arguments = {"image": numbers(4, 6), "kernel": numbers(2, 3)}
    expected = decides(reference.conv2d_single, arguments, "image", at)
    assert outlined("conv2d_single", arguments, at) == {"image": expected}


@pytest.mark.parametrize(("stride", "pad"), [(1, 0), (2, 1), (3, 2), (2, 0)])
@pytest.mark.parametrize("at", [(0, 0, 0, 0), (1, 2, 1, 1)])
def test_the_window_of_a_layer_reaches_through_all_channels_and_ends_at_the_border(
    reference: SimpleNamespace, stride: int, pad: int, at: tuple[int, ...]
) -> None:
    arguments = {
        "x": numbers(2, 2, 6, 5),
        "w": numbers(3, 2, 3, 2),
        "b": numbers(3),
        "stride": stride,
        "pad": pad,
    }
    found = outlined("conv2d", arguments, at)
    assert found.get("x", set()) == decides(reference.conv2d, arguments, "x", at)
    assert found["w"] == {index for index in np.ndindex(3, 2, 3, 2) if index[0] == at[1]}
    assert found["b"] == {(at[1],)}


def test_a_window_in_the_padding_says_that_the_rest_lies_there() -> None:
    arguments = {"x": numbers(1, 1, 4, 4), "w": numbers(1, 1, 3, 3), "b": numbers(1), "pad": 1}
    packed = {name: pack(value) for name, value in arguments.items()}
    assert "padding" in outlines_of("conv2d", packed, (0, 0, 0, 0))["x"].note
    assert "padding" not in outlines_of("conv2d", packed, (0, 0, 1, 1))["x"].note


@pytest.mark.parametrize(("size", "stride"), [(2, 2), (3, 1), (2, 3)])
def test_the_window_of_a_pool_holds_its_maximum_wherever_that_is(
    reference: SimpleNamespace, size: int, stride: int
) -> None:
    arguments = {"x": numbers(1, 2, 7, 8), "size": size, "stride": stride}
    at = (0, 1, 1, 1)
    assert outlined("maxpool", arguments, at)["x"] == decides(reference.maxpool, arguments, "x", at)


@pytest.mark.parametrize(("size", "stride"), [(2, 2), (3, 1), (2, 3)])
def test_a_pools_gradient_comes_from_the_windows_that_cover_the_place(
    reference: SimpleNamespace, size: int, stride: int
) -> None:
    x = numbers(1, 2, 7, 8)
    dout = numbers(*reference.maxpool(x, size, stride).shape)
    arguments = {"dout": dout, "x": x, "size": size, "stride": stride}
    for at in [(0, 1, 3, 3), (0, 0, 0, 0), (0, 1, 6, 7)]:
        found = outlined("maxpool_backward", arguments, at).get("dout", set())
        assert found >= decides(reference.maxpool_backward, arguments, "dout", at)
        windows = {
            (at[0], at[1], r, c)
            for r in range(dout.shape[2])
            for c in range(dout.shape[3])
            if r * stride <= at[2] < r * stride + size and c * stride <= at[3] < c * stride + size
        }
        assert found == windows


@pytest.mark.parametrize(("stride", "pad"), [(1, 0), (2, 1), (3, 2)])
@pytest.mark.parametrize("part", ["dx", "dw", "db"])
def test_a_layers_gradients_come_from_what_met_them(
    reference: SimpleNamespace, stride: int, pad: int, part: str
) -> None:
    number = ("dx", "dw", "db").index(part)
    arguments = {"x": numbers(2, 2, 6, 5), "w": numbers(3, 2, 3, 2), "stride": stride, "pad": pad}
    arguments["dout"] = numbers(*reference.conv2d(b=np.zeros(3), **arguments).shape)

    def gradient(**given: Any) -> Array:
        return np.asarray(reference.conv2d_backward(**given)[number])

    shape = gradient(**arguments).shape
    at = {"dx": (1, 1, 2, 3), "dw": (2, 1, 0, 1), "db": (1,)}[part]
    found = outlined("conv2d_backward", arguments, at, shape=shape, part=part)
    deciding = decides(gradient, arguments, "dout", at)
    if part == "dw":
        # Where the weight met padding, its filter's gradient changes nothing; the whole map is outlined.
        assert found["dout"] >= deciding
        assert found["x"] == decides(gradient, arguments, "x", at)
    else:
        assert found.get("dout", set()) == deciding


def test_gradients_of_one_shape_are_told_apart_by_name_or_not_at_all() -> None:
    arguments = {"x": numbers(2, 2, 3, 3), "w": numbers(2, 2, 3, 3), "dout": numbers(2, 2, 1, 1)}
    shape, at = (2, 2, 3, 3), (0, 1, 1, 1)
    assert outlined("conv2d_backward", arguments, at, shape=shape) == {}
    assert outlined("conv2d_backward", arguments, at, shape=shape, part="dw")["w"] == {at}
    assert outlined("conv2d_backward", arguments, at, shape=shape, part="dx")["x"] == {at}


def test_the_patch_of_one_dot_product_is_known_without_a_difference() -> None:
    arguments = {"image": numbers(4, 5), "kernel": numbers(2, 2), "row": 1, "col": 3}
    assert outlined("conv_at", arguments, None) == {"image": {(1, 3), (1, 4), (2, 3), (2, 4)}}


def test_padding_comes_from_nowhere_and_the_rest_from_its_place() -> None:
    arguments = {"x": numbers(2, 3), "pad": 2}
    assert outlined("zero_pad", arguments, (3, 4)) == {"x": {(1, 2)}}
    assert outlined("zero_pad", arguments, (1, 4)) == {}


@pytest.mark.parametrize(
    ("function", "arguments", "at"),
    [
        ("conv2d", {}, (0, 0, 0, 0)),
        ("conv2d", {"x": 3, "w": "x", "b": None}, (0, 0, 0, 0)),
        ("conv2d_single", {"image": pack(np.ones((2, 2))), "kernel": pack(np.ones(2))}, (0, 0)),
        ("conv2d_single", {"image": pack(np.ones((2, 2))), "kernel": pack(np.ones((1, 1)))}, (9, 9)),
        ("maxpool", {"x": pack(np.ones((1, 1, 4, 4))), "stride": -1}, (0, 0, 0, 0)),
        ("maxpool", {"x": pack(np.ones((1, 1, 4, 4))), "stride": 10**9}, (0, 0, 0, 0)),
        ("maxpool_backward", {"dout": pack(np.ones((1, 1, 2, 2))), "stride": 0}, (0, 0, 0, 0)),
        ("relu", {"x": pack(np.ones((2, 2)))}, (0,)),
    ],
)
def test_what_does_not_fit_together_outlines_nothing(
    function: str, arguments: dict[str, Any], at: tuple[int, ...]
) -> None:
    assert outlines_of(function, arguments, at) == {}
