"""Runs visible checks on functions of this process. Imports pytest and Hypothesis, so it is loaded when needed."""

from __future__ import annotations

import importlib
import linecache
import re
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import CodeType, FunctionType, TracebackType
from typing import Any, cast

import numpy as np

from grader.course import Assignment, Reference, living
from grader.errors import Frame, StudentBlocked, StudentMissing, StudentRaised
from grader.grading import outline, pictures_by
from grader.result import Diagnosis, Picture, TestResult
from grader.testing import HiddenTest, collect, remarks_on, run_test, status_of
from grader.wall import (
    Call,
    Function,
    Handle,
    OwnTime,
    Student,
    frames_of,
    label_of,
    performed,
    sent,
    subject_of,
)

# The checks are the student's to read, so this seed is no secret.
_SEED = 1
_EXAMPLES = 15


@dataclass(frozen=True)
class Outcome:
    """state: as `status_of` names it; message: why nothing could be tried, where state is "missing"."""

    state: str
    tests: tuple[TestResult, ...]
    message: str
    remarks: tuple[str, ...]


@cache
def load_checks(folder: Path, exercises: tuple[tuple[str, str], ...]) -> tuple[HiddenTest, ...]:
    """The checks in `folder`, inputs drawn; once a kernel. exercises: (exercise, chapter). Raises CourseError."""
    checks = collect(folder, dict(exercises))
    for check in checks:
        check.draw(_SEED, examples=_EXAMPLES)
    return tuple(checks)


def run_checks(checks: Sequence[HiddenTest], student: LiveStudent, assignment: Assignment) -> Outcome:
    """Run `checks`, all of one exercise. Only KeyboardInterrupt comes out of the student's code."""
    handle = cast(Student, student)  # everything that a test and its runner ask of a Student
    runs = [run_test(check, handle, _Signatures(student)) for check in checks]
    tests = tuple(run.result for run in runs)
    outline(assignment, tests)
    state = status_of(runs)
    message = next((test.message for test in tests if test.message), "") if state == "missing" else ""
    return Outcome(state, tests, message, tuple(remarks_on(handle, checks[0].exercise, state)))


def diagnosed(
    assignment: Assignment, exercise: str, tests: Sequence[TestResult], student: LiveStudent, checks: Path
) -> Diagnosis | None:
    """What the mistake looks like, where the first failing check got a wrong answer. checks: the folder they are in."""
    first = next((test for test in tests if test.outcome != "passed"), None)
    if first is None or first.outcome != "failed":
        return None
    from grader.diagnosis import DIGESTS, beside, read_digests

    return beside(read_digests(checks / DIGESTS, assignment).diagnose(exercise, student), [first])


def pictures(
    assignment: Assignment, exercise: str, student: LiveStudent, handout: Path
) -> tuple[Picture, ...]:
    """What a function that passes makes of something to look at."""
    return tuple(pictures_by(assignment, exercise, getattr(student, exercise), handout))


