"""A student's page in a browser: what it shows, by keyboard, at every width, in the dark, on paper, to axe."""

from __future__ import annotations

import base64
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from grader.course.models import load_course
from grader.feedback import feedback_html
from grader.result import (
    CheckpointResult,
    Diagnosis,
    Evidence,
    ExerciseResult,
    Late,
    Outline,
    Picture,
    QuestionResult,
    Result,
)
from grader.result import TestResult as Ended
from grader.testing.evidence import pack

if TYPE_CHECKING:
    from playwright.sync_api import Page

Opener = Callable[..., "Page"]

ROOT = Path(__file__).parents[2]


def ended(outcome: str, message: str = "", **more: Any) -> Ended:
    given = {"id": "t", "title": f"A test that {outcome}", "points": 0, "max_points": 2}
    return Ended.model_validate(given | {"outcome": outcome, "message": message} | more)


def exercise(name: str, status: str, *tests: Ended, **more: Any) -> ExerciseResult:
    full = {
        "name": name,
        "score": 0,
        "max_score": 6,
        "status": status,
        "tests": list(tests),
        "chapter": "convolution",
    }
    return ExerciseResult.model_validate(full | more)


def a_result() -> Result:
    """One exercise for each way to end, with every kind of picture."""
    image = np.arange(100.0).reshape(10, 10) - 40
    expected = image[:8, :8] + 1
    got = expected.copy()
    got[4, 5] = -7
    got[6, 1] = 0
    wrong = ended(
        "failed",
        "first differs at [4, 5]: got -7.0, expected 6.0 (2 of 64 values differ)",
        example="conv2d_single(image=..., kernel=...)",
        evidence=Evidence(
            arguments={"image": pack(image), "kernel": pack(np.eye(3))},
            expected=pack(expected),
            got=pack(got),
            first_difference=[4, 5],
            outlines={"image": Outline(note="the window", spans=[[4, 7, 1], [5, 8, 1]])},
        ),
    )
    levels = base64.b64encode(np.arange(-50, 50).astype(np.int8).tobytes()).decode()
    picture = Picture(title="vertical edges", text="bright and dark", height=10, width=10, levels=levels)
    shape = ended(
        "failed",
        "shape (2, 2), expected (3, 3)",
        evidence=Evidence(expected=pack(np.ones((3, 3))), got=pack(np.ones((2, 2)))),
    )
    flipped = Diagnosis(
        mistake="flipped-kernel", says="The kernel is flipped.", hint="Entry [0, 0] comes first."
    )
    timeout = ended("timeout", "did not finish within 2 s of computing")
    return Result(
        assignment="cnn",
        student="ada",
        status="graded",
        score=57.2,
        max_score=100,
        needs_manual=True,
        late=Late(due="2030-01-01T12:00+00:00", days=2, penalty_percent=20, score_before=71.5),
        problems=["answers.yaml: no answer to why-share"],
        ignored=["notes.txt"],
        exercises=[
            exercise("output_size", "passed", ended("passed", points=2), score=6),
            exercise("conv_at", "error", ended("error", "broke the protocol")),
            exercise(
                "conv2d_single", "failed", wrong, shape, diagnosis=flipped, printed="row 0\nrow 1\n" * 80
            ),
            exercise("zero_pad", "blocked", ended("blocked", "needs pad, which is not written yet")),
            exercise("conv2d", "passed", ended("passed", points=2), score=6, pictures=[picture] * 4),
            exercise("relu", "timeout", timeout, chapter="pooling"),
            exercise("maxpool", "missing", ended("failed"), chapter="pooling", message="not written yet"),
        ],
        questions=[
            QuestionResult(
                name="plain-language", score=0, max_score=2, needs_manual=True, answer="It slides."
            )
        ],
        checkpoints=[CheckpointResult(name="convolution", passed=False, feedback="Works: output_size.")],
    )


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    lesson = load_course(ROOT / "course.yaml").assignments["cnn"]
    lesson = lesson.model_copy(update={"reveal_printed": True})  # the page at its fullest
    file = tmp_path_factory.mktemp("feedback") / "feedback.html"
    file.write_text(feedback_html(a_result(), lesson), encoding="utf-8")
    return file


