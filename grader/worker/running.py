"""Running one chapter, statement by statement: what fails, or takes too long, costs itself and what needs it."""

from __future__ import annotations
import __future__ as futures

import ast
import contextlib
import inspect
import sys
import time
import types
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .clock import Clock, TookTooLong
from .standins import Refused, found_later
from .statements import Broken, Definition, bound_by, defined_in, label_of, only_tries_out, statements_of

#: A statement that only tries something out and took so many seconds is not run again in later workers.
_SLOW = 0.1
_FUTURES = 0
for _name in futures.all_feature_names:
    _FUTURES |= getattr(futures, _name).compiler_flag


class Problem(dict[str, Any]):
    """What went wrong while loading: chapter, file, kind, message, line; a plain dict for the wire."""


@dataclass
class Loading:
    """What the chapters of one submission share while they are loaded.

    exercises: exercise → chapter. names: the chapters. clock: the time that statements may take. skip: chapter →
    numbers of statements that were slow or stopped in an earlier worker. slow: [chapter, number] of such statements
    of this loading. why: (chapter, function) → why it is not there.
    """

    exercises: Mapping[str, str]
    names: frozenset[str]
    clock: Clock
    skip: Mapping[str, frozenset[int]]
    problems: list[Problem] = field(default_factory=list)
    slow: list[list[Any]] = field(default_factory=list)
    why: dict[tuple[str, str], str] = field(default_factory=dict)


