"""`grader serve` by its real command, in a browser: by keyboard, killed meanwhile, axe on each page."""

from __future__ import annotations

import contextlib
import csv
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytest.importorskip("uvicorn", reason="uvicorn is not installed (pip install 'cnn-grader[serve]')")
pytest.importorskip(
    "python_multipart", reason="python-multipart is not installed (pip install 'cnn-grader[serve]')"
)
pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
COURSE = ["--course", str(ROOT), "--assignment", "cnn"]
HOSTILE = "<img src=x onerror=document.title=1>.zip"


class Server:
    """The real command on a box, which can be killed and started again."""

    def __init__(self, box: Path) -> None:
        self.box = box
        self.process: subprocess.Popen[str] | None = None
        self.address = ""
        self.port = 0

    def start(self) -> None:
        command = [sys.executable, "-m", "grader", "serve", "start", str(self.box), "--port", str(self.port)]
        self.process = subprocess.Popen([*command, *COURSE], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.address = self.process.stdout.readline().strip()
        self.port = int(self.address.rpartition(":")[2])
        end = time.monotonic() + 20
        while time.monotonic() < end:
            with contextlib.suppress(OSError), urllib.request.urlopen(self.address, timeout=2):
                return
            time.sleep(0.1)
        raise AssertionError("the server does not answer")

    def end(self, number: int) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        code = self.process.wait(30)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code


def tokens(box: Path, *options: str) -> dict[str, str]:
    file = box.parent / f"tokens-{options[0].strip('-')}.csv"
    command = [
        sys.executable,
        "-m",
        "grader",
        "serve",
        "tokens",
        str(box),
        *options,
        "--out",
        str(file),
        *COURSE,
    ]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    with file.open(encoding="utf-8") as opened:
        return {line["student"]: line["token"] for line in csv.DictReader(opened)}


@pytest.fixture
def people(tmp_path: Path) -> dict[str, str]:
    """Name → token, in tmp_path/box."""
    (tmp_path / "roster.csv").write_text("name,login\nAda Lovelace,ada\nBob,bob\n", encoding="utf-8")
    found = tokens(tmp_path / "box", "--roster", str(tmp_path / "roster.csv"))
    return found | tokens(tmp_path / "box", "--instructor", "prof")


@pytest.fixture
def server(tmp_path: Path, people: dict[str, str]) -> Iterator[Server]:
    running = Server(tmp_path / "box")
    running.start()
    yield running
    if running.process and running.process.poll() is None:
        running.end(signal.SIGKILL)


@pytest.fixture
def visit(browser: Browser, server: Server) -> Iterator[Callable[..., Page]]:
    """visit(scheme="light", scripts=True) → a page of a browser of its own. It asks nobody but the server."""
    problems: list[str] = []
    contexts = []

    def open_(scheme: str = "light", *, scripts: bool = True) -> Page:
        context = browser.new_context(color_scheme=scheme, java_script_enabled=scripts)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(f"exception: {error}"))
        page.on(
            "console",
            lambda said: problems.append(said.text) if "Content Security Policy" in said.text else None,
        )
        page.on(
            "request",
            lambda asked: (
                None
                if asked.url.startswith((server.address, "data:"))
                else problems.append(f"request: {asked.url}")
            ),
        )
        return page

    yield open_
    for context in contexts:
        context.close()
    assert not problems, "\n".join(problems)


def log_in(page: Page, server: Server, token: str) -> None:
    page.goto(f"{server.address}/")
    page.get_by_label("Your token").fill(token)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Log out").wait_for()


def test_handed_in_killed_graded_and_read(
    tmp_path: Path, server: Server, people: dict[str, str], visit: Callable[..., Page],
    axe: Callable[[Page], list[str]],
) -> None:  # fmt: skip
    work = tmp_path / HOSTILE
    subprocess.run(
        [sys.executable, "-m", "grader", "pack", str(ROOT / "exercises" / "cnn"), "--out", str(tmp_path / "w.zip"),
         *COURSE],
        cwd=tmp_path, check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    (tmp_path / "w.zip").rename(work)
    page = visit()
    # The link of the mail: the token stands behind the #, and leaves the address.
    page.goto(f"{server.address}/#{people['ada']}")
    assert axe(page) == []
    page.wait_for_function("document.getElementById('token').value.startsWith('drop_')")
    assert people["ada"] not in page.url
    page.keyboard.press("Enter")
    page.get_by_text("Logged in as Ada Lovelace").wait_for()
    assert axe(page) == []
    page.get_by_label("Your work").set_input_files(work)
    page.get_by_label("Your work").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Hand in"
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Handed in").wait_for()
    receipt = page.url
    # As soon as it is acknowledged: killed.
    server.end(signal.SIGKILL)
    assert axe(page) == []
    server.start()
    page.get_by_text("Graded:").wait_for(timeout=60_000)
    assert page.url == receipt
    assert axe(page) == []
    page.get_by_role("link", name="To the feedback").click()
    page.wait_for_url("**/page")
    assert page.title() != "1"
    assert axe(page) == []
    page.go_back()
    page.get_by_role("link", name="To all your submissions").click()
    page.get_by_role("cell", name="Counts.").wait_for()
    assert axe(page) == []

    other = visit("dark")
    log_in(other, server, people["bob"])
    assert other.goto(f"{receipt}/page").status == 404  # type: ignore[union-attr]
    assert axe(other) == []

    prof = visit()
    log_in(prof, server, people["prof"])
    assert axe(prof) == []
    prof.get_by_role("link", name="The report of the class").click()
    prof.get_by_role("link", name="ada").first.click()
    prof.wait_for_url("**/report/ada")

    assert server.end(signal.SIGTERM) == 0
    table = subprocess.run(
        [sys.executable, "-m", "grader", "report", str(tmp_path / "box" / "results"), *COURSE],
        cwd=ROOT, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert table.returncode == 0, table.stderr
    assert "ada" in (tmp_path / "box" / "results" / "grades.csv").read_text(encoding="utf-8")


def test_without_scripts_everything_is_there(
    tmp_path: Path, server: Server, people: dict[str, str], visit: Callable[..., Page]
) -> None:
    page = visit(scripts=False)
    log_in(page, server, people["bob"])
    (tmp_path / "convolution.py").write_text("def output_size():\n    return 0\n", encoding="utf-8")
    page.get_by_label("Your work").set_input_files(tmp_path / "convolution.py")
    page.get_by_role("button", name="Hand in").click()
    end = time.monotonic() + 60
    while not page.get_by_text("Graded:").count():
        assert time.monotonic() < end
        time.sleep(0.3)
        page.get_by_role("link", name="Look again").click()
    page.get_by_role("link", name="To the feedback").click()
    page.wait_for_url("**/page")
    page.goto(f"{server.address}/")
    page.get_by_role("button", name="Log out").click()
    page.get_by_role("heading", name="Log in").wait_for()
