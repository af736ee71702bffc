"""Chapters imported from notebooks: `from convolution import conv2d` where the work stands in convolution.ipynb.

For a student's own kernel. Grading never comes here: the worker resolves chapters from what was submitted.
"""

from __future__ import annotations

import ast
import importlib.abc
import importlib.machinery
import linecache
import sys
import types
import warnings
from collections.abc import Sequence
from pathlib import Path

from grader.errors import GraderError
from grader.wall import Broken, only_tries_out, statements_of


def install() -> None:
    """Let chapters be imported from the notebooks of the current folder, as they were last saved.

    Chapters imported before are forgotten, so that running a notebook's first cell again sees what has changed.
    """
    found = next((finder for finder in sys.meta_path if isinstance(finder, NotebookChapters)), None)
    if found is None:
        sys.meta_path.insert(0, NotebookChapters())
    else:
        found.forget()


class NotebookChapters(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds a chapter's notebook in the current folder where that is the twin the student works in.

    It is, where the .py twin is missing, or has no exercise written yet while the notebook has one.
    """

    def __init__(self) -> None:
        self._seen: set[str] = set()
        self._looking = False

    def forget(self) -> None:
        """Drop the chapters imported so far, from either twin."""
        for name in self._seen:
            sys.modules.pop(name, None)
        self._seen.clear()

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        page = Path.cwd() / f"{fullname}.ipynb"
        # Reading the course imports packages, and their names come by here too.
        if self._looking or path is not None or not page.is_file():
            return None
        self._looking = True
        try:
            exercises = _exercises(page.parent, fullname)
            if not exercises:
                return None
            self._seen.add(fullname)
            if not _notebook_counts(page, exercises):
                return None
        finally:
            self._looking = False
        return importlib.machinery.ModuleSpec(fullname, self, origin=str(page))

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType | None:
        return None

    def exec_module(self, module: types.ModuleType) -> None:
        page = Path(str(module.__spec__.origin if module.__spec__ else ""))
        module.__file__ = str(page)
        # Whoever imports a notebook does not want its checks to run again.
        module.__dict__["check"] = lambda *args, **kwargs: None
        steps: list[tuple[str, ast.stmt | Broken]] = []
        for number, text in enumerate(_cells(page), start=1):
            label = f"{page.name}, cell {number}"
            # Tracebacks show the line only if they find it here.
            linecache.cache[label] = (len(text), None, text.splitlines(keepends=True), label)
            try:
                steps += [(label, step) for step in statements_of(text)]
            except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
                _passed_over(label, error)
        # Tests, training and plots are for whoever runs the notebook, not for whoever imports it.
        tries = only_tries_out([step for _, step in steps])
        for position, (label, step) in enumerate(steps):
            if isinstance(step, Broken):
                _passed_over(f"{label}, line {step.line}", SyntaxError(step.message))
            elif position not in tries and not (isinstance(step, ast.ImportFrom) and step.module == "grader"):
                try:
                    exec(compile(ast.Module([step], []), label, "exec", dont_inherit=True), module.__dict__)
                except Exception as error:
                    _passed_over(f"{label}, line {step.lineno}", error)


def _exercises(folder: Path, chapter: str) -> frozenset[str]:
    """The exercises of `chapter` in the course of `folder`; none if it is no chapter."""
    from grader.course import find_course, load_course

    try:
        course = load_course(find_course(folder))
    except GraderError:
        return frozenset()
    chapters = (c for assignment in course.assignments.values() for c in assignment.open_chapters)
    return frozenset(e.name for c in chapters if c.name == chapter for e in c.exercises)


def _notebook_counts(page: Path, exercises: frozenset[str]) -> bool:
    from grader.intake import touched

    script = page.with_suffix(".py")
    if not script.is_file():
        return True
    try:
        return not touched(script.name, script.read_bytes(), exercises) and touched(
            page.name, page.read_bytes(), exercises
        )
    except OSError:
        return False


def _cells(page: Path) -> tuple[str, ...]:
    """The notebook's code cells as plain Python, read as the grader reads them. Raises ImportError."""
    from grader.intake import Unreadable, parse_notebook

    try:
        return parse_notebook(page.read_bytes()).cells
    except (OSError, Unreadable) as error:
        raise ImportError(f"{page.name} can't be read: {error}", name=page.stem) from None


def _passed_over(where: str, error: Exception) -> None:
    warnings.warn(f"{where} was passed over: {type(error).__name__}: {error}", RuntimeWarning, stacklevel=3)
