"""The figure of the lesson on recurrent networks: what it computes, playing, and that everybody can use it."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

Opener = Callable[..., "Page"]
Values = npt.NDArray[np.float64]

FOLDER = Path(__file__).parents[2] / "solutions" / "rnn" / "handout"
FIGURE = FOLDER / "figure.html"
STILL = FOLDER / "figure.svg"

#: Turns a row and keeps its length.
TURN = np.array([[2.0, -1.0, 2.0], [2.0, 2.0, -1.0], [-1.0, 2.0, 2.0]]) / 3
LOUDNESS = {"quiet": 0.01, "medium": 0.3, "loud": 2.0}


def shown_states(page: Page) -> Values:
    """(T + 1, 3), NaN where nothing is shown yet."""
    found = page.locator(".unit").evaluate_all("nodes => nodes.map(n => n.dataset.value ?? 'nan')")
    return np.array(found, dtype=float).reshape(-1, 3)


def shown_norms(page: Page) -> Values:
    found = page.locator(".norm").evaluate_all("nodes => nodes.map(n => n.dataset.value ?? 'nan')")
    return np.array(found, dtype=float)


def states_of(page: Page, word: str, factor: float, loudness: float) -> Values:
    """What a network with the figure's letters and weights remembers, worked out here."""
    states = [np.zeros(3)]
    for letter in word:
        read = loudness * np.array(page.evaluate("letterRow", letter))
        states.append(np.tanh(read + states[-1] @ (factor * TURN)))
    return np.array(states)


def norms_of(states: Values, factor: float) -> Values:
    gradients = [np.full(3, 1 / np.sqrt(3))]
    for state in states[:0:-1]:
        gradients.append((gradients[-1] * (1 - state**2)) @ (factor * TURN).T)
    return np.asarray(np.linalg.norm(gradients[::-1], axis=1))


def count(page: Page) -> str:
    return page.locator("#count").inner_text()


def label(page: Page) -> str:
    return page.locator("#play-label").inner_text()


def set_weight(page: Page, factor: float) -> None:
    page.locator("#factor").fill(str(round(10 * factor)))


# --- What it computes ---


@pytest.mark.parametrize(
    ("word", "factor", "letters"),
    [
        ("tide", 0.5, "medium"),
        ("remembered", 1.5, "quiet"),
        pytest.param("a sea", 1.9, "loud", marks=pytest.mark.slow),
        pytest.param("é", 0.0, "loud", marks=pytest.mark.slow),
    ],
)
def test_states_and_gradients_are_those_of_a_recurrent_network(
    open_page: Opener, word: str, factor: float, letters: str
) -> None:
    page = open_page(FIGURE)
    page.locator("#word").fill(word)
    set_weight(page, factor)
    page.locator(f"label[for=letters-{letters}]").click()
    page.locator("#finish").click()
    states = states_of(page, word, factor, LOUDNESS[letters])
    np.testing.assert_allclose(shown_states(page), states, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(shown_norms(page), norms_of(states, factor), rtol=1e-12, atol=1e-15)


def test_states_come_letter_by_letter_and_the_gradient_goes_back_step_by_step(open_page: Opener) -> None:
    page = open_page(FIGURE, "#word=sea")
    for read in (1, 2, 3):
        assert np.isfinite(shown_states(page)).all(axis=1).tolist() == [k <= read for k in range(4)]
        assert np.isnan(shown_norms(page)).all()
        assert count(page) == f"Step {read} of 7, forward"
        page.keyboard.press("ArrowRight")
    for reached in (3, 2, 1, 0):
        assert np.isfinite(shown_norms(page)).tolist() == [k >= reached for k in range(4)]
        assert page.locator(".time[aria-current=step]").get_attribute("data-place") == str(reached)
        page.keyboard.press("ArrowRight")
    assert count(page) == "Step 7 of 7, backward"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("anchor", "verdict"),
    [
        ("#word=remembered&weight=0.5&letters=quiet", "it vanishes"),
        ("#word=remembered&weight=1&letters=quiet", "it gets through"),
        ("#word=remembered&weight=1.5&letters=quiet", "it explodes"),
        ("#word=remembered&weight=1.5&letters=loud", "it vanishes"),
    ],
)
def test_the_weight_makes_the_gradient_vanish_or_explode(
    open_page: Opener, anchor: str, verdict: str
) -> None:
    page = open_page(FIGURE, anchor)
    assert verdict in page.locator("#verdict").inner_text()
    page.locator("#finish").click()
    down = page.locator('.time[data-place="0"] .size').evaluate("n => n.classList.contains('down')")
    assert down == (verdict != "it explodes")


