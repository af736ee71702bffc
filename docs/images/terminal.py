"""Makes the pictures of docs/students.md from real runs: `python docs/images/terminal.py`.

The terminals are SVG, written by rich, without the font that it would load from the network. The notebook's card is
a PNG and needs playwright and Chromium; without them that picture is left as it is.
"""

from __future__ import annotations

import io
import queue
import re
import shutil
import sys
import tempfile
import types
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import chdir, contextmanager, redirect_stdout
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console, RenderableType
from rich.text import Text

from grader.authoring.release import handout_zip
from grader.course.hints import next_hint
from grader.course.models import Course, load_course
from grader.home.selfcheck import Checker, self_check
from grader.home.terminal import check_text, hint_panel
from grader.home.watch.files import Signature
from grader.home.watch.loop import Loop
from grader.home.watch.screen import screen

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
WIDTH = 88
NO_NETWORK = re.sub(r"@font-face \{\{.*?\}\}\s*", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)

#: Slips that students make, put into the reference: (chapter, right, wrong).
FLIPPED = (
    "convolution",
    "w.reshape(filters, -1) @ columns",
    "w[:, :, ::-1, ::-1].reshape(filters, -1) @ columns",
)


def main() -> None:
    course = load_course(ROOT / "course.yaml")
    with tempfile.TemporaryDirectory() as place:
        folder = unpack(course, Path(place))
        draw("first", "grader check", report(course, folder))
        draw(
            "hint",
            "grader hint output_size",
            [hint_panel(next_hint("output_size", folder, folder), "run the same command again")],
        )
        write_chapters(course, folder, ["convolution"], FLIPPED)
        draw("check", "grader check", report(course, folder))
        draw("watch", "grader check --watch", watched(course, folder))
        card(course, folder)


def unpack(course: Course, place: Path) -> Path:
    """The student's folder, as it is downloaded."""
    name, assignment = course.assignment("cnn")
    with zipfile.ZipFile(io.BytesIO(handout_zip(course, name, assignment))) as archive:
        archive.extractall(place)
    return place / name


def write_chapters(
    course: Course, folder: Path, chapters: Iterable[str], *slips: tuple[str, str, str]
) -> None:
    """The reference's chapters, with slips."""
    for chapter in chapters:
        text = (course.solutions("cnn") / f"{chapter}.py").read_text(encoding="utf-8")
        for where, right, wrong in slips:
            if where == chapter:
                assert text.count(right) == 1, f"{chapter}.py has changed: {right}"
                text = text.replace(right, wrong)
        (folder / f"{chapter}.py").write_text(text, encoding="utf-8")


def report(course: Course, folder: Path) -> Iterator[RenderableType]:
    """What `grader check` prints."""
    return check_text(self_check(course, "cnn", folder), course.assignments["cnn"], width=WIDTH)


def watched(course: Course, folder: Path) -> list[RenderableType]:
    """What the screen shows after conv2d was mended, and relu written with a slip."""
    with Checker(course, "cnn", folder) as checker:
        signature = Signature(folder, checker.checks_folder, checker.assignment)
        loop = Loop(course, checker, Console(file=io.StringIO()), signature, queue.SimpleQueue(), keys=False)
        loop.settle()
        write_chapters(course, folder, ["convolution"])
        loop.settle()
        slip = "def relu(x):\n    return abs(x)\n"
        stub = (folder / "pooling.py").read_text(encoding="utf-8")
        (folder / "pooling.py").write_text(f"{stub}\n\n{slip}", encoding="utf-8")
        loop.settle()
        parts = screen(loop.state, loop.report, checker.assignment, file="pooling.py", keys=True, width=WIDTH)
        shown = list(parts)
        (folder / "pooling.py").write_text(stub, encoding="utf-8")
        write_chapters(course, folder, ["convolution"], FLIPPED)
        return shown


def draw(name: str, command: str, parts: Iterable[RenderableType]) -> None:
    """Write `name`.svg: the command and what it shows."""
    console = Console(
        record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, color_system="truecolor"
    )
    console.print(Text.assemble(("$ ", "dim"), (command, "bold")))
    for part in parts:
        console.print(part)
    picture = console.export_svg(title=command, code_format=NO_NETWORK, unique_id=f"terminal-{name}")
    (HERE / f"{name}.svg").write_text(
        "\n".join(line.rstrip() for line in picture.splitlines()) + "\n", encoding="utf-8"
    )
    print(HERE / f"{name}.svg")


def card(course: Course, folder: Path) -> None:
    """Write card.png: `check("conv2d")` in a notebook."""
    chromium = shutil.which("chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        chromium = None
    if chromium is None:
        print("card.png is left as it is: it needs playwright and Chromium")
        return
    with kernel(folder), chdir(folder), sync_playwright() as playwright:
        from grader.home.notebook_check import CheckFailed, check

        try:
            with redirect_stdout(io.StringIO()):  # outside a notebook the card is printed as text
                found = check("conv2d")
        except CheckFailed as failed:
            found = failed.found or sys.exit(f"no card: {failed}")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 940, "height": 700}, device_scale_factor=1.5)
        page.set_content(f"<!doctype html><body style='margin:12px'>{found._repr_html_()}</body>")
        page.locator(".grader-check").screenshot(path=HERE / "card.png")
        browser.close()
    print(HERE / "card.png")


@contextmanager
def kernel(folder: Path) -> Iterator[None]:
    """A `__main__` in which the cells of convolution.py have run, as in a notebook's kernel."""
    before, sys.modules["__main__"] = sys.modules["__main__"], types.ModuleType("__main__")
    try:
        exec((folder / "convolution.py").read_text(encoding="utf-8"), sys.modules["__main__"].__dict__)
        yield
    finally:
        sys.modules["__main__"] = before


if __name__ == "__main__":
    main()
