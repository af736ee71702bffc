"""A browser for the pages of this kit. Every page opened here must stay silent and off the network."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

ROOT = Path(__file__).parents[2]
LOCAL_SCHEMES = ("file:", "data:", "blob:", "about:")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

OpenPage = Callable[..., "Page"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, headless; skips, with the reason, where it or playwright is not installed."""
    api = pytest.importorskip("playwright.sync_api", reason="the python package playwright is not installed")
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("chromium is not installed (apt-get install chromium)")
    with api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture(scope="session")
def context_for(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """context_for(**options) -> a context, made once: these pages keep nothing between visits."""
    made: dict[str, BrowserContext] = {}

    def context(**options: Any) -> BrowserContext:
        key = repr(sorted(options.items()))
        if key not in made:
            made[key] = browser.new_context(**options)
        return made[key]

    yield context
    for one in made.values():
        one.close()


@pytest.fixture
def open_page(browser: Browser, context_for: Callable[..., BrowserContext]) -> Iterator[OpenPage]:
    """open_page(file, anchor="", width=1280, height=900, scheme="light", motion="reduce", touch=False, clock=False).

    With clock=True the page's time stands still until `page.clock.run_for(milliseconds)`. After the test, any
    console error, uncaught exception or request that is not local fails it.
    """
    pages: list[Page] = []
    problems: list[str] = []

    def open_(
        file: Path,
        anchor: str = "",
        *,
        width: int = 1280,
        height: int = 900,
        scheme: str = "light",
        motion: str = "reduce",
        touch: bool = False,
        clock: bool = False,
    ) -> Page:
        options: dict[str, Any] = {
            "viewport": {"width": width, "height": height},
            "color_scheme": scheme,
            "reduced_motion": motion,
            "has_touch": touch,
        }
        # A clock that stands still, stands still for its whole context.
        page = browser.new_page(**options) if clock else context_for(**options).new_page()
        pages.append(page)
        page.on(
            "console", lambda said: problems.append(f"console: {said.text}") if said.type == "error" else None
        )
        page.on("pageerror", lambda error: problems.append(f"exception: {error}"))
        page.on(
            "request",
            lambda asked: (
                None if asked.url.startswith(LOCAL_SCHEMES) else problems.append(f"request: {asked.url}")
            ),
        )
        if clock:
            page.clock.install(time=0)
        page.goto(file.resolve().as_uri() + anchor)
        if clock:
            page.clock.pause_at(3_600)
        return page

    yield open_
    for page in pages:
        page.close()
    assert not problems, "\n".join(problems)


def find_axe() -> Path | None:
    """axe.min.js: from the variable AXE_CORE_JS, else from node_modules at the top of the repository."""
    candidates = [Path(os.environ["AXE_CORE_JS"])] if os.environ.get("AXE_CORE_JS") else []
    candidates.append(ROOT / "node_modules" / "axe-core" / "axe.min.js")
    return next((path for path in candidates if path.is_file()), None)


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], list[str]]:
    """axe(page) -> violations of WCAG 2.2 A and AA and of axe's best practices, one line each."""
    script = find_axe()
    if script is None:
        pytest.skip("axe-core is not installed (npm install axe-core, or set AXE_CORE_JS to its axe.min.js)")
    source = script.read_text(encoding="utf-8")
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

    def violations(page: Page) -> list[str]:
        page.evaluate(source)
        found = page.evaluate(
            "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}}).then(r => r.violations)", tags
        )
        return [
            f"{violation['id']}: {violation['help']}: {node['target']}"
            for violation in found
            for node in violation["nodes"]
        ]

    return violations
