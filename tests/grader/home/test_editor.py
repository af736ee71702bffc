"""VS Code: what its tasks read of `grader check --editor`, what the handout holds for it, and `o` in a watch."""

from __future__ import annotations

import io
import queue
import re
import shutil
import stat
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field
from rich.console import Console

from grader.authoring.editor_files import DEVCONTAINER, ENDS, TASKS, editor_files
from grader.authoring.release import build_handout, write_handout
from grader.course.models import load_course
from grader.errors import CourseError
from grader.home.handin import pack
from grader.home.selfcheck import Checker
from grader.home.watch.editor import editor_command, open_in_editor
from grader.home.watch.files import Signature
from grader.home.watch.keys import Key
from grader.home.watch.loop import Loop
from grader.home.watch.machine import Do, State, pressed

from ..conftest import wait_until

ALPHA = (
    "import numpy as np\n\n\ndef double(x):\n    {}\n\n\n"
    "def total(x):\n    if not len(x): raise ValueError\n    return sum(x)\n"
)
GOOD = ALPHA.format("return 2 * np.asarray(x)")


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Pattern(Strict):
    """VS Code's ProblemPattern, and the other interfaces of its documentation's appendix on tasks.json."""

    regexp: str
    file: int
    line: int
    severity: int
    message: int


class Background(Strict):
    activeOnStart: bool = False
    beginsPattern: str
    endsPattern: str


class Matcher(Strict):
    owner: str
    source: str
    fileLocation: Annotated[list[str], Field(min_length=2, max_length=2)]
    pattern: Pattern
    background: Background | None = None


class Group(Strict):
    kind: Literal["build", "test"]
    isDefault: bool


class Presentation(Strict):
    reveal: Literal["never", "silent", "always"]
    panel: Literal["shared", "dedicated", "new"]
    clear: bool
    showReuseMessage: bool


class Task(Strict):
    label: str
    type: Literal["shell", "process"]
    command: str
    args: list[str]
    options: dict[Literal["cwd"], str]
    isBackground: bool = False
    group: Group | None = None
    presentation: Presentation
    problemMatcher: Matcher


class Tasks(Strict):
    version: Literal["2.0.0"]
    tasks: list[Task]


class DevContainer(Strict):
    """The fields of the dev container specification that are used."""

    name: str
    image: str
    postCreateCommand: list[str]
    customizations: dict[Literal["vscode"], dict[Literal["extensions"], list[str]]]


@pytest.fixture(scope="module")
def tiny(make_course: Callable[..., Any]) -> Any:
    return make_course()


@pytest.fixture
def folder(tiny: Any, tmp_path: Path) -> Path:
    """What a student has unpacked."""
    own = tmp_path / "mine"
    write_handout(build_handout(tiny.course, "tiny", tiny.assignment), own)
    shutil.copy(tiny.root / "course.yaml", own)
    return own


def tasks(folder: Path) -> dict[str, Task]:
    return {task.label: task for task in Tasks.model_validate_json((folder / TASKS).read_text()).tasks}


def problems(text: str, folder: Path) -> list[tuple[str, int, str, str]]:
    """What the task's matcher finds in what was printed: file, line, severity, message."""
    pattern = tasks(folder)["grader: check"].problemMatcher.pattern
    order = (pattern.file, pattern.line, pattern.severity, pattern.message)
    matches = (re.match(pattern.regexp, line) for line in text.splitlines())
    found = [tuple(match[group] for group in order) for match in matches if match]
    return [(file, int(line), severity, message) for file, line, severity, message in found]


@pytest.fixture
def check(cli: Callable[..., Any], folder: Path) -> Callable[[], list[tuple[str, int, str, str]]]:
    """check() → the problems that an editor shows after the task `grader: check`."""

    def run() -> list[tuple[str, int, str, str]]:
        done = cli("check", "--editor", cwd=folder)
        assert re.match(ENDS, done.out.splitlines()[-1])
        return problems(done.out, folder)

    return run


def line_of(path: Path, words: str) -> int:
    return next(n for n, line in enumerate(path.read_text().splitlines(), start=1) if line.startswith(words))


def test_the_tasks_are_as_vs_code_documents_them(folder: Path) -> None:
    found = tasks(folder)
    assert set(found) == {"grader: check", "grader: watch"}
    for task in found.values():
        assert task.args[:4] == ["-m", "grader", "check", "--editor"]
    watching = found["grader: watch"]
    assert watching.isBackground
    assert watching.problemMatcher.background
    assert watching.problemMatcher.pattern == found["grader: check"].problemMatcher.pattern


