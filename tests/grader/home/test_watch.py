"""`grader check --watch`: what a save touches, what a key does, and the whole of it in a real terminal."""

from __future__ import annotations

import contextlib
import io
import os
import queue
import re
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from grader.authoring.release import build_handout, write_handout
from grader.course.handed_out import reset
from grader.course.models import Assignment, load_course
from grader.errors import UsageError
from grader.home.report import CheckReport, ExerciseCheck
from grader.home.selfcheck import Checker, self_check
from grader.home.watch.changes import Touched, touched
from grader.home.watch.files import Signature, noticing_saves
from grader.home.watch.keys import Key
from grader.home.watch.loop import Loop
from grader.home.watch.machine import (
    Do,
    State,
    View,
    checked,
    pressed,
    saved,
    settled,
)

from ..conftest import submission

PATIENCE = 30.0

ALPHA = (
    "import numpy as np\n"
    "def double(x):\n    return 2 * np.asarray(x)\n"
    "def total(x):\n    if not len(x): raise ValueError\n    return sum(x)\n"
)
BETA = (
    "import numpy as np\nfrom alpha import double\n"
    "def scaled(x, factor=4):\n    return double(x) * factor / 2\n"
    "def clip(x):\n    return np.maximum(x, 0)\n"
)
GOOD = {"alpha": ALPHA, "beta": BETA}


@pytest.fixture(scope="module")
def tiny(make_course: Callable[..., Any]) -> Any:
    return make_course()


@pytest.fixture(scope="module")
def assignment(tiny: Any) -> Assignment:
    return tiny.assignment


@pytest.fixture
def folder(tiny: Any, tmp_path: Path) -> Path:
    """What a student has unpacked."""
    own = tmp_path / "mine"
    write_handout(build_handout(tiny.course, "tiny", tiny.assignment), own)
    shutil.copy(tiny.root / "course.yaml", own)
    return own


def save(folder: Path, sources: Mapping[str, str]) -> None:
    for name, text in sources.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")


# ---------------------------------------------------------------- what a save touches


@pytest.mark.parametrize(
    ("chapter", "old", "new", "first", "then"),
    [
        pytest.param("alpha", "2 * np", "3 * np", ("double",), ("scaled",), id="its own code, then its users"),
        pytest.param("beta", "x, 0)", "x, 1)", ("clip",), (), id="nobody uses it"),
        pytest.param("alpha", "return sum(x)", "return  sum(x)  # all", (), (), id="only looks"),
        pytest.param("beta", "def clip", "\n\ndef clip", (), ("clip",), id="moved down, so its line numbers change"),
        pytest.param("alpha", "import numpy as np\n", "import numpy as np\nHALF = 0.5\n",
                     ("double", "total"), ("scaled", "clip"), id="code outside the functions"),
        pytest.param("alpha", "def total(x):", "def total(x:", ("total",), ("double", "scaled", "clip"),
                     id="does not parse any more"),
        pytest.param("alpha", "import numpy", "import numpy as", ("double", "total"), ("scaled", "clip"),
                     id="does not parse any more, outside the functions"),
        pytest.param("beta", "import double\n", "import double as total\n", ("scaled", "clip"), (), id="its imports"),
    ],
)  # fmt: skip
def test_a_save_touches_what_changed_and_what_depends_on_it(
    assignment: Assignment, chapter: str, old: str, new: str, first: Any, then: Any
) -> None:
    assert old in GOOD[chapter]
    after = {**GOOD, chapter: GOOD[chapter].replace(old, new)}
    assert touched(submission(GOOD), submission(after), assignment) == Touched(first, then)


