"""One nbgrader course for all tests: exported and generated; then submitted to, autograded, with feedback."""

from __future__ import annotations

import contextlib
import fcntl
import importlib.util
import os
import shutil
import sys
from collections.abc import Iterator
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

from grader.commands.export_course import run as export_course  # noqa: E402
from grader.course.models import Course, load_course  # noqa: E402
from grader.gradebook.database import FILE_NAME, Gradebook  # noqa: E402
from grader.result import Result  # noqa: E402
from grader.wall.launcher import can_fork_workers  # noqa: E402


@dataclass(frozen=True)
class Class:
    """An nbgrader course in which everybody is graded, and what `grader grade` says of the same submissions."""

    nbgrader: Any
    results_folder: Path
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
def released(tmp_path_factory: pytest.TempPathFactory, course: Course) -> Any:
    """An nbgrader course with the release made from it, and nobody in it; tests that change it work on a copy."""
    nbgrader = classroom.Nbgrader(_home(tmp_path_factory) / "released")
    with _first(nbgrader.folder) as first:
        if first:
            assert export_course(nbgrader.folder, course.root / "course.yaml", None) == 0
            nbgrader.run("generate_assignment", classroom.NAME)
    return nbgrader


@pytest.fixture(scope="session")
def graded(tmp_path_factory: pytest.TempPathFactory, course: Course, released: Any) -> Class:
    """The release with students, graded; tests that change it work on a copy."""
    home = _home(tmp_path_factory)
    made = Class(classroom.Nbgrader(home / "course"), home / "results", home / "ran")
    with _first(made.nbgrader.folder) as first:
        if first:
            _grade(made, course, released)
    return made


def _home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all processes of this run."""
    base = tmp_path_factory.getbasetemp()
    home = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "nbgrader-class"
    home.mkdir(exist_ok=True)
    return home


@contextlib.contextmanager
def _first(folder: Path) -> Iterator[bool]:
    """True in the process that comes first, which makes `folder` while the others wait."""
    done = folder.with_name(f"{folder.name}.done")
    with folder.with_name(f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        first = not done.exists()
        if first:
            # what a process left that failed here
            shutil.rmtree(folder, ignore_errors=True)
        yield first
        done.touch()


def _grade(made: Class, course: Course, released: Any) -> None:
    nbgrader = classroom.copied(released, made.nbgrader.folder)
    classroom.submit_class(nbgrader, course, classroom.SAMPLED)
    classroom.submit_the_rest(nbgrader, made.canary)
    classroom.at_once(
        lambda: nbgrader.run("autograde", classroom.NAME), lambda: nbgrader.grade(made.results_folder)
    )
    classroom.at_once(
        # Two chapters of hugo's and the forger's: a page takes nbgrader half a second.
        lambda: nbgrader.run("generate_feedback", classroom.NAME, "--student=[fh]*", "--notebook=[cp]o*"),
        lambda: nbgrader.run("export"),
    )
