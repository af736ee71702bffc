"""Are the tests blind somewhere? The reference spoilt in small ways: what passes is named with a call that tells."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from grader.authoring import proof
from grader.authoring.perturbations import PERTURBATIONS, in_float32
from grader.authoring.proof import not_proven, prove, proven
from grader.authoring.telling import alike, share_alike
from grader.authoring.validate import Examination, examine

from .tiny_courses import CATALOGUE, HIDDEN_BETA, WILD


def examined(course: Any, *, everything: bool = False) -> Examination:
    found, material = examine(course.course, "tiny")
    assert material is not None
    found.reasons.clear()
    prove(course.course, found, material, everything=everything, progress=lambda *_: None)
    return found


@pytest.fixture(scope="module")
def tame(make_course: Callable[..., Any]) -> Examination:
    return examined(make_course(CATALOGUE))


@pytest.fixture(scope="module")
def wild(make_course: Callable[..., Any]) -> Examination:
    return examined(make_course({**CATALOGUE, **WILD}), everything=True)


def test_tame_tests_let_spoilt_results_through_and_each_is_named_with_a_call_that_tells(
    tame: Examination,
) -> None:
    spoilt = tame.exercises["double"].spoilt
    assert (
        spoilt["rounded to 2 decimals"]
        == spoilt["clipped at ±255"]
        == spoilt["in half precision"]
        == "passed"
    )
    assert spoilt["times 1.001"] == spoilt["those of the first call"] == "caught"
    reason = next(r for r in tame.reasons if "double" in r and "rounded to 2 decimals" in r)
    assert "this call would: double(x=" in reason
    call = reason.partition("this call would: ")[2]
    x = eval(call.replace("double(x=", "(", 1), {"np": np})
    assert not np.allclose(np.round(2 * x, 2), 2 * x, rtol=1e-5, atol=0)


@pytest.mark.slow
def test_tests_with_fractions_large_and_small_numbers_notice_them_all(wild: Examination) -> None:
    assert wild.reasons == []
    for name in ("double", "scaled", "clip"):
        assert set(wild.exercises[name].spoilt.values()) == {"caught"}, name
        assert set(wild.exercises[name].spoilt) == {each.name for each in PERTURBATIONS}
        assert wild.exercises[name].single is True


@pytest.mark.slow
def test_integers_are_spoilt_only_in_ways_that_integers_know(wild: Examination) -> None:
    exam = wild.exercises["total"]
    assert set(exam.spoilt) == {each.name for each in PERTURBATIONS if each.whole}
    assert exam.single is None


def test_what_was_proven_and_what_was_not_is_said(tame: Examination, wild: Examination) -> None:
    line = proven(wild)
    assert "4 of 4 known mistakes caught" in line
    assert "single precision accepted in 3 of 3 exercises" in line
    assert wild.mutants is not None
    counts = wild.mutants.counts
    assert counts["survived"] == 3, "np.maximum(0, x), and two of the kind"
    assert f"{counts.total() - 3} of {counts.total()} changed tokens noticed" in line
    gaps = not_proven(wild)
    assert "total: the catalogue has no mistake and no right variant of it" in gaps
    assert (
        "clip: return np.maximum(x, 0) → return np.maximum(0, x) passes, and no call was found that tells it apart"
        in gaps
    )
    assert not any("changed tokens" in gap for gap in gaps), "all of them were tried"
    assert any("tries them all" in gap for gap in not_proven(tame))
    assert any(gap.startswith("total: no call found") and "±255" in gap for gap in not_proven(tame))


def test_an_author_can_say_why_a_spoilt_result_may_pass(make_course: Callable[..., Any]) -> None:
    why = (
        "- {function: double, because: Two decimals are asked for., perturbations: [rounded to 2 decimals]}\n"
    )
    found = examined(make_course({**CATALOGUE, "solutions/tiny/equivalent_mutants.yaml": why}))
    assert found.exercises["double"].spoilt["rounded to 2 decimals"] == "allowed"
    assert not any("double" in reason and "2 decimals" in reason for reason in found.reasons)


@pytest.mark.sampled
@pytest.mark.parametrize(
    "text", ["- {function: double}", "- {function: double, because: ' '}", "- 3", "[", "{a: b}"]
)
def test_a_list_of_exceptions_without_reasons_is_refused_in_words(
    text: str, make_course: Callable[..., Any]
) -> None:
    found = examined(make_course({**CATALOGUE, "solutions/tiny/equivalent_mutants.yaml": text}))
    assert len(found.reasons) == 1
    assert "equivalent_mutants.yaml" in found.reasons[0]


@pytest.mark.slow
def test_a_tolerance_that_refuses_single_precision_is_a_reason(make_course: Callable[..., Any]) -> None:
    strict = HIDDEN_BETA.replace("scale=magnitude(x))", "tolerance=1e-12, scale=magnitude(x))")
    found = examined(make_course({**CATALOGUE, **WILD, "tests/hidden/tiny/test_beta.py": strict}))
    assert found.exercises["scaled"].single is False
    assert any("scaled: the reference in single precision does not pass" in r for r in found.reasons)


@pytest.mark.slow
def test_a_changed_token_that_no_test_notices_is_named_with_a_call_that_tells(
    make_course: Callable[..., Any],
) -> None:
    blind = WILD["tests/hidden/tiny/test_alpha.py"].replace(
        "    must_raise(ValueError, student.total, [])\n", ""
    )
    blind = blind.replace("min_size=1, max_size=5", "min_size=2, max_size=5")
    course = make_course({**CATALOGUE, **WILD, "tests/hidden/tiny/test_alpha.py": blind})
    found = examined(course, everything=True)
    # nobody asks for an empty list any more, nor for one of length 1; no input of the tests would show it
    assert any(gap.startswith("total: if len(x) == 0: → if ") for gap in found.unproven)


@pytest.mark.slow
def test_an_equivalent_that_is_caught_is_named(make_course: Callable[..., Any]) -> None:
    why = (
        "- {function: clip, because: It is not so., "
        'changes: [["return np.maximum(x, 0)", "return np.minimum(x, 0)"]]}'
    )
    found = examined(
        make_course({**CATALOGUE, **WILD, "solutions/tiny/equivalent_mutants.yaml": why}), everything=True
    )
    assert [r for r in found.reasons if "listed as equivalent" in r] == [
        "clip: listed as equivalent, but caught or no mutant: return np.maximum(x, 0) → return np.minimum(x, 0)"
    ]


def test_where_mutants_can_not_run_that_is_said(
    make_course: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proof, "can_run_mutants", lambda: False)
    found = examined(make_course({**CATALOGUE, **WILD}))
    assert found.mutants is None
    assert any("not tried" in gap for gap in not_proven(found))


def test_answers_are_alike_up_to_rounding_and_no_further() -> None:
    small = np.array([1e-6, 0.0])
    assert alike(small * (1 + 1e-7), small)
    assert not alike(small + 1e-6, small)
    assert not alike(3.0, 3), "an integer was asked for"
    assert not alike(np.ones(2), np.ones((2, 1)))
    assert alike(ValueError("a"), ValueError("b"))
    assert not alike(np.ones(2), ValueError())
    assert share_alike((1.0, np.ones(3)), (2.0, np.ones(3))) == 0.5
    assert share_alike((1.0, {"a": 1.0}), (1.0, {"a": 1.0, "b": 2.0})) == 0.75


def test_single_precision_goes_in_and_comes_out() -> None:
    seen: list[Any] = []

    def right(x: Any, n: int) -> Any:
        seen.append((x.dtype, n))
        return {"y": x.astype(float) * n}

    assert in_float32(right)(np.ones(2), n=3)["y"].dtype == np.float32
    assert seen == [(np.float32, 3)]
