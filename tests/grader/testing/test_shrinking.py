"""The example that a student reads: numbers that are easy to read come first, then few, then small ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.testing.shrinking import size_of, smallest


@pytest.mark.parametrize(
    ("easier", "harder"),
    [
        (np.full(9, 4.0), np.full(1, 1.3e-6)),
        (np.full(9, -3.5), np.full(1, 0.137)),
        (np.full(9, 999.0), np.full(1, 142857.0)),
        (np.full(1, 0.411), np.full(2, 0.411)),
        (np.full(2, 1.0), np.full(2, 3.0)),
    ],
)
def test_easy_numbers_come_first(easier: Any, harder: Any) -> None:
    assert size_of({"x": easier}) < size_of({"x": harder})


def test_where_whole_numbers_fail_too_they_are_shown() -> None:
    inputs = [{"x": np.full(3, 1.3e-6)}, {"x": np.full(5, 7.0)}, {"x": np.full(1, 0.137)}]
    tried: list[Any] = []

    def fails(candidate: Any) -> bool:
        tried.append(candidate["x"])
        return bool(candidate["x"].size > 1)

    smallest(inputs, inputs[0], fails, lambda candidate: True)
    assert tried[0].tolist() == [7.0] * 5
    assert set(tried[-1].tolist()) <= {0.0, 1.0, 7.0}
