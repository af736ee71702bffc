"""Loading a folder of chapters in this process: the reference, or a student's own files in their own pytest run.

Never used on a submission: submissions are loaded by the worker, behind the wall.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

from grader.errors import CourseError

Function = Callable[..., Any]


@contextmanager
def _importing_from(folder: Path, chapters: Iterable[str]) -> Iterator[None]:
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
    with _importing_from(folder, set(exercises.values())):
        for name, chapter in exercises.items():
            try:
                module = importlib.import_module(chapter)
                functions[name] = getattr(module, name)
            except AttributeError:
                raise CourseError(f"{folder / chapter}.py has no function {name}") from None
            except (Exception, SystemExit) as error:
                raise CourseError(
                    f"{folder / chapter}.py can't be imported: {type(error).__name__}: {error}"
                ) from error
    return MappingProxyType(functions)
