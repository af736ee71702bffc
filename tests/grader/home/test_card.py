"""What `check(...)` shows in a notebook is what the student's page shows of one exercise."""

from __future__ import annotations

import re
import sys
import types
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.course.models import load_course
from grader.home.card import LiveCheck
from grader.home.notebook_check import CheckFailed, check
from grader.home.report import ExerciseCheck
from grader.home.selfcheck import self_check

ROOT = Path(__file__).parents[3]
FLIP = ("w.reshape(filters, -1) @ columns", "w[:, :, ::-1, ::-1].reshape(filters, -1) @ columns")


@pytest.fixture
def in_kernel(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """in_kernel(source): a kernel that stands in the handout and has run `source`."""
    main = types.ModuleType("__main__")
    monkeypatch.setitem(sys.modules, "__main__", main)
    monkeypatch.chdir(ROOT / "exercises" / "cnn")

    def run(source: str) -> None:
        exec(source, main.__dict__)

    return run


@pytest.fixture
def convolution() -> str:
    return (ROOT / "solutions" / "cnn" / "convolution.py").read_text(encoding="utf-8")


def shown_for(exercise: str) -> LiveCheck:
    try:
        return check(exercise)
    except CheckFailed as failed:
        return failed.found or pytest.fail(str(failed))


def words(html: str) -> str:
    text = re.sub(r"<style>.*?</style>|<[^>]+>", " ", html, flags=re.DOTALL)
    return " ".join(text.split())


def test_the_card_names_the_mistake_the_call_and_the_values_as_the_terminal_does(
    in_kernel: Callable[[str], None], convolution: str, tmp_path: Path
) -> None:
    assert convolution.count(FLIP[0]) == 1
    wrong = convolution.replace(*FLIP)
    in_kernel(wrong)
    found = shown_for("conv2d")
    (tmp_path / "convolution.py").write_text(wrong, encoding="utf-8")
    report = self_check(load_course(ROOT / "course.yaml"), "cnn", tmp_path, only="conv2d")
    same: ExerciseCheck = report.exercises[0]
    assert found.diagnosis is not None
    assert found.diagnosis == same.diagnosis
    assert found.diagnosis.mistake == "flipped-kernel"
    first = next(test for test in found.tests if test.outcome != "passed")
    assert same.failure is not None
    assert first.model_dump(exclude={"seconds"}) == same.failure.model_dump(exclude={"seconds"})
    card = words(found._repr_html_())
    for said in (found.diagnosis.says, found.diagnosis.hint, first.title, first.message, "expected", "got"):
        assert " ".join(said.split()) in card
    assert "Time used" in card
    assert found.diagnosis.says.split(",")[0] in repr(found)


def test_a_convolution_that_works_is_shown_at_work(
    in_kernel: Callable[[str], None], convolution: str
) -> None:
    in_kernel(convolution)
    html = shown_for("conv2d")._repr_html_()
    assert html.count("<img") == 4
    assert html.count("data:image/png;base64,") == 4
    assert "What this looks like" not in html


def test_what_the_code_prints_while_it_is_diagnosed_stays_out_of_sight(
    in_kernel: Callable[[str], None],
) -> None:
    in_kernel("def relu(x):\n    print('called')\n    return abs(x)\n")
    found = shown_for("relu")
    assert found.diagnosis is not None
    assert 1 <= found.printed.count("called") <= 5


def test_a_stub_gets_no_diagnosis(in_kernel: Callable[[str], None]) -> None:
    in_kernel("def relu(x):\n    raise NotImplementedError\n")
    assert shown_for("relu").diagnosis is None
