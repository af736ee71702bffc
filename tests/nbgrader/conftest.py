"""One nbgrader course for all tests: exported, generated, submitted to, autograded by the drop-in, with feedback."""

from __future__ import annotations

import fcntl
import importlib.util
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("nbgrader")
pytest.importorskip("jupytext")

_SPEC = importlib.util.spec_from_file_location("nbgrader_classroom", Path(__file__).parent / "classroom.py")
assert _SPEC is not None
assert _SPEC.loader is not None
classroom = importlib.util.module_from_spec(_SPEC)
sys.modules[_SPEC.name] = classroom
_SPEC.loader.exec_module(classroom)

from grader.batch import Options, grade_class  # noqa: E402
from grader.commands.export_course import run as export_course  # noqa: E402
from grader.course import Course, load_course  # noqa: E402
from grader.gradebook import FILE_NAME, Gradebook  # noqa: E402
from grader.result import Result  # noqa: E402
from grader.workers import can_fork_workers  # noqa: E402


@dataclass(frozen=True)
class Class:
    """An nbgrader course in which everybody is graded, and what `grader grade` says of the same submissions."""

    nbgrader: Any
    results_folder: Path
    students: tuple[str, ...]
    canary: Path

    def results(self) -> dict[str, Result]:
        with Gradebook(self.results_folder / FILE_NAME, create=False) as gradebook:
            return {result.student: result for result in gradebook.results(classroom.NAME)}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if not can_fork_workers():
        for item in items:
            if Path(__file__).parent in item.path.parents:
                item.add_marker(pytest.mark.skip(reason="the drop-in needs a wall (Linux)"))


@pytest.fixture(scope="session")
def course() -> Course:
    return load_course(classroom.ROOT / "course.yaml")


@pytest.fixture(scope="session")
def graded(tmp_path_factory: pytest.TempPathFactory, course: Course) -> Class:
    """Made once, whichever process comes first; tests that change it work on a copy."""
    base = tmp_path_factory.getbasetemp()
    home = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "nbgrader-class"
    home.mkdir(exist_ok=True)
    made = Class(classroom.Nbgrader(home / "course"), home / "results", classroom.STUDENTS, home / "ran")
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / "done").exists():
            _make(made, course)
            (home / "done").touch()
    return made


def _make(made: Class, course: Course) -> None:
    nbgrader = made.nbgrader
    assert export_course(nbgrader.folder, course.root / "course.yaml", None) == 0
    nbgrader.run("generate_assignment", classroom.NAME)
    classroom.submit_class(nbgrader, course, made.students)
    classroom.submit_the_rest(nbgrader, course, made.canary)
    nbgrader.run("autograde", classroom.NAME)
    # hugo and the forger: a page takes nbgrader half a second
    nbgrader.run("generate_feedback", classroom.NAME, "--student=[fh]*")
    nbgrader.run("export")
    grade_class(course, classroom.NAME, nbgrader.folder, made.results_folder, Options(jobs=1))
