"""The terminal's pictures, letter by letter: grids, the caret, a window's bars; colour only where it is wanted."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from grader.feedback.terminal import exercise_text
from grader.result import Diagnosis, Evidence, ExerciseResult, Outline
from grader.result import TestResult as Ended
from grader.testing.evidence import pack

IMAGE = np.array([[0.0, 1.0, 2.0, 0.0], [3.0, 0.0, 1.0, -10.0], [0.0, 2.0, 0.0, 1.0]])
KERNEL = np.array([[1.0, 0.0], [0.0, -1.0]])


def failed(message: str, **more: Any) -> ExerciseResult:
    test = Ended(
        id="t", title="Not square", outcome="failed", points=0, max_points=6, message=message, **more
    )
    return ExerciseResult(name="conv2d_single", score=0, max_score=6, status="failed", tests=[test])


def wrong_value() -> ExerciseResult:
    right = np.array([[0.0, 0.0, 12.0], [1.0, 0.0, 0.0]])
    mine = right.copy()
    mine[0, 2] = -8.0
    mine[1, 1] = 1.0
    result = failed(
        "first differs at [0, 2]: got -8.0, expected 12.0 (2 of 6 values differ)",
        example="conv2d_single(image=..., kernel=...)",
        evidence=Evidence(
            arguments={"image": pack(IMAGE), "kernel": pack(KERNEL)},
            expected=pack(right),
            got=pack(mine),
            first_difference=[0, 2],
            outlines={
                "image": Outline(note="the window of the first wrong value", spans=[[0, 2, 1], [2, 4, 1]])
            },
        ),
    )
    result.diagnosis = Diagnosis(mistake="m", says="The kernel is flipped.", hint="Entry [0, 0] comes first.")
    return result


def shown(result: ExerciseResult, width: int = 80, **options: Any) -> str:
    out = io.StringIO()
    Console(file=out, width=width, **options).print(exercise_text(result, width=width))
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())


def test_a_wrong_value() -> None:
    assert (
        shown(wrong_value())
        == """\
  ✗ conv2d_single          0 / 6  failed
    what this looks like: The kernel is flipped.
    Entry [0, 0] comes first.
    ✗ Not square
      first differs at [0, 2]: got -8.0, expected 12.0 (2 of 6 values differ)
      conv2d_single(image=..., kernel=...)
      image · shape (3, 4)                           kernel · shape (2, 2)
      in bars: the window of the first wrong value   [1   0]
      [0  1  │2    0│]                               [0  -1]
      [3  0  │1  -10│]
      [0  2   0    1 ]
      expected · shape (2, 3)   got · shape (2, 3)
      [0  0  12]                [0   0  ≠-8]
              ^                           ^
      [1  0   0]                [1  ≠1    0]"""
    )


def test_a_wrong_shape() -> None:
    evidence = Evidence(expected=pack(np.ones((2, 3))), got=pack(np.ones((2, 2))))
    assert (
        shown(failed("shape (2, 2), expected (2, 3)", evidence=evidence))
        == """\
  ✗ conv2d_single          0 / 6  failed
    ✗ Not square
      shape (2, 2), expected (2, 3)
      expected · shape (2, 3)   got · shape (2, 2) ≠
      [1  1  1]                 [1  1]
      [1  1  1]                 [1  1]"""
    )


def test_an_exception() -> None:
    message = "raised IndexError: index 4 is out of bounds (convolution.py, line 61)"
    evidence = Evidence(arguments={"pad": 1}, expected=pack(np.ones((1, 2))), got=pack(message))
    assert (
        shown(failed(message, evidence=evidence))
        == """\
  ✗ conv2d_single          0 / 6  failed
    ✗ Not square
      raised IndexError: index 4 is out of bounds (convolution.py, line 61)
      pad = 1
      expected · shape (1, 2)   got: no value
      [1  1]"""
    )


def test_nan() -> None:
    evidence = Evidence(expected=pack(np.ones((1, 2))), got=pack(np.array([[1.0, np.nan]])))
    assert (
        shown(failed("nan at [0, 1], expected 1.0", evidence=evidence))
        == """\
  ✗ conv2d_single          0 / 6  failed
    ✗ Not square
      nan at [0, 1], expected 1.0
      expected · shape (1, 2)   got · shape (1, 2)
      [1  1]                    [1  ≠nan]
          ^                            ^"""
    )


@pytest.mark.parametrize("width", [40, 60, 80])
def test_a_large_grid_is_cropped_to_the_width(width: int) -> None:
    image = np.arange(900.0).reshape(30, 30) - 12345
    got = image.copy()
    got[20, 25] = 0
    evidence = Evidence(arguments={"x": pack(image[:20])}, expected=pack(image[:20]), got=pack(got[:20]))
    text = shown(failed("differs", evidence=evidence), width=width)
    assert max(len(line) for line in text.splitlines()) <= width


@pytest.mark.parametrize(
    ("environment", "options", "coloured"),
    [
        ({}, {"force_terminal": True}, True),
        ({"NO_COLOR": "1"}, {"force_terminal": True}, False),
        ({}, {}, False),
    ],
)
def test_colour_only_on_a_terminal_that_wants_it(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], options: dict[str, Any], coloured: bool
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    text = shown(wrong_value(), **options)
    assert ("\x1b[31m" in text) == coloured or ("\x1b[1;31m" in text) == coloured
    assert "≠-8" in text