@pytest.mark.parametrize(
    "beta",
    [
        pytest.param("import alpha\ndef clip(x):\n    return alpha.total(x)\n", id="by its module"),
        pytest.param("def clip(x):\n    from alpha import total as t\n    return t(x)\n", id="imported inside"),
        pytest.param("from alpha import total as t\ndef clip(x):\n    return t(x)\n", id="under another name"),
        pytest.param("from alpha import total\ndef _h(x):\n    return total(x)\ndef clip(x):\n    return _h(x)\n",
                     id="through a helper"),
    ],
)  # fmt: skip
def test_a_use_is_seen_however_it_is_written(assignment: Assignment, beta: str) -> None:
    before = {"alpha": ALPHA, "beta": beta}
    after = {**before, "alpha": ALPHA.replace("return sum(x)", "return max(x)")}
    found = touched(submission(before), submission(after), assignment)
    assert found.first == ("total",)
    assert "clip" in found.then


def comparable(report: CheckReport) -> Any:
    """Without what may differ between two runs."""
    data = report.to_data()
    for exercise in data["exercises"]:
        if exercise["failure"]:
            exercise["failure"]["seconds"] = 0
    return data


@pytest.mark.slow
def test_after_every_save_things_stand_as_a_full_check_says(folder: Path) -> None:
    course = load_course(folder / "course.yaml")
    edits: list[Mapping[str, str]] = [
        GOOD,
        {"alpha": ALPHA.replace("2 * np", "3 * np")},
        {"beta": BETA.replace("np.maximum(x, 0)", "1 / 0")},
        {"beta": "\n" + BETA.replace("np.maximum(x, 0)", "1 / 0")},
        {"alpha": ALPHA.replace("def total(x):", "def total(x")},
        {"alpha": "def double(x):\n    raise NotImplementedError\n"},
        {"alpha": ALPHA, "beta": BETA.replace("double(x)", "twice(x)") + "def twice(x):\n    return x + x\n"},
        GOOD,
    ]
    with Checker(course, "tiny", folder) as checker:
        signature = Signature(folder, checker.checks_folder, checker.assignment)
        console = Console(file=io.StringIO())
        loop = Loop(course, checker, console, signature, queue.SimpleQueue(), keys=False)
        loop.settle()
        for edit in edits:
            save(folder, edit)
            loop.settle()
            assert comparable(loop.report) == comparable(self_check(course, "tiny", folder))
        assert loop.all_passed


# ---------------------------------------------------------------- keys


def outcome(name: str, status: Any, *, needs: tuple[str, ...] = ()) -> ExerciseCheck:
    return ExerciseCheck(name, "alpha", status, passed=int(status == "passed"), total=2, needs=needs)


STATE = State(
    order=("a", "b", "c", "d"),
    found={
        "a": outcome("a", "failed"),
        "b": outcome("b", "passed"),
        "c": outcome("c", "blocked", needs=("a",)),
        "d": outcome("d", "not started"),
    },
    focus="a",
)


@pytest.mark.parametrize(("focus", "after"), [("a", "d"), ("d", "a"), ("b", "d"), ("", "a")])
def test_next_goes_round_the_open_exercises_past_those_that_wait(focus: str, after: str) -> None:
    state, do = pressed(State(STATE.order, STATE.found, focus), Key.NEXT)
    assert (state.focus, do) == (after, Do.NOTHING)


def test_the_list_comes_and_goes() -> None:
    shown, _ = pressed(STATE, Key.LIST)
    assert (shown.view, pressed(shown, Key.LIST)[0].view) == (View.LIST, View.EXERCISE)


@pytest.mark.parametrize(
    ("key", "do"),
    [(Key.HINT, Do.FIND_HINT), (Key.ALL, Do.CHECK_ALL), (Key.QUIT, Do.QUIT), (Key.OTHER, Do.NOTHING)],
)
def test_a_key_asks_for_its_deed(key: Key, do: Do) -> None:
    assert pressed(STATE, key)[1] is do


@pytest.mark.parametrize("key", list(Key))
def test_only_a_yes_resets_an_exercise_and_f_its_file(key: Key) -> None:
    asked, do = pressed(STATE, Key.RESET)
    assert (asked.view, do) == (View.ASK_RESET, Do.NOTHING)
    assert (pressed(asked, key)[1] is Do.RESET) == (key is Key.YES)
    assert (pressed(asked, key)[1] is Do.RESET_FILE) == (key is Key.FILE)


