"""The lesson's hidden tests have no blind spots that we know of, and give the credit that a person would give."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.authoring import validate
from grader.authoring.fairness import TOO_LITTLE, TOO_MUCH, fairness_of
from grader.authoring.in_process import calls_of
from grader.authoring.perturbations import changed
from grader.authoring.proof import prove
from grader.authoring.validate import Examination, Material, examine
from grader.course.models import find_course, load_course

COURSE = load_course(find_course(Path(__file__).parent))
INTEGERS_ONLY = {"output_size", "param_count", "shape_trace"}


@pytest.fixture(scope="module")
def collected() -> tuple[Examination, Material]:
    """The hidden tests, without the catalogue's mistakes and variants: those have a test of their own."""
    found, material = Examination("cnn"), validate._material(COURSE, "cnn", None)
    validate._collect(COURSE, "cnn", material, None, found)
    return found, material


@pytest.mark.slow
def test_every_spoilt_result_is_noticed_and_single_precision_accepted(
    collected: tuple[Examination, Material],
) -> None:
    found, material = collected
    prove(COURSE, found, material, everything=False, progress=lambda *_: None)
    assert (found.reasons, found.unproven) == ([], [])
    assert {how for exam in found.exercises.values() for how in exam.spoilt.values()} == {"caught"}
    assert sum(len(exam.spoilt) for exam in found.exercises.values()) >= 200
    assert {name for name, exam in found.exercises.items() if exam.single is None} == INTEGERS_ONLY


@pytest.mark.slow
def test_every_exercise_with_arrays_meets_fractions_large_and_small_numbers(
    collected: tuple[Examination, Material],
) -> None:
    found, material = collected
    for name in set(found.exercises) - INTEGERS_ONLY - {"edge_filters"}:
        numbers: list[Any] = []

        def keep(values: Any, into: list[Any] = numbers) -> Any:
            into.append(np.abs(values).ravel())
            return values

        for args, kwargs in calls_of(
            found.exercises[name].tests, material.functions[name], material.reference
        ):
            changed([list(args), kwargs], keep, whole=False)
        met = np.concatenate(numbers)
        assert met.max() >= 2e5, name
        assert met[met > 0].min() <= 2.6e-6, name
        assert (met * 2**20 % 1 != 0).any(), name


@pytest.mark.slow
def test_no_single_idea_takes_all_the_points() -> None:
    found, material = examine(COURSE, "cnn")
    assert material is not None
    rows = [row for exam in found.exercises.values() for row in fairness_of(exam, material, seed=12)]
    # edge_filters has no arguments: it is asked once, and its three filters are judged apart
    assert len({row.exercise for row in rows}) == 17
    # The aim is 60 %; what Hypothesis draws, and so the share, changes a little with its version.
    assert [row for row in rows if row.right > 0.66 and row.points < TOO_LITTLE - 1e-9] == []
    assert [row for row in rows if row.right < 0.03 and row.points > TOO_MUCH] == []
    shares = {(row.exercise, row.mistake): row.points for row in rows}
    for mistake in ("minus-zero-slice", "pad-ignored", "stride-ignored", "no-bias", "first-image-only"):
        assert shares["conv2d", mistake] >= TOO_LITTLE, mistake
