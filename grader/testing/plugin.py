"""The pytest side: which exercise a test belongs to, and the fixtures of a plain pytest run.

A test says what it belongs to with `@pytest.mark.exercise("conv2d", points=3)`; its docstring's first line is the
title students see. It asks for `student` (whose functions it calls like a module's) and, if it is hidden, for
`reference`. Graded, `student` is the near end of a worker; in a plain `pytest` run it is a namespace of functions
in this process: the reference for hidden tests, the files of the folder above for the visible checks.
"""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from grader.course import find_course, load_course, load_functions


def reference_for(test_file: Path) -> SimpleNamespace:
    """The reference of the assignment whose hidden tests stand in the folder of `test_file`."""
    course = load_course(find_course(test_file.parent))
    name, assignment = course.assignment(test_file.parent.name)
    return SimpleNamespace(**load_functions(course.solutions(name), assignment.chapter_of()))


class OwnFunctions:
    """The functions of a student's own folder, imported when first called for: a plain pytest run of the checks."""

    def __init__(self, folder: Path) -> None:
        course = load_course(find_course(folder))
        self._folder = folder
        self._chapters = next(iter(course.assignments.values())).chapter_of()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in self._chapters:
            raise AttributeError(name)
        return load_functions(self._folder, {name: self._chapters[name]})[name]
