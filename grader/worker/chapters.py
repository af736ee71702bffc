"""Loading a student's chapters from source text that came over the wire.

Chapters import each other flatly (`from convolution import conv2d`). Every chapter of the assignment can be imported
under its name, even one that was not submitted or that failed half-way: what it lacks is a function that says so.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Callable, Mapping, Sequence
from typing import Any


class Unavailable(Exception):
    """A function of another chapter was called that is not there."""


class Problem(dict[str, Any]):
    """What went wrong while loading: chapter, file, kind, message, line; a plain dict for the wire."""


def _placeholder(name: str, reason: str) -> Callable[..., Any]:
    def unavailable(*args: Any, **kwargs: Any) -> Any:
        raise Unavailable(f"needs {name}, but {reason}")

    unavailable.__name__ = name
    return unavailable


class Chapters(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finder and loader of the chapters of one submission.

    sources: chapter → {"file": name, "cells": [text, ...]}.
    exercises: exercise → chapter; what a chapter is expected to define.
    unavailable: chapter → reason, for chapters known not to load (they hang, say): not even tried.
    packages: what may be imported beside the standard library. The wall enforces it; here it gets a message.
    """

    def __init__(
        self,
        sources: Mapping[str, Mapping[str, Any]],
        exercises: Mapping[str, str],
        unavailable: Mapping[str, str],
        packages: Sequence[str] = ("numpy",),
    ) -> None:
        self.sources = sources
        self.exercises = exercises
        self.unavailable = unavailable
        self.packages = frozenset(packages)
        self.problems: list[Problem] = []
        self.names = set(exercises.values()) | set(sources)
        self.answered: dict[str, Callable[..., Any]] = {}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname in self.names:
            return importlib.machinery.ModuleSpec(fullname, self)
        root = fullname.partition(".")[0]
        if root not in sys.stdlib_module_names and root not in self.packages:
            allowed = ", ".join(sorted(self.packages))
            raise ModuleNotFoundError(
                f"importing {root} is not allowed here: use the standard library and {allowed}", name=fullname
            )
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType | None:
        return None

    def exec_module(self, module: types.ModuleType) -> None:
        name = module.__name__
        source = self.sources.get(name)
        if name in self.unavailable:
            reason = self.unavailable[name]
        elif source is None:
            reason = f"{name}.py was not submitted"
        else:
            reason = f"{source['file']} does not define it"
            module.__file__ = source["file"]
            for number, text in enumerate(source["cells"], start=1):
                label = source["file"] if len(source["cells"]) == 1 else f"{source['file']}, cell {number}"
                self._run(text, label, module)
        self._provide(module, reason)
        for exercise, function in self.answered.items():
            if self.exercises.get(exercise) == name:
                setattr(module, exercise, function)

    def _provide(self, module: types.ModuleType, reason: str) -> None:
        """Importing what is missing works; calling it says what is missing."""
        mine = {exercise for exercise, chapter in self.exercises.items() if chapter == module.__name__}

        def missing(name: str) -> Any:
            if name in mine:
                return _placeholder(name, reason)
            raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")

        module.__dict__.setdefault("__getattr__", missing)

    def _run(self, text: str, label: str, module: types.ModuleType) -> None:
        try:
            # dont_inherit: this file's own `annotations` future must not change the student's code
            code = compile(text, label, "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError) as error:
            message = getattr(error, "msg", None) or str(error) or type(error).__name__
            line = getattr(error, "lineno", None)
            self._note(module, label, "syntax", str(message), line)
            return
        try:
            exec(code, module.__dict__)
        except (
            BaseException
        ) as error:  # SystemExit too: `exit()` at the end of a file must not end the worker
            message = f"{type(error).__name__}: {text_of(error)}"
            self._note(module, label, "error", message, line_in(error, {label}))

    def _note(self, module: types.ModuleType, label: str, kind: str, message: str, line: int | None) -> None:
        self.problems.append(
            Problem(chapter=module.__name__, file=label, kind=kind, message=message[:300], line=line)
        )


def text_of(error: BaseException) -> str:
    """The text of an exception, whose `__str__` is the student's too."""
    try:
        return str(error)[:500]
    except BaseException:
        return ""


def line_in(error: BaseException, files: set[str]) -> int | None:
    """The line, in one of the student's own files, nearest to where the error was raised."""
    line, step = None, error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename in files:
            line = step.tb_lineno
        step = step.tb_next
    return line


def raised_in(error: BaseException) -> tuple[str, str, int | None]:
    """Function name, file and line of the innermost frame that stands in no library: the student's own."""
    found: tuple[str, str, int | None] = ("", "", None)
    step = error.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        if "/" not in code.co_filename and "\\" not in code.co_filename and "<" not in code.co_filename:
            found = (code.co_name, code.co_filename, step.tb_lineno)
        step = step.tb_next
    return found


def install(chapters: Chapters) -> None:
    """Make the chapters importable, and what a notebook calls beside them (`check`, the capstone) harmless."""
    sys.meta_path.insert(0, chapters)
    # A notebook's own cells ask for these; what they do is for the student's machine, not for a grading.
    for module, function in (("grader", "check"), ("capstone", "run")):
        helper = types.ModuleType(module)
        setattr(helper, function, lambda *args, **kwargs: None)
        sys.modules[module] = helper
