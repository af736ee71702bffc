"""`grader mark` in a browser: sixty answers by keyboard, a server killed in mid-work, two markers at once, axe."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from grader.course import load_course
from grader.gradebook import FILE_NAME, Gradebook
from grader.result import QuestionResult, Result

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytest.importorskip("uvicorn", reason="uvicorn is not installed (pip install 'cnn-grader[mark]')")
pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
QUESTION = "why-share"
WORDS = [
    "filter",
    "place",
    "weight",
    "image",
    "edge",
    "object",
    "data",
    "dense",
    "sharing",
    "fewer",
    "reuse",
    "learn",
]
HOSTILE = [
    "<script>document.title = 'owned'</script>",
    "<img src=x onerror='document.title=1'>",
    "\u202eabc" * 40,
]


def answers(count: int) -> list[str]:
    """Texts of which some are alike, some identical, some hostile, one huge."""
    texts = [*HOSTILE, "w" * 9000, "Fewer weights.", "fewer  weights", "Fewer weights!"]
    for number in range(count - len(texts)):
        texts.append(" ".join(WORDS[(number * step) % len(WORDS)] for step in range(1, 12)) + f" {number}")
    return texts


@pytest.fixture
def results(tmp_path: Path) -> Path:
    folder = tmp_path / "results"
    folder.mkdir(mode=0o700)
    with Gradebook(folder / FILE_NAME) as book:
        for number, text in enumerate(answers(60)):
            asked = QuestionResult(
                name=QUESTION, chapter="sharing", score=0, max_score=4, needs_manual=True, provisional=number % 3,
                answer=text, feedback="Provisional, until a person has read it: 0 of 4.", key="Answer sketch: x",
            )  # fmt: skip
            result = Result(
                assignment="cnn", student=f"student-{number:02}", status="graded", score=0, max_score=100,
                needs_manual=True, submission_sha256=str(number), questions=[asked],
            )  # fmt: skip
            book.add(result)
    return folder


class Server:
    """A running `grader mark`."""

    def __init__(self, results: Path, who: str) -> None:
        command = [sys.executable, "-m", "grader", "mark", str(results), "--no-browser", "--who", who]
        self.process = subprocess.Popen(
            [*command, "--course", str(ROOT)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert self.process.stdout
        self.address = self.process.stdout.readline().strip()
        assert self.address.startswith("http://127.0.0.1:"), self.address

    def end(self, how: int = signal.SIGINT) -> str:
        self.process.send_signal(how)
        return self.process.communicate(timeout=60)[0]


@pytest.fixture
def start(results: Path) -> Iterator[Callable[[str], Server]]:
    running: list[Server] = []

    def begin(who: str) -> Server:
        running.append(Server(results, who))
        return running[-1]

    yield begin
    for server in running:
        with contextlib.suppress(ProcessLookupError):
            server.process.kill()
        server.process.wait()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Page]]:
    """visit(address) → the page, in a browser that knows nothing. Whatever is asked for elsewhere fails the test."""
    contexts: list[Any] = []
    elsewhere: list[str] = []
    said: list[str] = []

    def enter(address: str, **options: Any) -> Page:
        contexts.append(browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options}))
        page: Page = contexts[-1].new_page()
        host = re.match(r"http://127\.0\.0\.1:\d+/", address)
        assert host
        here = (host[0], "data:")
        page.on("request", lambda asked: None if asked.url.startswith(here) else elsewhere.append(asked.url))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("console", lambda line: said.append(line.text) if "Content Security" in line.text else None)
        page.goto(address)
        page.wait_for_selector("#main:not([hidden])")
        return page

    yield enter
    for context in contexts:
        context.close()
    assert not elsewhere
    assert not said


def scores(results: Path) -> dict[str, tuple[float, str, str]]:
    """Student → points, who gave them, and the comment; of the marked alone."""
    with Gradebook(results / FILE_NAME, course=load_course(ROOT / "course.yaml")) as book:
        questions = [(result.student, result.questions[0]) for result in book.results("cnn")]
    return {name: (q.score, q.confirmed_by, q.comment) for name, q in questions if not q.needs_manual}


class Keyboard:
    """Keys pressed on a page, counted."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.count += 1

    def write(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.count += len(text)

    def save(self) -> None:
        """Enter, and wait until the page has something new to say."""
        before = self.page.text_content("#progress")
        self.press("Enter")
        self.page.wait_for_function(
            "text => document.getElementById('progress').textContent !== text", arg=before
        )


def marked(page: Page) -> int:
    found = re.match(r"(\d+) of", page.text_content("#progress") or "")
    assert found
    return int(found[1])


def test_sixty_answers_by_keyboard_killed_in_mid_work_and_nothing_is_lost(
    results: Path, start: Callable[[str], Server], visit: Callable[..., Page]
) -> None:
    server = start("ada")
    page = visit(server.address)
    assert "token" not in page.url
    keys = Keyboard(page)
    begun = time.perf_counter()
    keys.press("c")
    keys.write("Say what is shared.")
    keys.save()
    for number in range(1, 30):
        if number % 3 == 0:  # a comment used before, chosen with the keyboard
            keys.press("m", "Enter")
        keys.press("1" if number % 2 else "2")
        keys.save()
    assert marked(page) == 30
    before = scores(results)
    assert len(before) == 30
    keys.press("c")
    keys.write("Half a thought")
    server.end(signal.SIGKILL)
    keys.press("Enter")
    page.wait_for_selector("#alarm:not([hidden])")
    assert "not saved yet" in (page.text_content("#alarm") or "")
    assert page.input_value("#comment") == "Half a thought"
    server = start("ada")
    page = visit(server.address)
    assert marked(page) == 30
    assert scores(results) == before
    keys.page = page
    while marked(page) < 60:
        keys.press("3")
        keys.save()
    seconds = time.perf_counter() - begun
    page.wait_for_function("() => document.getElementById('status').textContent.includes('All answers')")
    print(f"\n60 answers: {seconds:.1f} s, {keys.count} keys, a kill and a restart included")
    keys.press("u")
    page.wait_for_function("() => document.getElementById('progress').textContent.startsWith('59')")
    keys.save()
    found = scores(results)
    assert len(found) == 60
    assert {name: found[name] for name in before} == before
    assert sum(comment == "Say what is shared." for _, _, comment in found.values()) == 10
    assert {who for _, who, _ in found.values()} == {"ada"}
    assert page.title().startswith("Marking")
    assert "60 students' pages written" in server.end()
    assert server.process.returncode == 0
    commented = next(name for name, mark in found.items() if mark[2])
    assert "Say what is shared." in (results / commented / "feedback.html").read_text(encoding="utf-8")
    assert not list(results.glob("*.tmp"))


def test_two_markers_at_once_lose_nothing_and_a_conflict_is_told(
    results: Path, start: Callable[[str], Server], visit: Callable[..., Page]
) -> None:
    ada, ben = visit(start("ada").address), visit(start("ben").address)
    mine, theirs = Keyboard(ada), Keyboard(ben)
    # The same answer on both screens: Ben goes where Ada is.
    title = ada.text_content("#answer")
    for _ in range(60):
        if ben.text_content("#answer") == title:
            break
        before = ben.text_content("#answer")
        theirs.press("j")
        ben.wait_for_function("text => document.getElementById('answer').textContent !== text", arg=before)
    mine.press("s")
    mine.write("4")
    mine.save()
    theirs.press("s")
    theirs.write("1")
    theirs.press("Enter")
    ben.wait_for_function("() => document.getElementById('status').textContent.startsWith('Not saved: ada')")
    assert "4 of 4" in (ben.text_content("#status") or "")
    assert [mark[:2] for mark in scores(results).values()] == [(4, "ada")]
    theirs.press("Enter")
    ben.wait_for_function("() => document.getElementById('status').textContent.startsWith('Saved')")
    assert [mark[:2] for mark in scores(results).values()] == [(1, "ben")]
    theirs.press("u")
    ben.wait_for_function("() => document.getElementById('status').textContent.startsWith('Taken back')")
    assert [mark[0] for mark in scores(results).values()] == [4]
    # Both go on, turn by turn, until nothing waits. Each press that was told "Saved" is one answer.
    said = {"ada": 0, "ben": 0}
    conflicts = 0
    pages = {"ada": mine, "ben": theirs}
    for turn in range(200):
        who = "ada" if turn % 2 else "ben"
        keys = pages[who]
        if len(scores(results)) == 60:
            break
        keys.page.evaluate("document.getElementById('status').textContent = ''")
        keys.press("Escape", "Enter")
        keys.page.wait_for_function("() => document.getElementById('status').textContent !== ''")
        text = keys.page.text_content("#status") or ""
        if text.startswith("Saved"):
            said[who] += 1
        elif text.startswith("Not saved"):
            conflicts += 1
            keys.press("j")
    found = [who for _, who, _ in scores(results).values()]
    print(f"\ntwo markers: {said}, {conflicts} conflicts told while they went on")
    assert len(found) == 60
    assert min(said.values()) > 15
    assert conflicts < 10
    assert sum(said.values()) == 60  # 59 waited, and Ben began with the one that was marked


def test_identical_answers_names_and_help_by_keyboard(
    results: Path, start: Callable[[str], Server], visit: Callable[..., Page]
) -> None:
    page = visit(start("ada").address)
    keys = Keyboard(page)
    assert "student-" not in page.content()
    for _ in range(60):
        if re.fullmatch(r"[Ff]ewer\s+weights\W?", page.text_content("#text") or ""):
            break
        before = page.text_content("#answer")
        keys.press("ArrowRight")
        page.wait_for_function("text => document.getElementById('answer').textContent !== text", arg=before)
    assert page.is_visible("#together-box")
    keys.press("t")
    keys.save()
    assert marked(page) == 3
    page.click("#names")
    page.wait_for_function("() => document.getElementById('answer').textContent.includes('student-')")
    page.focus("#answer")
    keys.press("?")
    assert page.is_visible("#help")
    keys.press("Escape")
    assert not page.is_visible("#help")
    page.reload()
    page.wait_for_selector("#main:not([hidden])")
    assert marked(page) == 3


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing(
    start: Callable[[str], Server],
    visit: Callable[..., Page],
    axe: Callable[[Page], list[str]],
    scheme: str,
    width: int,
) -> None:
    page = visit(start("ada").address, color_scheme=scheme, viewport={"width": width, "height": 900})
    keys = Keyboard(page)
    keys.press("c")
    keys.write("A comment")
    keys.save()
    page.wait_for_timeout(200)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert axe(page) == []
    keys.press("?")
    assert axe(page) == []
    keys.press("Escape")
    page.check("#all")
    keys.page.focus("#answer")
    keys.press("k")
    page.wait_for_timeout(200)
    assert axe(page) == []


def test_a_page_elsewhere_can_open_the_address_as_a_browser_is_given_it(
    tmp_path: Path, start: Callable[[str], Server], browser: Browser
) -> None:
    """By a file that leads there, as `grader mark` opens it: the cookie comes along though it is SameSite=Strict."""
    address = start("ada").address
    (tmp_path / "to.html").write_text(f'<meta http-equiv="refresh" content="0; url={address}">')
    page = browser.new_page()
    page.goto((tmp_path / "to.html").as_uri())
    page.wait_for_selector("#main:not([hidden])")
    page.reload()
    page.wait_for_selector("#main:not([hidden])")
    page.close()


def test_the_server_listens_on_this_machine_alone_and_ends_with_sigterm(
    start: Callable[[str], Server],
) -> None:
    server = start("ada")
    port = int(re.findall(r":(\d+)/", server.address)[0])
    if Path("/proc/net/tcp").exists():
        lines = Path("/proc/net/tcp").read_text() + Path("/proc/net/tcp6").read_text()
        assert re.findall(rf"(\w+):{port:04X} \w+:0000 0A", lines) == ["0100007F"]
    assert (
        "token" not in Path(f"/proc/{server.process.pid}/cmdline").read_text() if os.name == "posix" else True
    )
    assert "pages written" in server.end(signal.SIGTERM)
    assert server.process.returncode == 0