def test_letters_count_in_either_case_and_others_mean_nothing() -> None:
    assert (Key.of("N"), Key.of("n"), Key.of("x"), Key.of("\x1b")) == (
        Key.NEXT,
        Key.NEXT,
        Key.OTHER,
        Key.OTHER,
    )


def test_what_was_saved_is_shown_and_its_verdict_told() -> None:
    state = checked(saved(STATE, ("d",)), outcome("d", "failed"), changed=True)
    assert (state.focus, state.note) == ("d", "✗ d can't be run")
    state = settled(checked(saved(state, ("d",)), outcome("d", "passed"), changed=True))
    assert (state.focus, state.note, state.done) == ("a", "✓ d passes", 2)


def test_what_is_not_begun_gives_way_to_what_fails() -> None:
    """As after a syntax error that took a whole chapter down was mended."""
    state = settled(replace(STATE, focus="d"))
    assert state.focus == "a"
    assert settled(replace(STATE, focus="c")).focus == "c"


def test_a_syntax_error_mended_elsewhere_leaves_nothing_pinned(folder: Path) -> None:
    stub = "def double(x):\n    raise NotImplementedError\n"
    total = "def total(x):\n    return 7{}\n"
    save(folder, {"alpha": stub + total.format("")})
    course = load_course(folder / "course.yaml")
    with Checker(course, "tiny", folder) as checker:
        signature = Signature(folder, checker.checks_folder, checker.assignment)
        loop = Loop(course, checker, Console(file=io.StringIO()), signature, queue.SimpleQueue(), keys=False)
        loop.settle()
        for end in (")", ""):
            save(folder, {"alpha": stub + total.format(end)})
            loop.settle()
            assert loop.state.focus == "total"
        save(folder, {"alpha": "import numpy as\n" + stub + total.format("")})
        loop.settle()
        save(folder, {"alpha": stub + total.format("")})
        loop.settle()
        assert loop.state.focus == "total"


def test_an_exercise_that_stops_passing_because_of_another_is_told() -> None:
    state = checked(saved(STATE, ("a",)), outcome("b", "blocked", needs=("a",)), changed=False)
    assert (state.focus, state.note) == ("a", "… b waits for a")


