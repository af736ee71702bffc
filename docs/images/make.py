"""The README's pictures, taken again: `grader demo`, then `python docs/images/make.py demo-results/cnn`.

Needs playwright and Chromium. Writes feedback.png, figure.png and report.png beside this file.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]


def open_(browser: Browser, file: Path, anchor: str = "", *, width: int, height: int = 900) -> Page:
    page = browser.new_page(viewport={"width": width, "height": height}, reduced_motion="reduce")
    page.goto(file.resolve().as_uri() + anchor)
    return page


def feedback(browser: Browser, results: Path) -> None:
    """A flipped kernel, named, with the window that made the first wrong value."""
    page = open_(browser, results / "greta" / "feedback.html", width=900)
    page.locator("#exercise-conv2d_single").screenshot(path=HERE / "feedback.png")


def figure(browser: Browser) -> None:
    """The filter in the middle of a digit."""
    file = ROOT / "exercises" / "cnn" / "figure.html"
    page = open_(browser, file, "#image=digit&filter=vertical", width=1080, height=760)
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    page.screenshot(path=HERE / "figure.png")


def report(browser: Browser, results: Path) -> None:
    """The class in numbers."""
    page = open_(browser, results / "report.html", width=1080, height=860)
    page.screenshot(path=HERE / "report.png")


def main() -> None:
    if len(sys.argv) != 2 or not (Path(sys.argv[1]) / "report.html").is_file():
        sys.exit("usage: python docs/images/make.py RESULTS   (such as demo-results/cnn)")
    results = Path(sys.argv[1])
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        feedback(browser, results)
        figure(browser)
        report(browser, results)
        browser.close()
    for name in ("feedback", "figure", "report"):
        print(f"{name}.png", (HERE / f"{name}.png").stat().st_size // 1000, "kB")


if __name__ == "__main__":
    main()
