"""Examples as a student meets them: in a terminal, in `grader check`, in a notebook, in the zip, on the page."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.authoring import build_handout, write_handout
from grader.commands.examples import run
from grader.course.models import load_course
from grader.exports.gradescope import gradescope_results as gradescope
from grader.feedback import feedback_html
from grader.grading.grader import Grader
from grader.home import own_examples, pack, self_check
from grader.home.notebook_check import CheckFailed
from grader.home.own_examples import LiveExample, example
from grader.intake import Submission, collect, discover, open_bundle
from grader.platforms.nbgrader.cells import exercise_card
from grader.wall.launcher import can_fork_workers

TEXT = """\
scaled:
  - {x: [1, 2], expect: [4, 8]}
  - {x: [1, 2], factor: 6, expect: [6, 13]}
  - {x: [9], expect: [36]}
"""


@pytest.fixture(scope="module")
def handout(with_examples: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("handout") / "tiny"
    write_handout(build_handout(with_examples.course, "tiny", with_examples.assignment), folder)
    shutil.copy(with_examples.root / "course.yaml", folder)
    return folder


@pytest.fixture
def own(handout: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "mine"
    shutil.copytree(handout, folder)
    return folder


def said(folder: Path, exercise: str | None = None) -> int:
    return run(exercise, folder, course_path=None, assignment=None)


def test_the_command_judges_what_is_there(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (own / "examples.yaml").write_text(TEXT, encoding="utf-8")
    assert said(own) == 1
    assert capsys.readouterr().out.splitlines() == [
        "scaled:",
        "  1 valid example, catching 2 of 3 known mistakes.",
        "  Line 3 is not what scaled should give. Work it out again, by hand.",
        "  Line 4 is answered when graded: the results known here are of other inputs.",
    ]
    (own / "examples.yaml").write_text(TEXT.replace("13", "12"), encoding="utf-8")
    assert said(own, "scaled") == 0
    assert "together catching 3 of 3" in capsys.readouterr().out


@pytest.mark.parametrize("text", [None, "", "double:\n  - {x: [1], expect: [2]}\n"])
def test_without_examples_it_shows_how_to_begin(
    own: Path, text: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    if text is not None:
        (own / "examples.yaml").write_text(text, encoding="utf-8")
    assert said(own, "scaled") == 0
    shown = capsys.readouterr().out
    assert "No examples of scaled yet" in shown
    assert "  scaled:\n    - x: …\n      factor: …  # or leave the line out: 4\n      expect: …\n" in shown
    assert "rows of one to three numbers" in shown


def test_an_answer_is_there_within_a_second(own: Path, cli: Callable[..., Any]) -> None:
    (own / "examples.yaml").write_text(
        "scaled:\n" + "  - {x: [1, 2], expect: [4, 8]}\n" * 100, encoding="utf-8"
    )
    started = time.process_time()
    said(own)
    assert time.process_time() - started < 1
    assert "100 valid examples" in cli("examples", cwd=own).out


def test_check_tells_of_examples_in_one_line(own: Path, cli: Callable[..., Any]) -> None:
    (own / "examples.yaml").write_text(TEXT, encoding="utf-8")
    shown = " ".join(cli("check", cwd=own).out.split())
    assert (
        "examples of yours: 1 valid, 1 wrong, 1 answered when graded (`grader examples` says more)" in shown
    )


def test_check_says_nothing_where_there_are_none(own: Path) -> None:
    report = self_check(load_course(own / "course.yaml"), "tiny", own)
    assert report.besides is not None
    assert report.besides.examples == ""


def test_examples_go_into_the_zip_and_are_read_from_it(own: Path, with_examples: Any, tmp_path: Path) -> None:
    (own / "examples.yaml").write_text(TEXT, encoding="utf-8")
    (own / "alpha.py").write_text("def double(x): return 2 * x\n", encoding="utf-8")
    (tmp_path / "class").mkdir()
    pack("tiny", with_examples.assignment, own, own / "checks", tmp_path / "class" / "ada.zip")
    (entry,) = discover(tmp_path / "class", "tiny", with_examples.assignment).entries
    assert (
        open_bundle(collect(entry, with_examples.assignment), with_examples.assignment, {}).examples == TEXT
    )


@pytest.fixture
def kernel(own: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(own)
    monkeypatch.setattr(own_examples, "_KERNEL", own_examples._Kernel())
    return own


def test_in_a_notebook(kernel: Path) -> None:
    first = example("scaled", np.array([1.0]), expect=np.array([4.0]))
    assert repr(first) == (
        "1 valid example, catching 1 of 3 known mistakes.\n"
        "None of yours has different numbers in x or more than 1 along the first axis of x."
    )
    second = example("scaled", x=[1, 2], factor=6, expect=(6, 12))
    assert repr(second) == (
        "1 valid example, catching 3 of 3 known mistakes.\nAll of this notebook:\n"
        "2 valid examples, together catching 3 of 3 known mistakes."
    )
    assert "not what total should give" in repr(example("total", [], expect=0))
    assert isinstance(example("total", [], expect=ValueError), LiveExample)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: example("scald", [1], expect=1), "there is no exercise 'scald'"),
        (lambda: example("scaled", object(), expect=1), "a object can't be compared: an example is numbers"),
        (lambda: example(3, 1, expect=1), "by its name"),
    ],
)
def test_what_is_no_example_is_said_in_one_line(kernel: Path, call: Callable[[], Any], words: str) -> None:
    with pytest.raises(CheckFailed, match=words.split(":")[0]) as caught:
        call()
    assert caught.value._render_traceback_() == [str(caught.value)]


def test_the_kit_hands_out_example(kernel: Path) -> None:
    import grader

    before = list(sys.meta_path)
    try:
        assert grader.example is example
    finally:
        sys.meta_path[:] = before


def test_the_page_says_it_and_cells_with_examples_cost_nothing(
    with_examples: Any, submit: Callable[..., Submission]
) -> None:
    beta = (
        f"from grader import check, example\nexample('scaled', [1], expect=[4])\n{with_examples.good['beta']}"
    )
    with Grader(with_examples.course, "tiny", confined=can_fork_workers()) as grader:
        result = grader.grade(submit({**with_examples.good, "beta": beta}, examples=TEXT))
    assert result.score == 10
    page = feedback_html(result, with_examples.assignment)
    assert "Your own examples." in page
    assert "2 valid examples, together catching 2 of 3 known mistakes." in page
    assert "Line 3 is not what scaled should give." in page
    assert "They count no points." in page
    entries = [
        test for test in gradescope(result, with_examples.assignment)["tests"] if "own" in test["name"]
    ]
    assert [(entry["name"], entry["score"], entry["max_score"]) for entry in entries] == [
        ("scaled: your own examples", 0, 0)
    ]
    assert "Your own examples." in exercise_card(result.exercise("scaled"))
