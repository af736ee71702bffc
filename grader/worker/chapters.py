"""Loading a student's chapters from source text that came over the wire.

Chapters import each other flatly (`from convolution import conv2d`). Every chapter of the assignment can be imported
under its name, even one that was not submitted or that failed half-way: what it lacks is a function that says so.
A chapter is run statement by statement: what fails, or takes too long, costs itself and what needs it.
"""

from __future__ import annotations

import builtins
import importlib.abc
import importlib.machinery
import inspect
import sys
import types
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from .clock import Clock
from .running import ChapterRun, Loading
from .standins import Quiet, nothing, placeholder


class Chapters(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finder and loader of the chapters of one submission.

    sources: chapter → {"file": name, "cells": [text, ...]}.
    exercises: exercise → chapter; what a chapter is expected to define.
    unavailable: chapter → reason, for chapters known not to load (they hang, say): not even tried.
    packages: what may be imported beside the standard library. The wall enforces it; here it gets a message.
    needed: what those need, which is imported, too.
    skip: chapter → numbers of statements that were slow or stopped in an earlier worker and are not run again.
    clock: the time that statements may take.
    """

    def __init__(
        self,
        sources: Mapping[str, Mapping[str, Any]],
        exercises: Mapping[str, str],
        unavailable: Mapping[str, str],
        packages: Sequence[str] = ("numpy",),
        needed: Sequence[str] = (),
        skip: Mapping[str, Sequence[int]] | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.sources = sources
        self.exercises = exercises
        self.unavailable = unavailable
        self.packages = frozenset(packages)
        self.needed = frozenset(needed)
        self.names = frozenset(exercises.values()) | frozenset(sources)
        self.state = Loading(
            exercises,
            self.names,
            clock or Clock(3600, 3600, 3600),
            {name: frozenset(numbers) for name, numbers in (skip or {}).items()},
        )
        #: Exercise → makes of the student's function the one that is answered.
        self.answered: dict[str, Callable[[Callable[..., Any]], Callable[..., Any]]] = {}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname in self.names:
            return importlib.machinery.ModuleSpec(fullname, self)
        root = fullname.partition(".")[0]
        if root not in sys.stdlib_module_names and root not in self.packages | self.needed:
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
            reason = f"{name}.py is missing"
        else:
            reason = f"{source['file']} does not define it"
            module.__file__ = source["file"]
            ChapterRun(self.state, module, source).run()
        self._provide(module, reason)
        for exercise, asking in self.answered.items():
            if self.exercises.get(exercise) == name:
                setattr(module, exercise, asking(getattr(module, exercise)))

    def _provide(self, module: types.ModuleType, reason: str) -> None:
        """Importing what is missing works; calling it says what is missing."""
        mine = {exercise for exercise, chapter in self.exercises.items() if chapter == module.__name__}

        def missing(name: str) -> Any:
            if name in mine:
                return placeholder(name, self.state.why.get((module.__name__, name), reason))
            raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")

        module.__dict__.setdefault("__getattr__", missing)

    def absent(self, exercise: str) -> dict[str, Any]:
        """The reply to a call of an exercise that is no function: "missing" where none was written, else "lost"."""
        chapter = self.exercises[exercise]
        module = sys.modules.get(chapter)
        names = dict(getattr(module, "__dict__", {}))
        if reason := self.state.why.get((chapter, exercise)):
            return {"lost": f"{exercise} is not there: {reason}"}
        if exercise in names:
            kind = _kind_of(names[exercise])
            return {
                "lost": f"{exercise} is {kind} now, not a function: a line below its def gives its name to it"
            }
        own = [
            name for name, value in names.items() if inspect.isfunction(value) and name not in self.exercises
        ]
        if close := get_close_matches(exercise, own, 1, 0.75):
            return {"missing": f"{exercise} is not defined; is {close[0]} meant to be it?"}
        return {"missing": f"{exercise} is not defined"}


def _kind_of(value: Any) -> str:
    if isinstance(value, bool | int | float | complex):
        return "a number"
    names = {"str": "a text", "list": "a list", "tuple": "a tuple", "dict": "a dict", "ndarray": "an array"}
    return names.get(type(value).__name__, "a value" if value is not None else "None")


def install(chapters: Chapters) -> None:
    """Make the chapters importable, and what a notebook calls beside them (`check`, the capstone) harmless."""
    sys.meta_path.insert(0, chapters)
    # A notebook's own cells ask for these; what they do is for the student's machine, not for a grading.
    for module, functions in (("grader", ("check", "example")), ("capstone", ("run",))):
        helper = types.ModuleType(module)
        vars(helper).update(dict.fromkeys(functions, nothing))
        sys.modules[module] = helper
    for name, value in (("display", nothing), ("get_ipython", Quiet)):
        if not hasattr(builtins, name):
            setattr(builtins, name, value)
