"""solutions/cnn/fast computes what the chapters compute: exactly, on whole numbers."""

from __future__ import annotations

import importlib.util
import itertools
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from grader.course.models import load_course
from grader.course.reference import Function, load_functions

ROOT = Path(__file__).parents[3]
Rng = np.random.Generator

KERNELS = [(1, 1), (2, 3), (3, 3), (3, 1)]
STRIDES = [1, 2, 3]
PADS = [0, 1, 2]
#: Pools of one pixel, usual ones, overlapping ones, ones with gaps.
POOLS = [(1, 1), (1, 2), (2, 2), (2, 1), (2, 3), (3, 1), (3, 2), (4, 3)]


@pytest.fixture(scope="module")
def chapter() -> Mapping[str, Function]:
    name, assignment = load_course(ROOT / "course.yaml").assignment("cnn")
    return load_functions(ROOT / "solutions" / name, assignment.chapter_of())


@pytest.fixture
def fast() -> ModuleType:
    spec = importlib.util.spec_from_file_location("fast_layers", ROOT / "solutions/cnn/fast/layers.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def rng() -> Rng:
    return np.random.default_rng(8)


def whole(rng: Rng, *shape: int, most: int = 9) -> np.ndarray:
    """Whole numbers of both signs, read-only: products and sums of them are exact in any order."""
    values = rng.integers(-most, most + 1, shape).astype(float)
    values.flags.writeable = False
    return values


def same(ours: Any, theirs: Any) -> None:
    assert ours.shape == theirs.shape
    np.testing.assert_array_equal(ours, theirs)


def conv_call(rng: Rng, kernel: tuple[int, int], images: int = 3) -> tuple[np.ndarray, ...]:
    return whole(rng, images, 2, 6, 8), whole(rng, 4, 2, *kernel), whole(rng, 4)


@pytest.mark.parametrize("kernel", KERNELS)
def test_convolutions_are_equal(
    fast: ModuleType, chapter: Mapping[str, Function], rng: Rng, kernel: tuple[int, int]
) -> None:
    for stride, pad in itertools.product(STRIDES, PADS):
        x, w, b = conv_call(rng, kernel)
        same(fast.conv2d(x, w, b, stride, pad), chapter["conv2d"](x, w, b, stride, pad))


@pytest.mark.parametrize("kernel", KERNELS)
def test_gradients_of_convolutions_are_equal(
    fast: ModuleType, chapter: Mapping[str, Function], rng: Rng, kernel: tuple[int, int]
) -> None:
    for stride, pad in itertools.product(STRIDES, PADS):
        x, w, b = conv_call(rng, kernel)
        dout = whole(rng, *chapter["conv2d"](x, w, b, stride, pad).shape)
        expected = chapter["conv2d_backward"](dout, x, w, stride, pad)
        for ours, theirs in zip(fast.conv2d_backward(dout, x, w, stride, pad), expected, strict=True):
            same(ours, theirs)


@pytest.mark.parametrize("in_cache", [1, 2, 3, 5, 7])
def test_the_size_of_the_cache_decides_nothing(
    fast: ModuleType,
    chapter: Mapping[str, Function],
    rng: Rng,
    monkeypatch: pytest.MonkeyPatch,
    in_cache: int,
) -> None:
    x, w, b = conv_call(rng, (3, 3), images=7)
    one_image = 2 * 9 * 4 * 6 * 8
    monkeypatch.setattr(fast, "CACHE", in_cache * one_image)
    assert len(list(fast._groups(fast._windows(x, w, 1, 0)))) == -(-7 // in_cache)
    same(fast.conv2d(x, w, b), chapter["conv2d"](x, w, b))
    dout = whole(rng, 7, 4, 4, 6)
    expected = chapter["conv2d_backward"](dout, x, w)
    for ours, theirs in zip(fast.conv2d_backward(dout, x, w), expected, strict=True):
        same(ours, theirs)


def test_an_image_larger_than_the_cache_is_convolved_alone(
    fast: ModuleType, chapter: Mapping[str, Function], rng: Rng, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fast, "CACHE", 1)
    x, w, b = conv_call(rng, (2, 3))
    same(fast.conv2d(x, w, b, 2, 1), chapter["conv2d"](x, w, b, 2, 1))


# Few different values: most windows hold their maximum more than once.
@pytest.mark.parametrize("most", [1, 1000], ids=["ties", "hardly a tie"])
@pytest.mark.parametrize(("size", "stride"), POOLS)
def test_pools_and_their_gradients_are_equal(
    fast: ModuleType, chapter: Mapping[str, Function], rng: Rng, size: int, stride: int, most: int
) -> None:
    for height, width in itertools.product(range(4, 9), repeat=2):
        x = whole(rng, 2, 3, height, width, most=most)
        expected = chapter["maxpool"](x, size, stride)
        same(fast.maxpool(x, size, stride), expected)
        best, winners = fast.maxpool_with_winners(x, size, stride)
        same(best, expected)
        same(x.ravel()[winners], expected)
        dout = whole(rng, *expected.shape)
        gradient = chapter["maxpool_backward"](dout, x, size, stride)
        same(fast.maxpool_backward(dout, x, size, stride), gradient)
        same(fast.send_to_winners(dout, winners, x.shape), gradient)


# A window's last place lies 8·40 + 8 numbers behind its first: more than a byte can say.
@pytest.mark.parametrize("stride", [1, 4, 9])
def test_a_window_may_reach_over_more_numbers_than_a_byte_counts(
    fast: ModuleType, chapter: Mapping[str, Function], rng: Rng, stride: int
) -> None:
    x = whole(rng, 2, 2, 20, 40, most=3000)
    x = np.sort(x, axis=2)  # the maximum stands in a window's last row
    dout = whole(rng, *chapter["maxpool"](x, 9, stride).shape)
    same(fast.maxpool_backward(dout, x, 9, stride), chapter["maxpool_backward"](dout, x, 9, stride))


def test_the_defaults_are_those_of_the_chapters(
    fast: ModuleType, chapter: Mapping[str, Function], rng: Rng
) -> None:
    x, w, b = conv_call(rng, (3, 3))
    same(fast.conv2d(x, w, b), chapter["conv2d"](x, w, b))
    same(fast.maxpool(x), chapter["maxpool"](x))
    dout = whole(rng, 3, 2, 3, 4)
    same(fast.maxpool_backward(dout, x), chapter["maxpool_backward"](dout, x))


def test_arrays_in_another_memory_order_are_read_right(
    fast: ModuleType, chapter: Mapping[str, Function], rng: Rng
) -> None:
    x, w, b = whole(rng, 6, 8, 2, 3).T, whole(rng, 3, 3, 2, 4).T, whole(rng, 4)
    same(fast.conv2d(x, w, b, 2, 1), chapter["conv2d"](x, w, b, 2, 1))
    dout = whole(rng, 3, 4, 4, 3).T
    expected = chapter["conv2d_backward"](dout, x, w, 2, 1)
    for ours, theirs in zip(fast.conv2d_backward(dout, x, w, 2, 1), expected, strict=True):
        same(ours, theirs)
    dout = whole(rng, 3, 4, 2, 3).T
    same(fast.maxpool_backward(dout, x), chapter["maxpool_backward"](dout, x))


def test_the_comparison_with_torch_says_in_one_line_that_torch_is_missing(tmp_path: Path) -> None:
    (tmp_path / "torch.py").write_text("raise ImportError('none here')\n", encoding="utf-8")
    script = ROOT / "tests" / "benchmarks" / "torch_ratio.py"
    ended = subprocess.run(
        [sys.executable, str(script)],
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr.count("\n") == 1
    assert "pip install torch" in ended.stderr