def test_without_watchfiles_a_save_is_found_by_looking(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    told: list[int] = []
    with noticing_saves((folder,), lambda path: True, lambda: told.append(1)):
        save(folder, GOOD)
    assert told == []  # nobody reports it; the loop looks at this once a second:
    checks = folder / "checks"
    before = Signature(folder, checks, load_course(folder / "course.yaml").assignments["tiny"])
    old = before.of_chapters()
    save(folder, {"alpha": ALPHA + "# more\n"})
    assert before.of_chapters() != old


# ---------------------------------------------------------------- reset


def test_a_reset_gives_the_handout_back_and_keeps_every_version(folder: Path) -> None:
    handed_out = (folder / "alpha.py").read_bytes()
    for number in (1, 2):
        save(folder, {"alpha": f"mine = {number}\n"})
        kept = reset("alpha.py", folder, folder / "checks")
        assert (folder / "alpha.py").read_bytes() == handed_out
        assert (folder / kept).read_text() == f"mine = {number}\n"
    assert len(list((folder / ".grader" / "kept").iterdir())) == 2


def test_a_notebook_can_be_reset_too(folder: Path) -> None:
    if not (folder / "alpha.ipynb").is_file():
        pytest.skip("this handout has no notebooks")
    handed_out = (folder / "alpha.ipynb").read_bytes()
    (folder / "alpha.ipynb").write_text("{}")
    reset("alpha.ipynb", folder, folder / "checks")
    assert (folder / "alpha.ipynb").read_bytes() == handed_out


def test_without_an_original_nothing_is_touched(folder: Path) -> None:
    shutil.rmtree(folder / "checks" / "original")
    save(folder, {"alpha": "mine = 1\n"})
    with pytest.raises(UsageError, match="unpack the exercise again"):
        reset("alpha.py", folder, folder / "checks")
    assert (folder / "alpha.py").read_text() == "mine = 1\n"


# ---------------------------------------------------------------- kept inputs


@pytest.mark.slow
def test_a_spoiled_file_of_inputs_means_drawing_again(folder: Path) -> None:
    course = load_course(folder / "course.yaml")
    save(folder, GOOD)
    kept = folder / ".grader" / "inputs.bin"
    assert self_check(course, "tiny", folder).all_passed
    whole = kept.read_bytes()
    for spoiled in (b"", whole[:40], whole[:-1], whole[:32] + b"\xff" * 64, b"\0" * len(whole)):
        kept.write_bytes(spoiled)
        assert self_check(course, "tiny", folder).all_passed
        assert kept.read_bytes() == whole


@pytest.mark.slow
def test_changed_checks_are_drawn_anew(folder: Path) -> None:
    course = load_course(folder / "course.yaml")
    save(folder, GOOD)
    assert self_check(course, "tiny", folder).all_passed
    page = folder / "checks" / "test_alpha.py"
    page.write_text(page.read_text().replace("n=st.integers(0, 9)", "n=st.just(100)"))
    save(folder, {"alpha": ALPHA.replace("2 * np.asarray(x)", "2 * np.minimum(x, 50)")})
    failure = self_check(course, "tiny", folder).exercises[0].failure
    assert failure is not None
    assert failure.example == "double(x=100.0)"


# ---------------------------------------------------------------- the whole of it

terminal = pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
COMMAND = [sys.executable, "-m", "grader.cli", "check", "--watch"]


class Screen:
    """A program in a pseudo-terminal. What it wrote is read up to the words that were waited for."""

    def __init__(self, folder: Path) -> None:
        import fcntl
        import pty
        import termios

        # This end is kept open, so that the terminal's settings can still be asked for at the end.
        self._near, self._far = pty.openpty()
        termios.tcsetwinsize(self._far, (40, 100))
        self._settings = termios.tcgetattr(self._far)
        self.process = subprocess.Popen(
            COMMAND,
            cwd=folder,
            stdin=self._far,
            stdout=self._far,
            stderr=self._far,
            env={**os.environ, "TERM": "xterm-256color", "NO_COLOR": "1"},
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0) and None,
        )
        self._text = ""

    def wait_for(self, words: str) -> str:
        """Everything written up to a line with `words`, which is taken away."""
        deadline = time.monotonic() + PATIENCE
        while not (found := re.search(re.escape(words) + r"[^\n]*\n", self._text)):
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self._near], [], [], left)[0]:
                pytest.fail(f"no {words!r} on the screen; it shows:\n{self._text[-3000:]}")
            self._text += re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", os.read(self._near, 65536).decode())
        seen, self._text = self._text[: found.end()], self._text[found.end() :]
        return seen

    def press(self, keys: str) -> None:
        os.write(self._near, keys.encode())

    def end(self) -> int:
        """Wait for the program's end; its exit code."""
        code = self.process.wait(timeout=PATIENCE)
        return code

    def is_restored(self) -> bool:
        import termios

        return termios.tcgetattr(self._far) == self._settings

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self._near)
        os.close(self._far)


@pytest.fixture
def screen(folder: Path) -> Iterator[Screen]:
    shown = Screen(folder)
    with contextlib.closing(shown):
        shown.wait_for("Next: double")
        shown.wait_for("quit")
        yield shown


@terminal
def test_a_save_brings_the_verdict_and_the_bar_moves_on(screen: Screen, folder: Path) -> None:
    save(folder, {"alpha": ALPHA.replace("2 * np", "3 * np")})
    assert "got 9.0, expected 6.0" in screen.wait_for("1 of 4 done")
    save(folder, {"alpha": ALPHA})
    assert "✓ double passes" in screen.wait_for("2 of 4 done")
    save(folder, {"beta": BETA})
    assert "All visible checks pass" in screen.wait_for("4 of 4 done")
    screen.press("q")
    assert screen.end() == 0
    assert screen.is_restored()


