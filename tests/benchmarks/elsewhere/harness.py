"""What an instructor writes to run the same hidden tests inside another tool: beside the student's code, unprotected.

HIDDEN_TESTS: a folder with the tests as the package `hidden`. Used by other_tools.py, which copies this file.
"""

from __future__ import annotations

import importlib
import inspect
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from hypothesis import Phase, settings

from grader.course.models import load_course
from grader.course.reference import load_functions

EXAMPLES = 30


def use_settings(*, explain: bool) -> None:
    """As many inputs as the kit gives, the same each time; explain: Hypothesis's own default."""
    phases = tuple(phase for phase in Phase if explain or phase is not Phase.explain)
    settings.register_profile(
        "elsewhere", max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, phases=phases
    )
    settings.load_profile("elsewhere")


def limit(function: Any, examples: int | None) -> None:
    """Give a test as few examples as the kit does."""
    if examples is not None:
        function._hypothesis_internal_use_settings = settings(max_examples=examples)


def chapter_of() -> Mapping[str, str]:
    """Exercise → chapter."""
    return load_course(Path(os.environ["COURSE_FILE"])).assignments["cnn"].chapter_of()


def reference() -> SimpleNamespace:
    """The reference's functions."""
    return SimpleNamespace(
        **load_functions(Path(os.environ["COURSE_FILE"]).parent / "solutions" / "cnn", chapter_of())
    )


def submitted(folder: Path) -> SimpleNamespace:
    """A student's functions; one that can't be had raises when it is called."""
    exercises = chapter_of()
    for name in set(exercises.values()):
        sys.modules.pop(name, None)
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        return SimpleNamespace(**{name: _function(chapter, name) for name, chapter in exercises.items()})
    finally:
        sys.path.remove(str(folder))


def _function(chapter: str, name: str) -> Callable[..., Any]:
    try:
        function: Callable[..., Any] = getattr(importlib.import_module(chapter), name)
        return function
    except Exception as error:
        reason = repr(error)

        def missing(*args: Any, **kwargs: Any) -> Any:
            raise RuntimeError(reason)

        return missing


def tests() -> Iterator[tuple[str, str, float, Callable[..., Any]]]:
    """Module::name, exercise, points and function of each hidden test."""
    folder = Path(os.environ["HIDDEN_TESTS"])
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    for path in sorted((folder / "hidden").glob("test_*.py")):
        module = importlib.import_module(f"hidden.{path.stem}")
        for name, function in vars(module).items():
            if not name.startswith("test_"):
                continue
            (mark,) = [m for m in function.pytestmark if m.name == "exercise"]
            limit(function, mark.kwargs.get("examples"))
            yield f"{path.stem}::{name}", mark.args[0], float(mark.kwargs["points"]), function


def run_one(wanted: str, space: Mapping[str, Any]) -> None:
    """Run one hidden test on the functions of a notebook; raises where it fails."""
    use_settings(explain=True)
    function = next(function for name, _, _, function in tests() if name == wanted)
    _run(function, space)


def points(exercise: str, space: Mapping[str, Any]) -> float:
    """What an exercise in a notebook gets: the points of its tests that pass."""
    use_settings(explain=True)
    total = 0.0
    for _, of, worth, function in tests():
        if of == exercise:
            try:
                _run(function, space)
                total += worth
            except Exception:
                continue
    return total


def _run(function: Callable[..., Any], space: Mapping[str, Any]) -> None:
    wanted = {"student": SimpleNamespace(**dict(space)), "reference": reference()}
    parameters = inspect.signature(function).parameters
    function(**{name: value for name, value in wanted.items() if name in parameters})
