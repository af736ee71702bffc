"""The autograder zip, run in a folder laid out as Gradescope's container lays out /autograder."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field

from grader.errors import WallError
from grader.grading.grader import Grader
from grader.platforms.gradescope import main, read_receipt
from grader.platforms.gradescope_package import gradescope_zip
from grader.platforms.one import get_ready
from grader.testing.hidden import HiddenTest
from grader.wall.launcher import can_fork_workers

Visibility = Literal["hidden", "after_due_date", "after_published", "visible"]
Format = Literal["text", "html", "simple_format", "md", "ansi"]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class DocumentedTest(Strict):
    """A test as Gradescope's specification describes it."""

    score: float | None = None
    max_score: float | None = None
    status: Literal["passed", "failed"] | None = None
    name: str | None = None
    name_format: Format | None = None
    number: str | None = None
    output: str | None = None
    output_format: Format | None = None
    tags: list[str] = Field(default_factory=list)
    visibility: Visibility = "visible"
    extra_data: dict[str, Any] = Field(default_factory=dict)


class Documented(Strict):
    """results.json as Gradescope's specification describes it."""

    score: float | None = None
    execution_time: float | None = None
    output: str | None = None
    output_format: Format | None = None
    test_output_format: Format | None = None
    test_name_format: Format | None = None
    visibility: Visibility = "visible"
    stdout_visibility: Visibility = "hidden"
    extra_data: dict[str, Any] = Field(default_factory=dict)
    tests: list[DocumentedTest] = Field(default_factory=list)
    leaderboard: list[dict[str, Any]] = Field(default_factory=list)


METADATA = {
    "id": 123456,
    "created_at": "2025-06-02T14:22:32.365935-07:00",
    "assignment": {"due_date": "2025-07-31T23:00:00.000000-07:00", "title": "Lesson", "total_points": "10.0"},
    "submission_method": "upload",
    "users": [{"email": "jane@example.org", "id": 1234, "name": "Jane Doe"}],
    "previous_submissions": [],
}


@pytest.fixture
def container(tiny: Any, tmp_path: Path) -> Callable[..., Path]:
    """container(files, course=...) → a folder as /autograder is when run_autograder starts."""

    def make(files: dict[str, str], *, course: Any = tiny) -> Path:
        root = tmp_path / "autograder"
        for name in ("source", "submission", "results"):
            (root / name).mkdir(parents=True)
        with zipfile.ZipFile(io.BytesIO(gradescope_zip(course.course, "tiny"))) as archive:
            archive.extractall(root / "source")
        (root / "run_autograder").write_bytes((root / "source" / "run_autograder").read_bytes())
        (root / "submission_metadata.json").write_text(json.dumps(METADATA))
        for name, text in files.items():
            (root / "submission" / name).write_text(text)
        return root

    return make


def run(root: Path) -> tuple[int, str, dict[str, Any]]:
    """run_autograder as the harness runs it: exit code, what instructors see, results.json."""
    done = subprocess.run(
        ["bash", str(root / "run_autograder")],
        cwd=root,
        env={
            **{key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ},
            "AUTOGRADER_ROOT": str(root),
            "AUTOGRADER_PYTHON": sys.executable,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )
    data = json.loads((root / "results" / "results.json").read_text(encoding="utf-8"))
    return done.returncode, done.stdout, data


def test_the_zip_holds_its_scripts_at_the_root_and_all_that_grading_needs(tiny: Any) -> None:
    data = gradescope_zip(tiny.course, "tiny")
    assert data == gradescope_zip(tiny.course, "tiny")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in ("setup.sh", "run_autograder"):
            assert archive.read(name).startswith(b"#!/usr/bin/env bash\n")
            assert archive.getinfo(name).external_attr >> 16 & 0o111
        names = archive.namelist()
        requirements = archive.read("requirements.txt").decode()
    assert {"kit/course.yaml", "kit/grader/platforms/gradescope.py", "kit/tests/hidden/tiny/seed.txt"} <= set(
        names
    )
    assert not [name for name in names if "__pycache__" in name or name.endswith(".pyc")]
    assert "numpy==" in requirements
    assert "hypothesis==" in requirements
    # nothing is watched there; all else that the package is installed with is needed
    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text())["project"]
    needed = {re.split(r"[<>=]", line)[0] for line in project["dependencies"]} - {"watchfiles"}
    assert {re.split(r"[<>=]", line)[0] for line in requirements.split()} == needed


