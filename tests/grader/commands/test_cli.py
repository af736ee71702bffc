"""The command line: every command explains itself, an error is one line on stderr with the right exit code."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import typer.main

from grader import __version__, cli
from grader.gradebook.database import FILE_NAME

COMMANDS = sorted(typer.main.get_command(cli.app).commands)  # type: ignore[attr-defined]
ALPHA = """
def double(x):
    return 2 * x
def total(x):
    if not len(x): raise ValueError
    return sum(x)
"""
BETA = """
import numpy as np
def scaled(x, factor=4):
    return x * factor
def clip(x):
    return np.maximum(x, 0)
"""
GOOD = {"alpha": ALPHA, "beta": BETA}


@dataclass(frozen=True)
class Said:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str


@pytest.fixture
def grader_command(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> Callable[..., Said]:
    """grader_command("check", ...) runs the entry point in this process."""

    def run(*arguments: object) -> Said:
        monkeypatch.setattr(sys, "argv", ["grader", *map(str, arguments)])
        monkeypatch.chdir(tmp_path)
        capfd.readouterr()
        code: Any = 0
        try:
            cli.main()
        except SystemExit as leaving:
            code = leaving.code
        out, err = capfd.readouterr()
        return Said(code or 0, out, err)

    return run


def is_one_clear_line(said: Said) -> bool:
    return said.err.startswith("grader: ") and len(said.err.splitlines()) == 1 and "Traceback" not in said.err


def test_the_first_page_lists_every_command(grader_command: Any) -> None:
    said = grader_command("--help")
    assert said.code == 0
    for name in ("check", "hint", "grade", "report", "release", "demo"):
        assert re.search(rf"\b{name}\b", said.out)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_every_command_has_an_example(grader_command: Any, name: str) -> None:
    said = grader_command(name, "--help")
    assert said.code == 0
    assert "Example" in said.out
    assert f"grader {name}" in said.out


def test_the_version_is_told(grader_command: Any) -> None:
    assert grader_command("--version").out == f"grader {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["check", "nowhere"], 2, "course.yaml"),
        (["check", "--course", "nowhere.yaml"], 2, "nowhere.yaml"),
        (["check", "nowhere", "--course", "{course}"], 2, "nowhere is not there"),
        (["check", "{root}", "--course", "{course}"], 2, "none of the chapters"),
        (["check", "{root}", "--course", "{course}", "-e", "duoble"], 2, "did you mean 'double'?"),
        (["check", "--course", "{course}", "--assignment", "tinny"], 2, "did you mean 'tiny'?"),
        (["grade", "nowhere", "--out", "out", "--course", "{course}"], 2, "nowhere is not a folder"),
        (["grade", "{class}", "--out", "{class}/out", "--course", "{course}"], 2, "lies inside"),
        (["grade", "{class}", "--out", "{file}", "--course", "{course}"], 2, "is a file"),
        (["grade", "{class}", "--out", "out"], 2, "course.yaml"),
        (
            ["grade", "{class}", "--out", "out", "--course", "{course}", "--assignment", "x"],
            2,
            "no assignment 'x'",
        ),
        (["grade", "{empty}", "--out", "out", "--course", "{course}"], 2, "no submissions"),
        (["grade", "{class}", "--out", "out", "--course", "{broken}"], 2, "broken.yaml:3: titel"),
        (["report", "nowhere", "--course", "{course}"], 2, "nowhere is not a folder"),
        (["report", "{empty}", "--course", "{course}"], 1, "grade something first"),
        (["demo", "--course", "{course}"], 2, "sample_class is missing"),
        (["release", "--course", "{broken}"], 2, "broken.yaml:3: titel"),
    ],
)
def test_an_error_is_one_line_and_an_exit_code(
    grader_command: Any,
    tiny: Any,
    tmp_path: Path,
    write_class: Any,
    arguments: list[str],
    code: int,
    words: str,
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("x")
    (tmp_path / "broken.yaml").write_text(
        (tiny.root / "course.yaml")
        .read_text()
        .replace("title: A tiny course", "title: A tiny course\ntitel: A", 1)
    )
    places = {
        "course": tiny.root / "course.yaml",
        "root": tiny.root,
        "class": write_class(tmp_path / "class", ada=GOOD),
        "empty": tmp_path / "empty",
        "file": tmp_path / "file",
        "broken": tmp_path / "broken.yaml",
    }
    said = grader_command(*[argument.format(**places) for argument in arguments])
    assert said.code == code, said
    assert is_one_clear_line(said), said.err
    assert words in said.err
    assert said.out == ""


@pytest.mark.parametrize(
    "words", ["chekc", "grade", "grade x", "check --nonsense", "grade x --out y --jobs 0", "report", "hint"]
)
def test_wrong_usage_exits_2_without_a_traceback(grader_command: Any, words: str) -> None:
    said = grader_command(*words.split())
    assert said.code == 2
    assert said.err
    assert "Traceback" not in said.err


def test_grade_prints_a_table_and_where_everything_is(
    cli: Any, tiny: Any, tmp_path: Path, write_class: Any
) -> None:
    folder = write_class(tmp_path / "class", ada=GOOD, bob={"alpha": "def double(:"}, cyd={})
    (folder / "cyd").mkdir(exist_ok=True)
    out = tmp_path / "out"
    arguments = ("grade", folder, "--out", out, "--jobs", 1, "--course", tiny.root)
    done = cli(*arguments)
    assert (done.code, done.err) == (0, "")
    for pattern in (
        r"graded +│ +1",
        r"partly unreadable +│ +1",
        r"unreadable +│ +1",
        r"grader error +│ +0",
        r"mean score .* 3\.3 of 10",
    ):
        assert re.search(pattern, done.out), (pattern, done.out)
    for file in ("report.html", "grades.csv", FILE_NAME):
        assert str(out / file) in done.out.splitlines()
        assert (out / file).is_file()
    (folder / "bob" / "alpha.py").write_text(GOOD["alpha"])
    again = cli(*arguments, "--regrade")
    assert "changed: bob: 0 → 5 of 10" in again.out


def test_report_is_written_again_from_the_gradebook(
    grader_command: Any, tiny: Any, tmp_path: Path, write_class: Any
) -> None:
    folder = write_class(tmp_path / "class", ada=GOOD)
    out = tmp_path / "out"
    assert grader_command("grade", folder, "--out", out, "--course", tiny.root).code == 0
    before = (out / "grades.csv").read_bytes()
    (out / "report.html").unlink()
    (out / "grades.csv").unlink()
    said = grader_command("report", out, "--course", tiny.root)
    assert (said.code, said.out.strip()) == (0, str(out / "report.html"))
    assert (out / "report.html").is_file()
    assert (out / "grades.csv").read_bytes() == before


@pytest.mark.slow
def test_release_check_tells_what_differs_and_exits_1(grader_command: Any, make_course: Any) -> None:
    course = make_course()
    assert grader_command("release", "--check", "--course", course.root).code == 1
    assert not course.exercises.exists()
    assert grader_command("release", "--course", course.root).code == 0
    assert grader_command("release", "--check", "--course", course.root).code == 0
    (course.exercises / "alpha.py").write_text("changed")
    said = grader_command("release", "--check", "--course", course.root)
    assert said.code == 1
    assert str(course.exercises / "alpha.py") in said.out
    assert str(course.exercises / "beta.py") not in said.out
    assert (course.exercises / "alpha.py").read_text() == "changed"


@pytest.mark.sampled
@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}, {}])
def test_output_that_is_not_a_terminal_has_no_escapes(cli: Any, environment: dict[str, str]) -> None:
    done = cli("check", "--help", env=environment)
    assert done.code == 0
    assert "\x1b" not in done.out + done.err


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="a POSIX pipe")
def test_a_reader_that_goes_away_early_is_no_traceback(
    tiny: Any, surroundings: Any, grade_command: Any
) -> None:
    words = grade_command("release", "--check", "--course", tiny.root)
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=surroundings
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert "Traceback" not in process.stderr.read()


@pytest.mark.slow
def test_the_zip_that_an_lms_hands_out_is_taken_as_it_is(
    tiny: Any, cli: Callable[..., Any], tmp_path: Path
) -> None:
    alpha = "def double(x):\n    return 2 * x\n"
    with zipfile.ZipFile(tmp_path / "download.zip", "w") as archive:
        archive.writestr("doejane_104_900_alpha.py", alpha)
        archive.writestr("doejane_104_901_beta.py", "def clip(x):\n    return x\n")
        archive.writestr("../../escaped.py", "x")
        archive.writestr("roerick_105_902_alpha.py", alpha)
    where = ["--out", str(tmp_path / "out"), "--course", str(tiny.root)]
    done = cli("grade", str(tmp_path / "download.zip"), *where)
    assert (done.code, done.err) == (0, "")
    lines = (tmp_path / "out" / "grades.csv").read_text().splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == ['"doejane"', '"roerick"']
    assert not (tmp_path.parent / "escaped.py").exists()
    assert "escaped.py (no ordinary file of a zip)" in done.out
    (tmp_path / "download.zip").write_bytes(b"PK no zip")
    done = cli("grade", str(tmp_path / "download.zip"), *where)
    assert done.code == 2
    assert "can't be unpacked" in done.err
