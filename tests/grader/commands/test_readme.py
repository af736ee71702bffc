"""Every command in the README is run here, as it stands there, in a copy of the course.

But for three: --watch waits for keys, and test_watch.py runs it in a terminal; validate is what test_validate.py runs;
mark serves until Ctrl+C, as marking/test_server.py does.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```", README, re.MULTILINE | re.DOTALL)

# Which commands do not end with 0, and why.
EXIT_CODES = {
    "grader check": 1,  # nothing is written yet
    "grader check -e conv2d": 1,
}
# What a command must have said or written, so that exit code 0 alone does not pass.
TRACES = {
    "grader check": "output_size",
    "grader check -e conv2d": "conv2d",
    "grader hint conv2d": "Nudge",
    "grader reset conv2d": ".grader/kept",
    "grader pack": "sha256",
    "grader export results --to csv": "results",
    "grader similarity submissions": "similarity.html",
    "grader doctor": "landlock",
    "grader grade submissions --out results": "results/report.html",
    "grader answers results --sheet answers.csv": "answers.csv",
    "grader report results": "results/report.html",
    "grader release": "up to date",
    "grader release --check": "up to date",
    "python -m pytest tests/hidden": "passed",
}


def commands(block: str) -> Iterator[str]:
    for line in block.splitlines():
        command = line.split("#")[0].strip()
        if command and not {"--watch", "validate", "mark"} & set(command.split()):
            yield command


STUDENT, INSTRUCTOR, AUTHOR = BLOCKS[1:4]


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what an author has, with a class of two to grade."""
    folder = tmp_path_factory.mktemp("course")
    for name in ("exercises", "solutions", "tests/hidden"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    for name in ("course.yaml", "pyproject.toml"):
        shutil.copy(ROOT / name, folder / name)
    for student in ("emma", "greta"):
        shutil.copytree(ROOT / "tests" / "sample_class" / student, folder / "submissions" / student)
    return folder


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    words = shlex.split(command)
    program = [sys.executable] if words[0] == "python" else [sys.executable, "-m", "grader.cli"]
    environment = {**os.environ, "COLUMNS": "100", "NO_COLOR": "1", "PYTHONPATH": str(ROOT)}
    for name in [name for name in environment if name.startswith("PYTEST_")]:
        del environment[name]
    return subprocess.run(
        [*program, *words[1:]],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_the_first_block_is_the_two_commands() -> None:
    lines = BLOCKS[0].splitlines()
    assert len(lines) == 2
    assert lines[0].endswith("grader demo")
    assert "pytest" in lines[1]
    assert len(BLOCKS) == 4, "a new block of commands needs a test here"


@pytest.mark.parametrize("command", list(commands(STUDENT)))
def test_students_commands(command: str, course: Path) -> None:
    done = run(command, course / "exercises" / "cnn")
    assert done.returncode == EXIT_CODES.get(command, 0), done.stderr
    assert TRACES[command] in done.stdout


def test_instructors_commands_in_their_order(course: Path) -> None:
    for command in commands(INSTRUCTOR):
        done = run(command, course)
        assert done.returncode == EXIT_CODES.get(command, 0), (command, done.stderr)
        assert TRACES[command] in done.stdout, command
    assert (course / "results" / "grades.csv").is_file()
    assert (course / "answers.csv").is_file()


@pytest.mark.parametrize(
    "command",
    # What the quick run does anyway (the hidden tests), and .ci/run before it (the release), is slow here.
    [
        pytest.param(
            command, marks=[pytest.mark.slow] if {"release", "pytest"} & set(command.split()) else []
        )
        for command in commands(AUTHOR)
    ],
)
def test_authors_commands(command: str, course: Path) -> None:
    done = run(command, course)
    assert done.returncode == EXIT_CODES.get(command, 0), done.stdout + done.stderr
    assert TRACES[command] in done.stdout
