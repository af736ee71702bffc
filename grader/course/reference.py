"""Loading a folder of chapters in this process: the reference, or a student's own files in their own pytest run.

Never used on a submission: submissions are loaded by the worker, behind the wall.
"""

from __future__ import annotations

import copy
import dataclasses
import functools
import hashlib
import importlib
import inspect
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from operator import is_
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from grader.course.alive import living, unheard
from grader.errors import CourseError

#: The folder beside the chapters whose files they may read.
DATA = "data"

Function = Callable[..., Any]


@contextmanager
def importing_from(folder: Path, chapters: Iterable[str]) -> Iterator[None]:
    """Chapters import each other flatly; afterwards their names are free again for another folder."""
    names = list(chapters)
    before = {name: sys.modules.pop(name) for name in names if name in sys.modules}
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        for name in names:
            sys.modules.pop(name, None)
        sys.modules.update(before)


def load_functions(folder: Path, exercises: Mapping[str, str]) -> Mapping[str, Function]:
    """The functions of a folder of chapters.

    exercises: exercise name → chapter (module) name.
    Raises CourseError where a chapter can't be imported or lacks a function.
    """
    functions: dict[str, Function] = {}
    reads = (folder / DATA).is_dir()
    with importing_from(folder, set(exercises.values())), _working_in(folder) if reads else nullcontext():
        for name, chapter in exercises.items():
            try:
                module = importlib.import_module(chapter)
                function = getattr(module, name)
                functions[name] = (
                    reading_in(function, folder) if reads and inspect.isfunction(function) else function
                )
            except AttributeError:
                raise CourseError(f"{folder / chapter}.py has no function or class {name}") from None
            except ModuleNotFoundError as error:
                raise CourseError(
                    f"{folder / chapter}.py imports {error.name}, which is no chapter and is not installed here: "
                    "install it where the grader is, or don't import it"
                ) from error
            except (Exception, SystemExit) as error:
                raise CourseError(
                    f"{folder / chapter}.py can't be imported: {type(error).__name__}: {error}"
                ) from error
    return MappingProxyType(functions)


@contextmanager
def _working_in(folder: Path) -> Iterator[None]:
    """Relative paths mean files of `folder`, as data files do in a student's process."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def reading_in(function: Function, folder: Path) -> Function:
    """A function of the author's that may read data files, whatever folder the grader runs in."""

    @functools.wraps(function)
    def reading(*args: Any, **kwargs: Any) -> Any:
        with _working_in(folder):
            return function(*args, **kwargs)

    return reading


class Reference:
    """The reference's functions, remembering what they answered: every student is asked the same.

    Answers are read-only arrays, so that no test can change what the next one compares with. What is living (an
    object, a function, a generator) is nothing to remember: each call gives another one.
    """

    def __init__(self, functions: Mapping[str, Callable[..., Any]]) -> None:
        self._functions = functions
        #: Exercises that are classes.
        self.class_exercises = frozenset(one for one in functions.values() if isinstance(one, type))
        self._known: dict[str, Any] = {}
        self._same_objects: dict[tuple[Any, ...], tuple[tuple[Any, ...], Any]] = {}
        self.learning = True

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_") or name not in self._functions:
            raise AttributeError(name)
        return lambda *args, **kwargs: self._answer(name, args, kwargs)

    def function(self, name: str) -> Callable[..., Any] | None:
        """The plain function, for its signature."""
        return self._functions.get(name)

    def _answer(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        # The inputs of the tests are the same objects for every student: most questions are known by that alone.
        shortcut = (name, *map(id, args), *kwargs, *map(id, kwargs.values()))
        asked = self._same_objects.get(shortcut)
        if asked is not None and all(map(is_, asked[0], (*args, *kwargs.values()))):
            return asked[1]
        answer = self._look_up(name, args, kwargs)
        if self.learning and not living(answer, self.class_exercises):
            self._same_objects[shortcut] = ((*args, *kwargs.values()), answer)
        return answer

    def _look_up(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        # Two functions, or two generators of random numbers, may look alike and not be.
        key = "" if living([args, kwargs]) else name + fingerprint([args, kwargs])
        if key in self._known:
            return self._known[key]
        with unheard():
            value = self._functions[name](*copy.deepcopy(args), **copy.deepcopy(kwargs))
        value = value if living(value, self.class_exercises) else frozen(value)
        if self.learning and key and not living(value, self.class_exercises):
            self._known[key] = value
        return value


def fingerprint(value: Any) -> str:
    """A digest of arguments: arrays by dtype, shape and bytes, dataclasses by their fields, the rest by repr."""
    digest = hashlib.blake2b(digest_size=16)

    def feed(part: Any) -> None:
        if isinstance(part, np.ndarray):
            digest.update(f"a{part.dtype.str}{part.shape}".encode())
            digest.update(part.tobytes())
        elif isinstance(part, list | tuple):
            digest.update(f"{type(part).__name__}{len(part)}(".encode())
            for item in part:
                feed(item)
        elif isinstance(part, dict):
            digest.update(f"d{len(part)}(".encode())
            for key, item in part.items():
                digest.update(f"{key!r}=".encode())
                feed(item)
        elif dataclasses.is_dataclass(part) and not isinstance(part, type):
            digest.update(type(part).__qualname__.encode())
            feed({field.name: getattr(part, field.name) for field in dataclasses.fields(part)})
        else:
            digest.update(f"{type(part).__name__}{part!r},".encode())

    feed(value)
    return digest.hexdigest()


def frozen(value: Any) -> Any:
    """`value` with every array in it read-only."""
    if isinstance(value, np.ndarray):
        value = value.copy()
        value.flags.writeable = False
        return value
    if isinstance(value, list | tuple) and type(value) in (list, tuple):
        return type(value)(frozen(item) for item in value)
    if isinstance(value, dict):
        return {key: frozen(item) for key, item in value.items()}
    return value