class ChapterRun:
    """One chapter, statement by statement, into its module."""

    def __init__(self, state: Loading, module: types.ModuleType, source: Mapping[str, Any]) -> None:
        self._state = state
        self._module = module
        self._name = module.__name__  # a notebook is called "__main__" while it runs
        self._source = source
        self._flags = 0
        self._skip = state.skip.get(module.__name__, frozenset())

    def run(self) -> None:
        cells = self._source["cells"]
        steps: list[tuple[str, ast.stmt | Broken]] = []
        for number, text in enumerate(cells, start=1):
            label = label_of(self._source["file"], len(cells), number)
            try:
                steps += [(label, step) for step in statements_of(text)]
            except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError) as error:
                message = getattr(error, "msg", None) or str(error) or type(error).__name__
                line, columns = getattr(error, "lineno", None), (getattr(error, "offset", None), None)
                self._note(label, "syntax", str(message), line, columns)
                if len(cells) > 1:  # of a file it is said that nothing in it can run
                    self._lose(defined_in(text), f"{message}, line {line}" if line else str(message))
        tries = only_tries_out([step for _, step in steps])
        # In Jupyter a notebook's own name is this one; a file that is imported is not run as a script.
        if self._source.get("main"):
            self._module.__dict__["__name__"] = "__main__"
        for number, (label, step) in enumerate(steps):
            if number not in self._skip:
                self._step(number, label, step, number in tries)
        self._module.__dict__["__name__"] = self._name

    def _step(self, number: int, label: str, step: ast.stmt | Broken, tries: bool) -> None:
        if isinstance(step, Broken):
            lost = f"; lost with it: {', '.join(step.names)}" if step.names else ""
            self._note(label, "syntax here", f"{step.message}{lost}", step.line, step.columns)
            self._lose(step.names, f"{step.message}, line {step.line}")
            return
        clock = self._state.clock
        if tries and clock.left <= 0:
            self._note(
                label,
                "slow",
                _passed_over(step, "not run: the code outside the functions had used its time"),
                None,
            )
            return
        before = time.process_time()
        try:
            with clock.running():
                self._execute(step, label)
        except TookTooLong:
            self._state.slow.append([self._name, number])
            self._note(
                label,
                "slow",
                _passed_over(step, "took long and was stopped; everything else was loaded"),
                None,
            )
            self._lose(bound_by(step), f"line {step.lineno} took long and was stopped")
            return
        except (
            BaseException
        ) as error:  # SystemExit too: `exit()` at the end of a file must not end the worker
            self._failed(label, step, error)
        if tries and time.process_time() - before > _SLOW:
            self._state.slow.append([self._name, number])

    def _execute(self, step: ast.stmt, label: str) -> None:
        # dont_inherit: this file's own `annotations` future must not change the student's code
        flags = self._flags | (ast.PyCF_ALLOW_TOP_LEVEL_AWAIT if self._source.get("main") else 0)
        code = compile(ast.Module([step], []), label, "exec", flags=flags, dont_inherit=True)
        # Of a statement's own flags only the futures go on, as they do from cell to cell.
        self._flags |= code.co_flags & _FUTURES
        if not code.co_flags & inspect.CO_COROUTINE:
            exec(code, self._module.__dict__)
            return
        coroutine = eval(code, self._module.__dict__)
        with contextlib.suppress(StopIteration):
            while True:  # no event loop here: what only yields goes on, what really waits says so by itself
                coroutine.send(None)

    def _failed(self, label: str, step: ast.stmt, error: BaseException) -> None:
        line = line_in(error, {label}) or getattr(error, "lineno", None) or step.lineno
        if type(error) is NotImplementedError and not isinstance(step, Definition):
            self._lose(bound_by(step), f"line {line} calls what is not written yet")
            return  # a line that tries out a stub is how everybody begins
        said = f"{type(error).__name__}: {text_of(error)}"
        if isinstance(error, EOFError):
            said += " (nobody is there to answer input())"
        if said == "NameError: name 'np' is not defined":
            said += " (is `import numpy as np` at the top?)"
        if isinstance(step, ast.Import | ast.ImportFrom):
            if self._circular(step):
                return
            self._refuse(step, text_of(error))
        elif isinstance(step, Definition):
            self._lose((step.name,), f"its definition failed with {said}, line {line}")
        else:
            self._lose(bound_by(step), f"line {line} failed with {said}")
        columns = (error.offset, None) if isinstance(error, SyntaxError) else (None, None)
        self._note(label, "error", said, line, columns)

    def _circular(self, step: ast.Import | ast.ImportFrom) -> bool:
        """Two chapters import each other: what is not there yet is found when it is called."""
        state = self._state
        if not isinstance(step, ast.ImportFrom) or step.module not in state.names:
            return False
        other = sys.modules.get(step.module)
        mine = [alias for alias in step.names if state.exercises.get(alias.name) == step.module]
        if other is None or len(mine) != len(step.names):
            return False
        for alias in mine:
            value = other.__dict__.get(alias.name) or found_later(step.module, alias.name)
            self._module.__dict__[alias.asname or alias.name] = value
        return True

    def _refuse(self, step: ast.Import | ast.ImportFrom, why: str) -> None:
        for alias, name in zip(step.names, bound_by(step), strict=True):
            of = alias.name if isinstance(step, ast.Import) else f"{'.' * step.level}{step.module or ''}"
            if name != "*":
                reason = f"{name} comes from {of} (line {step.lineno}), which is not available here: {why}"
                self._module.__dict__.setdefault(name, Refused(reason[:300]))

    def _lose(self, names: Sequence[str], reason: str) -> None:
        for name in names:
            if name not in self._module.__dict__:
                self._state.why[self._name, name] = reason[:200]

    def _note(
        self,
        label: str,
        kind: str,
        message: str,
        line: int | None,
        columns: tuple[int | None, int | None] = (None, None),
    ) -> None:
        column, end_column = columns
        self._state.problems.append(
            Problem(
                chapter=self._name,
                file=label,
                kind=kind,
                message=message[:300],
                line=line,
                column=column,
                end_column=end_column,
            )
        )


def _passed_over(step: ast.stmt, what: str) -> str:
    last = step.end_lineno or step.lineno
    where = f"line {step.lineno}" if last == step.lineno else f"lines {step.lineno} to {last}"
    return f"{where}: {what}"


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


def is_own(code: types.CodeType) -> bool:
    """Whether it stands in one of the student's chapters: they have labels, and no paths."""
    return not any(mark in code.co_filename for mark in "/\\<")


def raised_in(error: BaseException) -> tuple[str, str, int | None]:
    """Function name, file and line of the innermost frame that stands in no library: the student's own.

    A method has the name of its class before it: `Linear.forward`.
    """
    found: tuple[str, str, int | None] = ("", "", None)
    step = error.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        if is_own(code):
            inner = "<locals>" in code.co_qualname
            found = (code.co_name if inner else code.co_qualname, code.co_filename, step.tb_lineno)
        step = step.tb_next
    return found