def test_the_page_tells_what_happened_and_what_to_do(open_page: Opener, page_file: Path) -> None:
    page = open_page(page_file)
    assert page.title().startswith("ada")
    assert "57.2 of 100 points" in page.locator(".score").inner_text()
    assert "2 days late" in page.locator(".hero").inner_text()
    card = page.locator("#exercise-conv2d_single")
    assert "The kernel is flipped." in card.locator(".looks").inner_text()
    assert "first differs at [4, 5]" in card.inner_text()
    assert card.locator("td.first").count() == 2
    assert card.locator("td.window").count() == 9
    assert (
        page.locator("#exercise-conv2d img").evaluate_all("n => n.map(i => [i.naturalWidth, !!i.alt])")
        == [[10, True]] * 4
    )
    for name, said in {
        "conv_at": "stopped by an error",
        "zero_pad": "could not be tried",
        "relu": "ran out of time",
    }.items():
        assert said in page.locator(f"#exercise-{name}").inner_text()


def test_one_frame_stands_around_the_window_that_made_the_first_wrong_value(
    open_page: Opener, page_file: Path
) -> None:
    page = open_page(page_file)
    framed = page.locator("#exercise-conv2d_single td.window").evaluate_all(
        """cells => cells.map(cell => { const s = getComputedStyle(cell, "::after");
             return ["Top", "Right", "Bottom", "Left"].map(side => s[`border${side}Width`] !== "0px"); })"""
    )
    rows = np.array(framed).reshape(3, 3, 4)
    top, right, bottom, left = np.moveaxis(rows, -1, 0)
    assert top.tolist() == [[True] * 3, [False] * 3, [False] * 3]
    assert bottom.tolist() == [[False] * 3, [False] * 3, [True] * 3]
    assert left.tolist() == [[True, False, False]] * 3
    assert right.tolist() == [[False, False, True]] * 3
    values = page.locator("#exercise-conv2d_single td.window").all_inner_texts()
    assert values == [str(10 * row + column - 40) for row in (4, 5, 6) for column in (5, 6, 7)]


def test_every_difference_is_marked_by_more_than_colour(open_page: Opener, page_file: Path) -> None:
    page = open_page(page_file)
    marked = page.locator("#exercise-conv2d_single figure:nth-of-type(2) td:is(.first, .differs)")
    found = marked.evaluate_all("n => n.map(c => [c.textContent, getComputedStyle(c).outlineStyle])")
    assert found == [["≠first difference: -7", "solid"], ["≠differs: 0", "dashed"]]


def test_everything_can_be_reached_and_opened_by_keyboard(open_page: Opener, page_file: Path) -> None:
    page = open_page(page_file)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main"
    closed = page.locator("#exercise-conv2d_single details:not([open]) > summary").first
    closed.focus()
    page.keyboard.press("Enter")
    assert "shape (2, 2), expected (3, 3)" in page.locator("#exercise-conv2d_single").inner_text()
    stops = page.locator("summary, a[href], [tabindex='0']").evaluate_all(
        """nodes => nodes.filter(n => n.checkVisibility()).map(n => { n.focus();
             return n === document.activeElement; })"""
    )
    assert len(stops) > 10
    assert all(stops)
    scrolling = page.evaluate(
        """[...document.querySelectorAll(".scroll, .printed")].filter(n => n.checkVisibility()
             && (n.scrollWidth > n.clientWidth || n.scrollHeight > n.clientHeight + 1) && n.tabIndex < 0).length"""
    )
    assert scrolling == 0


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1280, "light")])
def test_no_violation_and_no_sideways_scrolling(
    open_page: Opener, page_file: Path, axe: Callable[[Page], list[str]], width: int, scheme: str
) -> None:
    page = open_page(page_file, width=width, scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert axe(page) == []
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (background == "rgb(245, 246, 248)") == (scheme == "light")


@pytest.mark.slow
@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (768, "dark"), (1280, "dark")])
def test_no_violation_elsewhere_either(
    open_page: Opener, page_file: Path, axe: Callable[[Page], list[str]], width: int, scheme: str
) -> None:
    test_no_violation_and_no_sideways_scrolling(open_page, page_file, axe, width, scheme)


def test_on_paper_everything_is_open_and_dark_on_white(open_page: Opener, page_file: Path) -> None:
    page = open_page(page_file, scheme="dark")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.locator(".skip").evaluate("n => getComputedStyle(n).display") == "none"
    hidden = page.locator("#exercise-conv2d_single li:nth-child(2) .explained")
    assert hidden.evaluate("n => n.getBoundingClientRect().height") > 50


def test_the_page_has_no_script_and_one_heading_of_each_outer_rank(
    open_page: Opener, page_file: Path
) -> None:
    page = open_page(page_file)
    assert page.locator("script").count() == 0
    assert page.locator("h1").count() == 1
    ranks = page.locator("h1, h2, h3, h4").evaluate_all("n => n.map(h => +h.tagName[1])")
    assert all(after - before <= 1 for before, after in pairwise(ranks))