@pytest.mark.slow
def test_the_table_spells_out_the_present_step(open_page: Opener) -> None:
    page = open_page(FIGURE, "#word=sea&weight=0.9")

    def rows() -> Values:
        found = page.locator("#sum tbody tr").all_inner_texts()
        return np.array([[float(n.replace("−", "-")) for n in row.split("\t")] for row in found])

    page.keyboard.press("ArrowRight")
    read, remembered, total, state = rows().T
    np.testing.assert_allclose(read + remembered, total, atol=0.011)
    np.testing.assert_allclose(np.tanh(total), state, atol=0.011)
    page.locator("#finish").click()
    arrives, slope, dsum, gradient = rows().T
    np.testing.assert_allclose(arrives * slope, dsum, atol=0.011)
    np.testing.assert_allclose(dsum @ (0.9 * TURN).T, gradient, atol=0.011)


# --- What a person can do ---


def test_a_typed_word_is_read_and_an_empty_one_is_named(open_page: Opener) -> None:
    page = open_page(FIGURE)
    page.locator("#finish").click()
    page.locator("#word").fill("<b>&")
    assert page.locator(".letter").all_inner_texts() == ["start", "<", "b", ">", "&"]
    assert count(page) == "Step 9 of 9, backward"
    page.locator("#word").fill("")
    assert page.locator("#problem").inner_text() == "Type at least one letter."
    assert page.locator(".letter").count() == 5
    page.locator("#word").blur()
    assert page.locator("#word").input_value() == "<b>&"
    assert page.locator("#problem").inner_text() == ""


@pytest.mark.slow
def test_it_plays_forward_and_back_and_stops_at_the_end(open_page: Opener) -> None:
    page = open_page(FIGURE, "#word=sea", clock=True)
    page.keyboard.press("Space")
    assert label(page) == "Pause"
    page.clock.run_for(1_000)
    assert count(page) == "Step 3 of 7, forward"
    page.keyboard.press("Space")
    page.clock.run_for(5_000)
    assert (label(page), count(page)) == ("Play", "Step 3 of 7, forward")
    page.keyboard.press("Space")
    page.clock.run_for(5_000)
    assert (label(page), count(page)) == ("Replay", "Step 7 of 7, backward")
    page.locator("#play").click()
    assert count(page) == "Step 1 of 7, forward"


@pytest.mark.slow
def test_a_letter_jumps_to_its_step(open_page: Opener) -> None:
    page = open_page(FIGURE, "#word=tide")
    page.locator('.letter[data-place="3"]').focus()
    page.keyboard.press("Enter")
    assert count(page) == "Step 3 of 9, forward"
    page.locator("#finish").click()
    page.locator('.letter[data-place="1"]').click()
    assert count(page) == "Step 8 of 9, backward"


@pytest.mark.slow
def test_keys_keep_their_meaning_inside_controls(open_page: Opener) -> None:
    page = open_page(FIGURE, "#word=tide&weight=0.8")
    page.locator("#factor").focus()
    page.keyboard.press("ArrowRight")
    page.locator("#word").focus()
    page.keyboard.press("End")
    page.keyboard.press("Space")
    assert page.locator("#factor-text").inner_text() == "0.9 × turn"
    assert (count(page), label(page)) == ("Step 1 of 11, forward", "Play")


@pytest.mark.slow
def test_nonsense_in_the_address_is_ignored(open_page: Opener) -> None:
    page = open_page(FIGURE, "#word=&weight=1e9&letters=constructor")
    assert page.locator("#word").input_value() == "memory"
    assert page.locator("#factor-text").inner_text() == "0.8 × turn"
    assert page.locator("#letters-medium").is_checked()


# --- For everybody ---


@pytest.mark.slow
def test_nothing_starts_by_itself_and_little_motion_is_respected(open_page: Opener) -> None:
    page = open_page(FIGURE, motion="no-preference", clock=True)
    page.clock.run_for(10_000)
    assert (count(page), label(page)) == ("Step 1 of 13, forward", "Play")
    moving = "n => getComputedStyle(n).animationName"
    assert page.locator(".link.now .run").evaluate(moving) == "run"
    assert open_page(FIGURE).locator(".link.now .run").evaluate(moving) == "none"