def test_untouched_the_editor_shows_where_to_begin(check: Any, folder: Path) -> None:
    line = line_of(folder / "alpha.py", "def double")
    assert check() == [("alpha.py", line, "info", "double: write this one next")]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("alpha", "line", "words"),
    [
        pytest.param(ALPHA.format("return 3 * np.asarray(x)"), 4, "double: got 9.0, expected 6.0", id="wrong"),
        pytest.param(ALPHA.format("return undefined"), 5, "double: ", id="raises"),
        pytest.param(ALPHA.format("return (2"), 5, "double: ", id="no Python"),
        pytest.param("import numpy as np\nx = (\n" + GOOD, 2, "", id="no Python, outside a function"),
        pytest.param(
            ALPHA.format("print('alpha.py:1: error: double: made up'); return 3 * np.asarray(x)"), 4, "double: got",
            id="prints what looks like a line of ours",
        ),
    ],
)  # fmt: skip
def test_what_fails_is_one_problem_at_its_line(
    check: Any, folder: Path, alpha: str, line: int, words: str
) -> None:
    (folder / "alpha.py").write_text(alpha)
    found = [problem for problem in check() if problem[2] in ("error", "warning")]
    assert [(file, number) for file, number, _, _ in found] == [("alpha.py", line)]
    assert words in found[0][3]
    assert "made up" not in found[0][3]


def test_a_watch_for_an_editor_says_when_a_round_begins_and_ends(folder: Path) -> None:
    course = load_course(folder / "course.yaml")
    printed = io.StringIO()
    with Checker(course, "tiny", folder) as checker:
        signature = Signature(folder, checker.checks_folder, checker.assignment)
        console = Console(file=printed, force_terminal=False)
        loop = Loop(course, checker, console, signature, queue.SimpleQueue(), keys=False, editor=True)
        loop.settle()
        (folder / "alpha.py").write_text(ALPHA.format("return 3 * np.asarray(x)"))
        loop.settle()
    background = tasks(folder)["grader: watch"].problemMatcher.background
    assert background
    marks = [
        ("begins" if re.match(background.beginsPattern, line) else "ends")
        for line in printed.getvalue().splitlines()
        if re.match(background.beginsPattern, line) or re.match(background.endsPattern, line)
    ]
    assert marks == ["ends", "begins", "ends"]
    assert background.activeOnStart, "the first round begins without a word"
    last = printed.getvalue().rpartition("grader: checking")[2]
    assert ("alpha.py", 4, "error", "double: got 9.0, expected 6.0") in problems(last, folder)


@pytest.mark.slow
def test_in_a_terminal_of_an_editor_nothing_is_drawn_and_no_line_wrapped(folder: Path) -> None:
    """VS Code runs its tasks in a pseudo-terminal."""
    import os
    import pty
    import select

    near, far = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "grader.cli", "check", "--watch", "--editor"],
        cwd=folder, stdin=far, stdout=far, stderr=far, start_new_session=True,
        env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "20"},
    )  # fmt: skip
    os.close(far)
    text = ""
    try:
        while not re.search(ENDS, text, re.MULTILINE):
            assert select.select([near], [], [], 30)[0], text
            text += os.read(near, 65536).decode()  # OSError where the command has ended
    finally:
        process.kill()
        process.wait()
        os.close(near)
    assert "\x1b[2J" not in text
    assert [problem[3] for problem in problems(text, folder)] == ["double: write this one next"]


# ---------------------------------------------------------------- the handout


def test_who_wants_no_files_for_an_editor_gets_none(make_course: Callable[..., Any]) -> None:
    course = make_course()
    file = course.root / "course.yaml"
    text = file.read_text()
    file.write_text(text.replace("    limits:\n", "    vscode: {tasks: false}\n    limits:\n", 1))
    assert not [
        name for name in build_handout(course.course, "tiny", course.assignment) if name.startswith(".")
    ]
    file.write_text(text.replace("    limits:\n", "    vscode: {task: false}\n    limits:\n", 1))
    with pytest.raises(CourseError, match=r"vscode\.task: unknown key.*tasks"):
        load_course(file)


def test_the_container_installs_what_the_handout_needs(make_course: Callable[..., Any]) -> None:
    course = make_course()
    file = course.root / "course.yaml"
    kit = "cnn-grader @ git+https://git.example.edu/kit.git"
    text = file.read_text().replace(
        "    limits:\n", f"    vscode: {{kit: '{kit}'}}\n    imports: [numpy, yaml]\n    limits:\n", 1
    )
    file.write_text(text)
    made = DevContainer.model_validate_json(editor_files(course.assignment)[DEVCONTAINER])
    assert made.postCreateCommand[:4] == ["python", "-m", "pip", "install"]
    assert made.postCreateCommand[5:] == [kit, "ipykernel", "PyYAML"]
    file.write_text(text.replace(kit, "--index-url=x"))
    with pytest.raises(CourseError, match=r"vscode\.kit"):
        load_course(file)


