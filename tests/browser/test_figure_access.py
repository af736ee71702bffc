"""The lesson's figure for everybody: screen readers, little motion, small screens, dark rooms, no colours."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

#: The figure changes seldom; test_figure.py looks at it in every run.
pytestmark = pytest.mark.slow

Opener = Callable[..., "Page"]

FOLDER = Path(__file__).parents[2] / "solutions" / "cnn" / "handout"
FIGURE = FOLDER / "figure.html"
STILL = FOLDER / "figure.svg"

SLOW_WIDTHS = [pytest.param(width, marks=pytest.mark.slow) for width in (480, 768)]
INTERACTIVE = "button, select, input[type=range], input.weight, .segments label"


def count(page: Page) -> str:
    return page.locator("#count").inner_text()


def test_the_step_is_announced_but_not_while_it_plays_fast(open_page: Opener) -> None:
    page = open_page(FIGURE, clock=True)
    status = page.locator("#status")
    assert status.get_attribute("aria-live") == "polite"
    page.keyboard.press("ArrowRight")
    said = status.text_content()
    assert said is not None
    assert said.startswith("Step 2 of 36. Feature map row 0, column 1")
    page.keyboard.press("Space")
    page.clock.run_for(2_000)
    assert count(page) == "Step 6 of 36"
    assert status.text_content() == said
    page.keyboard.press("Space")
    assert (status.text_content() or "").startswith("Step 6 of 36")


def frame_x(page: Page) -> float:
    return float(page.locator(".frame[data-frame=patch]").get_attribute("x") or "nan")


def test_nothing_starts_by_itself(open_page: Opener) -> None:
    page = open_page(FIGURE, motion="no-preference", clock=True)
    page.clock.run_for(10_000)
    assert (count(page), page.locator("#play-label").inner_text()) == ("Step 1 of 36", "Play")


def test_the_filter_slides_unless_reduced_motion_is_asked_for(open_page: Opener) -> None:
    calm = open_page(FIGURE, motion="reduce", clock=True)
    start = frame_x(calm)
    calm.keyboard.press("ArrowRight")
    end = frame_x(calm)
    assert end > start
    calm.clock.run_for(1_000)
    assert frame_x(calm) == end

    moving = open_page(FIGURE, motion="no-preference", clock=True)
    moving.keyboard.press("ArrowRight")
    assert frame_x(moving) == start
    moving.clock.run_for(100)
    assert start < frame_x(moving) < end
    moving.clock.run_for(1_000)
    assert frame_x(moving) == pytest.approx(end)


@pytest.mark.parametrize("width", [320, 1280, *SLOW_WIDTHS])
def test_no_width_scrolls_sideways(open_page: Opener, width: int) -> None:
    page = open_page(FIGURE, "#pad=2&filter=sharpen", width=width)
    page.locator("#finish").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    spilled = page.locator(".output").evaluate_all("n => n.filter(x => x.scrollWidth > x.clientWidth).length")
    assert spilled == 0


@pytest.mark.parametrize("width", [320, 1280, *SLOW_WIDTHS])
def test_every_target_is_large_enough_to_hit(open_page: Opener, width: int) -> None:
    page = open_page(FIGURE, "#pad=2", width=width)
    small: list[Any] = page.locator(INTERACTIVE).evaluate_all(
        """nodes => nodes.map(node => [node.outerHTML.slice(0, 80), node.closest(".cell") ?? node])
             .map(([html, node]) => [html, node.getBoundingClientRect()])
             .filter(([, box]) => box.width < 24 || box.height < 24)
             .map(([html, box]) => [html, box.width, box.height])"""
    )
    assert small == []


def test_keyboard_focus_is_visible(open_page: Opener) -> None:
    page = open_page(FIGURE)
    for _ in range(16):
        page.keyboard.press("Tab")
        outline = page.evaluate(
            """() => { const node = document.activeElement;
                 const shown = node.closest(".segments") ? node.nextElementSibling : node;
                 const style = getComputedStyle(shown);
                 return [style.outlineStyle, parseFloat(style.outlineWidth)]; }"""
        )
        assert outline == ["solid", 3]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_numbers_can_be_read_on_their_cells(open_page: Opener, scheme: str) -> None:
    page = open_page(FIGURE, "#filter=vertical&pad=1", scheme=scheme)
    for col in range(8):
        page.locator(f'#input [data-row="0"][data-col="{col}"]').focus()
        page.keyboard.press(str(col + 2))
    page.locator("#finish").click()
    contrasts: list[float] = page.locator(".cell > *, .weight, #result, .button:enabled").evaluate_all(
        """nodes => {
          const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
          const luminance = (colour, under) => {
            context.fillStyle = under; context.fillRect(0, 0, 1, 1);
            context.fillStyle = colour; context.fillRect(0, 0, 1, 1);
            const [r, g, b] = [...context.getImageData(0, 0, 1, 1).data].map(v => v / 255)
              .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
          };
          const card = getComputedStyle(document.querySelector(".card")).backgroundColor;
          return nodes.map(node => {
            const style = getComputedStyle(node);
            const pair = [luminance(style.color, card), luminance(style.backgroundColor, card)].sort((a, b) => b - a);
            return (pair[0] + 0.05) / (pair[1] + 0.05);
          });
        }"""
    )
    assert len(contrasts) > 150
    assert min(contrasts) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_follows_the_colour_scheme(open_page: Opener, scheme: str) -> None:
    page = open_page(FIGURE, scheme=scheme)
    red = int(re.findall(r"\d+", page.evaluate("getComputedStyle(document.body).backgroundColor"))[0])
    assert red > 200 if scheme == "light" else red < 50


def test_a_sign_is_shown_by_more_than_colour(open_page: Opener) -> None:
    page = open_page(FIGURE, "#pad=1")
    page.locator("#finish").click()
    shown = page.locator("#map button").evaluate_all(
        "nodes => nodes.map(n => [+n.dataset.value, n.textContent, getComputedStyle(n).backgroundImage !== 'none'])"
    )
    assert any(value < 0 for value, _, _ in shown)
    for value, text, striped in shown:
        assert (value < 0) == striped == text.startswith("−")


@pytest.mark.parametrize(
    ("scheme", "width"),
    [
        ("light", 1280),
        ("dark", 320),
        pytest.param("light", 320, marks=pytest.mark.slow),
        pytest.param("dark", 1280, marks=pytest.mark.slow),
    ],
)
def test_axe_finds_nothing(
    open_page: Opener, axe: Callable[[Page], list[str]], scheme: str, width: int
) -> None:
    page = open_page(FIGURE, "#pad=1&image=digit", scheme=scheme, width=width)
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    assert axe(page) == []
    page.get_by_label("Weight row 0, column 0").fill("abc")
    assert axe(page) == []


def test_the_page_is_one_file_that_asks_for_nothing() -> None:
    source = FIGURE.read_text(encoding="utf-8")
    assert "default-src 'none'" in source
    assert not re.findall(r"https?://|<link|\bsrc=|@import|url\(|fetch\(|XMLHttpRequest", source)


def test_the_still_has_a_text_alternative_and_stands_alone() -> None:
    namespace = "{http://www.w3.org/2000/svg}"
    root = ET.parse(STILL).getroot()
    assert root.get("role") == "img"
    for tag in ("title", "desc"):
        found = root.find(namespace + tag)
        assert found is not None
        assert found.text
        assert found.get("id") in (root.get("aria-labelledby") or "").split()
    assert not re.findall(r"href=|@import|url\((?!#)", STILL.read_text(encoding="utf-8"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_still_opens_in_a_browser(open_page: Opener, scheme: str) -> None:
    page = open_page(STILL, scheme=scheme)
    fill = page.locator("rect.card").first.evaluate("n => getComputedStyle(n).fill")
    assert fill == ("rgb(255, 255, 255)" if scheme == "light" else "rgb(26, 32, 39)")
