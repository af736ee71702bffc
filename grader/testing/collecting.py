"""Collecting hidden tests and visible checks with pytest, once a process."""

from __future__ import annotations

import contextlib
import inspect
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from grader.course import CHECKS, Assignment, visible_checks
from grader.errors import CourseError
from grader.testing.hidden import HiddenTest
from grader.testing.idioms import refuse_unknown

if TYPE_CHECKING:
    import pytest


class _Collector:
    """A pytest plugin that keeps what was collected."""

    def __init__(self) -> None:
        self.items: list[pytest.Item] = []
        self.errors: list[str] = []

    def pytest_configure(self, config: pytest.Config) -> None:
        config.addinivalue_line("markers", "exercise(name, points=0, examples=…): what a test belongs to")

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.items = list(session.items)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            lines = str(report.longrepr).strip().splitlines()
            self.errors.append(f"{report.nodeid}: {lines[-1] if lines else 'does not import'}")


def collect(folder: Path, exercises: Mapping[str, str], *, only: str | None = None) -> list[HiddenTest]:
    """The tests in `folder`, in order of the files and of `exercises`. Inputs are not drawn yet.

    exercises: exercise → chapter; tests of other exercises (of chapters switched off) are left out.
    Raises CourseError where a test does not import, names no exercise, or has no title.
    """
    import pytest  # when tests must be collected: a check whose tests are known starts without it

    collector = _Collector()
    arguments = ["--collect-only", "--import-mode=importlib", "-c", os.devnull, "--rootdir", str(folder)]
    for name in ("cacheprovider", "terminal", "logging", "faulthandler", "xdist", "unraisableexception"):
        arguments += ["-p", f"no:{name}"]
    with _plain_pytest_environment(), Path(os.devnull).open("w") as null, contextlib.redirect_stdout(null):
        # Another course's tests may have the same names, or a pytest around this one may have imported these:
        # importlib mode would hand them out again.
        others = _taken_out(folder)
        code = pytest.main([*arguments, str(folder)], plugins=[collector])
        modules = tuple(_taken_out(folder).values())
        sys.modules.update(others)
    if collector.errors:
        raise CourseError("\n".join(collector.errors))
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        raise CourseError(f"pytest can't collect the tests in {folder} (exit code {int(code)})")
    tests = [
        test for item in collector.items if (test := _from_item(item, folder, modules)).exercise in exercises
    ]
    if only is not None:
        tests = [test for test in tests if test.exercise == only]
    order = list(exercises)
    return sorted(tests, key=lambda test: order.index(test.exercise))


def _taken_out(folder: Path) -> dict[str, ModuleType]:
    """The modules whose files lie in `folder`, by name; sys.modules has them no more."""
    names = [
        name
        for name, module in sys.modules.items()
        if (getattr(module, "__file__", None) or "").startswith(f"{folder}{os.sep}")
    ]
    return {name: sys.modules.pop(name) for name in sorted(names)}


def collect_visible(solutions: Path, assignment: Assignment) -> list[HiddenTest]:
    """The visible checks, as the handout will have them. Raises CourseError as `collect` does."""
    with tempfile.TemporaryDirectory(prefix="grader-checks-") as made:
        # Resolved: pytest names its modules' files by their real places.
        folder = Path(made).resolve()
        own = solutions / CHECKS
        if own.is_dir():
            shutil.copytree(own, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
        for name, content in visible_checks(solutions, assignment).items():
            (folder / name).write_bytes(content)
        return collect(folder, assignment.chapter_of())


@contextlib.contextmanager
def _plain_pytest_environment() -> Iterator[None]:
    """Whatever plugins and options the surroundings ask for, the same tests are collected."""
    changed = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": None, "PYTEST_PLUGINS": None}
    before = {name: os.environ.get(name) for name in changed}

    def apply(values: Mapping[str, str | None]) -> None:
        for name, value in values.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value

    apply(changed)
    try:
        yield
    finally:
        apply(before)


def _from_item(item: pytest.Item, folder: Path, modules: tuple[ModuleType, ...]) -> HiddenTest:
    import pytest

    where = f"{Path(item.path).name}::{item.name}"
    marker = item.get_closest_marker("exercise")
    if not isinstance(item, pytest.Function) or marker is None or not marker.args:
        raise CourseError(
            f'{folder / where}: say what it belongs to: @pytest.mark.exercise("fibonacci", points=3)'
        )
    refuse_unknown(item, folder / where)
    title = (inspect.getdoc(item.obj) or "").splitlines()
    if not title:
        raise CourseError(
            f"{folder / where}: its docstring's first line is the title that students see; add one"
        )
    points = marker.kwargs.get("points", 0)
    if isinstance(points, bool) or not isinstance(points, int | float):
        raise CourseError(f"{folder / where}: points must be a number, not {points!r}")
    callspec = getattr(item, "callspec", None)
    return HiddenTest(
        id=where,
        exercise=str(marker.args[0]),
        title=title[0].rstrip("."),
        points=float(points),
        examples=_examples(marker, folder / where),
        function=item.obj,
        parameters=dict(callspec.params) if callspec else {},
        modules=modules,
    )


def _examples(marker: pytest.Mark, where: Path) -> int | None:
    examples = marker.kwargs.get("examples")
    if examples is None:
        return None
    if isinstance(examples, bool) or not isinstance(examples, int) or examples < 1:
        raise CourseError(f"{where}: examples must be a whole number of at least 1, not {examples!r}")
    return examples