class LiveStudent(Handle):
    """The functions of a namespace, called like a Student's: copies of the arguments go in, failures come out.

    namespace: the kernel's `__main__`. What it lacks is imported from its chapter, but not from `home`, the
    notebook's own: there a cell was not run yet, and a function saved earlier is not what is to be checked.
    chapter_of: exercise → chapter.
    """

    def __init__(self, namespace: Mapping[str, Any], chapter_of: Mapping[str, str], home: str) -> None:
        super().__init__()
        self._namespace = namespace
        self._chapter_of = chapter_of
        self._home = home
        self.last_call: Call | None = None
        self.last_value: Any = None
        self.answers = 0
        self.changed: set[str] = set()
        #: What watches for it lies on the other side of the wall.
        self.overwritten: frozenset[str] = frozenset()
        #: Without a limit: here nobody's time is taken but the student's own.
        self.own = OwnTime()
        #: The source of what raised: cell or file → text.
        self.texts: dict[str, str] = {}

    def __getattr__(self, name: str) -> Function:
        if name.startswith("_") or name not in self._chapter_of:
            raise AttributeError(name)
        return Function(self, name)

    def function(self, name: str) -> Callable[..., Any]:
        """The function itself. Raises StudentMissing or StudentBlocked."""
        function = self._namespace.get(name)
        if callable(function):
            return cast(Callable[..., Any], function)
        chapter = self._chapter_of[name]
        if chapter == self._home:
            raise StudentMissing(f"not defined yet: run the cell that defines {name}, then this one")
        try:
            return cast(Callable[..., Any], getattr(importlib.import_module(chapter), name))
        except Exception as error:
            raise StudentBlocked(f"needs {name}, which {chapter} does not give: {_said(error)}") from None

    @property
    def exercises(self) -> Collection[str]:
        """The names of all exercises."""
        return self._chapter_of.keys()

    def source_of(self, exercise: str) -> Sequence[str]:
        """The cell or file in which `exercise` is defined."""
        code = getattr(self._namespace.get(exercise), "__code__", None)
        return ["".join(linecache.getlines(code.co_filename))] if isinstance(code, CodeType) else []

    def do_call(
        self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], typed: tuple[str, ...] | None = None
    ) -> Any:
        call = self.last_call = self.note_call(name, args, kwargs, typed)
        function = self.function(name) if name in self._chapter_of else None
        given = sent(args), sent(kwargs)
        before = _bytes_of(given)
        try:
            value = performed(function, call, *given)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # SystemExit too: `exit()` in a function must not end the kernel
            raise self._failure(name if function else subject_of(given[0]), error) from None
        if self._running and living(value, self._classes()):
            return self.keep_result(call, value)
        if _bytes_of(given) != before and typed is None:
            self.changed.add(name if function else label_of(call).removesuffix("()"))
        self.answers += 1
        self.last_value = value if function else sent(value)  # what an object holds may change
        return self.last_value

    def _classes(self) -> list[type]:
        found = map(self._namespace.get, self._chapter_of)
        return [one for one in found if isinstance(one, type)]

    def _failure(self, name: str, error: BaseException) -> Exception:
        innermost, own, line = _where(error.__traceback__, self._namespace)
        exercise = innermost.partition(".")[0]
        if type(error) is NotImplementedError and exercise in self._chapter_of:
            if exercise == name:
                return StudentMissing("not written yet")
            return StudentBlocked(f"needs {innermost}, which is not written yet")
        lineage = tuple(cls.__name__ for cls in type(error).__mro__)
        kind = type(error).__name__
        return StudentRaised(
            kind,
            _text_of(error),
            lineage=lineage,
            file=f"in {own}" if own else "",
            line=line or None,
            frames=self._frames(error),
        )

    def _frames(self, error: BaseException) -> tuple[Frame, ...]:
        """Those in the notebook's cells and in chapters; their source is kept for `texts`."""
        modules = [vars(sys.modules[name]) for name in self._chapter_of.values() if name in sys.modules]
        files = {
            value.__code__.co_filename
            for names in (self._namespace, *modules)
            for value in _functions_in(names)
            if value.__globals__ is names
        }
        frames = []
        for file, *numbers in frames_of(error, lambda code: code.co_filename in files):
            label = cell_label(file)
            self.texts[label] = "".join(linecache.getlines(file))
            frames.append(Frame(label, *numbers))
        return tuple(frames)


def _functions_in(names: Mapping[str, Any]) -> Iterator[FunctionType]:
    """Functions, and the methods of classes."""
    for value in list(names.values()):
        for one in list(vars(value).values()) if isinstance(value, type) else [value]:
            if isinstance(one, FunctionType):
                yield one


def cell_label(file: str) -> str:
    """What a cell is called beside its code, "cell [3]"; a chapter by its file's name."""
    python = sys.modules.get("IPython")
    kernel = python.get_ipython() if python is not None else None
    number = getattr(getattr(kernel, "compile", None), "_filename_map", {}).get(file)
    if number is not None:
        return f"cell [{number}]"
    return "this notebook" if "ipykernel" in file or "<" in file else Path(file).name


def with_cells(printed: str) -> str:
    """`printed`, where warnings name the cell and not the file that the kernel keeps it in."""
    warning = re.compile(r"(.{1,200})(:\d{1,7}: RuntimeWarning: .{1,100})")
    lines = ((line, warning.fullmatch(line)) for line in printed.split("\n"))
    return "\n".join(cell_label(found[1]) + found[2] if found else line for line, found in lines)


class _Signatures(Reference):
    """Stands where the reference would: knows the names of arguments, from the student's own functions."""

    def __init__(self, student: LiveStudent) -> None:
        super().__init__({})
        self._student = student

    def function(self, name: str) -> Callable[..., Any] | None:
        try:
            return self._student.function(name)
        except (StudentMissing, StudentBlocked):
            return None


def _bytes_of(sent: tuple[tuple[Any, ...], dict[str, Any]]) -> list[bytes]:
    values = (*sent[0], *sent[1].values())
    return [value.tobytes() for value in values if isinstance(value, np.ndarray)]


def _where(trace: TracebackType | None, namespace: Mapping[str, Any]) -> tuple[str, str, int]:
    """Name of the innermost function; name and line of the innermost one that the notebook's own cells define."""
    innermost, own, line = "", "", 0
    while trace is not None:
        code = trace.tb_frame.f_code
        innermost = code.co_name if "<locals>" in code.co_qualname else code.co_qualname
        if trace.tb_frame.f_globals is namespace:
            own, line = code.co_name, trace.tb_lineno
        trace = trace.tb_next
    return innermost, own, line


def _said(error: BaseException) -> str:
    text = _text_of(error)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _text_of(error: BaseException) -> str:
    try:
        return str(error)[:500]
    except Exception:
        return ""
