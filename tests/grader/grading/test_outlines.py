"""Outlines of evidence: an assignment's rule is asked about the first wrong value; its answer is not trusted."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from grader.feedback.grids import draw_arguments
from grader.grading.outlines import WrongCall, outline
from grader.result import Evidence, Outline
from grader.result import TestResult as Ended
from grader.testing.evidence import pack


def column_sums(call: WrongCall) -> None:
    (column,) = call.at(1)
    call.outline("table", (slice(None), column), f"{call.part}: its column of {call.shape[0]}")


ASSIGNMENT: Any = SimpleNamespace(plugin=lambda name: SimpleNamespace(RULES={"column_sums": column_sums}))


def failed(expected: Any, got: Any, function: str = "column_sums") -> Evidence:
    evidence = Evidence(arguments={"table": pack(np.ones((2, 3)))}, expected=pack(expected), got=pack(got))
    test = Ended(
        id="t", title="t", outcome="failed", points=0, max_points=1, message="sums: no", evidence=evidence
    )
    test.example = f"{function}(table=...)"
    outline(ASSIGNMENT, [test])
    return evidence


def test_the_rule_sees_the_first_place_that_differs_and_the_part_it_is_in() -> None:
    right, wrong = np.zeros(3), np.array([0.0, 0.0, 5.0])
    alone = failed(right, wrong).outlines["table"]
    assert (alone.spans, alone.note) == ([[0, 2, 1], [2, 3, 1]], "sums: its column of 3")
    assert failed((np.ones(2), right), (np.ones(2), wrong)).outlines["table"].spans == alone.spans


@pytest.mark.parametrize("got", [np.zeros((3, 1)), "text", None, np.array([0.0, 0.0, 0.0, 9.0])])
def test_what_does_not_fit_outlines_nothing(got: Any) -> None:
    assert failed(np.zeros(3), got).outlines == {}
    assert failed(np.zeros(3), np.ones(3), "another").outlines == {}
    assert failed(np.zeros(4), np.array([0.0, 0.0, 0.0, 9.0])).outlines == {}  # beyond the table


@pytest.mark.parametrize("spans", [[], [[0, 2, 1]], [[0, 1], [0, 1]], [[0, 10**12, 1], [5, 9, 0]]])
def test_an_outline_from_a_file_that_does_not_fit_draws_nothing(spans: list[list[int]]) -> None:
    arguments = {"table": pack(np.ones((2, 3)))}
    _, drawings = draw_arguments(arguments, outlines={"table": Outline(note="here", spans=spans)})
    assert drawings[0].note == ""
