"""The house stays as docs/ARCHITECTURE.md draws it: contracts that hold, and that notice when they are broken."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "grader"
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
    "contracts"
]
ROOMS = sorted(path for path in PACKAGE.iterdir() if (path / "__init__.py").is_file())

#: Contract → an import that it forbids: the file it is written into, and the line.
BREACHES = {
    "layers": ("course/models.py", "from grader.home import self_check"),
    "worker": ("worker/portable.py", "from grader.text import visible"),
    "wall": ("testing/compare.py", "from grader.worker.wire import Caps"),
    "pages": ("feedback/view.py", "from grader.grading import Grader"),
    "door-authoring": ("commands/release.py", "from grader.authoring.mutation import mutants"),
    "door-batch": ("commands/grade.py", "from grader.batch.order import longest_first"),
    "door-batch-cluster": ("commands/grade.py", "from grader.batch.cluster.parcel import pack"),
    "door-course": ("intake/layout.py", "from grader.course.models import Course"),
    "door-diagnosis": ("home/selfcheck.py", "from grader.diagnosis.topic import Topic"),
    "door-dropbox": ("commands/serve.py", "from grader.dropbox.guard import Guard"),
    "door-examples": ("grading/grader.py", "from grader.examples.judging import Judges"),
    "door-explain": ("testing/run.py", "from grader.explain.raised import explain_raised"),
    "door-exports": ("batch/run.py", "from grader.exports.moodle import moodle_csv"),
    "door-feedback": ("report/build.py", "from grader.feedback.html import environment"),
    "door-gradebook": ("batch/run.py", "from grader.gradebook.late import count_late"),
    "door-grading": ("batch/pool.py", "from grader.grading.grader import Grader"),
    "door-home": ("commands/check.py", "from grader.home.selfcheck import self_check"),
    "door-home-watch": ("commands/check.py", "from grader.home.watch.loop import watch"),
    "door-intake": ("batch/run.py", "from grader.intake.bundle import Bundle"),
    "door-marking": ("commands/mark.py", "from grader.marking.guard import Guard"),
    "door-platforms": ("commands/package.py", "from grader.platforms.gradescope import main"),
    "door-platforms-nbgrader": ("commands/export.py", "from grader.platforms.nbgrader.cells import OWN"),
    "door-questions": ("grading/grader.py", "from grader.questions.key import load_key"),
    "door-report": ("commands/grade.py", "from grader.report.build import report_html"),
    "door-testing": ("grading/grader.py", "from grader.testing.run import run_test"),
    "door-wall": ("grading/grader.py", "from grader.wall.launcher import launch"),
}


def broken(folder: Path) -> set[str]:
    """The names of the contracts that do not hold for the package in `folder`."""
    run = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--config", "pyproject.toml"],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin", "COLUMNS": "300"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Contracts:" in run.stdout, run.stdout + run.stderr
    assert (run.returncode == 0) == (" 0 broken" in run.stdout)
    return {match[1].strip() for match in re.finditer(r"^(.+) BROKEN", run.stdout, re.M)}


def test_the_contracts_hold_and_each_notices_its_breach(tmp_path: Path) -> None:
    pytest.importorskip("importlinter")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(PACKAGE, tmp_path / "grader", ignore=shutil.ignore_patterns("__pycache__"))
    assert broken(tmp_path) == set()
    for file, line in BREACHES.values():
        path = tmp_path / "grader" / file
        path.write_text(f"{path.read_text(encoding='utf-8')}\n{line}\n", encoding="utf-8")
    assert broken(tmp_path) == {contract["name"] for contract in CONTRACTS}


def test_every_contract_has_its_breach_above() -> None:
    assert {contract["id"] for contract in CONTRACTS} == set(BREACHES)


def test_few_modules_lie_flat_and_every_room_has_a_contract_for_its_door() -> None:
    assert len(list(PACKAGE.glob("*.py"))) <= 10
    doors = {f"door-{room.name}" for room in ROOMS} - {"door-worker", "door-commands"}  # the wall's; the top
    assert doors <= set(BREACHES)


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_a_door_says_what_the_room_does_and_what_goes_in_and_out(room: Path) -> None:
    text = (room / "__init__.py").read_text(encoding="utf-8")
    assert re.match(r'"""\S.*\n\n(.*\n)*?In: .*(\n.*)*?Out: ', text)


def test_no_file_has_grown_into_two() -> None:
    long = {
        path.relative_to(ROOT).as_posix(): lines
        for path in PACKAGE.rglob("*.py")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 350
    }
    assert not long


@pytest.mark.parametrize("page", ["ARCHITECTURE.md", "CONTRIBUTING.md"])
def test_every_file_that_the_pages_name_exists(page: str) -> None:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:[\w./-]+/)?[\w*]+\.(?:py|yaml|toml))", text))
    assert len(named) > 10
    known = [
        *PACKAGE.rglob("*"),
        *(ROOT / "tests").glob("grader/**/*"),
        *(ROOT / "tests").glob("hidden/**/*"),
        *(ROOT / "tests").glob("*/*.py"),
        *ROOT.glob("*"),
    ]
    paths = {path.relative_to(ROOT).as_posix() for path in known}
    missing = {name for name in named if not any(f"/{path}".endswith(f"/{name}") for path in paths)}
    assert missing <= {"diagnosis/*_probes.py"}