def test_the_editors_files_are_no_part_of_what_is_handed_in(folder: Path, tiny: Any, tmp_path: Path) -> None:
    (folder / "alpha.py").write_text(GOOD)
    (folder / ".devcontainer").mkdir()
    (folder / ".devcontainer" / "alpha.py").write_text("not mine")
    packed = pack("tiny", tiny.assignment, folder, folder / "checks", tmp_path / "handin.zip")
    with zipfile.ZipFile(packed.file) as archive:
        assert not [name for name in archive.namelist() if ".vscode" in name or ".devcontainer" in name]
    assert not [name for name in packed.left_out if name.startswith(".")]
    assert not packed.problems


# ---------------------------------------------------------------- o


def program(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    folder.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


posix = pytest.mark.skipif(sys.platform == "win32", reason="programs are shell scripts here")


@posix
@pytest.mark.parametrize(
    ("environ", "there", "words"),
    [
        ({}, ["code"], ["code", "-g", "/w/a b.py:7"]),
        ({}, ["codium"], ["codium", "-g", "/w/a b.py:7"]),
        ({"EDITOR": "vim"}, ["code", "vim"], ["code", "-g", "/w/a b.py:7"]),
        ({"VISUAL": "subl --wait", "EDITOR": "vim"}, ["code", "subl"], ["subl", "/w/a b.py:7"]),
        ({"VISUAL": "/usr/bin/kate"}, ["kate"], ["kate", "-l", "7", "/w/a b.py"]),
        ({"VISUAL": "subl", "TERM_PROGRAM": "vscode"}, ["code", "subl"], ["code", "-g", "/w/a b.py:7"]),
        ({"VISUAL": "subl"}, ["code"], ["code", "-g", "/w/a b.py:7"]),
        ({"EDITOR": "vim"}, ["vim"], None),
        ({"EDITOR": "'"}, [], None),
        ({"DISPLAY": ""}, ["code"], None),
    ],
)
def test_the_editor_with_windows_is_chosen(
    tmp_path: Path, environ: Mapping[str, str], there: list[str], words: list[str] | None, monkeypatch: Any
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    for name in there:
        program(tmp_path / "bin", name, "exit 0")
    found = editor_command(Path("/w/a b.py"), 7, {"DISPLAY": ":0", "PATH": str(tmp_path / "bin"), **environ})
    assert (found and [Path(found[0]).name, *found[1:]]) == words


@posix
def test_opening_waits_for_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = tmp_path / "said"
    program(tmp_path / "bin", "code", f'echo "$@" > {said}.part && mv {said}.part {said}; exec /bin/sleep 30')
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)
    started = time.monotonic()
    assert open_in_editor(tmp_path / "alpha.py", 12) == "opening alpha.py at line 12 in code"
    assert time.monotonic() - started < 10
    wait_until(said.is_file, "the editor is started")
    assert said.read_text() == f"-g {tmp_path / 'alpha.py'}:12\n"


@posix
def test_without_such_an_editor_one_sentence_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("EDITOR", "vim")
    monkeypatch.delenv("VISUAL", raising=False)
    end = "open alpha.py at line 12 yourself, or put VS Code's `code` on the PATH"
    assert open_in_editor(tmp_path / "alpha.py", 12) == f"vim would need this terminal: {end}"
    monkeypatch.delenv("EDITOR")
    assert open_in_editor(tmp_path / "alpha.py", 12) == f"no editor was found: {end}"


def test_o_opens_what_is_shown_at_its_line(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[tuple[Path, int]] = []
    monkeypatch.setattr(
        "grader.home.watch.loop.open_in_editor", lambda path, line: opened.append((path, line)) or "opening"
    )
    (folder / "alpha.py").write_text(ALPHA.format("return undefined"))
    course = load_course(folder / "course.yaml")
    assert pressed(State(("double",)), Key.of("o"))[1] is Do.NOTHING
    with Checker(course, "tiny", folder) as checker:
        signature = Signature(folder, checker.checks_folder, checker.assignment)
        events: queue.SimpleQueue[Any] = queue.SimpleQueue()
        loop = Loop(course, checker, Console(file=io.StringIO()), signature, events, keys=False)
        loop.settle()
        for key in (Key.OPEN, Key.NEXT, Key.OPEN, Key.QUIT):
            events.put(key)
        loop.run()
    assert loop.state.note == "opening"
    beta = line_of(folder / "beta.py", "def scaled")
    assert opened == [(folder.resolve() / "alpha.py", 5), (folder.resolve() / "beta.py", beta)]
