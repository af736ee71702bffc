"""docs/authors.md is true: its commands run in order in an empty folder, and its tables are those of the models."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from grader.course import models

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "authors.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(sh|python|yaml)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
WALK = PAGE[: PAGE.index("## The chapter")]
STEPS = re.findall(r"^```(sh|python|yaml)\n(.*?)^```", WALK, re.MULTILINE | re.DOTALL)

EXIT_CODES = {"grader check exercises/text-statistics": 1}
#: What a command must have said, so that its exit code alone does not pass.
SAYS = {
    "grader new": "solutions/text-statistics/text_statistics.py",
    "grader release": "text-statistics",
    "grader validate": "text-statistics: fit to grade with",
    "grader check": "Next: words",
    "grader grade": "5.0 of 5",
    "grader export": "results",
}
#: The tables of the page, by the heading above each.
TABLES = {
    "The course": models.Course,
    "An assignment": models.Assignment,
    "A chapter": models.Chapter,
    "An exercise": models.Exercise,
    "A question": models.Question,
    "A rule": models.Rule,
    "Limits": models.Limits,
    "For VS Code": models.VsCode,
    "Late work": models.LatePolicy,
    "Several submissions": models.AttemptPolicy,
}


def keys_of(model: type[BaseModel]) -> dict[str, str]:
    """Key → its default, as the page writes it."""
    return {
        field.alias or name: "required"
        if field.is_required()
        else shown(field.get_default(call_default_factory=True))
        for name, field in model.model_fields.items()
        if not field.exclude
    }


def shown(value: Any) -> str:
    if isinstance(value, models.Limits | models.LatePolicy | models.AttemptPolicy | models.VsCode):
        return "see below"
    if isinstance(value, models.Limit):
        return f"`{{cpu: {value.cpu:g}, wall: {value.wall:g}}}`"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if value in (None, (), {}, ""):
        return "none"
    if isinstance(value, tuple):
        return f"`[{', '.join(map(str, value))}]`"
    return f"`{value:g}`" if isinstance(value, int | float) else f"`{value}`"


def rows(heading: str) -> dict[str, str]:
    section = PAGE[PAGE.index(f"**{heading}**") :]
    table = re.search(r"\n\|.*?(?=\n\n)", section, re.DOTALL)
    assert table
    cells = [
        [cell.strip() for cell in row.strip("|").split(" | ")] for row in table[0].strip().splitlines()[2:]
    ]
    assert all(len(row) == 3 and row[2] for row in cells)
    return {row[0].strip("` "): row[1] for row in cells}


@pytest.mark.parametrize("heading", TABLES)
def test_every_key_of_course_yaml_stands_there_with_its_default(heading: str) -> None:
    expected = keys_of(TABLES[heading])
    found = rows(heading)
    # A title comes from the name.
    assert {key: "none" if value == "from its name" else value for key, value in found.items()} == expected


def test_every_command_of_the_page_says_what_is_expected() -> None:
    commands = [
        line.split("#")[0].strip() for kind, text in STEPS if kind == "sh" for line in text.splitlines()
    ]
    assert sum(command.startswith("grader") for command in commands) >= 7
    for start in SAYS:
        assert any(command.startswith(start) for command in commands), start


@pytest.mark.slow
def test_the_page_goes_from_an_empty_folder_to_grades(tmp_path: Path) -> None:
    for kind, text in STEPS:
        if kind != "sh":
            first, _, rest = text.partition("\n")
            file = tmp_path / first.removeprefix("# ")
            assert file.is_file(), f"{file} is not what `grader new` writes"
            file.write_text(rest, encoding="utf-8")
            continue
        for line in text.splitlines():
            if command := line.split("#")[0].strip():
                done = run(command, tmp_path)
                assert done.returncode == EXIT_CODES.get(command, 0), (command, done.stdout, done.stderr)
                said = " ".join((done.stdout + done.stderr).split())
                assert all(words in said for start, words in SAYS.items() if command.startswith(start)), said


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    words = shlex.split(command)
    program = [sys.executable, "-m", "grader"] if words[0] == "grader" else [words[0]]
    environment = {**os.environ, "COLUMNS": "200", "NO_COLOR": "1", "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [*program, *words[1:]],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