@pytest.mark.parametrize("name", ["setup.sh", "run_autograder"])
def test_the_scripts_are_valid_bash(tiny: Any, tmp_path: Path, name: str) -> None:
    with zipfile.ZipFile(io.BytesIO(gradescope_zip(tiny.course, "tiny"))) as archive:
        script = Path(archive.extract(name, tmp_path))
    assert subprocess.run(["bash", "-n", str(script)], check=False).returncode == 0


@pytest.mark.skipif(not can_fork_workers(), reason="needs a wall")
def test_a_submission_is_graded_behind_the_wall_into_the_documented_form(
    container: Callable[..., Path], make_course: Callable[..., Any], tiny: Any
) -> None:
    course = make_course()
    file = course.root / "course.yaml"
    policy = "    due: 2025-06-01T14:00:00-07:00\n    late: {percent_a_day: 10}\n"
    file.write_text(file.read_text().replace("    limits:\n", f"{policy}    limits:\n", 1))
    spy = (
        "import glob, os\n"
        "try:\n"
        "    FOUND = os.listdir('/') + glob.glob('/**/seed.txt', recursive=True)\n"
        "except OSError:\n"
        "    FOUND = []\n"
        "def clip(x):\n    raise ValueError(f'found {len(FOUND)} files')\n"
        "from alpha import double\n"
        "def scaled(x, factor=4):\n    return double(x) * factor / 2\n"
    )
    root = container({"alpha.py": tiny.good["alpha"], "beta.py": spy, "notes.txt": "x"}, course=course)
    code, log, data = run(root)
    assert code == 0, log
    found = Documented.model_validate(data)
    assert found.extra_data["student"] == "Jane Doe"
    assert found.extra_data["late"]["days"] == 2
    assert found.score == 7.2, "9 points, 20 % of them taken off"
    assert sum(test.max_score or 0 for test in found.tests) == 10
    clip = next(test for test in found.tests if (test.name or "").startswith("clip"))
    assert "found 0 files" in (clip.output or "")
    assert str(root) not in json.dumps(data), "no path of the container is shown"


def test_what_can_not_be_graded_is_no_zero_and_tells_the_instructor(
    container: Callable[..., Path], tiny: Any
) -> None:
    root = container({"alpha.py": tiny.good["alpha"]})
    (root / "source" / "kit" / "course.yaml").write_text("schema: 1\n")
    code, log, data = run(root)
    assert code == 1
    assert "course.yaml" in log
    found = Documented.model_validate(data)
    assert (found.score, found.tests) == (None, [])
    assert "not your fault" in (found.output or "")
    assert "course.yaml" not in (found.output or "")


def test_without_a_wall_nothing_is_graded(
    container: Callable[..., Path],
    tiny: Any,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def no_wall(*_: object, **how: object) -> None:
        assert how["wall"] is True, "the wall was not even asked for"
        raise WallError("no layer is in force here")

    monkeypatch.setattr("grader.grading.grader.launch", no_wall)
    root = container({"alpha.py": tiny.good["alpha"]})
    assert main(root, tiny.root) == 1
    assert "No wall" in capsys.readouterr().out
    data = json.loads((root / "results" / "results.json").read_text())
    assert "score" not in data
    assert data["tests"] == []


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"users": 3, "created_at": []}', '{"users": [null, {"name": 5}]}']
)
def test_damaged_metadata_costs_nobody_their_grading(tmp_path: Path, text: str) -> None:
    path = tmp_path / "submission_metadata.json"
    path.write_text(text)
    receipt = read_receipt(path)
    assert receipt.submitted == ""
    assert receipt.lms["system"] == "gradescope"
    assert read_receipt(tmp_path / "missing.json").submitted == ""


@pytest.mark.slow
def test_what_is_made_ready_while_the_image_is_built_no_grading_draws_again(
    tiny: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADER_CACHE", str(tmp_path / "cache"))
    prepared: list[str] = []
    monkeypatch.setattr(Grader, "prepare", lambda self: prepared.append(self.name))
    get_ready(tiny.root)
    (kept,) = (tmp_path / "cache").glob("inputs-*")
    assert prepared == ["tiny"]
    draw = HiddenTest.draw

    def not_again(test: HiddenTest, *args: Any, **kwargs: Any) -> None:
        assert not test.is_property
        draw(test, *args, **kwargs)

    monkeypatch.setattr(HiddenTest, "draw", not_again)
    plain = [test for test in Grader(tiny.course, "tiny", confined=False).tests if test.is_property]
    assert all(test.inputs for test in plain)
    for script in ("setup.sh", "run_autograder"):
        with zipfile.ZipFile(io.BytesIO(gradescope_zip(tiny.course, "tiny"))) as archive:
            assert b'export GRADER_CACHE="$root/cache"' in archive.read(script)
    assert kept.stat().st_size > 100