@pytest.mark.slow
def test_the_step_is_announced_but_not_while_it_plays_fast(open_page: Opener) -> None:
    page = open_page(FIGURE, "#word=sea", clock=True)
    status = page.locator("#status")
    page.keyboard.press("ArrowRight")
    said = status.text_content() or ""
    assert said.startswith("Step 2 of 7, forward. “e”, step 2: state ")
    page.keyboard.press("Space")
    page.clock.run_for(1_000)
    assert status.text_content() == said
    page.keyboard.press("Space")
    assert "gradient of length" in (status.text_content() or "")


@pytest.mark.slow
@pytest.mark.parametrize("width", [320, 400, 768, 900, 1280])
def test_no_width_scrolls_sideways_and_every_target_can_be_hit(open_page: Opener, width: int) -> None:
    page = open_page(FIGURE, "#word=remembered&weight=1.9&letters=quiet", width=width)
    page.locator("#finish").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    spilled = page.locator(".unit, .norm, .letter").evaluate_all(
        "nodes => nodes.filter(n => n.scrollWidth > n.clientWidth + 1).map(n => n.textContent)"
    )
    assert spilled == []
    small: list[Any] = page.locator("button, input:not(.segments input), .segments label").evaluate_all(
        """nodes => nodes.map(n => [n.outerHTML.slice(0, 80), n.getBoundingClientRect()])
             .filter(([, box]) => box.width < 24 || box.height < 24).map(([html]) => html)"""
    )
    assert small == []


@pytest.mark.slow
def test_keyboard_focus_is_visible(open_page: Opener) -> None:
    page = open_page(FIGURE)
    for _ in range(12):
        page.keyboard.press("Tab")
        outline = page.evaluate(
            """() => { const node = document.activeElement;
                 const style = getComputedStyle(node.closest(".segments") ? node.nextElementSibling : node);
                 return [style.outlineStyle, parseFloat(style.outlineWidth)]; }"""
        )
        assert outline == ["solid", 3]


@pytest.mark.slow
def test_signs_and_lengths_are_shown_by_more_than_colour(open_page: Opener) -> None:
    page = open_page(FIGURE, "#word=remembered&weight=0.5")
    page.locator("#finish").click()
    units = page.locator(".unit").evaluate_all(
        "nodes => nodes.map(n => [+n.dataset.value, n.textContent, getComputedStyle(n).backgroundImage !== 'none'])"
    )
    assert any(value < 0 for value, _, _ in units)
    for value, text, striped in units:
        assert (value < 0) == striped == text.startswith("−")
    assert all(page.locator(".norm").all_inner_texts())


@pytest.mark.slow
@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 320)])
def test_axe_finds_nothing(
    open_page: Opener, axe: Callable[[Page], list[str]], scheme: str, width: int
) -> None:
    page = open_page(FIGURE, "#word=tide", scheme=scheme, width=width)
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    assert axe(page) == []
    page.locator("#word").fill("")
    assert axe(page) == []


def test_the_page_and_the_still_ask_for_nothing() -> None:
    source = FIGURE.read_text(encoding="utf-8")
    assert "default-src 'none'" in source
    assert not re.findall(r"https?://|<link|\bsrc=|@import|url\(|fetch\(|XMLHttpRequest", source)
    root = ET.parse(STILL).getroot()
    assert root.get("role") == "img"
    for tag in ("title", "desc"):
        found = root.find("{http://www.w3.org/2000/svg}" + tag)
        assert found is not None
        assert found.text
    assert not re.findall(r"href=|@import|url\((?!#)", STILL.read_text(encoding="utf-8"))


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_and_still_follow_the_colour_scheme(open_page: Opener, scheme: str) -> None:
    fill = open_page(STILL, scheme=scheme).locator("rect.card").evaluate("n => getComputedStyle(n).fill")
    card = open_page(FIGURE, scheme=scheme).locator(".card").first
    assert fill == card.evaluate("n => getComputedStyle(n).backgroundColor")
    assert fill == ("rgb(255, 255, 255)" if scheme == "light" else "rgb(26, 32, 39)")