@pytest.mark.slow
@terminal
def test_a_file_that_is_replaced_counts_as_saved(screen: Screen, folder: Path) -> None:
    """Many editors write a new file and put it in the old one's place."""
    beside = folder / "alpha.py~"
    beside.write_text(ALPHA)
    beside.replace(folder / "alpha.py")
    screen.wait_for("2 of 4 done")


@pytest.mark.slow
@terminal
def test_keys_show_hints_the_list_and_the_next_exercise(screen: Screen) -> None:
    screen.press("h")
    assert "Twice as much" in screen.wait_for("quit")
    screen.press("h")
    assert "Formula" in screen.wait_for("quit")
    screen.press("l")
    listed = screen.wait_for("quit")
    assert all(name in listed for name in ("double", "total", "scaled", "clip"))
    screen.press("n")
    assert "Next: total" in screen.wait_for("quit")
    screen.press("\x1b[A")  # an arrow key: its last letter is an A, and means nothing
    screen.press("q")
    assert screen.end() == 1


@pytest.mark.slow
@terminal
def test_a_reset_asks_and_keeps_a_copy(screen: Screen, folder: Path) -> None:
    handed_out = (folder / "alpha.py").read_bytes()
    mine = ALPHA.replace("2 * np", "3 * np")
    save(folder, {"alpha": mine})
    screen.wait_for("1 of 4 done")
    screen.wait_for("quit")
    screen.press("r")
    screen.wait_for("Put double back")
    screen.press("n")
    screen.wait_for("nothing was reset")
    assert (folder / "alpha.py").read_text() == mine
    screen.press("r")
    screen.wait_for("Put double back")
    screen.press("y")
    screen.wait_for("kept as .grader/kept/alpha-1.py")
    assert "return sum(x)" in (folder / "alpha.py").read_text()
    screen.wait_for("1 of 4 done")
    screen.press("r")
    screen.wait_for("Put double back")
    screen.press("f")
    screen.wait_for("kept as .grader/kept/alpha-2.py")
    screen.wait_for("0 of 4 done")
    assert (folder / "alpha.py").read_bytes() == handed_out
    assert (folder / ".grader" / "kept" / "alpha-1.py").read_text() == mine


@pytest.mark.slow
@terminal
@pytest.mark.parametrize(
    ("how", "code"),
    [
        (lambda screen: screen.press("\x03"), 1),
        (lambda screen: screen.process.send_signal(signal.SIGTERM), 128 + signal.SIGTERM),
    ],
    ids=["Ctrl-C", "kill"],
)
def test_however_it_ends_the_terminal_is_as_before(
    screen: Screen, how: Callable[[Screen], None], code: int
) -> None:
    assert not screen.is_restored()
    how(screen)
    assert screen.end() == code
    assert screen.is_restored()


@pytest.mark.slow
@terminal
def test_a_loop_that_never_ends_is_told_and_the_next_save_goes_on(screen: Screen, folder: Path) -> None:
    save(folder, {"alpha": ALPHA.replace("return 2 * np.asarray(x)", "while True: pass")})
    screen.wait_for("did not finish")
    save(folder, {"alpha": ALPHA})
    screen.wait_for("2 of 4 done")


@terminal
def test_without_a_terminal_it_prints_and_needs_no_keys(folder: Path) -> None:
    running = subprocess.Popen(
        COMMAND,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # a shell that starts the tests behind itself (`… &`) has them ignore Ctrl-C, and what they start, too
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    with running:
        assert running.stdout is not None
        assert running.stderr is not None
        lines = iter(running.stdout.readline, "")
        assert any("Write double" in line for line in lines)
        save(folder, GOOD)
        told = next(line for line in lines if "All visible checks pass" in line)
        assert "\x1b" not in told
        running.send_signal(signal.SIGINT)
        assert running.wait(timeout=PATIENCE) == 0
        assert running.stderr.read() == ""


def test_watching_and_json_exclude_each_other(cli: Any, folder: Path) -> None:
    done = cli("check", folder, "--watch", "--json")
    assert done.code == 2
    assert "--json" in done.err
