"""The lesson's figure, as a student uses it: what it computes, drawing, editing and playing."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

Opener = Callable[..., "Page"]
Grid = npt.NDArray[np.float64]

FIGURE = Path(__file__).parents[2] / "solutions" / "cnn" / "handout" / "figure.html"

FILTERS = {
    "vertical": np.array([[-1.0, 0.0, 1.0]] * 3),
    "horizontal": np.array([[-1.0, 0.0, 1.0]] * 3).T,
    "blur": np.full((3, 3), 1 / 9),
    "sharpen": np.array([[0.0, -1.0, 0.0], [-1.0, 5.0, -1.0], [0.0, -1.0, 0.0]]),
    "identity": np.array([[0.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 0.0]]),
}
IMAGES = ["vertical", "horizontal", "diagonal", "digit"]


def cells(page: Page, grid: str) -> Grid:
    """The values of a grid, NaN where a cell is not filled."""
    found = page.locator(f"#{grid} [data-row]").evaluate_all(
        "nodes => nodes.map(n => [+n.dataset.row, +n.dataset.col, n.dataset.value ?? null])"
    )
    side = max(row for row, _, _ in found) + 1
    values = np.full((side, side), np.nan)
    for row, col, value in found:
        if value is not None:
            values[row, col] = float(value)
    return values


def box(page: Page, selector: str) -> list[float]:
    """Left, top, right and bottom of the first match, in pixels."""
    found = page.locator(selector).bounding_box()
    assert found is not None
    return [found["x"], found["y"], found["x"] + found["width"], found["y"] + found["height"]]


def correlate(image: Grid, kernel: Grid, stride: int, pad: int) -> Grid:
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(image, pad), kernel.shape)
    return np.asarray(np.einsum("rcij,ij->rc", windows[::stride, ::stride], kernel))


def choose(page: Page, setting: str, value: int) -> None:
    page.locator(f"label[for={setting}-{value}]").click()


def count(page: Page) -> str:
    return page.locator("#count").inner_text()


def label(page: Page) -> str:
    return page.locator("#play-label").inner_text()


# --- What it computes ---


def rest(*values: int) -> list[Any]:
    """Parameters for the slow suite."""
    return [
        pytest.param(*values_, marks=pytest.mark.slow) for values_ in zip(*[iter(values)] * 2, strict=True)
    ]


@pytest.mark.parametrize(("stride", "pad"), [(2, 1), *rest(1, 0, 3, 2, 1, 1, 1, 2, 2, 0, 2, 2, 3, 0, 3, 1)])
def test_the_full_map_is_the_cross_correlation_of_image_and_filter(
    open_page: Opener, stride: int, pad: int
) -> None:
    page = open_page(FIGURE)
    choose(page, "stride", stride)
    choose(page, "pad", pad)
    page.locator("#finish").click()
    for preset in IMAGES:
        page.locator("#image").select_option(preset)
        image = cells(page, "input")
        assert image.shape == (8, 8)
        assert set(image.ravel()) == {0.0, 1.0}
        for name, kernel in FILTERS.items():
            page.locator("#filter").select_option(name)
            expected = correlate(image, kernel, stride, pad)
            np.testing.assert_allclose(cells(page, "map"), expected, atol=1e-12, err_msg=f"{preset}, {name}")


@pytest.mark.slow
def test_the_image_side_can_be_chosen(open_page: Opener) -> None:
    page = open_page(FIGURE, "#image=digit")
    choose(page, "stride", 2)
    page.locator("#finish").click()
    for size in (6, 7, 8):
        choose(page, "size", size)
        image = cells(page, "input")
        assert image.shape == (size, size)
        np.testing.assert_array_equal(cells(page, "map"), correlate(image, FILTERS["vertical"], 2, 0))


def test_the_map_is_filled_one_cell_a_step_in_row_major_order(open_page: Opener) -> None:
    page = open_page(FIGURE)
    for filled in range(1, 9):
        values = cells(page, "map").ravel()
        assert np.isfinite(values[:filled]).all()
        assert np.isnan(values[filled:]).all()
        assert count(page) == f"Step {filled} of 36"
        page.locator("#step").click()


@pytest.mark.slow
def test_the_step_spells_out_nine_products_that_add_up_to_the_cell(open_page: Opener) -> None:
    page = open_page(FIGURE, "#image=digit&filter=sharpen&pad=1&stride=2")
    image = np.pad(cells(page, "input"), 1)
    for step in range(16):
        row, col = divmod(step, 4)
        patch = image[2 * row : 2 * row + 3, 2 * col : 2 * col + 3]
        spelled = re.findall(r"(\d+)×\(?(−?\d+)\)?", page.locator("#products").inner_text())
        products = [(float(pixel), float(weight.replace("−", "-"))) for pixel, weight in spelled]
        assert products == list(zip(patch.ravel().tolist(), FILTERS["sharpen"].ravel().tolist(), strict=True))
        total = float(page.locator("#sum").inner_text().replace("−", "-"))
        assert total == sum(pixel * weight for pixel, weight in products)
        assert total == cells(page, "map")[row, col]
        page.keyboard.press("ArrowRight")


@pytest.mark.slow
def test_the_frames_lie_on_the_patch_and_on_the_cell_it_fills(open_page: Opener) -> None:
    page = open_page(FIGURE, "#stride=2&pad=1")
    page.locator('#map [data-row="2"][data-col="1"]').click()
    patch, cell = box(page, ".frame[data-frame=patch]"), box(page, ".frame[data-frame=cell]")
    first = box(page, '#input [data-row="3"][data-col="1"]')
    last = box(page, '#input [data-row="5"][data-col="3"]')
    filled = box(page, '#map [data-row="2"][data-col="1"]')
    # The cells keep a gap of a pixel on each side, and the frame has a width.
    assert patch == pytest.approx([*first[:2], *last[2:]], abs=4)
    assert cell == pytest.approx(filled, abs=4)


@pytest.mark.slow
def test_the_formula_is_shown_with_the_present_numbers(open_page: Opener) -> None:
    page = open_page(FIGURE)
    plugged, remainder = page.locator("#plugged"), page.locator("#remainder")
    assert "⌊(W + 2P − K) / S⌋ + 1" in page.locator("#formula").inner_text()
    assert plugged.inner_text() == "⌊(8 + 2·0 − 3) / 1⌋ + 1 = 5 + 1 = 6"
    choose(page, "stride", 2)
    choose(page, "pad", 1)
    assert plugged.inner_text() == "⌊(8 + 2·1 − 3) / 2⌋ + 1 = ⌊7 / 2⌋ + 1 = 4"
    assert "1 row and 1 column stay uncovered" in remainder.inner_text()
    choose(page, "stride", 1)
    assert "keeps the side" in remainder.inner_text()
    assert page.locator("#map [role=row]").count() == 8


@pytest.mark.slow
def test_padding_is_drawn_as_dashed_zeros(open_page: Opener) -> None:
    page = open_page(FIGURE)
    assert page.locator("#input [data-padding]").count() == 0
    choose(page, "pad", 2)
    padding = page.locator("#input [data-padding]")
    assert padding.count() == 12 * 12 - 8 * 8
    assert padding.first.evaluate("n => getComputedStyle(n).borderTopStyle") == "dashed"
    assert set(page.locator("#input [data-padding] .value").all_inner_texts()) == {"0"}


@pytest.mark.slow
def test_one_filter_serves_the_whole_image_and_the_page_says_so(open_page: Opener) -> None:
    page = open_page(FIGURE)
    text = page.locator("#sharing-text").inner_text()
    assert "9 weights make all 36 numbers" in text
    assert "64·36 = 2,304" in text


@pytest.mark.slow
def test_moving_the_image_moves_its_feature_map(open_page: Opener) -> None:
    page = open_page(FIGURE, "#image=digit&filter=sharpen&pad=1")
    page.locator("#finish").click()
    before = cells(page, "map")
    page.get_by_role("button", name="Move the image down").click()
    page.get_by_role("button", name="Move the image left").click()
    np.testing.assert_array_equal(cells(page, "map")[1:-1, 1:-1], before[:-2, 2:])


# --- Drawing and editing ---


@pytest.mark.slow
def test_a_click_toggles_a_pixel_and_the_map_follows(open_page: Opener) -> None:
    page = open_page(FIGURE, "#image=blank&filter=identity&pad=1")
    page.locator("#finish").click()
    pixel = page.locator('#input [data-row="3"][data-col="5"]')
    pixel.click()
    assert cells(page, "input")[3, 5] == 1
    assert cells(page, "map").sum() == cells(page, "map")[3, 5] == 1
    assert page.locator("#image").input_value() == "own"
    pixel.click()
    assert cells(page, "map").sum() == 0


@pytest.mark.slow
def test_a_mouse_with_the_button_down_draws_a_line(open_page: Opener) -> None:
    page = open_page(FIGURE, "#image=blank")
    for col, act in [(1, page.mouse.down), (2, None), (3, None), (4, page.mouse.up), (5, None)]:
        page.locator(f'#input [data-row="2"][data-col="{col}"]').hover()
        if act:
            act()
    assert np.flatnonzero(cells(page, "input")[2]).tolist() == [1, 2, 3, 4]


@pytest.mark.slow
def test_a_tap_toggles_once(open_page: Opener) -> None:
    page = open_page(FIGURE, "#image=blank", touch=True, width=320)
    page.locator('#input [data-row="0"][data-col="0"]').tap()
    assert cells(page, "input").sum() == 1


@pytest.mark.slow
def test_keys_move_in_the_image_toggle_and_set_pixels(open_page: Opener) -> None:
    page = open_page(FIGURE, "#image=blank")
    page.locator('#input [data-row="0"][data-col="0"]').focus()
    for key in ["Space", "ArrowRight", "ArrowDown", "Enter", "ArrowDown", "7", "ArrowLeft", "ArrowLeft"]:
        page.keyboard.press(key)
    image = cells(page, "input")
    assert (image[0, 0], image[1, 1], image[2, 1], image.sum()) == (1, 1, 7, 9)
    named = page.get_by_role("button", name="Pixel row 2, column 0: 0", exact=True)
    assert named.evaluate("node => node === document.activeElement")
    assert count(page) == "Step 1 of 36"


@pytest.mark.slow
def test_each_grid_is_one_stop_of_the_tab_key(open_page: Opener) -> None:
    page = open_page(FIGURE)
    for grid in ("input", "map"):
        page.locator(f'#{grid} [data-row="1"][data-col="1"]').focus()
        page.keyboard.press("ArrowRight")
        assert page.locator(f"#{grid} [tabindex='0']").count() == 1
        page.keyboard.press("Tab")
        assert page.evaluate("id => !document.getElementById(id).contains(document.activeElement)", grid)


@pytest.mark.slow
def test_weights_take_integers_decimals_and_fractions(open_page: Opener) -> None:
    page = open_page(FIGURE, "#image=digit")
    page.locator("#finish").click()
    kernel = FILTERS["vertical"].copy()
    for row, col, text, value in [(0, 0, "2", 2), (1, 1, "-0.5", -0.5), (2, 2, "1/4", 0.25)]:
        page.get_by_label(f"Weight row {row}, column {col}").fill(text)
        kernel[row, col] = value
    np.testing.assert_allclose(cells(page, "map"), correlate(cells(page, "input"), kernel, 1, 0), atol=1e-12)
    assert page.locator("#filter").input_value() == "own"


def test_a_bad_weight_is_named_and_changes_nothing(open_page: Opener) -> None:
    page = open_page(FIGURE)
    page.locator("#finish").click()
    before = cells(page, "map")
    weight = page.get_by_label("Weight row 0, column 0")
    for text in ["", "abc", "1/0", "1e9", "100", "1/2/3", "--1"]:
        weight.fill(text)
        assert weight.get_attribute("aria-invalid") == "true", text
        assert "Not a weight" in page.locator("#problem").inner_text()
        np.testing.assert_array_equal(cells(page, "map"), before)
        weight.blur()
        assert weight.input_value() == "−1"
        assert page.locator("#problem").inner_text() == ""


# --- Playing ---


@pytest.mark.slow
def test_play_fills_the_map_pauses_and_plays_again(open_page: Opener) -> None:
    page = open_page(FIGURE, "#stride=2", clock=True)
    assert count(page) == "Step 1 of 9"
    page.locator("#play").click()
    assert label(page) == "Pause"
    page.clock.run_for(1_000)
    assert count(page) == "Step 3 of 9"
    page.locator("#play").click()
    page.clock.run_for(5_000)
    assert (count(page), label(page)) == ("Step 3 of 9", "Play")
    page.locator("#play").click()
    page.clock.run_for(3_000)
    assert (count(page), label(page)) == ("Step 9 of 9", "Replay")
    page.locator("#play").click()
    assert count(page) == "Step 1 of 9"


@pytest.mark.slow
def test_speed_sets_the_steps_a_second(open_page: Opener) -> None:
    page = open_page(FIGURE, clock=True)
    page.locator("#speed").fill("3")
    assert page.locator("#speed-text").inner_text() == "5 steps a second"
    page.locator("#play").click()
    page.clock.run_for(2_000)
    assert count(page) == "Step 11 of 36"


@pytest.mark.slow
def test_buttons_step_back_reset_and_fill(open_page: Opener) -> None:
    page = open_page(FIGURE)
    assert page.locator("#back").is_disabled()
    page.locator("#finish").click()
    assert count(page) == "Step 36 of 36"
    assert page.locator("#step").is_disabled()
    page.locator("#back").click()
    assert count(page) == "Step 35 of 36"
    page.locator("#reset").click()
    assert count(page) == "Step 1 of 36"
    assert np.isfinite(cells(page, "map")).sum() == 1


@pytest.mark.slow
def test_space_plays_and_arrows_step_from_anywhere_on_the_page(open_page: Opener) -> None:
    page = open_page(FIGURE, clock=True)
    for key in ["ArrowRight", "ArrowRight", "ArrowLeft"]:
        page.keyboard.press(key)
    assert count(page) == "Step 2 of 36"
    page.keyboard.press("Space")
    assert label(page) == "Pause"
    page.clock.run_for(500)
    assert count(page) == "Step 3 of 36"
    page.keyboard.press("Space")
    assert label(page) == "Play"
    assert page.evaluate("scrollY") == 0


@pytest.mark.slow
def test_keys_keep_their_meaning_inside_controls(open_page: Opener) -> None:
    page = open_page(FIGURE)
    page.locator("#finish").focus()
    page.keyboard.press("Space")
    assert (count(page), label(page)) == ("Step 36 of 36", "Replay")
    page.locator("#stride-1").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("#stride-2").is_checked()
    page.get_by_label("Weight row 1, column 1").focus()
    page.keyboard.press("ArrowLeft")
    assert count(page) == "Step 9 of 9"


@pytest.mark.slow
def test_a_button_that_gets_disabled_hands_its_focus_on(open_page: Opener) -> None:
    page = open_page(FIGURE)
    page.locator("#finish").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "play"


@pytest.mark.slow
def test_a_cell_of_the_map_jumps_to_its_step(open_page: Opener) -> None:
    page = open_page(FIGURE)
    page.locator('#map [data-row="4"][data-col="3"]').focus()
    page.keyboard.press("Enter")
    assert count(page) == "Step 28 of 36"
    assert page.locator("#map [aria-current=step]").get_attribute("data-row") == "4"


@pytest.mark.slow
def test_a_new_shape_keeps_a_full_map_full_and_restarts_a_partial_one(open_page: Opener) -> None:
    page = open_page(FIGURE)
    page.locator("#step").click()
    choose(page, "pad", 1)
    assert count(page) == "Step 1 of 64"
    page.locator("#finish").click()
    choose(page, "stride", 3)
    assert count(page) == "Step 9 of 9"
    assert np.isfinite(cells(page, "map")).all()


@pytest.mark.slow
def test_an_address_chooses_the_scene_and_nonsense_in_it_is_ignored(open_page: Opener) -> None:
    page = open_page(FIGURE, "#image=digit&filter=blur&stride=2&pad=1&size=7")
    assert page.locator("#image").input_value() == "digit"
    assert page.locator("#filter").input_value() == "blur"
    assert page.locator("#plugged").inner_text().startswith("⌊(7 + 2·1 − 3) / 2⌋")
    page = open_page(FIGURE, "#image=constructor&filter=own&stride=9&pad=-1&size=1e9")
    assert page.locator("#plugged").inner_text().startswith("⌊(8 + 2·0 − 3) / 1⌋")
